# SPDX-License-Identifier: GPL-2.0
"""Checks mos-switch by itself: learning, both kinds of ports, faults, speed."""

import os
import socket
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from lib import paths  # noqa: E402
from lib.errors import TestFailure, check, check_equal  # noqa: E402
from lib.switch import Switch  # noqa: E402

BROADCAST = b"\xff" * 6
SPEED_FRAMES = 60000
SPEED_MIN = 100		# Mbit/s, far below what it does on an idle machine


def mac(n):
    return bytes((2, 0, 0, 0, 0, n))


def frame(to, source, payload=b"x" * 64):
    return to + source + b"\x08\x00" + payload


def migration_frame(to, source):
    tcp = struct.pack("!HHIIBBHHH", 4660, 40000, 0, 0, 5 << 4, 0, 0, 0, 0) + b"data"
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0, b"\0" * 4, b"\0" * 4)
    return frame(to, source, ip + tcp)


class Port:
    """One machine's end."""

    def __init__(self, switch, name, kind):
        self.kind = kind
        self.socket = socket.socket(socket.AF_UNIX,
                                    socket.SOCK_STREAM if kind == "stream" else socket.SOCK_SEQPACKET)
        self.socket.connect(switch.port(name, kind))
        self.file = self.socket.makefile("rb") if kind == "stream" else None

    def send(self, data):
        self.socket.sendall(struct.pack("!I", len(data)) + data if self.kind == "stream" else data)

    def receive(self):
        self.socket.settimeout(10)
        if self.kind == "packet":
            return self.socket.recv(70000)
        return self.file.read(struct.unpack("!I", self.file.read(4))[0])

    def silent(self):
        """Nothing is waiting, once what was sent before has been through the switch."""
        self.socket.settimeout(0.2)
        try:
            data = self.socket.recv(1)
        except (TimeoutError, BlockingIOError):
            return True
        return not data


def check_learning(switch, a, b, c):
    a.send(frame(BROADCAST, mac(1)))
    check_equal(b.receive(), frame(BROADCAST, mac(1)), "broadcast at b")
    check_equal(c.receive(), frame(BROADCAST, mac(1)), "broadcast at c")
    b.send(frame(mac(1), mac(2)))
    check_equal(a.receive(), frame(mac(1), mac(2)), "unicast at a")
    check(c.silent(), "a learned address was flooded")
    c.send(frame(BROADCAST, mac(3)))
    a.receive(), b.receive()
    check(switch.command("stat")[1].startswith("port a connected rx"), "stat")


def check_faults(switch, a, b, c):
    switch.cut("a", "b")
    a.send(frame(mac(2), mac(1)))
    check(b.silent(), "a frame crossed a cut")
    a.send(frame(mac(3), mac(1)))
    check_equal(len(c.receive()), 78, "frame beside a cut")
    switch.join("a", "b")
    a.send(frame(mac(2), mac(1)))
    b.receive()
    switch.command("block a b")
    b.send(frame(mac(1), mac(2)))
    a.receive()
    a.send(frame(mac(2), mac(1)))
    check(b.silent(), "a frame crossed a blocked direction")
    switch.heal()
    switch.command("loss b 1000000")
    a.send(frame(mac(2), mac(1)))
    check(b.silent(), "a frame survived a loss of all")
    switch.heal()


def check_delay(switch, a, b):
    switch.command("delay b 150000")
    start = time.monotonic()
    a.send(frame(mac(2), mac(1)))
    b.receive()
    check(0.14 < time.monotonic() - start < 2, "delay of 150 ms")
    switch.heal()


def check_trip(switch, a, b):
    switch.trip("a", "b", 3)
    for _ in range(2):
        a.send(migration_frame(mac(2), mac(1)))
        b.receive()
    a.send(frame(mac(2), mac(1)))
    b.receive()
    check(not switch.tripped(), "tripped too early")
    b.send(migration_frame(mac(1), mac(2)))
    check(a.silent(), "the third message crossed")
    check(switch.tripped(), "not tripped")
    switch.heal()


def check_speed(a, b):
    """Sent in parts that fit into the switch's buffer: beyond that it may drop."""
    data = frame(mac(2), mac(1), b"x" * 1486)
    part = (struct.pack("!I", len(data)) + data) * 400
    a.socket.settimeout(20)
    b.socket.settimeout(20)
    start = time.monotonic()
    for _ in range(SPEED_FRAMES // 400):
        a.socket.sendall(part)
        left = len(part)
        while left > 0:
            got = len(b.socket.recv(1 << 20))
            check(got, "connection closed")
            left -= got
    rate = SPEED_FRAMES * len(data) * 8 / (time.monotonic() - start) / 1e6
    print(f"{rate:.0f} Mbit/s")
    check(rate > SPEED_MIN, f"only {rate:.0f} Mbit/s")


def check_errors(switch):
    for bad in ("nonsense", "cut a", "cut a nobody", "port a stream", "port x tube"):
        try:
            switch.command(bad)
        except TestFailure:
            continue
        raise TestFailure(f"{bad!r} was accepted")
    usage = subprocess.run([paths.SWITCH], capture_output=True, check=False)
    check_equal(usage.returncode, 2, "exit status without arguments")


def main():
    switch = Switch()
    try:
        a, b, c = (Port(switch, n, k) for n, k in (("a", "stream"), ("b", "stream"), ("c", "packet")))
        check_learning(switch, a, b, c)
        check_faults(switch, a, b, c)
        check_delay(switch, a, b)
        check_trip(switch, a, b)
        check_errors(switch)
        check_speed(a, b)
    finally:
        switch.stop()
    check(not os.path.exists(switch.dir), "sockets left behind")


if __name__ == "__main__":
    main()

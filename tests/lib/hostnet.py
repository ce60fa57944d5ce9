# SPDX-License-Identifier: GPL-2.0
"""
A server beside the machines: a program of this host in a network namespace of
its own, whose only interface is a port of the switch. The host's networks do
not see it. As a program (inside the namespace) this file carries the frames.
"""

import fcntl
import os
import select
import socket
import struct
import subprocess
import sys

if __package__:
    from . import paths, process
    from .console import Console
    from .errors import TestFailure, wait_until

TUNSETIFF = 0x400454CA
IFF_TAP, IFF_NO_PI = 2, 0x1000
INTERFACE = "lan0"
UP = "hostnet: up"


class Server:
    """command runs with the interface lan0 at address ("10.1.0.1/24")."""

    def __init__(self, t, switch, name, address, command):
        self.name = name
        port = switch.port(name, "packet")
        user = [] if os.geteuid() == 0 else ["-Ur"]
        argv = ["unshare", *user, "-n", "--kill-child", sys.executable, os.path.abspath(__file__), port,
                address, *command]
        self._process = process.spawn(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=0)
        t.cleanup(lambda: process.kill(self._process))
        self.console = Console(self._process.stdout, os.path.join(t.log_dir, f"{name}.server.log"))
        wait_until(lambda: self.says(UP), 20, f"server {name}")

    def says(self, text):
        if self._process.poll() is not None:
            raise TestFailure(f"server {self.name} ended:\n{self.console.tail()}")
        return self.console.contains(text)

    def wait_for(self, text, timeout=30):
        wait_until(lambda: self.says(text), timeout, f"{text!r} from server {self.name}")


def dhcp_server(t, switch, network="10.9.0"):
    """A foreign DHCP server: addresses, and nothing about us."""
    command = ["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--no-ping",
               "--user=root", f"--interface={INTERFACE}", "--bind-interfaces", "--leasefile-ro",
               "--except-interface=lo", "--dhcp-authoritative", "--log-dhcp", "--log-facility=-",
               f"--dhcp-range={network}.100,{network}.200,255.255.255.0,1h"]
    return Server(t, switch, "dhcp", f"{network}.1/24", command)


def pxe_server(t, switch, *options, address="10.9.0.2/24"):
    serve = paths.out("pxe", "serve")
    t.need(serve)
    server = Server(t, switch, "pxe", address, [serve, *options, INTERFACE])
    server.wait_for("started, version")
    return server


def open_tap():
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", INTERFACE.encode(), IFF_TAP | IFF_NO_PI))
    return fd


def carry(tap, sock):
    """Frames in both directions until one side is gone."""
    while True:
        for ready in select.select([tap, sock], [], [])[0]:
            for _ in range(64):
                try:
                    frame = os.read(tap, 65536) if ready == tap else sock.recv(65536)
                except BlockingIOError:
                    break
                if not frame:
                    return
                try:
                    if ready == tap:
                        sock.send(frame)
                    else:
                        os.write(tap, frame)
                except BlockingIOError:
                    pass	# a full queue drops, as a cable does


def main():
    port, address, *command = sys.argv[1:]
    tap = open_tap()
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    sock.connect(port)
    sock.setblocking(False)
    for words in (f"link set {INTERFACE} up", f"addr add {address} dev {INTERFACE}", "link set lo up"):
        subprocess.run(["ip", *words.split()], check=True)
    if os.fork():
        carry(tap, sock)
        return
    os.close(tap)
    print(UP, flush=True)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()

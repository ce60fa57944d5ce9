# SPDX-License-Identifier: GPL-2.0
"""A machine: what QEMU machines and User-Mode Linux machines have in common."""

import os
import socket

from . import process
from .agent import Agent
from .console import Console
from .errors import MachineFailure, wait_until


def mac_address(number):
    return f"52:54:00:4d:{number >> 8:02x}:{number & 255:02x}"


class Machine:
    """Started by a subclass, which sets process, console and agent."""

    boot_timeout = 120

    def __init__(self, name, number, log_dir):
        self.name = name
        self.number = number
        self.log_dir = log_dir
        self.process = None
        self.console = None
        self.agent = None
        self.boots = 0
        self._end_expected = True
        self._verdict = None

    def log_path(self, what):
        return os.path.join(self.log_dir, f"{self.name}.{what}.log")

    def launched(self, proc, stream):
        self.process = proc
        self.boots += 1
        self._end_expected = False
        self.console = Console(stream, self.log_path("console"))

    def connect_agent(self, sock, window=None):
        def read(size):
            try:
                return sock.recv(size)
            except OSError:
                return b""

        self.agent = Agent(self.name, read, sock.sendall, self.health, window)

    def health(self):
        """Raises if this machine broke."""
        if self.console and self.console.bad:
            raise MachineFailure(f"{self.name}: kernel says: {self.console.bad}")
        if self.process and self.process.poll() is not None and not self._end_expected:
            raise MachineFailure(
                f"{self.name}: ended by itself ({self.process.returncode}):\n{self.console.tail()}")

    def wait(self, condition, timeout, what, poll=0.1):
        def healthy():
            self.health()
            return condition()

        return wait_until(healthy, timeout, f"{what} on {self.name}", poll)

    def wait_boot(self):
        try:
            self.wait(lambda: self.agent.hello, self.boot_timeout, "agent")
        except MachineFailure:
            raise
        except Exception as e:
            raise MachineFailure(f"{e}; console:\n{self.console.tail()}") from e

    def kill(self):
        """The plug is pulled."""
        self._end_expected = True
        if self.process:
            process.kill(self.process)

    def expect_end(self, timeout=60):
        """Waits for a machine that was told to power off."""
        self._end_expected = True
        self.wait(lambda: self.process.poll() is not None, timeout, "power-off")

    def settle(self):
        """After the end: whatever the console still said is judged too."""
        self.kill()
        if self.console:
            self.console.closed.wait(10)
            if self.console.bad:
                raise MachineFailure(f"{self.name}: kernel says: {self.console.bad}")

    # Shorthands: a test talks to a machine, not to its agent.
    def sh(self, text, timeout=60):
        return self.agent.sh(text, timeout)

    def run(self, text, timeout=60):
        return self.agent.run(text, timeout)

    def start(self, text, timeout=60, stdin=False):
        return self.agent.start(text, timeout, stdin)

    def put(self, path, data, mode=0o755):
        self.agent.put(path, data, mode)

    def get(self, path):
        return self.agent.get(path)


def socket_pair():
    """Ours, and one that a child inherits."""
    ours, theirs = socket.socketpair()
    theirs.set_inheritable(True)
    return ours, theirs

# SPDX-License-Identifier: GPL-2.0
"""mos-switch, started and commanded from a test."""

import os
import shutil
import socket
import subprocess
import tempfile

from . import paths, process
from .errors import TestFailure, wait_until


class Switch:
    """One Ethernet segment. Ports have the names of the machines."""

    def __init__(self):
        # Socket paths are short: 107 bytes is all there is.
        self.dir = tempfile.mkdtemp(prefix="mos-", dir=os.environ.get("MOS_TEST_TMP"))
        self.path = os.path.join(self.dir, "s")
        self._process = process.spawn([paths.SWITCH, "--listen", self.path, "--stdin"],
                                      stdin=subprocess.PIPE)
        self._socket = socket.socket(socket.AF_UNIX)
        wait_until(self._connected, 10, "mos-switch")
        self._file = self._socket.makefile("r")
        self._ports = set()

    def _connected(self):
        # The path is there a little earlier than who listens.
        try:
            self._socket.connect(self.path + ".ctl")
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        return True

    def command(self, text):
        self._socket.sendall(text.encode() + b"\n")
        lines = []
        for line in self._file:
            line = line.rstrip("\n")
            if line == "ok":
                return lines
            if line.startswith("error "):
                raise TestFailure(f"mos-switch: {text}: {line[6:]}")
            lines.append(line)
        raise TestFailure(f"mos-switch is gone at: {text}")

    def port(self, name, kind):
        """The socket path of a port; kind is stream (QEMU) or packet (UML)."""
        if name not in self._ports:
            self.command(f"port {name} {kind}")
            self._ports.add(name)
        return f"{self.path}.{name}"

    def cut(self, a, b):
        self.command(f"cut {a} {b}")

    def join(self, a, b):
        self.command(f"join {a} {b}")

    def down(self, name):
        self.command(f"down {name}")

    def up(self, name):
        self.command(f"up {name}")

    def heal(self):
        self.command("heal")

    def trip(self, a, b, messages):
        """Cut a from b just before so many more segments of port 4660."""
        self.command(f"trip {a} {b} {messages}")

    def tripped(self):
        return self.command("stat")[0] == "trip 0"

    def stop(self):
        self._socket.close()
        process.kill(self._process)
        shutil.rmtree(self.dir, ignore_errors=True)

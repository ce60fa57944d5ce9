# SPDX-License-Identifier: GPL-2.0
"""QEMU's control protocol, as much of it as the tests use."""

import json
import threading

from .errors import MachineFailure


class Qmp:
    def __init__(self, sock, log_path):
        self._socket = sock
        self._socket.settimeout(60)
        self._file = sock.makefile("rb")
        self._lock = threading.Lock()
        self._ready = False
        self._log = open(log_path, "ab", buffering=0)

    def _read(self):
        line = self._file.readline()
        if not line:
            raise MachineFailure("QEMU closed its control connection")
        self._log.write(line)
        return json.loads(line)

    def _call(self, name, arguments):
        text = json.dumps({"execute": name, "arguments": arguments})
        self._socket.sendall(text.encode() + b"\n")
        while True:
            answer = self._read()
            if "return" in answer:
                return answer["return"]
            if "error" in answer:
                raise MachineFailure(f"QEMU: {name}: {answer['error']['desc']}")

    def call(self, name, **arguments):
        with self._lock:
            if not self._ready:
                self._read()
                self._call("qmp_capabilities", {})
                self._ready = True
            return self._call(name, arguments)

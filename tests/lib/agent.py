# SPDX-License-Identifier: GPL-2.0
"""The host's end of the test agent (tests/agent): commands in a machine."""

import shlex
import struct
import threading
import time

from .errors import MachineFailure, TestFailure, scaled

MAGIC = 0x5453
HEAD = struct.Struct("<HHII")
RUN, IN, KILL, OUT, EXIT, HELLO, ACK = range(1, 8)
CHUNK = 32768
GRACE = 30


class Result:
    def __init__(self, command, status, output, timed_out):
        self.command = command
        self.status = status
        self.output = output
        self.timed_out = timed_out

    @property
    def text(self):
        return self.output.decode("utf-8", "replace")

    def __repr__(self):
        end = "timed out" if self.timed_out else f"status {self.status}"
        return f"{self.command!r}: {end}: {self.text[-600:]!r}"


class Command:
    """A command that runs in the machine."""

    def __init__(self, agent, number, text, timeout):
        self.agent = agent
        self.number = number
        self.text = text
        self.limit = time.monotonic() + scaled(timeout) + GRACE
        self.output = bytearray()
        self.result = None
        self.done = threading.Event()

    def send(self, data):
        for at in range(0, len(data), CHUNK):
            self.agent.send(IN, self.number, data[at:at + CHUNK])

    def end_input(self):
        self.agent.send(IN, self.number, b"")

    def kill(self, signal=9):
        self.agent.send(KILL, self.number, struct.pack("<I", signal))

    def wait(self):
        """The result; raises where the machine broke or does not answer."""
        while not self.done.wait(0.1):
            self.agent.health()
            if time.monotonic() > self.limit:
                raise MachineFailure(f"{self.agent.name}: hangs, no end of {self.text!r}")
        self.agent.health()
        return self.result


class Agent:
    """
    Speaks over a connected stream; health() raises when its machine broke.
    window: bytes that may be on their way (see WIRE_ACK in tests/agent/wire.h).
    """

    def __init__(self, name, reader, writer, health, window=None):
        self.name = name
        self.health = health
        self._window = window
        self._sent = 0
        self._read = 0
        self._acked = threading.Condition()
        self.hello = None
        self._reader = reader
        self._writer = writer
        self._commands = {}
        self._next = 0
        self._lock = threading.Lock()
        threading.Thread(target=self._receive, daemon=True).start()

    def _write(self, frame):
        if not self._window:
            self._writer(frame)
            return
        half = self._window // 2
        for at in range(0, len(frame), half):
            part = frame[at:at + half]
            with self._acked:
                while self._sent + len(part) - self._read > self._window:
                    if not self._acked.wait(1):
                        self.health()
            self._writer(part)
            self._sent += len(part)

    def send(self, kind, number, data):
        with self._lock:
            try:
                self._write(HEAD.pack(MAGIC, kind, number, len(data)) + data)
            except OSError as e:
                self.health()
                raise MachineFailure(f"{self.name}: agent is gone: {e}") from e

    def _receive(self):
        buf = bytearray()
        while data := self._reader(1 << 16):
            buf += data
            while len(buf) >= HEAD.size:
                magic, kind, number, length = HEAD.unpack_from(buf)
                if magic != MAGIC or kind > ACK:
                    del buf[0]
                    continue
                if len(buf) < HEAD.size + length:
                    break
                self._dispatch(kind, number, bytes(buf[HEAD.size:HEAD.size + length]))
                del buf[:HEAD.size + length]

    def _dispatch(self, kind, number, data):
        if kind == HELLO:
            self.hello = data.decode()
            return
        if kind == ACK:
            with self._acked:
                self._read += (struct.unpack("<I", data)[0] - self._read) & 0xffffffff
                self._acked.notify()
            return
        command = self._commands.get(number)
        if not command:
            return
        if kind == OUT:
            command.output += data
        elif kind == EXIT:
            status, timed_out = struct.unpack("<iI", data)
            command.result = Result(command.text, status, bytes(command.output), bool(timed_out))
            del self._commands[number]
            command.done.set()

    def start(self, text, timeout=60, stdin=False):
        self._next += 1
        command = Command(self, self._next, text, timeout)
        self._commands[command.number] = command
        self.send(RUN, command.number, struct.pack("<I", int(scaled(timeout) * 1000)) + text.encode())
        if not stdin:
            command.end_input()
        return command

    def run(self, text, timeout=60):
        return self.start(text, timeout).wait()

    def sh(self, text, timeout=60):
        """Output of a command that must succeed."""
        result = self.run(text, timeout)
        if result.status or result.timed_out:
            raise TestFailure(f"{self.name}: {result!r}")
        return result.text

    def put(self, path, data, mode=0o755, timeout=120):
        name = shlex.quote(path)
        command = self.start(f"cat > {name} && chmod {mode:o} {name}", timeout, stdin=True)
        command.send(data)
        command.end_input()
        result = command.wait()
        if result.status:
            raise TestFailure(f"{self.name}: put {path}: {result!r}")

    def get(self, path, timeout=120):
        result = self.run(f"cat {shlex.quote(path)}", timeout)
        if result.status:
            raise TestFailure(f"{self.name}: get {path}: {result!r}")
        return result.output

# SPDX-License-Identifier: GPL-2.0
"""A machine's console: kept in a file, watched for kernel complaints."""

import re
import threading

BAD = re.compile(
    rb"BUG:|BUG at|WARNING:|Oops|Kernel panic|general protection|Unable to handle|"
    rb"INFO: task .* blocked|detected stall|soft lockup|hard LOCKUP|KASAN|UBSAN|"
    rb"circular locking|recursive locking|inconsistent lock state|suspicious RCU|"
    rb"sleeping function called|scheduling while atomic|held lock freed|bad page|"
    rb"Bad rss-counter|non-zero pgtables_bytes|refcount_t:|list_(add|del) corruption|"
    rb"Out of memory: Killed|segfault at .* in (omdiscd|mosmon|mos-tools)|Attempted to kill init")
# The kernel says these of hardware that is not there, or of a slow host.
HARMLESS = re.compile(
    rb"WARNING: (?:Spectre|Unsupported)|clocksource: .*unstable|"
    rb"hpet.*WARNING|x86/split lock|TSC.*unstable")


class Console:
    """Copies a byte stream to a log file; what is bad in it is kept in .bad."""

    def __init__(self, stream, path):
        self._stream = stream
        self._log = open(path, "ab", buffering=0)
        self.path = path
        self.bad = None
        self.allowed = None
        self.closed = threading.Event()
        self._text = bytearray()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def allow(self, pattern):
        """Complaints that a test provokes; never used to make a test pass."""
        self.allowed = re.compile(pattern)

    def _judge(self, line):
        if self.bad or not BAD.search(line) or HARMLESS.search(line):
            return
        if self.allowed and self.allowed.search(line):
            return
        self.bad = line.decode("utf-8", "replace").strip()

    def _run(self):
        partial = b""
        while True:
            try:
                data = self._stream.read(65536)
            except (OSError, ValueError):
                data = b""
            if not data:
                break
            self._log.write(data)
            with self._lock:
                self._text += data
            *lines, partial = (partial + data).split(b"\n")
            for line in lines:
                self._judge(line)
        self._judge(partial)
        self._log.close()
        self.closed.set()

    def text(self):
        with self._lock:
            return bytes(self._text)

    def contains(self, what):
        return what.encode() in self.text()

    def tail(self, lines=15):
        return b"\n".join(self.text().splitlines()[-lines:]).decode("utf-8", "replace")

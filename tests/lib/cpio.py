# SPDX-License-Identifier: GPL-2.0
"""Writes cpio archives (newc) that are appended to an initramfs."""

import os
import stat

ALIGN = 4


def _pad(data):
    return data + b"\0" * (-len(data) % ALIGN)


class Cpio:
    def __init__(self):
        self._parts = []
        self._inode = 0
        self._dirs = set()

    def _entry(self, name, mode, data=b"", rdev=(0, 0)):
        self._inode += 1
        raw = name.encode() + b"\0"
        fields = (self._inode, mode, 0, 0, 1, 0, len(data), 0, 0, *rdev, len(raw), 0)
        head = b"070701" + b"".join(b"%08X" % f for f in fields)
        self._parts.append(_pad(head + raw) + _pad(data))

    def mkdir(self, name):
        name = name.strip("/")
        if not name or name in self._dirs:
            return
        self.mkdir(os.path.dirname(name))
        self._dirs.add(name)
        self._entry(name, stat.S_IFDIR | 0o755)

    def add(self, name, data, mode=0o755):
        name = name.strip("/")
        self.mkdir(os.path.dirname(name))
        self._entry(name, stat.S_IFREG | mode, data)

    def add_file(self, name, path):
        with open(path, "rb") as f:
            self.add(name, f.read(), os.stat(path).st_mode & 0o777)

    def link(self, name, target):
        name = name.strip("/")
        self.mkdir(os.path.dirname(name))
        self._entry(name, stat.S_IFLNK | 0o777, target.encode())

    def device(self, name, major, minor):
        self.mkdir(os.path.dirname(name.strip("/")))
        self._entry(name.strip("/"), stat.S_IFCHR | 0o600, rdev=(major, minor))

    def bytes(self):
        tail = Cpio()
        tail._entry("TRAILER!!!", 0)
        return b"".join(self._parts) + tail._parts[0]


def append(base, extra, to):
    """Writes base (any initramfs, or None) followed by the archive extra."""
    with open(to + ".new", "wb") as f:
        if base:
            with open(base, "rb") as b:
                while block := b.read(1 << 20):
                    f.write(block)
            f.write(b"\0" * (-f.tell() % 512))
        f.write(extra.bytes())
    os.rename(to + ".new", to)

# SPDX-License-Identifier: GPL-2.0
"""User-Mode Linux machines: real kernels as processes, up in a fraction of a second."""

import os

from . import cpio, paths, process
from .machine import Machine, mac_address, socket_pair

MEMORY = "64M"
LINE_WINDOW = 2048


class Uml(Machine):
    """mem= and initramfs as given; mos.* parameters are read by um-init."""

    boot_timeout = 30

    def __init__(self, name, number, log_dir, switch, initramfs, kernel=None, memory=MEMORY,
                 params=()):
        super().__init__(name, number, log_dir)
        self.address = f"10.77.{number >> 8}.{number & 255}"
        self._switch = switch
        self._initramfs = initramfs
        self._kernel = kernel or paths.out("um", "linux")
        self._memory = memory
        self._params = list(params)

    def command_line(self, agent_fd):
        port = self._switch.port(self.name, "packet")
        return [
            self._kernel, f"mem={self._memory}", f"initrd={self._initramfs}",
            f"uml_dir={self._switch.dir}/", f"umid={self.name}",
            "con=null", "con0=null,fd:1", "ssl=null", f"ssl1=fd:{agent_fd}",
            f"vec0:transport=bess,dst={port},mac={mac_address(self.number)}",
            "mos.agent=/dev/ttyS1", f"mos.name={self.name}", f"mos.ip={self.address}/16",
            "panic=-1", *self._params,
        ]

    def boot(self):
        """Starts it; a machine that was killed starts again."""
        ours, theirs = socket_pair()
        read_end, write_end = os.pipe()
        proc = process.spawn(self.command_line(theirs.fileno()), pass_fds=[theirs.fileno()],
                             stdout=write_end, stderr=write_end)
        os.close(write_end)
        theirs.close()
        self.launched(proc, os.fdopen(read_end, "rb", buffering=0))
        self.connect_agent(ours, LINE_WINDOW)


def make_initramfs(to, files=()):
    """The UML initramfs with the agent and files: pairs (path inside, path here)."""
    extra = cpio.Cpio()
    extra.add_file("sbin/test-agent", paths.AGENT)
    for name, path in files:
        extra.add_file(name, path)
    cpio.append(paths.out("um", "initramfs.cpio"), extra, to)
    return to

# SPDX-License-Identifier: GPL-2.0
"""
Machines in QEMU: with the kernel given directly (and the agent in a cpio behind
the initramfs), or started by firmware from an untouched medium or the network.
TCG only, so that results do not depend on the host.
"""

import os
import shutil
import subprocess

from . import cpio, paths, process
from .machine import Machine, mac_address, socket_pair
from .qmp import Qmp

BINARY = "qemu-system-x86_64"
OVMF = "/usr/share/OVMF"
CONSOLE = "console=ttyS0"
# A hung or dying machine must end, and a slow host is no broken timer.
BASE_PARAMS = (CONSOLE, "no_timer_check", "panic=-1", "mos.test")


class Qemu(Machine):
    """One machine. extra: more QEMU arguments (clock, CPUs, disks)."""

    boot_timeout = 180

    def __init__(self, name, number, log_dir, switch, memory="192M", cpus=1, extra=()):
        super().__init__(name, number, log_dir)
        self._switch = switch
        self._memory = memory
        self._cpus = cpus
        self._extra = list(extra)
        self._boot_args = []
        self._nic = ["romfile="]
        self._machine = "pc"
        self._with_agent = False
        self.qmp = None

    # How it starts: one of these is called before boot().

    def direct(self, initramfs, params=(), kernel=None):
        self._with_agent = True
        self._boot_args = ["-kernel", kernel or paths.out("vmlinuz"), "-initrd", initramfs,
                           "-append", " ".join([*BASE_PARAMS, f"mos.name={self.name}", *params])]
        return self

    def from_cd(self, iso):
        self._boot_args += ["-drive", f"file={iso},format=raw,media=cdrom,readonly=on,if=none,id=cd",
                            "-device", "ide-cd,drive=cd,bootindex=0"]
        return self

    def from_usb(self, image):
        self._boot_args += ["-drive", f"file={image},format=raw,readonly=on,if=none,id=stick",
                            "-device", "qemu-xhci",
                            "-device", "usb-storage,drive=stick,bootindex=0,removable=on"]
        return self

    def from_network(self):
        """BIOS: QEMU's iPXE. UEFI: OVMF has a driver, and iPXE's would hang the loader."""
        self._nic = ["bootindex=0"] + (["romfile="] if self._machine == "q35" else [])
        return self

    def uefi(self):
        self._machine = "q35"
        store = self.log_path("vars").replace(".log", ".fd")
        shutil.copyfile(os.path.join(OVMF, "OVMF_VARS_4M.fd"), store)
        self._boot_args += ["-drive", f"if=pflash,format=raw,readonly=on,file={OVMF}/OVMF_CODE_4M.fd",
                            "-drive", f"if=pflash,format=raw,file={store}"]
        return self

    def command_line(self, agent_fd, qmp_fd):
        port = self._switch.port(self.name, "stream")
        nic = ",".join(["virtio-net-pci", "netdev=n0", f"mac={mac_address(self.number)}", *self._nic])
        line = [BINARY, "-M", self._machine, "-accel", "tcg", "-cpu", "max", "-m", self._memory,
                "-smp", str(self._cpus), "-nodefaults", "-no-reboot", "-display", "none",
                "-vga", "std", "-name", self.name, "-serial", "stdio",
                "-object", "rng-random,id=rng,filename=/dev/urandom",
                "-device", "virtio-rng-pci,rng=rng",
                "-chardev", f"socket,id=qmp,fd={qmp_fd}", "-mon", "chardev=qmp,mode=control",
                "-netdev", f"stream,id=n0,server=off,addr.type=unix,addr.path={port}",
                "-device", nic]
        if self._with_agent:
            line += ["-device", "virtio-serial-pci", "-chardev", f"socket,id=agent,fd={agent_fd}",
                     "-device", "virtserialport,chardev=agent,name=org.tessera.agent"]
        return line + self._boot_args + self._extra

    def boot(self):
        """Starts it; a machine that was killed starts again."""
        ours, theirs = socket_pair()
        qmp_ours, qmp_theirs = socket_pair()
        fds = [theirs.fileno(), qmp_theirs.fileno()]
        proc = process.spawn(self.command_line(*fds), pass_fds=fds, stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=0)
        theirs.close()
        qmp_theirs.close()
        self.launched(proc, proc.stdout)
        self.qmp = Qmp(qmp_ours, self.log_path("qmp"))
        if self._with_agent:
            self.connect_agent(ours)
        else:
            ours.close()

    def type(self, text):
        """Typed on the serial console."""
        self.process.stdin.write(text.encode())

    def screenshot(self, path):
        self.qmp.call("screendump", filename=path, format="png")

    def freeze(self):
        """It stops, as a host whose power is failing: no packet, no farewell."""
        self.qmp.call("stop")

    def thaw(self):
        self.qmp.call("cont")


def make_initramfs(to, files=(), base=None):
    """The product's initramfs with the agent and files: pairs (path inside, path here)."""
    extra = cpio.Cpio()
    extra.add_file("sbin/test-agent", paths.AGENT)
    for name, path in files:
        extra.add_file(name, path)
    cpio.append(base or paths.out("initramfs.img"), extra, to)
    return to

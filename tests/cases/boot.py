# SPDX-License-Identifier: GPL-2.0
"""
Boot matrix: the untouched images, started by firmware, with no parameter added.
The machine has no agent: another node confirms that it joined, and moves a
process there and back.
"""

import os

from lib import hostnet, hpc, paths
from lib.case import case
from lib.cluster import QemuCluster, alive, there_and_back
from lib.errors import MachineFailure, TestFailure
from lib.qemu import Qemu

KERNEL, JOIN = 240, 240
SLOW_HOST = "IO-APIC + timer doesn't work"
MEMORY = "1G"


def witness(t):
    cluster = QemuCluster(t)
    cluster.add("witness")
    cluster.wait_boot()
    return cluster


def start(t, machine):
    """
    Boots it up to its init. Linux panics where the emulated timer seems not to work, which it does
    when this host is slow; the parameter against it is not to be added here, so it starts again.
    """
    for _ in range(4):
        machine.boot()
        try:
            machine.wait(lambda: machine.console.contains("tessera: "), KERNEL, "init")
            return
        except MachineFailure as e:
            if SLOW_HOST not in str(e):
                raise
            t.log(f"starts again: {e}")
            machine.kill()
    raise TestFailure(f"{machine.name}: {SLOW_HOST}, each time")


def judge(t, cluster, machine):
    """Boots machine and has the witness judge it."""
    t.add(machine)
    start(t, machine)
    seer = cluster.nodes[0]
    def others():
        machine.health()
        return sorted(alive(seer))

    try:
        ids = seer.wait(others, JOIN, "second node", 0.5)
    finally:
        machine.screenshot(os.path.join(t.log_dir, "screen.png"))
    there_and_back(seer, ids[0], machine.name)
    hpc.wait_idle([seer])


def new_machine(t, cluster, name):
    return Qemu(name, 200, t.log_dir, cluster.switch, MEMORY)


def declare_medium(firmware, medium):
    @case(tier="check", timeout=600, cost=2, name=f"{firmware}_{medium}")
    def test(t):
        iso = paths.out("tessera.iso")
        t.need(iso)
        cluster = witness(t)
        machine = new_machine(t, cluster, f"{firmware}-{medium}")
        if firmware == "uefi":
            machine.uefi()
        judge(t, cluster, machine.from_cd(iso) if medium == "cd" else machine.from_usb(iso))


for each_firmware in ("bios", "uefi"):
    for each_medium in ("cd", "usb"):
        declare_medium(each_firmware, each_medium)


def network_boot(t, firmware, role, proxy=False):
    cluster = witness(t)
    if proxy:
        hostnet.dhcp_server(t, cluster.switch)
    hostnet.pxe_server(t, cluster.switch, "--role", role, *(["--proxy"] if proxy else []))
    machine = new_machine(t, cluster, f"{firmware}-pxe")
    if firmware == "uefi":
        machine.uefi()
    judge(t, cluster, machine.from_network())


@case(tier="check", timeout=600, cost=2)
def bios_pxe(t):
    network_boot(t, "bios", "drone")


@case(tier="check", timeout=700, cost=2)
def uefi_pxe(t):
    network_boot(t, "uefi", "head")


@case(tier="check", timeout=600, cost=2)
def bios_proxydhcp(t):
    network_boot(t, "bios", "head", proxy=True)


@case(tier="check", timeout=700, cost=2)
def uefi_proxydhcp(t):
    network_boot(t, "uefi", "drone", proxy=True)

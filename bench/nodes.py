# SPDX-License-Identifier: GPL-2.0
"""
The two machines of a benchmark: nodes of the product in QEMU, or User-Mode Linux
ones, which are up in a second and good for working on the benchmark itself.
"""

import os
import re

from lib import cluster, hpc, paths, qemu, uml

PROGRAMS = ("moved", "faults", "calls", "tcpping")
MEMORY = "1600M"
# Nobody is to be taken for dead because this machine is busy.
TIMEOUT = 30


def files():
    return [(f"test/{name}", os.path.join(paths.BUILD, "bench", name)) for name in PROGRAMS]


class Pair:
    """Home and host: machines, with their ids, and home's address as the host writes it."""

    def __init__(self, home, host, ids, what):
        self.home, self.host = home, host
        self.home_id, self.host_id = ids
        self.what = what
        for node in (home, host):
            node.sh(f"echo {TIMEOUT} >/proc/hpc/admin/timeout")
        self.address = self._address_of_home()

    def _address_of_home(self):
        for line in self.host.sh("cat /proc/hpc/config").splitlines():
            words = line.split()
            if words and words[0] == str(self.home_id):
                return words[1]
        raise RuntimeError(f"node {self.home_id} is not in the table of the other")

    def release(self):
        return self.home.sh("uname -r").strip()


def start_qemu(t):
    """The product's kernel, initramfs and daemon, found by themselves."""
    c = cluster.QemuCluster(t)
    c.initramfs = qemu.make_initramfs(t.path("bench.img"), files())
    home = c.add("home", memory=MEMORY)
    host = c.add("host", memory=MEMORY)
    c.wait_boot()
    ids = c.wait_joined(timeout=180)
    version = re.search(r"version ([\d.]+)", os.popen(f"{qemu.BINARY} --version").read())
    return Pair(home, host, ids, f"two nodes with one CPU each in QEMU {version.group(1)}, TCG")


def start_um(t):
    """The same kernel code as two User-Mode Linux processes; the table is given."""
    t.need(paths.out("um", "linux"), paths.out("um", "initramfs.cpio"))
    switch = t.switch()
    initramfs = uml.make_initramfs(t.path("um.cpio"), files())
    nodes = [t.add(uml.Uml(f"n{i}", i, t.log_dir, switch, initramfs, memory=MEMORY)) for i in (1, 2)]
    for node in nodes:
        node.boot()
    for node in nodes:
        node.wait_boot()
        hpc.join(node, nodes)
    return Pair(*nodes, (1, 2), "two User-Mode Linux nodes")

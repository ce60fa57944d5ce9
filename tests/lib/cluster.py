# SPDX-License-Identifier: GPL-2.0
"""Clusters of machines on one switch."""

import os

from . import hpc, paths, qemu, uml
from .errors import TestFailure, check_equal

RUNNERS = ("runmoved", "mover")


DRONE_DIR, HEAD_DIR = "/test", "/run/tessera/agent/test"


def program_files(names):
    """For a cpio: test programs below /test, which a head's init carries to HEAD_DIR."""
    return [(f"test/{n}", os.path.join(paths.PROGRAMS, n)) for n in dict.fromkeys([*RUNNERS, *names])]


class UmlCluster:
    """
    User-Mode Linux nodes 1..N with a fixed node table and without the daemon, so
    that nothing but the kernel is tested.
    """

    def __init__(self, t, count, programs=(), kernel=None, memory=None, table=True):
        self.t = t
        self.kernel = kernel or os.environ.get("MOS_UM_KERNEL") or paths.out("um", "linux")
        files = program_files(programs)
        t.need(self.kernel, paths.out("um", "initramfs.cpio"), *(p for _, p in files))
        self.switch = t.switch()
        initramfs = uml.make_initramfs(t.path("um.cpio"), files)
        size = os.path.getsize(initramfs) >> 20
        self.nodes = [
            t.add(uml.Uml(f"n{i}", i, t.log_dir, self.switch, initramfs, self.kernel,
                          memory or f"{max(64, 40 + 2 * size)}M"))
            for i in range(1, count + 1)]
        self.boot(self.nodes, table)

    def boot(self, nodes, table=True):
        """Starts machines, new ones or such that were killed."""
        for node in nodes:
            node.boot()
        for node in nodes:
            node.wait_boot()
        for node in nodes:
            if table:
                hpc.join(node, self.nodes)

    def node(self, number):
        return self.nodes[number - 1]

    def set_timeout(self, seconds):
        for node in self.nodes:
            node.sh(f"echo {seconds} >/proc/hpc/admin/timeout")

    def wait_idle(self, nodes=None, timeout=30):
        hpc.wait_idle(nodes or self.nodes, timeout)


def peers(machine):
    """What the daemon of a machine knows: rows of /run/omdiscd/peers by id."""
    names = ("id", "name", "address", "state", "cpus", "speed", "load", "mem", "tmem", "guests", "age")
    result = machine.run("cat /run/omdiscd/peers 2>/dev/null")
    rows = [dict(zip(names, line.split())) for line in result.text.splitlines()]
    return {int(row["id"]): row for row in rows if row.get("id", "").isdigit()}


def alive(machine):
    """Ids of the other nodes that a machine sees alive."""
    own = own_id(machine)
    return {number for number, row in peers(machine).items() if row["state"] == "alive"} - {own}


def own_id(machine):
    result = machine.run("cat /proc/hpc/admin/mospe")
    return int(result.text or 0) if result.status == 0 else 0


def wait_joined(machines, timeout=90):
    """
    All see all alive, with different ids, and each kernel's node table has them.
    Gives the ids in the order of the machines.
    """
    want = len(machines)
    seen = {}

    def joined():
        ids = [own_id(m) for m in machines]
        seen["ids"] = ids
        if 0 in ids or len(set(ids)) != want:
            return None
        for m, own in zip(machines, ids):
            seen[m.name] = alive(m)
            if seen[m.name] != set(ids) - {own}:
                return None
            table = {int(line.split()[0]) for line in m.sh("cat /proc/hpc/config").splitlines()}
            seen[m.name + ".table"] = table
            if table != set(ids):
                return None
        return ids

    try:
        return machines[0].wait(joined, timeout, f"cluster of {want}", 0.3)
    except TestFailure as e:
        raise TestFailure(f"{e}: {seen}") from e


class QemuCluster:
    """Machines with the product's kernel and initramfs, the daemon, and the agent."""

    def __init__(self, t, programs=(), kernel=None):
        self.t = t
        self.kernel = kernel
        self.switch = t.switch()
        self.nodes = []
        t.need(kernel or paths.out("vmlinuz"), paths.out("initramfs.img"))
        self.initramfs = qemu.make_initramfs(t.path("agent.img"), program_files(programs) if programs else ())

    def add(self, name, role="drone", params=(), memory="256M", cpus=1, extra=(), boot=True):
        machine = qemu.Qemu(name, 100 + len(self.nodes), self.t.log_dir, self.switch, memory, cpus, extra)
        machine.direct(self.initramfs, [f"mos.role={role}", "mos.console=none", *params], self.kernel)
        self.t.add(machine)
        self.nodes.append(machine)
        if boot:
            machine.boot()
        return machine

    def add_head(self, name, params=(), memory="768M", cpus=1, extra=()):
        """A head whose root is on the ISO, as on a machine with the CD in its drive."""
        iso = paths.out("tessera.iso")
        self.t.need(iso)
        cd = ["-drive", f"file={iso},format=raw,media=cdrom,readonly=on,if=none,id=cd",
              "-device", "ide-cd,drive=cd"]
        return self.add(name, "head", params, memory, cpus, [*cd, *extra])

    def wait_boot(self, machines=None):
        for machine in machines or self.nodes:
            machine.wait_boot()

    def wait_joined(self, machines=None, timeout=120):
        return wait_joined(machines or self.nodes, timeout)


def there_and_back(home, node, label=""):
    """A process of home goes to node, works there, comes back, and ends well."""
    def forwarded():
        counters = hpc.hpcstat(home, worker.pid)
        return max(counters["calls"], counters["calls_inline"])

    worker = hpc.Child(home, "sh -c 'while [ ! -e /tmp/stop ]; do n=$((n + 1)); done; echo done'", 300)
    hpc.move(home, worker.pid, node, 60)
    before = forwarded()
    home.wait(lambda: forwarded() >= before + 50, 60, f"work {label}")
    check_equal(hpc.where(home, worker.pid), node, "where it worked")
    hpc.move(home, worker.pid, 0, 60)
    home.sh("touch /tmp/stop")
    status = worker.wait()
    home.sh("rm /tmp/stop")
    check_equal((status, worker.output()), (0, b"done\n"), f"end of the process that was on {node}")

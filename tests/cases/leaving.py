# SPDX-License-Identifier: GPL-2.0
"""Nodes that leave in order, and nodes whose users come back: nothing that runs elsewhere is lost."""

from lib import hpc
from lib.case import case
from lib.cluster import QemuCluster, own_id, peers
from lib.errors import check, check_equal

WORK = "sh -c 'while [ ! -e /tmp/stop ]; do n=$((n + 1)); done; echo done'"


class Worker:
    """A process that computes until it is told to stop; what the agent starts is locked, so nobody else moves it."""

    def __init__(self, home, node=0):
        self.home = home
        self.child = hpc.Child(home, WORK, 300)
        if node:	# a slow host may lose the link once; here it only matters that it gets there
            home.wait(lambda: not hpc.try_goto(home, self.child.pid, node, 60), 90, "move of a process", 1)

    def where(self):
        return hpc.where(self.home, self.child.pid)

    def finish(self):
        self.home.sh("touch /tmp/stop")
        check_equal((self.child.wait(), self.child.output()), (0, b"done\n"), "end of a process")
        self.home.sh("rm /tmp/stop")


def press_power(machine, number, witness):
    """The power button: the machine ends by itself, and the others were told."""
    machine.qmp.call("system_powerdown")
    machine.expect_end(90)
    check(machine.console.contains("guests to send away"), f"{machine.name} does not say what it waits for")
    check(machine.console.contains("openmosix: stopped"), f"{machine.name} did not leave in order")
    witness.wait(lambda: peers(witness).get(number, {}).get("state") == "left", 10,
                 f"farewell of node {number}", 0.2)


@case(tier="check", timeout=900, cost=2)
def power_button(t):
    """A drone, then a head: guests go on, own processes come home first, the leave is announced."""
    cluster = QemuCluster(t)
    stays, leaves, third = (cluster.add(f"d{n}") for n in (1, 2, 3))
    head = cluster.add_head("head")
    cluster.wait_boot()
    ids = dict(zip(cluster.nodes, cluster.wait_joined()))
    guest = Worker(stays, ids[leaves])
    Worker(leaves, ids[stays])
    check_equal(len(hpc.guests(stays)), 1, "guests of the node that stays")
    press_power(leaves, ids[leaves], stays)
    check(leaves.console.contains("1 processes to bring home"), "it did not bring its own process home")
    check(guest.where() in (0, ids[third], ids[head]), f"the guest is on node {guest.where()}")
    stays.wait(lambda: not hpc.guests(stays), 20, "end of the process whose home is gone")

    hpc.move(stays, guest.child.pid, ids[head], 60)
    press_power(head, ids[head], stays)
    check(guest.where() in (0, ids[third]), f"the guest is on node {guest.where()}")
    guest.finish()
    hpc.wait_idle([stays, third])


@case(tier="check", timeout=400, cost=2)
def first_key(t):
    """An adaptive node takes guests when nobody uses it, and is its user's again at the first key."""
    cluster = QemuCluster(t)
    home = cluster.add("home")
    desk = cluster.add("desk", params=["mos.pool=adaptive", "mos.poolidle=5"])
    cluster.wait_boot()
    ids = dict(zip(cluster.nodes, cluster.wait_joined()))
    check_equal(own_id(desk), ids[desk], "id")

    def blocks():
        return int(desk.sh("cat /proc/hpc/admin/block"))

    desk.wait(lambda: not blocks(), 60, "opening", 0.2)
    check(desk.sh("cat /run/omdiscd/pool").startswith("adaptive open"), "what it says of itself")
    guest = Worker(home, ids[desk])
    desk.qmp.call("send-key", keys=[{"type": "qcode", "data": "shift"}])
    desk.wait(blocks, 10, "closing", 0.1)
    home.wait(lambda: guest.where() == 0, 30, "return of the guest", 0.1)
    check(hpc.try_goto(home, guest.child.pid, ids[desk]), "a closed node took a guest")
    desk.wait(lambda: not blocks(), 60, "opening again", 0.2)
    hpc.move(home, guest.child.pid, ids[desk], 60)
    hpc.move(home, guest.child.pid, 0, 60)
    guest.finish()
    hpc.wait_idle(cluster.nodes)

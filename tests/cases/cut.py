# SPDX-License-Identifier: GPL-2.0
"""
The link is cut at each protocol message in turn, by fault injection in the
sender. Whatever was lost: the process is there once or was killed with a reason,
its memory is right, and both nodes forget all about it.

A move that was reported as failed has left the process at home, unharmed. Only
where the move was committed may the cut kill it: half of it was elsewhere.
"""

import re

from lib import hpc
from lib.case import case
from lib.cluster import DRONE_DIR, UmlCluster
from lib.errors import TestFailure, check, check_equal

TIMEOUT = 2
KILLED = 128 + 9
LIMIT = 400


class Scene:
    """One process of node 1, and what a message of which sender is cut of it."""

    def __init__(self, t, cluster, command):
        self.t = t
        self.home = cluster.node(1)
        self.host = cluster.node(2)
        self.nodes = cluster.nodes
        self.command = f"{DRONE_DIR}/{command}"
        self.want = hpc.Child(self.home, self.command)
        check_equal(self.want.wait(), 0, f"status of {command} at home")
        self.outcomes = {}
        self.has_children = "fork" in command

    def start(self):
        self.killed_before = hpc.stat(self.home)["killed"]
        return hpc.Child(self.home, self.command)

    def count_copies(self, child):
        """Living halves that can run: at home, or a guest; a deputy is not one."""
        here = self.home.run(f"cat /proc/{child.pid}/where 2>/dev/null").text.strip()
        there = self.host.run(f"cat /proc/hpc/remote/*/identity 2>/dev/null | grep -c '^pid={child.pid} '")
        return int(there.text) + (here == "0")

    def judge(self, child, error):
        status = child.wait()
        killed = hpc.stat(self.home)["killed"] - self.killed_before
        if status == 0:
            check_equal(child.output(), self.want.output(), "what it printed")
        elif self.has_children and killed and not error:
            pass	# the link that was cut was that of a child, and its parent noticed
        elif status != KILLED:
            raise TestFailure(f"status {status}: {child.output()!r}")
        else:
            check(not error, f"goto said {error!r}, and yet the process was killed")
            check_equal(killed, 1, "processes that the kernel says it killed")
        hpc.wait_idle(self.nodes, TIMEOUT + 8)
        check_equal(hpc.guests(self.host), [], "guests that were left")
        outcome = "refused" if error else "killed" if status else "well"
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
        return outcome


def cuts(sender):
    """The messages that were cut so far, as the kernel says."""
    return re.findall(r"cut instead of message (\d+)", sender.sh("dmesg"))


def cut_each(t, scene, sender, act, label, limit):
    """act(child, arm) moves; arm() plants the cut. Until a process ends before its message comes."""
    for number in range(1, limit + 1):
        before = len(cuts(sender))
        child = scene.start()

        def arm(number=number):
            hpc.inject(sender, f"cut {number}")

        try:
            error = act(child, arm)
            copies = scene.count_copies(child) if not child.ended else 0
            check(copies <= 1, f"{copies} living copies")
            outcome = scene.judge(child, error)
        except TestFailure as e:
            raise type(e)(f"{label}, cut at message {number}: {e}") from e
        hpc.inject(sender, "off")
        types = cuts(sender)[before:]
        t.log(f"{label} {number}: message {types}: {outcome} {error}")
        if not types:
            break
    t.log(f"{label}: {number} messages, {scene.outcomes}")
    check(number > 1, f"{label}: no message was cut")


def leave(scene):
    def act(child, arm):
        arm()
        return hpc.try_goto(scene.home, child.pid, 2)

    return act


def come_back(scene):
    def act(child, arm):
        hpc.move(scene.home, child.pid, 2)
        arm()
        scene.home.run(f"echo 0 >/proc/{child.pid}/goto")
        return ""

    return act


def stay_away(scene):
    def act(child, arm):
        hpc.move(scene.home, child.pid, 2)
        arm()
        return ""

    return act


ACTS = {"leave": leave, "back": come_back, "work": stay_away}
# A memory that is checked, calls of all kinds, children.
COMMANDS = {
    "memory": ("pagegen", "--mb 2 --ms 400"),
    "calls": ("files", "--ms 400"),
    "forks": ("forkwait", "--ms 400"),
}


def run(t, act, command, side):
    program, arguments = COMMANDS[command]
    cluster = UmlCluster(t, 2, [program])
    cluster.set_timeout(TIMEOUT)
    scene = Scene(t, cluster, f"{program} {arguments}")
    sender = {"home": scene.home, "host": scene.host}[side]
    cut_each(t, scene, sender, ACTS[act](scene), f"{act} {command} {side}", t.count(40, LIMIT))


def declare(act, command, side):
    tier = "check" if command == "memory" or (act == "work" and side == "host") else "soak"

    @case(tier=tier, timeout=900 if tier == "check" else 3600, name=f"{act}_{command}_{side}")
    def test(t):
        run(t, act, command, side)


for act_name in ACTS:
    for command_name in COMMANDS:
        for side_name in ("home", "host"):
            declare(act_name, command_name, side_name)


@case(tier="check", timeout=300)
def silent_wire(t):
    """Nobody says that the cable is out: packets just stop. Both sides find out by themselves."""
    cluster = UmlCluster(t, 3, ["pagegen"])
    cluster.set_timeout(TIMEOUT)
    home = cluster.node(1)
    away = hpc.Child(home, f"{DRONE_DIR}/pagegen --mb 4 --ms 60000")
    hpc.move(home, away.pid, 2)
    beside = hpc.Child(home, f"{DRONE_DIR}/pagegen --mb 4 --ms 4000")
    hpc.move(home, beside.pid, 3)
    cluster.switch.cut("n1", "n2")
    home.wait(lambda: away.ended, TIMEOUT + 5, "end of the process whose host is gone")
    check_equal(away.wait(), KILLED, "its status")
    cluster.node(2).wait(lambda: not hpc.guests(cluster.node(2)), TIMEOUT + 5, "end of the guest")
    check(home.console.contains(str(away.pid)) or str(away.pid) in home.sh("dmesg"),
          "the kernel does not say which process it killed")
    error = hpc.try_goto(home, beside.pid, 2, 30)
    check(error, "a move through a cut wire succeeded")
    check_equal(beside.wait(), 0, "status of the process beside it")
    cluster.switch.heal()
    again = hpc.Child(home, f"{DRONE_DIR}/pagegen --mb 4 --ms 2000")
    hpc.move(home, again.pid, 2)
    check_equal(again.wait(), 0, "status after the cable is in again")
    cluster.wait_idle()


@case(tier="check", timeout=300)
def refused_moves(t):
    """Each refusal has its errno, and changes nothing."""
    cluster = UmlCluster(t, 2, ["getids"])
    cluster.set_timeout(TIMEOUT)
    home, host = cluster.nodes
    child = hpc.Child(home, f"{DRONE_DIR}/getids --ms 20000")

    def refused(node, why, path=None):
        error = home.run(f"echo {node} >{path or f'/proc/{child.pid}/goto'}").text
        check(why in error, f"goto {node}: {error!r} is not {why!r}")
        check_equal(hpc.where(home, child.pid), 0, "where")

    refused("elephant", "Invalid argument")
    refused(7, "No such device or address")
    host.sh("echo 1 >/proc/hpc/admin/block")
    refused(2, "temporarily unavailable")
    host.sh("echo 0 >/proc/hpc/admin/block")
    refused(2, "Device or resource busy", "/proc/1/goto")
    home.sh("echo 0 >/proc/1/lock")
    host.sh("echo 0 >/proc/hpc/admin/mospe")
    refused(2, "")
    hpc.join(host, cluster.nodes)
    as_nobody = home.run(f"su nobody -s /bin/sh -c 'echo 2 >/proc/{child.pid}/goto' 2>&1; "
                         f"setuidgid nobody sh -c 'echo 2 >/proc/{child.pid}/goto' 2>&1")
    check("denied" in as_nobody.text or "not permitted" in as_nobody.text,
          f"nobody moved a process of root: {as_nobody!r}")
    hpc.move(home, child.pid, 2)
    hpc.move(home, child.pid, 0)
    child.kill(15)
    child.wait()
    cluster.wait_idle()


@case(tier="check", timeout=300)
def key_and_strangers(t):
    """Nodes with different keys, and who is not in the table, move nothing."""
    cluster = UmlCluster(t, 3, ["getids"])
    a, b, c = cluster.nodes
    a.sh(f"echo {'ab' * 32} >/proc/hpc/admin/key")
    b.sh(f"echo {'ab' * 32} >/proc/hpc/admin/key")
    c.sh(f"echo {'cd' * 32} >/proc/hpc/admin/key")
    child = hpc.Child(a, f"{DRONE_DIR}/getids --ms 90000")
    error = hpc.try_goto(a, child.pid, 3)
    check("denied" in error, f"another key: {error!r}")
    hpc.move(a, child.pid, 2)
    hpc.move(a, child.pid, 0)
    c.sh(f"echo {'ab' * 32} >/proc/hpc/admin/key")
    hpc.set_table(c, [b, c])
    error = hpc.try_goto(a, child.pid, 3)
    check(error, "a node that does not know us took our process")
    hpc.set_table(c, cluster.nodes)
    hpc.move(a, child.pid, 3)
    child.kill()
    check_equal(child.wait(), KILLED, "status")
    cluster.wait_idle()

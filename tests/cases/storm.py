# SPDX-License-Identifier: GPL-2.0
"""Many moves at once, kills in the middle of them, nodes that die: nothing leaks, survivors go on."""

import os
import re

from lib import hpc, paths
from lib.case import case
from lib.cluster import DRONE_DIR, UmlCluster
from lib.errors import check, check_equal

KILLED = 128 + 9
# What a program says when not it but its child was killed.
LOST_CHILD = re.compile(rb"a child ended with status 0x9\b|WIFEXITED\(status\)|: 0, Broken pipe|EPIPE")
MIX = ("pagegen --mb 2", "files", "forkwait", "pipes", "heap", "sigbasic", "forkcow", "getids",
       "polls", "sigmask")
NAMES = [command.split()[0] for command in MIX]


def command(text, milliseconds, extra=""):
    return f"{DRONE_DIR}/{text} --ms {milliseconds} {extra}"


def mover(home, pids, nodes, seed, options=""):
    numbers = ",".join(str(n.number) for n in nodes)
    return hpc.Child(home, f"{DRONE_DIR}/mover --seed {seed} --home {home.number} --nodes {numbers} "
                           f"{options} {' '.join(str(p) for p in pids)}", 600)


def random_moves(t, kernel=None):
    """Ten programs together make 200 committed moves, and print what they print at home."""
    moves = t.count(200, 2000)
    cluster = UmlCluster(t, 3, NAMES, kernel=kernel, memory="192M")
    home = cluster.node(1)
    want = {}
    for text in MIX:
        child = hpc.Child(home, command(text, 1))
        check_equal(child.wait(), 0, f"status of {text} at home")
        want[text] = child.output()
    # However slow the machine is: they end when there have been enough moves.
    home.sh("touch /tmp/moving")
    limit = t.count(480, 3000)
    children = {text: hpc.Child(home, command(text, limit * 1000, "--while /tmp/moving"), 600 + limit)
                for text in MIX}
    moving = mover(home, [c.pid for c in children.values()], cluster.nodes, t.seed,
                   f"--ms 1-10 --count {moves} --tree")
    check_equal(moving.wait(), 0, f"status of the mover ({moving.output()!r})")
    t.log(moving.output().decode())
    home.sh("rm /tmp/moving")
    for text, child in children.items():
        check_equal(child.wait(), 0, f"status of {text} ({child.output()!r})")
        check_equal(child.output(), want[text], f"output of {text}")
    counters = hpc.stat(home)
    check(counters["moves_out"] >= moves // 2, f"only {counters['moves_out']} moves out")
    cluster.wait_idle()


@case(tier="check", timeout=600, cost=2)
def two_hundred_moves(t):
    random_moves(t)


@case(tier="soak", timeout=3600, cost=2)
def two_hundred_moves_debug(t):
    random_moves(t, paths.out("um-debug", "linux"))


@case(tier="check", timeout=300)
def streams(t):
    """The copy into one socket faults on a page that is away, and asks for it on another, in between."""
    cluster = UmlCluster(t, 2, ["inet"])
    home = cluster.node(1)
    for seed in range(1, 1 + t.count(12, 200)):
        home.sh(f"{DRONE_DIR}/runmoved --mode random --tree --nodes 1,2 --home 1 --seed {seed} --ms 10-150 -- "
                f"{DRONE_DIR}/inet --seed 1 --ms 1500", 60)
    cluster.wait_idle()


def kill_round(t, cluster, seed):
    """Programs on their way are killed at a random moment, all of them."""
    home = cluster.node(1)
    texts = [t.random.choice(MIX) for _ in range(4)]
    children = [hpc.Child(home, command(text, 60000)) for text in texts]
    moving = mover(home, [c.pid for c in children], cluster.nodes, seed, "--ms 1-20 --tree")
    for child in children:
        home.sh(f"usleep {t.random.randrange(1000, 120000)}; kill -9 {child.pid}")
    for child in children:
        check_equal(child.wait(), KILLED, "status of a killed program")
        child.kill()
    home.sh("killall -9 " + " ".join(NAMES) + " 2>/dev/null; true")
    moving.wait()
    cluster.wait_idle(timeout=15)


def kill_storm(t, kernel=None):
    cluster = UmlCluster(t, 3, NAMES, kernel=kernel, memory="160M")
    cluster.set_timeout(2)
    for number in range(t.count(15, 400)):
        kill_round(t, cluster, t.seed + number)


@case(tier="check", timeout=600)
def kills(t):
    kill_storm(t)


@case(tier="soak", timeout=7200)
def kills_debug(t):
    kill_storm(t, paths.out("um-debug", "linux"))


class Citizen:
    """A node of the big storm: home of programs that wander over all the others."""

    def __init__(self, t, node, nodes, milliseconds):
        self.node = node
        texts = [t.random.choice(MIX) for _ in range(2)]
        self.children = [hpc.Child(node, command(text, milliseconds), 600) for text in texts]
        self.mover = mover(node, [c.pid for c in self.children], nodes, t.seed + node.number,
                           "--ms 50-500")

    def judge(self):
        """
        A program ended well, or was killed because a node died that held part of it, or says
        that its child was; the kernel at home has counted each of these.
        """
        statuses = [child.wait() for child in self.children]
        self.mover.wait()
        lost = 0
        for child, status in zip(self.children, statuses):
            if status == 0:
                continue
            lost += 1
            check(status == KILLED or LOST_CHILD.search(child.output()),
                  f"{self.node.name}: a program ended with {status}: {child.output()!r}")
        counted = hpc.stat(self.node)["killed"]
        check(lost <= counted, f"{self.node.name}: {lost} were lost, the kernel says {counted}")
        return lost


def big_storm(t, count, kernel=None):
    """Every node is home and host at once; some lose their power; the others go on."""
    cluster = UmlCluster(t, count, NAMES, kernel=kernel, memory="96M" if not kernel else "160M")
    cluster.set_timeout(5)
    for round_number in range(t.count(1, 10)):
        victims = t.random.sample(cluster.nodes, max(2, count // 8))
        citizens = [Citizen(t, node, cluster.nodes, 15000) for node in cluster.nodes]
        for victim in victims:
            survivor = next(c for c in citizens if c.node not in victims)
            before = hpc.stat(survivor.node)["moves_out"]
            survivor.node.wait(lambda s=survivor, b=before: hpc.stat(s.node)["moves_out"] > b
                               or all(c.ended for c in s.children), 60, "another move")
            victim.kill()
        survivors = [c for c in citizens if c.node not in victims]
        killed = sum(citizen.judge() for citizen in survivors)
        moves = sum(hpc.stat(c.node)["moves_out"] for c in survivors)
        t.log(f"round {round_number}: {moves} moves out, {killed} of {2 * len(survivors)} killed")
        check(moves >= len(survivors), f"only {moves} moves in a storm of {count} nodes")
        cluster.wait_idle([c.node for c in survivors], 60)
        going_on(cluster, [c.node for c in survivors])
        cluster.boot(victims)
    cluster.wait_idle(timeout=60)


def going_on(cluster, nodes):
    """Each survivor still sends a program to the next one."""
    children = []
    for node, neighbour in zip(nodes, nodes[1:] + nodes[:1]):
        child = hpc.Child(node, command("getids", 500))
        hpc.move(node, child.pid, neighbour.number)
        children.append(child)
    for child in children:
        check_equal(child.wait(), 0, "status of a program after the storm")
    cluster.wait_idle(nodes)


@case(tier="check", timeout=900, cost=2)
def thirty_two_nodes(t):
    big_storm(t, int(os.environ.get("MOS_STORM_NODES", "32")))


@case(tier="soak", timeout=7200, cost=2)
def thirty_two_nodes_debug(t):
    big_storm(t, 32, paths.out("um-debug", "linux"))

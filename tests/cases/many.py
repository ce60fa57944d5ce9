# SPDX-License-Identifier: GPL-2.0
"""Many real kernels with the real daemon on one machine: joining, sudden deaths, partition, return."""

import os
import time

from lib import hpc
from lib.case import case
from lib.cluster import UmlCluster, alive, own_id, there_and_back, wait_joined
from lib.errors import check_equal

# Each waiting round asks every node twice: on a small machine that alone takes seconds.
LONG = 240


def start(nodes):
    for node in nodes:
        node.sh("/etc/init.d/openmosix start", 60)


def wait_dead(nodes, numbers):
    """Nobody sees one of them alive any more, and no kernel would talk to it."""
    for node in nodes:
        node.wait(lambda n=node: not numbers & alive(n), LONG, f"end of nodes {numbers}", 0.5)
        node.wait(lambda n=node: not numbers & {int(line.split()[0]) for line in
                                                n.sh("cat /proc/hpc/config").splitlines()},
                  LONG, f"node table without {numbers}", 0.5)


def timed(t, what, function):
    began = time.monotonic()
    result = function()
    t.log(f"{what}: {time.monotonic() - began:.1f} s")
    return result


def life(t, count):
    cluster = UmlCluster(t, count, table=False, memory="64M")
    nodes = cluster.nodes
    start(nodes)
    ids = dict(zip(nodes, timed(t, f"{count} nodes joined", lambda: wait_joined(nodes, LONG))))

    victims = t.random.sample(nodes[1:], count // 10)
    rest = [node for node in nodes if node not in victims]
    for victim in victims:
        victim.kill()
    timed(t, f"{len(victims)} seen dead", lambda: wait_dead(rest, {ids[v] for v in victims}))

    left, right = rest[::2], rest[1::2]
    for a in left:
        for b in right:
            cluster.switch.cut(a.name, b.name)
    timed(t, "halves apart", lambda: (wait_joined(left, LONG), wait_joined(right, LONG)))
    cluster.switch.heal()
    healed = timed(t, "halves together", lambda: wait_joined(rest, LONG))
    check_equal(healed, [ids[node] for node in rest], "ids after the partition")

    cluster.boot(victims, table=False)
    start(victims)
    timed(t, "the dead are back", lambda: wait_joined(nodes, LONG))
    there_and_back(nodes[0], own_id(victims[0]))
    hpc.wait_idle(nodes)


@case(tier="check", timeout=1200, cost=2)
def sixty_four(t):
    life(t, int(os.environ.get("MOS_MANY_NODES", "64")))

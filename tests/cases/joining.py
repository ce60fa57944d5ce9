# SPDX-License-Identifier: GPL-2.0
"""Nodes find each other with nothing typed, agree on ids and time, and notice who is gone."""

from lib import hostnet, hpc
from lib.case import case
from lib.cluster import QemuCluster, UmlCluster, alive, own_id, there_and_back, wait_joined
from lib.errors import check, check_equal

GONE = 20


def wait_gone(machines, number):
    """Dead or left: no longer alive for anybody, and in no kernel's table."""
    for machine in machines:
        machine.wait(lambda m=machine: number not in alive(m), GONE, f"end of node {number}", 0.2)
        machine.wait(lambda m=machine: f"\n{number} " not in "\n" + m.sh("cat /proc/hpc/config"), GONE,
                     f"node table without {number}", 0.2)


def life_of_a_cluster(t, dhcp):
    cluster = QemuCluster(t)
    if dhcp:
        hostnet.dhcp_server(t, cluster.switch)
    drones = [cluster.add(f"d{n}") for n in (1, 2, 3)]
    head = cluster.add_head("head")
    cluster.wait_boot()
    ids = dict(zip(cluster.nodes, cluster.wait_joined()))
    t.log(f"joined: {sorted(ids.values())}")
    if dhcp:
        for machine in cluster.nodes:
            machine.wait(lambda m=machine: "10.9.0." in m.sh("ip -4 addr"), 60, "DHCP lease")
    there_and_back(head, ids[drones[0]])
    there_and_back(drones[1], ids[head])

    drones[0].kill()
    wait_gone([*drones[1:], head], ids[drones[0]])
    drones[1].sh("/etc/init.d/openmosix stop", 60)
    check_equal(own_id(drones[1]), 0, "id after it left")
    wait_gone([drones[2], head], ids[drones[1]])
    cluster.wait_joined([drones[2], head])

    drones[0].boot()
    drones[1].sh("/etc/init.d/openmosix start", 60)
    drones[0].wait_boot()
    again = dict(zip(cluster.nodes, cluster.wait_joined()))
    check_equal(again, ids, "ids of those who returned")
    there_and_back(drones[0], ids[drones[1]])
    hpc.wait_idle(cluster.nodes)


@case(tier="check", timeout=900, cost=2)
def without_dhcp(t):
    life_of_a_cluster(t, False)


@case(tier="check", timeout=900, cost=2)
def with_dhcp(t):
    life_of_a_cluster(t, True)


@case(tier="check", timeout=400, cost=2)
def same_id(t):
    """Two claim the same id: one gets it, the other another one, and both know."""
    cluster = QemuCluster(t)
    for name in ("d1", "d2", "d3"):
        cluster.add(name, params=["mos.id=7"])
    cluster.wait_boot()
    ids = cluster.wait_joined()
    check(7 in ids, f"nobody has the id that was asked for: {ids}")
    there_and_back(cluster.nodes[0], ids[1])


@case(tier="check", timeout=400, cost=2)
def wrong_clocks(t):
    """Machines whose clocks are years apart agree within two seconds."""
    cluster = QemuCluster(t)
    for name, year in (("d1", 2001), ("d2", 2026), ("d3", 2035)):
        cluster.add(name, extra=["-rtc", f"base={year}-02-03T04:05:06"])
    cluster.wait_boot()
    cluster.wait_joined()

    def agree():
        times = [int(m.sh("date +%s")) for m in cluster.nodes]
        return max(times) - min(times) <= 2 and times

    times = cluster.nodes[0].wait(agree, 60, "common time", 0.3)
    t.log(f"times: {times}")


@case(tier="check", timeout=400)
def uml_nodes(t):
    """The daemon on many small nodes; one of them dies, and one leaves."""
    count = t.count(8, 32)
    cluster = UmlCluster(t, count, table=False, memory="80M")
    for node in cluster.nodes:
        node.sh("/etc/init.d/openmosix start", 60)
    ids = dict(zip(cluster.nodes, wait_joined(cluster.nodes)))
    there_and_back(cluster.node(1), ids[cluster.node(2)])
    first, dead, left = cluster.nodes[0], cluster.nodes[-1], cluster.nodes[-2]
    dead.kill()
    wait_gone([first], ids[dead])
    left.sh("/etc/init.d/openmosix stop", 60)
    wait_gone(cluster.nodes[:-2], ids[left])
    wait_joined(cluster.nodes[:-2])
    hpc.wait_idle(cluster.nodes[:-2])


@case(tier="check", timeout=400)
def uml_partition(t):
    """A cable between two halves is cut and mended: two clusters, then one again, ids kept."""
    cluster = UmlCluster(t, 4, table=False, memory="80M")
    for node in cluster.nodes:
        node.sh("/etc/init.d/openmosix start", 60)
    ids = wait_joined(cluster.nodes)
    left, right = cluster.nodes[:2], cluster.nodes[2:]
    for a in left:
        for b in right:
            cluster.switch.cut(a.name, b.name)
    wait_joined(left)
    wait_joined(right)
    cluster.switch.heal()
    check_equal(wait_joined(cluster.nodes), ids, "ids after the partition")
    there_and_back(left[0], ids[2])
    hpc.wait_idle(cluster.nodes)


@case(tier="check", timeout=300)
def uml_stranger(t):
    """Without the key nobody joins, and who has it does not see the stranger."""
    cluster = UmlCluster(t, 3, table=False, memory="80M")
    for node, key in zip(cluster.nodes, ("ab", "ab", "cd")):
        node.sh(f"mkdir -p /etc/tessera; echo {key * 32} >/etc/tessera/key; chmod 600 /etc/tessera/key")
        node.sh("/etc/init.d/openmosix start", 60)
    friends, stranger = cluster.nodes[:2], cluster.nodes[2]
    ids = wait_joined(friends)
    stranger.wait(lambda: own_id(stranger), 30, "own id")
    friends[0].wait(lambda: hpc.numbers(friends[0].sh("cat /run/omdiscd/counters"))["foreign"] > 0, 30,
                    "packet of the stranger")
    check_equal(alive(stranger), set(), "whom the stranger sees")
    check_equal(alive(friends[0]), {ids[1]}, "whom the friends see")
    there_and_back(friends[0], ids[1])

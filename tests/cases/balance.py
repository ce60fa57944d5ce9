# SPDX-License-Identifier: GPL-2.0
"""The daemon balances: real kernels, the real policy, programs that know nothing of it."""

from collections import Counter

from lib import hpc
from lib.case import case
from lib.cluster import DRONE_DIR, UmlCluster, there_and_back, wait_joined
from lib.errors import check, check_equal

# It looks for the end ten times a second or so: many calls for home would be a reason to stay there.
HOG = "sh -c 'while [ ! -e /tmp/stop ]; do n=0; while [ $n -lt 50000 ]; do n=$((n + 1)); done; done; echo done'"
EATER = """
BEGIN {
    mib = sprintf("%1048576s", "")
    for (i = 0; i < most; i++) {
        held[i] = mib i
        for (k = 0; k < 100000; k++) n++
    }
    for (;;) n++
}
"""


def start(t, count, options="", memory="80M"):
    """Nodes with the daemon; each machine's id is its place in the list, plus one."""
    cluster = UmlCluster(t, count, table=False, memory=memory)
    for number, node in enumerate(cluster.nodes, 1):
        node.sh("mkdir -p /etc/default")
        node.put("/etc/default/openmosix", f'OMDISCD_OPTS="--id {number} --speed keep {options}"\n'.encode())
        node.sh("/etc/init.d/openmosix start", 60)
    check_equal(wait_joined(cluster.nodes), list(range(1, count + 1)), "ids")
    return cluster


def lines(machine, name):
    return machine.sh(f"cat /run/omdiscd/{name} 2>/dev/null || true").splitlines()


def moves(machine):
    """Rows of the daemon's own record: pid, comm, from, to, cause, text."""
    return [line.split(None, 6)[1:] for line in lines(machine, "moves")]


def places(machine, hogs):
    return Counter(hpc.where(machine, hog.pid) for hog in hogs)


def finish(machine, hogs):
    machine.sh("touch /tmp/stop")
    for hog in hogs:
        check_equal((hog.wait(), hog.output()), (0, b"done\n"), f"end of {hog.pid}")
    machine.sh("rm /tmp/stop")


@case(tier="check", timeout=600)
def spread(t):
    """Six programs started on one of three nodes: two run on each, every move has its reason."""
    cluster = start(t, 3)
    home = cluster.node(1)
    hogs = [hpc.Child(home, HOG, 600) for _ in range(6)]

    def even():
        return sorted(places(home, hogs).values()) == [2, 2, 2]

    home.wait(even, 90, "two on each node", 0.5)
    rows = home.wait(lambda: len(moves(home)) >= 4 and moves(home), 20, "record of the moves")
    t.log(f"{len(rows)} moves: {rows}")
    check(len(rows) <= 8, f"{len(rows)} moves for six programs: {rows}")
    for pid, comm, origin, to, cause, text in rows:
        check(int(pid) in {hog.pid for hog in hogs}, f"{pid} was moved")
        check_equal((comm, cause), ("sh", "balance"), "what moved why")
        check({origin, to} <= {"1", "2", "3"} and "times as fast on node" in text, f"reason: {text}")
    said = home.wait(lambda: lines(home, "thoughts"), 10, "thoughts")
    check(any(int(line.split()[0]) in {hog.pid for hog in hogs} for line in said), f"thoughts: {said}")
    finish(home, hogs)
    cluster.wait_idle()


@case(tier="check", timeout=600)
def quiet_cluster(t):
    """One program to a node, by hand away or at home: nothing moves by itself."""
    cluster = start(t, 3)
    home = cluster.node(1)
    there_and_back(home, 2)
    alone = hpc.Child(home, HOG, 600)
    away = hpc.Child(home, HOG, 600)
    hpc.move(home, away.pid, 3)
    home.wait(lambda: len(lines(home, "thoughts")) >= 2, 30, "thoughts about both")
    seen = set()
    # until the daemon has thought about them some times more
    home.wait(lambda: seen.add(home.sh("cat /proc/uptime").split(".")[0]) or len(seen) >= 12, 150, "seconds", 0.5)
    check_equal([row for node in cluster.nodes for row in moves(node)], [], "moves")
    check_equal((hpc.where(home, alone.pid), hpc.where(home, away.pid)), (0, 3), "where they are")
    finish(home, [alone, away])
    cluster.wait_idle()


@case(tier="check", timeout=600)
def switches(t):
    """stay, lock, masks and a blocked node are honoured; without them programs spread."""
    cluster = start(t, 3)
    home, second = cluster.node(1), cluster.node(2)
    second.sh("mosctl block")
    home.sh("mosctl stay")
    hogs = [hpc.Child(home, HOG, 600) for _ in range(4)]
    home.sh(f"echo 1 >/proc/{hogs[0].pid}/lock")
    home.sh(f"echo 2 >/proc/{hogs[1].pid}/mignodes")
    seen = set()
    home.wait(lambda: seen.add(home.sh("cat /proc/uptime").split(".")[0]) or len(seen) >= 8, 150, "seconds", 0.5)
    check_equal(places(home, hogs), {0: 4}, "with stay")
    home.sh("mosctl nostay")
    home.wait(lambda: places(home, hogs) == {0: 2, 3: 2}, 60, "the two free ones on the node that takes guests", 0.5)
    check_equal([hpc.where(home, hog.pid) for hog in hogs], [0, 0, 3, 3], "which")
    for hog in hogs[2:]:
        hog.kill()
        hog.wait()
    second.sh("mosctl noblock")
    home.wait(lambda: hpc.where(home, hogs[1].pid) == 2, 60, "the masked one on its only node", 0.5)
    check_equal(hpc.where(home, hogs[0].pid), 0, "the locked one")
    finish(home, hogs[:2])
    cluster.wait_idle()


@case(tier="check", timeout=600)
def placed(t):
    """Short programs of a loop in a shell start on other nodes, with nothing done about it."""
    cluster = start(t, 3)
    home = cluster.node(1)
    work = f"{DRONE_DIR}/short"
    home.put(work, b"n=0\nwhile [ $n -lt 20000 ]; do n=$((n + 1)); done\nread w </proc/self/where\necho $w\n")
    loop = f"sh -c 'while [ ! -e /tmp/stop ]; do sh {work}; done; echo done'"
    loops = [hpc.Child(home, loop, 600) for _ in range(4)]
    home.wait(lambda: hpc.stat(home)["placed"] >= 20, 120, "programs placed at exec", 0.5)
    home.sh("touch /tmp/stop")
    went = Counter()
    for child in loops:
        check_equal(child.wait(), 0, "end of a loop")
        went.update(child.output().split())
    t.log(f"where the short programs ran: {dict(went)}; {hpc.stat(home)['placed']} placed")
    check(went[b"2"] >= 3 and went[b"3"] >= 3, f"they did not spread: {went}")
    cluster.wait_idle()


@case(tier="check", timeout=600)
def ushered(t):
    """A node whose memory runs out sends the large program away before anything is swapped or killed."""
    cluster = start(t, 2, memory="160M")
    home = cluster.node(1)
    free = int(home.sh("awk '/MemAvailable/ { print $2 }' /proc/meminfo")) >> 10
    # a MiB more again and again, until there is nearly as much as was free
    home.put("/tmp/eat", EATER.encode())
    eater = hpc.Child(home, f"awk -v most={free * 95 // 100} -f /tmp/eat", 600)
    home.wait(lambda: hpc.where(home, eater.pid) == 2, 60, "the large program on the other node", 0.3)
    rows = home.wait(lambda: moves(home), 20, "record of the move")
    check_equal((int(rows[0][0]), rows[0][4]), (eater.pid, "memory"), "what moved why")
    check("MiB free" in rows[0][5], f"reason: {rows[0][5]}")
    eater.kill()
    eater.wait()
    cluster.wait_idle()

# SPDX-License-Identifier: GPL-2.0
"""Post-copy is post-copy, and the suite notices when memory or objects are lost."""

from lib import hpc
from lib.case import case
from lib.cluster import DRONE_DIR, UmlCluster
from lib.errors import TestFailure, check, check_equal

SMALL, BIG = 8, 1024
GROWTH = 65536


def big_process(machine, megabytes):
    """A process that sleeps with so much memory: it writes to a pipe that nobody reads."""
    child = hpc.Child(machine, "sh -c 'rm -f /tmp/pipe; mkfifo /tmp/pipe; sleep 900 <>/tmp/pipe & "
                               f"exec dd if=/dev/zero of=/tmp/pipe bs={megabytes}M count=1'", 900)
    machine.wait(lambda: resident(machine, child.pid) >= megabytes << 20, 120, f"{megabytes} MB")
    return child


def precommit_bytes(home, megabytes):
    """Sent before the commit by a process with so much resident memory."""
    child = big_process(home, megabytes)
    before = hpc.stat(home)
    hpc.move(home, child.pid, 2, 120)
    after = hpc.stat(home)
    check_equal(after["moves_out"] - before["moves_out"], 1, "moves")
    child.kill()
    child.wait()
    return after["precommit_bytes"] - before["precommit_bytes"]


def resident(machine, pid):
    return int(machine.sh(f"cat /proc/{pid}/statm").split()[1]) * 4096


@case(tier="check", timeout=420, cost=2)
def precommit_does_not_grow(t):
    cluster = UmlCluster(t, 2, ["pagegen"], memory="1400M")
    small = precommit_bytes(cluster.node(1), SMALL)
    cluster.wait_idle()
    big = precommit_bytes(cluster.node(1), BIG)
    t.log(f"{small} bytes before the commit with {SMALL} MB, {big} with {BIG} MB")
    check(small > 0, "nothing was counted")
    check(big - small < GROWTH, f"{small} bytes with {SMALL} MB, {big} with {BIG} MB")
    cluster.wait_idle(timeout=60)


@case(tier="check", timeout=120)
def planted_leak_is_noticed(t):
    """With an object that is never released the last check of every test must fail."""
    cluster = UmlCluster(t, 2, ["getids"])
    home = cluster.node(1)
    for node in cluster.nodes:
        hpc.inject(node, "leak")
    child = hpc.Child(home, f"{DRONE_DIR}/getids --ms 300")
    hpc.move(home, child.pid, 2)
    check_equal(child.wait(), 0, "status")
    try:
        cluster.wait_idle(timeout=3)
    except TestFailure as e:
        t.log(f"noticed: {e}")
        return
    raise TestFailure("a planted leak was not noticed")


@case(tier="check", timeout=120)
def planted_lost_page_is_noticed(t):
    """With a page of zeroes in place of another the programs must fail."""
    cluster = UmlCluster(t, 2, ["pagegen"])
    home = cluster.node(1)
    child = hpc.Child(home, f"{DRONE_DIR}/pagegen --mb 8 --ms 8000")
    home.wait(lambda: resident(home, child.pid) >= 2 << 20, 30, "2 MB")
    for node in cluster.nodes:
        hpc.inject(node, "losepage")
    hpc.move(home, child.pid, 2)
    status = child.wait()
    t.log(f"status {status}: {child.output()!r}")
    check(status != 0, "a lost page was not noticed")
    cluster.wait_idle()

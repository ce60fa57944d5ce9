# SPDX-License-Identifier: GPL-2.0
"""On the real architecture: big memory, huge pages, two processors, and the debug kernel."""

from lib import hpc, paths
from lib.case import case
from lib.cluster import DRONE_DIR, QemuCluster
from lib.errors import check, check_equal


def two_nodes(t, programs, memory, cpus, kernel=None):
    cluster = QemuCluster(t, programs, kernel)
    for number in (1, 2):
        cluster.add(f"n{number}", params=[f"mos.id={number}"], memory=memory, cpus=cpus)
    cluster.wait_boot()
    ids = cluster.wait_joined(timeout=240)
    return cluster, cluster.nodes[0], ids


def run_moved(t, home, ids, program, options, seconds):
    """Random moves, at home for comparison first."""
    want = home.run(f"{DRONE_DIR}/{program} --ms 1 {options} >/tmp/want", 300)
    check_equal(want.status, 0, f"status of {program} at home ({want.text[-300:]})")
    result = home.run(f"{DRONE_DIR}/runmoved --mode random --nodes {ids[1]} --home {ids[0]} --ms 50-1500 "
                      f"--seed {t.seed} --expect /tmp/want --timeout {seconds * 6} -- "
                      f"{DRONE_DIR}/{program} --ms {seconds * 1000} {options}", seconds * 6 + 60)
    t.log(f"{program} {options}: {result!r}")
    check_equal(result.status, 0, f"status of runmoved {program} ({result.text[-500:]})")


def huge_pages(t, cpus):
    cluster, home, ids = two_nodes(t, ["pagegen"], "2560M", cpus)
    for node in cluster.nodes:
        node.sh("echo always >/sys/kernel/mm/transparent_hugepage/enabled")
    run_moved(t, home, ids, "pagegen", "--mb 1024", t.count(40, 600))
    hpc.wait_idle(cluster.nodes, 60)


@case(tier="check", timeout=900, cost=2)
def one_gigabyte(t):
    huge_pages(t, 2)


@case(tier="soak", timeout=7200, cost=2)
def one_gigabyte_one_cpu(t):
    huge_pages(t, 1)


DEBUG_PROGRAMS = ("getids", "forkwait", "pagegen", "sigbasic", "vector")


@case(tier="soak", timeout=1500, cost=2)
def debug_kernel(t):
    """KASAN, lockdep and the others find nothing: any splat on a console is a failure."""
    kernel = paths.out("debug", "vmlinuz")
    t.need(kernel)
    cluster, home, ids = two_nodes(t, DEBUG_PROGRAMS, "768M", 2, kernel)
    for program in DEBUG_PROGRAMS:
        run_moved(t, home, ids, program, "--mb 8" if program == "pagegen" else "", t.count(4, 120))
    away = hpc.Child(home, f"{DRONE_DIR}/pagegen --mb 8 --ms 600000", 700)
    hpc.move(home, away.pid, ids[1], 60)
    away.kill()
    check(away.wait() == 137, "kill of what is away")
    hpc.wait_idle(cluster.nodes, 60)

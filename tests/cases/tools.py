# SPDX-License-Identifier: GPL-2.0
"""The tools on real kernels: measuring, looking, explaining, sending on, leaving one's processes away."""

import json

from lib import hpc
from lib.case import case
from lib.cluster import UmlCluster, alive, own_id, wait_joined
from lib.errors import check, check_equal

WORK = "sh -c 'echo 1 >/proc/$$/lock; while [ ! -e /tmp/stop ]; do n=$((n + 1)); done; echo done'"


def started(t, count):
    cluster = UmlCluster(t, count, table=False, memory="80M")
    for node in cluster.nodes:
        node.sh("/etc/init.d/openmosix start", 60)
    return cluster.nodes, wait_joined(cluster.nodes)


def finish(home, child):
    home.sh("touch /tmp/stop")
    check_equal((child.wait(), child.output()), (0, b"done\n"), "end of the process")


def look(home, child, ids, node):
    """What the front says of a process that is away."""
    states = {row["id"]: row["state"] for row in json.loads(home.sh("mos nodes --json"))}
    check_equal(states, dict.fromkeys(ids, "alive"), "mos nodes")
    rows = [row for row in json.loads(home.sh("mos ps -m --json")) if row["pid"] == child.pid]
    check_equal([(row["kind"], row["node"], row["lock"]) for row in rows], [("away", node, True)], "mos ps")
    why = json.loads(home.sh(f"mos why --json {child.pid}"))
    check_equal((why["where"], [r["word"] for r in why["reasons"]]), (node, ["user_lock"]), "mos why")


@case(tier="check", timeout=300)
def uml_look_and_steer(t):
    """A process is sent on by its host and expelled; all of it is seen at home."""
    (home, second, third), ids = started(t, 3)
    child = hpc.Child(home, WORK, 200)
    home.sh(f"migrate {child.pid} {second.name}")
    look(home, child, ids, ids[1])
    second.sh(f"migrate {hpc.guests(second)[0]} {ids[2]}")
    home.wait(lambda: hpc.where(home, child.pid) == ids[2], 20, "move to the third node")
    look(home, child, ids, ids[2])
    third.sh("mos expel self", 60)
    check_equal(hpc.guests(third), [], "guests after expel")
    home.wait(lambda: hpc.where(home, child.pid) in (0, ids[1]), 20, "arrival of the expelled")
    result = home.run(f"mos migrate {child.pid} {ids[2]}")
    check(result.status == 1 and "does not take guests" in result.text, f"a blocked node: {result!r}")
    result = home.run(f"mos noblock {ids[2]}")
    check(result.status == 3 and "nothing was done" in result.text, f"an order for another node: {result!r}")
    home.sh("mos bring self", 60)
    check_equal(hpc.where(home, child.pid), 0, "where after bring")
    finish(home, child)
    hpc.wait_idle([home, second, third])


@case(tier="check", timeout=300)
def uml_measure_and_run(t):
    """tune goes to each node and back; programs start where they are told, with what they declare."""
    nodes, ids = started(t, 3)
    home = nodes[0]
    home.sh("tune", 120)
    costs = [[int(word) for word in line.split()] for line in home.sh("cat /run/omdiscd/costs").splitlines()]
    check_equal(sorted(row[0] for row in costs), sorted(ids[1:]), "measured nodes")
    check(all(len(row) == 4 and min(row) > 0 for row in costs), f"costs {costs}")
    shown = home.sh(f"mos run -L -n {ids[1]} sh -c 'cat /proc/$$/where /proc/$$/mignodes /proc/$$/lock'").split()
    check_equal(shown, [str(ids[1]), str(ids[1]), "1"], "mos run -n")
    result = home.run(f"mos run -L -n {ids[1]} sh -c 'migrate $$ {ids[2]}'")
    check(result.status == 1 and "node mask" in result.text, f"a node that the mask excludes: {result!r}")
    for words, decay in (("cpujob", "cpu"), ("mosrun -t 5 -d 900", "own 5 900"), ("fastdecay", "fast")):
        check_equal(home.sh(f"{words} sh -c 'cat /proc/$$/decay'").strip(), decay, words)
    hpc.wait_idle(nodes)


@case(tier="check", timeout=300)
def uml_stop_leave(t):
    """A node that leaves its processes away stays their home, until it is told again."""
    (home, second), ids = started(t, 2)
    child = hpc.Child(home, WORK, 200)
    home.sh(f"migrate {child.pid} {ids[1]}")
    text = home.sh("/etc/init.d/openmosix stop leave", 60)
    check("1 processes stay away" in text and "takes no guests" in text, text)
    check_equal((own_id(home), hpc.where(home, child.pid)), tuple(ids), "id, and where the process is")
    second.wait(lambda: alive(second) == {ids[0]}, 20, "node that stays")
    finish(home, child)
    home.sh("/etc/init.d/openmosix stop leave", 60)
    check_equal(own_id(home), 0, "id after it left")
    second.wait(lambda: not alive(second), 20, "end of the node")
    hpc.wait_idle([home, second])

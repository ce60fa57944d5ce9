# SPDX-License-Identifier: GPL-2.0
"""
Each program of tests/programs prints the same at home, away, back, and when it
is moved at random instants. runmoved, in the machine, moves and judges: that it
was away, that calls were forwarded, that it did not come home unasked.
"""

import os
import shlex

from lib import hpc, paths
from lib.case import case
from lib.cluster import DRONE_DIR, HEAD_DIR, QemuCluster, UmlCluster
from lib.errors import TestFailure, check, scaled

CALLS = 100
LIST = os.path.join(paths.TOP, "tests", "programs", "list.txt")
# Flags of list.txt that runmoved wants to know of.
RUN_FLAGS = {"returns": "--returns", "mayreturn": "--may-return", "tree": "--tree", "early": "--early"}
MODES = ("home", "away", "back", "random")
DEBUG_UM = paths.out("um-debug", "linux")


class Program:
    def __init__(self, name, flags, args):
        self.name = name
        self.flags = set(flags.split(","))
        self.args = args

    @property
    def label(self):
        return "_".join([self.name.replace("-", "_").replace("/", "_"), *(
            a for a in self.args if a.isalnum())])


def programs():
    with open(LIST, encoding="utf-8") as f:
        lines = [line.split() for line in f if line.strip() and not line.startswith("#")]
    return [Program(words[0], words[1], words[2:]) for words in lines]


def run_program(t, home, program, nodes, milliseconds, where=DRONE_DIR, modes=MODES):
    """All modes on one machine that is home; nodes are where it may go."""
    arguments = " ".join(map(shlex.quote, program.args))
    seeds = t.count(1, 20)
    limit = int(scaled(180 if "head" in program.flags else 90))
    problems = []
    for mode in modes:
        for seed in range(t.seed, t.seed + (seeds if mode == "random" else 1)):
            options = [f"--mode {mode}", f"--home {home.number}", f"--seed {seed}", f"--timeout {limit}"]
            if mode != "home":
                options.append(f"--nodes {','.join(map(str, nodes))} --expect /tmp/want")
            if mode == "away" and "calls" in program.flags:
                options.append(f"--calls {CALLS}")
            options += [option for flag, option in RUN_FLAGS.items() if flag in program.flags]
            out = "/tmp/want" if mode == "home" else "/tmp/got"
            result = home.run(f"{where}/runmoved {' '.join(options)} -- {where}/{program.name} --ms {milliseconds} "
                              f"{arguments} >{out} || {{ s=$?; tail -c 300 {out}; exit $s; }}", limit + 30)
            t.log(f"{program.label} {mode} {seed}: {result.status} {result.text.strip()}")
            if result.status == 77 and mode == "home":
                raise TestFailure(f"{program.label}: skipped, so nothing was tested: {result.text.strip()}")
            if result.status or result.timed_out:
                problems.append(f"{program.label} {mode} (seed {seed}): {result.text.strip()[-400:]}")
                if mode == "home":
                    return problems
    return problems


def on_uml(t, program, kernel=None):
    cluster = UmlCluster(t, 3, [program.name, *(["observer"] if program.name == "observed" else [])],
                         kernel=kernel, memory="128M" if kernel else None)
    problems = run_program(t, cluster.node(1), program, [2, 3], t.count(1500, 5000))
    check(not problems, "\n".join(problems))
    cluster.wait_idle()


def declare(program):
    # What does not pass every time is in docs/status.md, and no proof of anything.
    tier = "soak" if "unsettled" in program.flags else "check"

    @case(tier=tier, timeout=420, name=f"um_{program.label}")
    def plain(t):
        on_uml(t, program)

    @case(tier="soak", timeout=1200, name=f"umdebug_{program.label}")
    def debug(t):
        on_uml(t, program, DEBUG_UM)

    return plain, debug


for each in programs():
    if "uml" in each.flags:
        declare(each)


def on_qemu(t, wanted, cpus, memory):
    """Many programs on one boot of two machines: what depends on the real processor."""
    names = [p.name for p in wanted]
    cluster = QemuCluster(t, [*names, "observer"])
    for number in (1, 2):
        cluster.add(f"n{number}", params=[f"mos.id={number}"], memory=memory, cpus=cpus)
    cluster.wait_boot()
    ids = cluster.wait_joined()
    home = cluster.nodes[0]
    home.number = ids[0]
    problems = []
    for program in wanted:
        problems += run_program(t, home, program, ids[1:], t.count(1500, 8000))
    check(not problems, "\n".join(problems))
    hpc.wait_idle(cluster.nodes)


@case(tier="check", timeout=900, cost=2)
def x86_static(t):
    on_qemu(t, [p for p in programs() if "x86" in p.flags and not p.name.startswith("dyn-")
                and "head" not in p.flags], 1, "1G")


# What the scripts of tests/programs/debian read.
DEBIAN_FILES = ("debian/lib.sh", "debian/interactive.py", "debian/python.py")
ONE_ROUND = 1


def read_the_dead(head):
    """Anybody may read what /proc says of a zombie."""
    head.sh("""sh -c 'sleep 1 & echo $! >/tmp/dead; exec sleep 60' & parent=$!
        until grep -s '^State:.Z' /proc/$(cat /tmp/dead)/status; do sleep 0.1; done 2>/dev/null
        for f in where goto lock nmigs cantmove hpcstat; do cat /proc/$(cat /tmp/dead)/$f; done
        kill $parent""")


def on_head(t, wanted, files=(), modes=MODES, milliseconds=None):
    """A head is home, a drone is host."""
    cluster = QemuCluster(t, [*(p.name for p in wanted), "observer", *files])
    head = cluster.add_head("head", params=["mos.id=1"], memory="1G")
    cluster.add("drone", params=["mos.id=2"], memory="1G")
    cluster.wait_boot()
    ids = cluster.wait_joined()
    head.number = ids[0]
    read_the_dead(head)
    problems = []
    for program in wanted:
        problems += run_program(t, head, program, ids[1:], milliseconds or t.count(1500, 8000), HEAD_DIR, modes)
    check(not problems, "\n".join(problems))
    hpc.wait_idle(cluster.nodes)


@case(tier="check", timeout=1500, cost=2)
def x86_dynamic(t):
    on_head(t, [p for p in programs() if p.name.startswith("dyn-")])


@case(tier="check", timeout=900, cost=2)
def x86_debian(t):
    """Debian's own binaries: once away to the end, once moved about."""
    on_head(t, [p for p in programs() if "head" in p.flags], DEBIAN_FILES, ("home", "away", "random"), ONE_ROUND)


def declare_debian(program):
    @case(tier="soak", timeout=3600, cost=2, name=f"x86_{program.label.replace('.sh', '')}")
    def often(t):
        on_head(t, [program], DEBIAN_FILES)

    return often


for each in programs():
    if "head" in each.flags:
        declare_debian(each)


@case(tier="soak", timeout=3600, cost=2)
def x86_all_smp(t):
    on_qemu(t, [p for p in programs() if not p.name.startswith("dyn-") and "head" not in p.flags], 2, "1G")

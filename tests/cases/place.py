# SPDX-License-Identifier: GPL-2.0
"""
Placement at exec: tokens in /proc/hpc/admin/place decide where a program starts.
And what else steers moves: masks, wishes that nobody waits for, hosts that send
their guests on.
"""

from collections import Counter

from lib import hpc
from lib.case import case
from lib.cluster import DRONE_DIR, UmlCluster
from lib.errors import check, check_equal

PLACE = "/proc/hpc/admin/place"
# A program that says where it runs; read is the shell's own, so nothing else is started.
SAY = "sh -c 'read w </proc/self/where; echo $w'"
WISH = f"{DRONE_DIR}/wish"


def tokens(text):
    """A shell command that hands out tokens: "2 4, 3 4"."""
    return f"printf '{''.join(row.strip() + chr(92) + 'n' for row in text.split(','))}' >{PLACE}"


def left(machine):
    """Tokens by node; cat would take one."""
    text = machine.sh(f"while read line; do echo $line; done <{PLACE}")
    return {int(node): int(count) for node, count in (line.split() for line in text.splitlines())}


def show_left():
    return f"while read n c; do echo left $n $c; done <{PLACE}"


def places(machine, given, command, timeout=60):
    """Where the programs of one shell line started, and which tokens were left then, for nobody else."""
    text = machine.sh(f"{tokens(given)}; {command}; {show_left()}; echo >{PLACE}", timeout)
    lines = text.splitlines()
    went = Counter(int(line) for line in lines if line.isdigit())
    rest = {int(n): int(c) for word, n, c in (line.split() for line in lines if line.startswith("left"))}
    return dict(went), rest


def settled(machine, pid, timeout=30):
    """The pending wish of a process has ended."""
    machine.wait(lambda: machine.sh(f"cat /proc/{pid}/goto").strip() == "0", timeout, f"move of {pid}", 0.05)


def came_home(machine, child, command):
    machine.wait(lambda: hpc.where(machine, child.pid) == 0, 20, f"return of {command}", 0.05)


@case(tier="check", timeout=120)
def spread(t):
    """Children of a shell start on the nodes that have tokens, with next to nothing to carry."""
    cluster = UmlCluster(t, 3)
    home = cluster.node(1)
    before = hpc.stat(home)
    went, rest = places(home, "2 4, 3 4", f"for i in 1 2 3 4 5 6 7 8 9; do {SAY} & done; wait")
    check_equal(went, {2: 4, 3: 4, 0: 1}, "where they started")
    check_equal(rest, {2: 0, 3: 0}, "tokens left")
    after = hpc.stat(home)
    check_equal(after["placed"] - before["placed"], 8, "placed")
    check_equal(after["place_failed"], 0, "place_failed")
    pages = after["pages_out"] - before["pages_out"]
    t.log(f"{pages} pages and {after['precommit_bytes'] - before['precommit_bytes']} bytes for 8 programs")
    check(pages <= 8 * 12, f"{pages} pages went out with 8 fresh programs")
    went, rest = places(home, "1 2, 2 1", f"for i in 1 2 3; do {SAY}; done")
    check_equal((went, rest), ({0: 2, 2: 1}, {1: 0, 2: 0}), "tokens of home itself")
    went, _ = places(home, "2 2, 3 2", "printf 'read w </proc/self/where; echo $w\\n' >/tmp/say; "
                     "for i in 1 2 3 4; do echo /tmp/say; done | xargs -n 1 -P 4 sh")
    check_equal(sum(went.values()), 4, f"where those of xargs said they were: {went}")
    check(went.get(0, 0) <= 1, f"those of xargs did not spread: {went}")
    cluster.wait_idle()


@case(tier="check", timeout=120)
def spawned(t):
    """vfork and posix_spawn: the parent goes on, the child starts elsewhere."""
    cluster = UmlCluster(t, 2, ["spawn", "execs"])
    home = cluster.node(1)
    for program in ("spawn", "execs"):
        before = hpc.stat(home)["placed"]
        want = home.sh(f"{DRONE_DIR}/{program} --ms 200 --seed 5")
        got = home.sh(f"{tokens('2 500')}; {DRONE_DIR}/{program} --ms 200 --seed 5; echo >{PLACE}", 60)
        check_equal(got, want, f"output of {program}")
        check(hpc.stat(home)["placed"] > before + 2, f"children of {program} were not placed")
    check_equal(hpc.stat(home)["killed"], 0, "killed")
    cluster.wait_idle()


@case(tier="check", timeout=120)
def who_stays(t):
    """No token is taken by what is locked or cannot move, nor on a node that stays."""
    cluster = UmlCluster(t, 3, ["wish"])
    home = cluster.node(1)

    def stays(command, why):
        check_equal(places(home, "2 5", command), ({0: 1}, {2: 5}), why)

    stays(f"echo 1 >/proc/self/lock; {SAY}", "a locked process")
    # What sets the timer is locked, what it starts is not.
    home.put("/tmp/timed", f"echo 0 >/proc/self/lock\nexec {SAY}\n".encode())
    stays(f"echo 1 >/proc/self/lock; {WISH} timer sh /tmp/timed", "a process that cannot move")
    stays(f"echo 1 >/proc/self/lock; {WISH} login sh /tmp/timed", "a login shell")
    for switch in ("stay", "lstay"):
        home.sh(f"echo 1 >/proc/hpc/admin/{switch}")
        stays(SAY, switch)
        home.sh(f"echo 0 >/proc/hpc/admin/{switch}")
    check_equal(places(home, "2 5", SAY), ({2: 1}, {2: 4}), "and without all that")
    cluster.wait_idle()


@case(tier="check", timeout=120)
def mask(t):
    """mignodes, migpolicy and migfilter bind placement and goto, and are inherited."""
    cluster = UmlCluster(t, 3)
    home = cluster.node(1)
    went, rest = places(home, "2 9, 3 2", f"echo 3,7-9 >/proc/self/mignodes; for i in 1 2 3; do {SAY}; done")
    check_equal((went, rest), ({3: 2, 0: 1}, {2: 9, 3: 0}), "only node 3")
    went, rest = places(home, "2 1, 3 9", "echo 2-3 >/proc/self/mignodes; echo 3 >/proc/self/mignodes; "
                        f"echo 0 >/proc/self/migpolicy; for i in 1 2; do {SAY}; done")
    check_equal((went, rest), ({2: 1, 0: 1}, {2: 0, 3: 9}), "all but node 3")
    child = hpc.Child(home, "sleep 60")
    home.sh(f"echo 3 >/proc/{child.pid}/mignodes")
    error = hpc.try_goto(home, child.pid, 2)
    check("cross-device" in error, f"goto of a node that is not in mignodes: {error!r}")
    hpc.move(home, child.pid, 3)
    hpc.move(home, child.pid, 0)
    home.sh(f"echo 0 >/proc/{child.pid}/migfilter")
    hpc.move(home, child.pid, 2)
    for bad in ("0", "5-3", "1,,2", "65536", "elephant", ",".join("1" for _ in range(129))):
        check(home.run(f"echo {bad} >/proc/{child.pid}/mignodes").status, f"mignodes took {bad!r}")
    home.sh(f"echo 1,4-6 >/proc/{child.pid}/mignodes; echo own 5 900 >/proc/{child.pid}/decay")
    check_equal(home.sh(f"cd /proc/{child.pid}; cat mignodes migpolicy migfilter decay").split("\n")[:4],
                ["1,4-6", "1", "1", "own 5 900"], "what reads back")
    check(home.run(f"echo own 0 1001 >/proc/{child.pid}/decay").status, "decay took nonsense")
    child.kill()
    child.wait()
    cluster.wait_idle()


@case(tier="check", timeout=120)
def expiry(t):
    """A daemon that is dead places nothing; a line that is wrong replaces nothing."""
    cluster = UmlCluster(t, 2)
    home = cluster.node(1)
    home.sh(tokens("2 9"))
    home.wait(lambda: not left(home), 10, "expiry of the tokens", 0.2)
    before = hpc.stat(home)["placed"]
    check_equal(home.sh(SAY), "0\n", "where a program starts then")
    check_equal(hpc.stat(home)["placed"], before, "placed")
    text = home.sh(f"{tokens('2 9')}; for bad in '2' '2 x' '0 1' '2 -1' '70000 1' '2 1 1'; do "
                   f"printf \"$bad\\n\" >{PLACE} && echo took $bad; done 2>/dev/null; {show_left()}; echo >{PLACE}")
    check_equal(text, "left 2 9\n", "after wrong lines")
    check_equal(home.sh(f"{tokens('2 9')}; echo >{PLACE}; {SAY}; {show_left()}"), "0\n", "after an empty one")
    cluster.wait_idle()


@case(tier="check", timeout=200)
def failed(t):
    """A node that refuses, or does not answer: the program runs at home, and the next one asks nobody."""
    cluster = UmlCluster(t, 3)
    home = cluster.node(1)
    cluster.node(2).sh("echo 1 >/proc/hpc/admin/block")
    cluster.node(3).kill()
    for node, why in ((2, "a node that blocks"), (3, "a dead node"), (9, "a node that is not there")):
        before = hpc.stat(home)["place_failed"]
        went, rest = places(home, f"{node} 5", f"{SAY}; {SAY}; {SAY}")
        check_equal((went, rest), ({0: 3}, {node: 0}), why)
        check_equal(hpc.stat(home)["place_failed"] - before, 1, f"place_failed, {why}")
    check_equal(hpc.stat(home)["killed"], 0, "killed")
    cluster.wait_idle(cluster.nodes[:2])


@case(tier="check", timeout=120)
def away(t):
    """A process that is away calls execve: its token says where, or it is back where it was."""
    cluster = UmlCluster(t, 3)
    home = cluster.node(1)
    home.sh("mkfifo /tmp/go")
    child = hpc.Child(home, "sh -c 'read x </tmp/go; exec sh -c \"read w </proc/self/where; echo \\$w; read x </tmp/go; "
                            "exec sh -c \\\"read w </proc/self/where; echo \\\\\\$w\\\"\"'")
    hpc.move(home, child.pid, 2)
    home.sh("echo >/tmp/go")
    home.wait(lambda: child.output() == b"2\n", 20, "the image that has no token", 0.05)
    home.sh(f"{tokens('3 1')}; echo >/tmp/go")
    check_equal(child.wait(), 0, "status")
    check_equal(child.output(), b"2\n3\n", "where the images ran")
    cluster.wait_idle()


@case(tier="check", timeout=120)
def wishes(t):
    """goto with O_NONBLOCK returns at once; where it went and what became of it is read later."""
    cluster = UmlCluster(t, 3, ["wish"])
    home = cluster.node(1)
    child = hpc.Child(home, "sleep 60")
    check_equal(home.sh(f"{WISH} goto /proc/{child.pid}/goto 2"), "left\n", "the wish")
    settled(home, child.pid)
    check_equal(hpc.where(home, child.pid), 2, "where")
    check_equal(hpc.hpcstat(home, child.pid)["move_error"], 0, "move_error")
    cluster.node(3).sh("echo 1 >/proc/hpc/admin/block")
    check_equal(home.sh(f"{WISH} goto /proc/{child.pid}/goto 0"), "left\n", "the wish to come home")
    settled(home, child.pid)
    check_equal(home.sh(f"{WISH} goto /proc/{child.pid}/goto 3"), "left\n", "a wish that will fail")
    settled(home, child.pid)
    stat = hpc.hpcstat(home, child.pid)
    check_equal((hpc.where(home, child.pid), stat["moves_failed"], stat["move_error"]), (0, 1, 11), "its end")
    check_equal(home.run(f"{WISH} goto /proc/{child.pid}/goto 9").text, "No such device or address\n",
                "what can be said at once")
    # A stopped process goes nowhere until it is continued.
    home.sh(f"kill -STOP {child.pid}; {WISH} goto /proc/{child.pid}/goto 2")
    check_equal(home.sh(f"cat /proc/{child.pid}/goto"), "2\n", "the pending target")
    check_equal(home.run(f"{WISH} goto /proc/{child.pid}/goto 3").text, "Operation already in progress\n",
                "a second wish")
    home.sh(f"kill -CONT {child.pid}")
    settled(home, child.pid)
    check_equal(hpc.where(home, child.pid), 2, "where, after it was continued")
    child.kill()
    child.wait()
    cluster.wait_idle()


def the_guest(machine):
    machine.wait(lambda: len(hpc.guests(machine)) == 1, 20, "the only guest", 0.05)
    return hpc.guests(machine)[0]


@case(tier="check", timeout=120)
def sent_on(t):
    """The host's root sends guests to other nodes or home, be they busy or asleep in a call."""
    cluster = UmlCluster(t, 3)
    home, second, third = cluster.nodes
    asleep = "sleep 60"
    busy = "sh -c 'while :; do :; done'"
    for command in (asleep, busy):
        child = hpc.Child(home, command)
        hpc.move(home, child.pid, 2)
        guest = the_guest(second)
        stats = dict(word.split("=") for word in second.sh(f"cat /proc/hpc/remote/{guest}/stats").split())
        check(int(stats["rss"]) > 0 and "age_ms" in stats and "calls" in stats, f"stats of a guest: {stats}")
        error = second.run(f"echo 8 >/proc/hpc/remote/{guest}/goto")
        check(error.status, "a guest was sent to a node that is not there")
        second.sh(f"echo 3 >/proc/hpc/remote/{guest}/goto")
        home.wait(lambda pid=child.pid: hpc.where(home, pid) == 3, 20, f"move of {command} to node 3", 0.05)
        second.wait(lambda: not hpc.guests(second), 20, "end of the guest", 0.05)
        # A node that the process may not go to: it goes home.
        home.sh(f"echo 3 >/proc/{child.pid}/mignodes")
        third.sh(f"echo 2 >/proc/hpc/remote/{the_guest(third)}/goto")
        came_home(home, child, command)
        hpc.move(home, child.pid, 3)
        third.sh(f"echo home >/proc/hpc/remote/{the_guest(third)}/goto")
        came_home(home, child, command)
        hpc.move(home, child.pid, 3)
        third.sh("echo 1 >/proc/hpc/admin/expel", 30)
        check_equal(hpc.guests(third), [], "guests after expel")
        came_home(home, child, command)
        check_equal(hpc.hpcstat(home, child.pid)["unplanned_returns"], 0, "unplanned returns")
        child.kill()
        child.wait()
    cluster.wait_idle()


@case(tier="check", timeout=120)
def hasty(t):
    """A sleeping process is sent home the moment it is away: the wish must reach the call that it sleeps in."""
    cluster = UmlCluster(t, 2)
    home = cluster.node(1)
    child = hpc.Child(home, "sleep 100")
    rounds = t.count(40, 2000)
    home.sh(f"i=0; while [ $i -lt {rounds} ]; do echo 2 >/proc/{child.pid}/goto; echo 0 >/proc/{child.pid}/goto; "
            f"i=$((i + 1)); done", 60)
    check_equal(int(home.sh(f"cat /proc/{child.pid}/nmigs")), 2 * rounds, "moves")
    child.kill()
    child.wait()
    cluster.wait_idle()

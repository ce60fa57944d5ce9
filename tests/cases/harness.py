# SPDX-License-Identifier: GPL-2.0
"""That the suite would notice: each way in which a machine can break makes a test fail."""

import time

from lib.case import case
from lib.cluster import UmlCluster
from lib.errors import MachineFailure, TestFailure, check, check_equal

NOTICE = 10


def noticed(t, node, act, words):
    """After act the machine's health fails, with these words."""
    try:
        act()
        limit = time.monotonic() + NOTICE
        while time.monotonic() < limit:
            node.health()
            time.sleep(0.05)
    except MachineFailure as e:
        check(words in str(e), f"noticed, but said {e}")
        t.log(f"noticed: {str(e).splitlines()[0]}")
        return
    finally:
        # What was planted is no failure of this test.
        node.console.bad = None
    raise TestFailure(f"not noticed: {words}")


def start(t):
    return UmlCluster(t, 1, table=False).node(1)


@case(tier="check", timeout=60)
def kernel_complaint(t):
    node = start(t)
    noticed(t, node, lambda: node.start("echo 'WARNING: planted' >/dev/kmsg"), "WARNING: planted")


@case(tier="check", timeout=60)
def panic(t):
    node = start(t)
    noticed(t, node, lambda: node.start("echo 1 >/proc/sys/vm/panic_on_oom; tail /dev/zero"), "panic")


@case(tier="check", timeout=60)
def silent_exit(t):
    node = start(t)
    noticed(t, node, lambda: node.start("poweroff -f"), "ended by itself")


@case(tier="check", timeout=60)
def pulled_plug(t):
    """A machine that the test kills is no failure, and starts again."""
    node = start(t)
    node.sh("echo here >/tmp/file")
    node.kill()
    node.health()
    node.boot()
    node.wait_boot()
    check_equal(node.run("cat /tmp/file").status, 1, "status of cat in a fresh machine")


@case(tier="check", timeout=60)
def command_that_hangs(t):
    node = start(t)
    result = node.run("sleep 1000", 1)
    check(result.timed_out, f"{result!r}")
    try:
        node.sh("sleep 1000", 1)
    except TestFailure:
        return
    raise TestFailure("a command that timed out counted as success")


@case(tier="check", timeout=60)
def files_go_and_come(t):
    node = start(t)
    data = t.random.randbytes(300000)
    node.put("/tmp/file", data)
    check(node.get("/tmp/file") == data, "a file came back different")
    check_equal(node.run("echo out; echo err >&2; exit 3").text, "out\nerr\n", "output")
    check_equal(node.run("exit 3").status, 3, "status")
    check_equal(node.run("kill -9 $$").status, 137, "status of what was killed")

# SPDX-License-Identifier: GPL-2.0
"""
The switches of "HPC options", inverted: kernels that differ from the test
kernel only in them are built and booted, and each switch shows its difference.
Without migration the switches that depend on it are gone too, hence two kernels.
"""

import os
import shutil
import subprocess
import tempfile

from lib import hpc, paths, process
from lib.case import case
from lib.cluster import DRONE_DIR, UmlCluster
from lib.errors import TestFailure, check, check_equal

NO_MIGRATION = """# CONFIG_HPC_MIGRATION is not set
# CONFIG_HPC_SECUREPORTS is not set
# CONFIG_HPC_FAULT_INJECTION is not set
CONFIG_HPC_DISCLOSURE=0
"""
INVERTED = """# CONFIG_HPC_SECUREPORTS is not set
# CONFIG_HPC_FAULT_INJECTION is not set
# CONFIG_HPC_LOADLIMIT is not set
# CONFIG_HPC_TOPOLOGY is not set
CONFIG_HPC_DISCLOSURE=0
"""


def shell(t, *argv, **env):
    """A build command; its output is in build.log."""
    with open(t.path("build.log"), "ab") as log:
        child = process.spawn(argv, cwd=paths.TOP, stdout=log, stderr=subprocess.STDOUT,
                              env={**os.environ, **env})
        if child.wait():
            with open(t.path("build.log"), encoding="utf-8", errors="replace") as f:
                raise TestFailure(f"{argv[0]} failed:\n{''.join(f.readlines()[-15:])}")


def build_kernel(t, name, lines):
    """A UML kernel with further configuration lines; objects stay for the next run."""
    scratch = tempfile.mkdtemp(prefix="kernel-", dir=os.environ.get("MOS_TEST_TMP"))
    t.cleanup(lambda: shutil.rmtree(scratch))
    shutil.copytree(os.path.join(paths.TOP, "kernel", "config"), os.path.join(scratch, "config"))
    configure = shutil.copy(os.path.join(paths.TOP, "kernel", "configure.sh"), scratch)
    with open(os.path.join(scratch, "config", "switches.config"), "w", encoding="utf-8") as f:
        f.write(lines)
    fragments = subprocess.run([os.path.join(paths.TOP, "kernel", "fragments.sh"), "kernel-um"],
                               check=True, capture_output=True, text=True).stdout.split()
    tree = os.path.join(paths.BUILD, "linux")
    objects = f"o-test-{name}"
    compiler = "ccache gcc" if shutil.which("ccache") else "gcc"
    shell(t, "kernel/prepare.sh")
    shell(t, configure, tree, objects, "um", *fragments, "switches", CC=compiler, HOSTCC=compiler)
    shell(t, "make", "-C", tree, f"O={objects}", "ARCH=um", f"CC={compiler}", f"HOSTCC={compiler}", "-j2",
          KBUILD_BUILD_TIMESTAMP="@0", KBUILD_BUILD_USER="tessera", KBUILD_BUILD_HOST="tessera")
    return os.path.join(tree, objects, "linux")


def features(node):
    return node.sh("cat /proc/hpc/admin/version").split("features", 1)[1].split()


def limited(host):
    """A node with something to do, and a limit below that."""
    busy = hpc.Child(host, "sh -c 'while :; do :; done'")
    host.wait(lambda: int(host.sh(f"cat /proc/hpc/nodes/{host.number}/load")) > 50, 30, "load of a busy node", 0.3)
    host.sh("echo 50 >/proc/hpc/admin/loadlimit")
    return busy


def misplace(cluster):
    """Node 2 believes that node 1 has another address, as one behind NAT would have."""
    home, host = cluster.nodes
    table = f"1 10.77.9.9 n1\n2 {host.address} n2\n"
    host.put("/tmp/table", table.encode())
    host.sh("cat /tmp/table >/proc/hpc/config")
    return hpc.Child(home, f"{DRONE_DIR}/files --ms 3000")


def identity_of_guest(cluster, child):
    home, host = cluster.nodes
    hpc.move(home, child.pid, 2)
    return host.sh(f"cat /proc/hpc/remote/{hpc.guests(host)[0]}/identity").strip()


@case(tier="check", timeout=400)
def as_shipped(t):
    cluster = UmlCluster(t, 2, ["getids", "files"])
    home = cluster.node(1)
    check({"migration", "secureports", "loadlimit", "topology", "disclosure=3"} <= set(features(home)),
          f"features {features(home)}")
    child = hpc.Child(home, f"{DRONE_DIR}/getids --ms 1500")
    check_equal(identity_of_guest(cluster, child), f"pid={child.pid} uid=0 gid=0 comm=getids", "identity")
    check_equal(child.wait(), 0, "status")
    child = misplace(cluster)
    check(hpc.try_goto(home, child.pid, 2), "a guest came from an address that is not configured")
    check_equal(child.wait(), 0, "status of who was refused")
    cluster.wait_idle()


@case(tier="check", timeout=120)
def load_limit(t):
    cluster = UmlCluster(t, 2, ["getids", "files"])
    home, host = cluster.nodes
    child = hpc.Child(home, "sleep 60")
    busy = limited(host)
    error = hpc.try_goto(home, child.pid, 2)
    check("temporarily unavailable" in error, f"a node over its limit: {error!r}")
    host.sh("echo 2 >/proc/hpc/admin/llimitmode")
    hpc.move(home, child.pid, 2)
    for file, bad in (("loadlimit", "-1"), ("llimitmode", "3"), ("cpulimit", "101"), ("zone", "256"), ("gateways", "3")):
        check(host.run(f"echo {bad} >/proc/hpc/admin/{file}").status, f"{file} took {bad}")
        host.sh(f"echo 1 >/proc/hpc/admin/{file}")
        check_equal(host.sh(f"cat /proc/hpc/admin/{file}"), "1\n", file)
    for process in (child, busy):
        process.kill()
        process.wait()
    cluster.wait_idle()


@case(tier="soak", timeout=1500, cost=2)
def inverted(t):
    cluster = UmlCluster(t, 2, ["getids", "files"], kernel=build_kernel(t, "inverted", INVERTED))
    home = cluster.node(1)
    check("secureports" not in features(home) and "disclosure=0" in features(home), f"{features(home)}")
    child = hpc.Child(home, f"{DRONE_DIR}/getids --ms 1500")
    check_equal(identity_of_guest(cluster, child), "", "identity")
    check_equal(child.wait(), 0, "status")
    for file in ("fault", "loadlimit", "cpulimit", "zone", "gateways"):
        check(home.run(f"ls /proc/hpc/admin/{file}").status != 0, f"{file} without its switch")
    child = misplace(cluster)
    hpc.move(home, child.pid, 2)
    check_equal(child.wait(), 0, "status of a guest from another address")
    cluster.wait_idle()


@case(tier="soak", timeout=1500, cost=2)
def without_migration(t):
    cluster = UmlCluster(t, 2, ["getids", "files"], kernel=build_kernel(t, "no-migration", NO_MIGRATION))
    home, host = cluster.nodes
    check("migration" not in features(home), f"{features(home)}")
    check_equal(sorted(int(n) for n in home.sh("ls /proc/hpc/nodes").split()), [1, 2], "nodes")
    child = hpc.Child(home, f"{DRONE_DIR}/getids --ms 1500")
    error = hpc.try_goto(home, child.pid, 2)
    check("not supported" in error or "nonexistent" in error or "No such file" in error,
          f"goto without migration: {error!r}")
    check(host.run(f"nc -w 1 {home.address} 4660 </dev/null").status != 0, "the migration port is open")
    check_equal(child.wait(), 0, "status")

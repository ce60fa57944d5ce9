#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The service script on a node made of files, with an omdiscd of a few lines."""
import os
import subprocess
import time
import unittest

from fakenode import NodeTest, TOP

SCRIPT = TOP + "/userland/init/openmosix"

# Joins as node 7 after a moment; on TERM it leaves, as the real one does.
DAEMON = """#!/bin/sh
echo "$*" >"$TESSERA_ROOT/daemon-options"
(
	trap 'echo 0 >"$TESSERA_ROOT/proc/hpc/admin/mospe"; rm -f "$TESSERA_ROOT/run/omdiscd/pid"; exit 0' TERM
	sh -c 'echo $PPID' >"$TESSERA_ROOT/run/omdiscd/pid"
	sleep 0.3
	[ -e "$TESSERA_ROOT/never" ] || echo 7 >"$TESSERA_ROOT/proc/hpc/admin/mospe"
	while :; do sleep 0.1; done
) >/dev/null 2>&1 </dev/null &
"""


class Service(NodeTest):
    def setUp(self):
        super().setUp()
        node = self.node
        node.write("/proc/hpc/admin/mospe", "0\n")
        node.write("/proc/hpc/admin/block", "1\n")
        node.program("omdiscd", DAEMON)
        node.program("id", "#!/bin/sh\necho ${FAKE_UID:-0}\n")
        for tool in ("mosctl", "setpe"):
            os.symlink(node.tools, node.bin + "/" + tool)
        self.addCleanup(self.end_daemon)

    def end_daemon(self):
        if os.path.exists(self.node.path("/run/omdiscd/pid")):
            os.kill(self.node.number("/run/omdiscd/pid"), 9)

    def call(self, code, *words, out="", err="", **env):
        done = subprocess.run(["sh", SCRIPT, *words], env=self.node.environment(**env),
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertIn(out, done.stdout)
        self.assertIn(err, done.stderr)
        return done.stdout

    def come_home(self):
        for pid in (100, 102):
            self.node.write(f"/proc/{pid}/where", "0\n")
        self.node.remove("/proc/hpc/remote/900")

    def test_life(self):
        self.call(3, "status", out="not running")
        self.call(0, "start", out="this is node 7")
        self.assertEqual(self.node.number("/proc/hpc/admin/block"), 0)
        self.call(0, "start", out="already running as node 7")
        self.call(0, "status", out="node 7, omdiscd runs")
        self.call(0, "status", out="2 processes away, 1 guests here")
        self.come_home()
        self.call(0, "stop", out="stopped")
        for name in ("expel", "block", "bring", "lstay"):
            self.assertEqual(self.node.number("/proc/hpc/admin/" + name), 1, name)
        self.assertEqual(self.node.number("/proc/hpc/admin/mospe"), 0)
        self.call(3, "status")

    def test_stop_leave(self):
        """Who asks for it leaves the processes away; their home stays a member until it is told again."""
        self.call(0, "start")
        self.node.remove("/proc/hpc/remote/900")
        out = self.call(0, "stop", "leave", out="2 processes stay away")
        self.assertIn("this node takes no guests", out)
        self.assertEqual([self.node.number("/proc/hpc/admin/" + n) for n in ("block", "expel", "bring", "mospe")],
                         [1, 1, 0, 7])
        self.call(0, "status", out="node 7, omdiscd runs")
        for pid in (100, 102):
            self.node.write(f"/proc/{pid}/where", "0\n")
        self.call(0, "stop", "leave", out="stopped")
        self.call(3, "status")

    def test_shutdown(self):
        """A machine that goes down brings them home, or where that was asked for leaves them and does not wait."""
        self.call(0, "start")
        self.node.remove("/proc/hpc/remote/900")
        self.call(0, "shutdown", out="2 processes to bring home")
        self.assertEqual(self.node.number("/proc/hpc/admin/bring"), 1)
        self.node.write("/proc/hpc/admin/bring", "0\n")
        self.node.write("/etc/default/openmosix", "STOP_AWAY=leave\n")
        self.call(0, "start")
        self.call(0, "shutdown", out="2 processes stay away")
        self.assertEqual([self.node.number("/proc/hpc/admin/" + n) for n in ("bring", "mospe")], [0, 0])
        self.call(0, "start")
        self.node.program("systemctl", "#!/bin/sh\necho stopping\n")
        self.call(0, "stop", out="stopped")

    def test_pool(self):
        self.node.write("/etc/default/openmosix",
                        "OMDISCD_OPTS=-v\nPOOL=adaptive\nPOOL_HOURS='mon-fri 18:00-08:00,sat'\nPOOL_IDLE=600\n")
        self.call(0, "start")
        self.assertEqual(self.node.read("/daemon-options"),
                         "-v --pool adaptive --pool-hours mon-fri 18:00-08:00,sat --pool-idle 600\n")

    def test_stop_is_idempotent(self):
        self.call(0, "stop", out="omdiscd does not run")

    def test_restart(self):
        self.call(0, "start")
        first = self.node.number("/run/omdiscd/pid")
        self.call(0, "restart", out="this is node 7")
        self.assertNotEqual(self.node.number("/run/omdiscd/pid"), first)

    def test_settings(self):
        self.node.write("/etc/default/openmosix",
                        "OMDISCD_OPTS='-i eth7 -v'\nMIGRATE=no\nBLOCK=yes\nNODESPEED=4321\n"
                        "MOSGATES=2\nMOSZONE=7\n")
        for name in ("gateways", "zone"):
            self.node.write("/proc/hpc/admin/" + name, "0\n")
        self.call(0, "start")
        self.assertEqual(self.node.read("/daemon-options"), "-i eth7 -v\n")
        for name, value in (("block", 1), ("stay", 1), ("speed", 4321), ("gateways", 2), ("zone", 7)):
            self.assertEqual(self.node.number("/proc/hpc/admin/" + name), value, name)

    def test_no_id(self):
        self.node.write("/never", "")
        self.node.write("/etc/default/openmosix", "START_TIMEOUT=1\n")
        self.call(1, "start", err="no id after 1 s")

    def test_daemon_fails(self):
        self.node.program("omdiscd", "#!/bin/sh\necho 'omdiscd: broken' >&2\nexit 1\n")
        self.call(1, "start", err="omdiscd did not start")

    def test_no_kernel_no_root(self):
        self.call(4, "start", err="only root", FAKE_UID="1000")
        self.call(4, "stop", err="only root", FAKE_UID="1000")
        self.node.remove("/proc/hpc")
        self.call(5, "start", err="no openMosix")
        self.call(0, "stop")

    def test_stop_shows_progress_and_gives_up(self):
        """What never comes home must not keep the machine from going down."""
        self.call(0, "start")
        self.node.write("/etc/default/openmosix", "STOP_TIMEOUT=4\n")
        self.node.remove("/bin/mosctl")
        self.node.program("mosctl", "#!/bin/sh\nexec sleep 60\n")
        begin = time.monotonic()
        out = self.call(1, "stop", err="gave up on 1 guests")
        self.assertIn("1 guests to send away left, 1 s to go", out)
        self.assertIn("2 processes to bring home left, 1 s to go", out)
        self.assertLess(time.monotonic() - begin, 15)
        self.assertEqual(self.node.number("/proc/hpc/admin/mospe"), 0)

    def test_dead_daemon(self):
        self.node.write("/run/omdiscd/pid", "4194399\n")
        self.call(1, "status", out="omdiscd is dead")
        self.node.remove("/run/omdiscd/pid")

    def test_usage(self):
        self.call(2, err="usage")
        self.call(2, "frobnicate", err="usage")
        self.call(2, "start", "leave", err="usage")
        self.call(2, "stop", "leave", "now", err="usage")

    def test_busybox(self):
        if not os.path.exists("/bin/busybox"):
            self.skipTest("no busybox here")
        done = subprocess.run(["busybox", "sh", SCRIPT, "start"], env=self.node.environment(),
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.come_home()
        done = subprocess.run(["busybox", "sh", SCRIPT, "stop"], env=self.node.environment(),
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""migrate, mosctl, mosrun and wrappers, mps, mtop, showmap, setpe, tune on a node made of files."""
import errno
import os
import re
import threading
import time
import unittest

from fakenode import NodeTest, TOP, build_refuser

WRAPPERS = ("cpujob", "fastdecay", "iojob", "nodecay", "nomig", "runhome", "runon", "slowdecay")
TOOLS = ("migrate", "mos", "mosctl", "mosmon", "mosrun", "mps", "mtop", "setpe", "showmap", "tune") + WRAPPERS


class Help(NodeTest):
    with open(TOP + "/userland/man/sources.mk", encoding="utf-8") as sources:
        listed = re.split(r"[\s,)]+", sources.read())

    def test_every_tool_has_help(self):
        for tool in TOOLS:
            for flag in ("--help",) if tool == "mosrun" else ("-h", "--help"):
                self.expect(0, tool, flag, out=f"usage: {tool} ")
        for tool in TOOLS:
            self.expect(0, "-h", out=f"  {tool} ")

    def test_every_tool_has_a_page(self):
        pages = os.listdir(TOP + "/userland/man")
        for tool in TOOLS:
            self.assertTrue({f"{tool}.1", f"{tool}.8"} & set(pages), tool)
        for page in pages:
            if page.endswith((".1", ".7", ".8")):
                self.assertIn(page, self.listed, "not installed")

    def test_bad_options(self):
        for tool in TOOLS:
            code = 125 if tool in ("mosrun",) + WRAPPERS else 2
            self.expect(code, tool, "-X", err="-X")
            self.expect(code, tool, "--nonsense", err="--nonsense"[:2])

    def test_bad_tool(self):
        self.expect(2, err="which tool")
        self.expect(2, "nonsense", err="no tool 'nonsense'")


class Migrate(NodeTest):
    def goes(self, place, number):
        self.expect(0, "migrate", "100", place)
        self.assertEqual(self.node.number("/proc/100/goto"), number)

    def test_moves(self):
        self.goes("3", 3)
        self.goes("home", 0)
        self.goes("beta", 2)
        self.goes("0", 0)

    def test_bad_usage(self):
        self.expect(2, "migrate", err="needed")
        self.expect(2, "migrate", "100", err="needed")
        self.expect(2, "migrate", "100", "2", "3", err="needed")
        self.expect(2, "migrate", "x", "2", err="'x' is no process id")
        self.expect(2, "migrate", "-5", "2", err="-5")
        self.expect(2, "migrate", "100", "70000", err="'70000' is no node")
        self.expect(2, "migrate", "100", "nowhere", err="'nowhere' is no node")

    def test_balance(self):
        self.expect(1, "migrate", "100", "balance", err="no policy runs here")
        self.node.write("/run/omdiscd/thoughts", "100 3 900 50 gamma is idle\n101 0 0 0 it cannot leave\n"
                        "102 2 10 500 it is too large\nnonsense\n")
        self.expect(0, "migrate", "100", "balance", out="process 100 is on node 3 now: gamma is idle")
        self.assertEqual(self.node.number("/proc/100/goto"), 3)
        self.expect(0, "migrate", "101", "balance", out="stays where it is: it cannot leave")
        self.expect(0, "migrate", "102", "balance", out="stays where it is: it is too large")
        self.assertEqual(self.node.number("/proc/102/goto"), 0)
        self.expect(1, "migrate", "1", "balance", err="'mos why 1' says why")

    def test_guest(self):
        """A guest is told to go, and is gone when the tool returns."""
        def leave():
            while self.node.read("/proc/hpc/remote/900/goto") != "3\n":
                time.sleep(0.02)
            self.node.remove("/proc/hpc/remote/900")

        leaver = threading.Thread(target=leave)
        leaver.start()
        self.expect(0, "migrate", "900", "3")
        leaver.join()

    def test_no_such_process(self):
        self.expect(1, "migrate", "55", "2", err="process 55 cannot go to node 2: no such process")

    def test_no_kernel(self):
        self.node.remove("/proc/hpc")
        self.expect(4, "migrate", "100", "2", err="/proc/hpc is missing")

    def test_refusals_say_why(self):
        refuser = build_refuser()
        for number, words in ((errno.EPERM, "not your process"), (errno.ENXIO, "no such node"),
                              (errno.EHOSTUNREACH, "reached"), (errno.EAGAIN, "guests"),
                              (errno.EPROTO, "build"), (errno.EACCES, "key"),
                              (errno.EOPNOTSUPP, "processor"), (errno.ENOMEM, "memory"), (errno.EXDEV, "mask")):
            self.expect(1, "migrate", "100", "2", err=words, LD_PRELOAD=refuser,
                        REFUSE_PATH="/100/goto", REFUSE_ERRNO=str(number))
        self.expect(1, "migrate", "900", "3", err="process 900 cannot go to node 3: no such node",
                    LD_PRELOAD=refuser, REFUSE_PATH="/remote/900/goto", REFUSE_ERRNO=str(errno.ENXIO))
        self.expect(1, "migrate", "101", "2", err="kept here by: clone_vm shared_map",
                    LD_PRELOAD=refuser, REFUSE_PATH="/101/goto", REFUSE_ERRNO=str(errno.EBUSY))


class Mosctl(NodeTest):
    def test_switches(self):
        for name in ("stay", "lstay", "block", "quiet"):
            for command, value in ((name, 1), ("no" + name, 0), (name, 1), ("-" + name, 0)):
                self.expect(0, "mosctl", command)
                self.assertEqual(self.node.number("/proc/hpc/admin/" + name), value, command)

    def test_bring_and_expel(self):
        self.expect(0, "mosctl", "bring")
        self.expect(0, "mosctl", "expel")
        for name in ("bring", "lstay", "expel", "block"):
            self.assertEqual(self.node.number("/proc/hpc/admin/" + name), 1, name)

    def test_guests_are_sent_on(self):
        """To the best node that is open and has room, not all to the same; home where nothing is better."""
        self.node.numbers(2, 1, 300, 10000, 1 << 30, 1 << 30, 1 << 30, 99, 3)
        self.node.numbers(3, 1, 0, 15000, 1 << 30, 1 << 30, 1 << 30, 0, 3)
        self.node.write("/proc/hpc/config", "1 192.0.2.1 alpha\n2 192.0.2.2 beta\n3 192.0.2.3 gamma\n4 192.0.2.4 delta\n")
        self.node.numbers(4, 1, 0, 10000, 1 << 30, 1 << 30, 1 << 30, 0, 3)
        self.node.write("/run/omdiscd/peers", "")
        self.node.guest(901, 2, "pid=5")
        self.node.guest(902, 4, "pid=6")
        self.node.guest(903, 2, "pid=7")
        self.node.write("/proc/hpc/remote/903/stats", f"utime=1 stime=1 vsize=1 rss={3 << 18}\n")	# 3 GB
        self.expect(0, "mosctl", "expel")
        self.assertEqual([self.node.number(f"/proc/hpc/remote/{n}/goto") for n in (900, 901, 902, 903)], [3, 4, 3, 0])
        self.assertEqual([self.node.number("/proc/hpc/admin/" + n) for n in ("block", "expel")], [1, 1])

    def test_speed(self):
        self.expect(0, "mosctl", "setspeed", "12345")
        self.assertEqual(self.node.number("/proc/hpc/admin/speed"), 12345)
        for bad in ("0", "-1", "x", "10000001", "1.5", ""):
            self.expect(2, "mosctl", "setspeed", bad, err="is no speed")
        self.expect(2, "mosctl", "setspeed", err="needs N")
        self.assertEqual(self.node.number("/proc/hpc/admin/speed"), 12345)

    def test_numbers(self):
        for command, here, there in (("getload", 150, 20), ("getspeed", 10000, 12000), ("getcpus", 2, 4),
                                     ("getmem", 3 << 30, 7 << 30), ("getfree", 1 << 30, 6 << 30),
                                     ("gettotal", 4 << 30, 8 << 30), ("getutil", 75, 5)):
            for node, value in ((), here), (("1",), here), (("2",), there), (("beta",), there), \
                    (("192.0.2.2",), there):
                self.assertEqual(self.expect(0, "mosctl", command, *node), f"{value}\n", command)
        self.expect(1, "mosctl", "getload", "9", err="node 9 is not in the table")
        self.expect(1, "mosctl", "getload", "delta", err="no node 'delta'")
        self.expect(2, "mosctl", "getload", "70000", err="'70000' is no node")

    def test_status(self):
        self.assertEqual(self.expect(0, "mosctl", "status"), "up\n")
        self.assertEqual(self.expect(0, "mosctl", "status", "2"), "up block\n")
        self.assertEqual(self.expect(0, "mosctl", "status", "3"), "down\n")
        self.node.write("/proc/hpc/nodes/1/status", "63\n")
        self.assertEqual(self.expect(0, "mosctl", "status"), "up stay lstay block quiet\n")
        self.assertEqual(self.expect(0, "mosctl", "isup", "2"), "yes\n")
        self.expect(1, "mosctl", "isup", "3", out="no\n")

    def test_whois(self):
        for name in ((), ("1",), ("alpha",), ("192.0.2.1",)):
            self.assertEqual(self.expect(0, "mosctl", "whois", *name), "1 192.0.2.1 alpha\n")
        self.expect(1, "mosctl", "whois", "192.0.2.77", err="no node '192.0.2.77'")

    def test_usage(self):
        self.expect(2, "mosctl", err="what to do")
        self.expect(2, "mosctl", "frobnicate", err="no command 'frobnicate'")
        self.expect(2, "mosctl", "block", "2", err="too many")
        for old in ("mfs", "nomfs", "getyard", "setyard", "getdecay", "setdecay"):
            self.expect(3, "mosctl", old, "1", "2", err=f"'{old}' is not supported")

    def test_limits(self):
        for name in ("loadlimit", "llimitmode", "cpulimit", "climitmode", "zone", "gateways"):
            menu = "Complex network topology" if name in ("zone", "gateways") else "Load Limit"
            self.expect(3, "mosctl", name, err=f'without "{menu}"')
            self.node.write("/proc/hpc/admin/" + name, "0\n")
            self.expect(0, "mosctl", name, "2")
            self.assertEqual(self.expect(0, "mosctl", name), "2\n")
            self.expect(2, "mosctl", name, "much", err="'much' is no number")

    def test_costs(self):
        self.expect(1, "mosctl", "gettune", err="'tune' measures them")
        self.node.write("/run/omdiscd/costs", "2 700 90 12\n")
        self.expect(0, "mosctl", "gettune", out="2 700 90 12\n")

    def test_no_cluster(self):
        self.node.write("/proc/hpc/admin/mospe", "0\n")
        self.expect(4, "mosctl", "getload", err="in no cluster")
        self.node.remove("/proc/hpc")
        for command in ("getload", "block", "bring", "whois"):
            self.expect(4, "mosctl", command, err="/proc/hpc is missing")

    def test_refused_write(self):
        refuser = build_refuser()
        self.expect(1, "mosctl", "block", err="cannot write '1' to /proc/hpc/admin/block: Operation not permitted",
                    LD_PRELOAD=refuser, REFUSE_PATH="/admin/block", REFUSE_ERRNO=str(errno.EPERM))
        self.expect(1, "mosctl", "expel", err="interrupted",
                    LD_PRELOAD=refuser, REFUSE_PATH="/admin/expel", REFUSE_ERRNO=str(errno.EINTR))


class Mosrun(NodeTest):
    def ran(self, node, lock, *command):
        self.node.write("/proc/self/goto", "99\n")
        self.node.write("/proc/self/lock", "7\n")
        self.expect(5, *command, "sh", "-c", "echo run; exit 5", out="run\n")
        self.assertEqual(self.node.number("/proc/self/goto"), node, command)
        self.assertEqual(self.node.number("/proc/self/lock"), lock, command)

    def test_places_and_locks(self):
        self.ran(99, 1, "mosrun")
        self.ran(0, 1, "mosrun", "-h")
        self.ran(2, 1, "mosrun", "-N", "2")
        self.ran(2, 1, "mosrun", "-N", "beta")
        self.ran(2, 1, "mosrun", "-2")
        self.ran(2, 0, "mosrun", "-2", "-l")
        self.ran(2, 7, "mosrun", "-k", "-2")
        self.ran(0, 1, "mosrun", "-1")		# this node is home
        self.ran(99, 0, "mosrun", "-l")
        self.ran(0, 1, "runhome")
        self.ran(2, 1, "runon", "2")
        self.ran(99, 1, "nomig")

    def test_decay(self):
        for words, decay in ((("-c",), "cpu"), (("-i",), "io"), (("-n",), "none"), (("-s",), "slow"),
                             (("-f",), "fast"), (("-t", "7"), "own 7 975"),
                             (("-t", "7", "-d", "500"), "own 7 500")):
            self.ran(99, 7, "mosrun", *words)
            self.assertEqual(self.node.read("/proc/self/decay"), decay + "\n")
        self.ran(2, 1, "mosrun", "-2", "-f")
        for wrapper, decay in (("cpujob", "cpu"), ("iojob", "io"), ("nodecay", "none"),
                               ("slowdecay", "slow"), ("fastdecay", "fast")):
            self.ran(99, 7, wrapper)
            self.assertEqual(self.node.read("/proc/self/decay"), decay + "\n")
        self.expect(125, "mosrun", "-c", "-f", "true", err="exclude")
        self.expect(125, "mosrun", "-d", "900", "true", err="-d goes with -t")
        self.expect(125, "mosrun", "-t", "0", "true", err="1 to 10000")
        self.expect(125, "mosrun", "-t", "5", "-d", "1001", "true", err="0 to 1000")
        self.node.remove("/proc/self/decay")
        self.expect(125, "cpujob", "true", err="no /proc/self/decay")
        self.expect(0, "mosrun", "-c", "-F", "true", err="no /proc/self/decay")

    def test_random(self):
        self.node.numbers(3, 1, 0, 8000, 0, 0, 1, 0, 1 + 2)
        places = set()
        for _ in range(60):
            self.expect(0, "mosrun", "-j", "1-3", "true")
            places.add(self.node.number("/proc/self/goto"))
        self.assertEqual(places, {0, 3})	# 2 blocks guests
        self.expect(125, "mosrun", "-j", "2", "true", err="no node of '2' is up and takes guests")
        self.expect(0, "mosrun", "-j", "2", "-F", "true")
        self.expect(125, "mosrun", "-j", "8", "true", err="no node '8'")
        self.expect(0, "mosrun", "-j", "gamma", "true")
        self.assertEqual(self.node.number("/proc/self/goto"), 3)
        self.expect(125, "mosrun", "-j", "3-1", "true", err="is no list")

    def test_own_failures(self):
        self.expect(125, "mosrun", err="no program")
        self.expect(125, "mosrun", "-h", err="no program")
        self.expect(125, "runon", err="no node")
        self.expect(125, "runon", "nowhere", "true", err="'nowhere' is no node")
        self.expect(127, "mosrun", "/nonexistent", err="/nonexistent")
        self.expect(126, "mosrun", "/etc/passwd", err="/etc/passwd")
        for old in "eErRz":
            self.expect(125, "mosrun", "-" + old, "true", err="not supported")

    def test_refused(self):
        refusal = {"LD_PRELOAD": build_refuser(), "REFUSE_PATH": "/self/goto",
                   "REFUSE_ERRNO": str(errno.EHOSTUNREACH)}
        self.expect(125, "mosrun", "-2", "echo", "ran", err="cannot be reached", **refusal)
        self.expect(0, "mosrun", "-F", "-2", "echo", "ran", out="ran", err="cannot be reached", **refusal)
        self.node.remove("/proc/self/lock")
        self.expect(125, "nomig", "true", err="this kernel has no /proc/self/lock")

    def test_options_of_the_program(self):
        self.expect(0, "mosrun", "-2", "echo", "-N", "-3", out="-N -3\n")


class Lists(NodeTest):
    def test_mps(self):
        lines = self.expect(0, "mps", "-e").splitlines()
        self.assertEqual(lines[0].split(), "PID USER NODE NMIGS LOCK STAT CANTMOVE CMD".split())
        rows = {line.split()[0]: line.split() for line in lines[1:]}
        self.assertEqual(sorted(rows), ["1", "100", "101", "102"])
        self.assertEqual(rows["100"][2:], ["2", "1", "no", "Ss", "-", "./crunch", "--all"])
        self.assertEqual(rows["101"][6], "clone_vm,shared_map")
        self.assertEqual(rows["1"][4], "yes")
        self.assertNotIn("\033", "".join(lines))
        self.assertEqual(self.expect(0, "mps", "aux").splitlines(), lines)
        self.assertEqual(self.expect(0, "mps", "-en").splitlines(), lines[1:])

    def test_mps_choices(self):
        away = self.expect(0, "mps", "-e", "-m", "-n")
        self.assertEqual([line.split()[0] for line in away.splitlines()], ["100", "102"])
        self.assertEqual(self.expect(0, "mps", "-n", "-u", "ann"), "")
        named = self.expect(1, "mps", "-n", "101", "55", err="process 55: no such process")
        self.assertEqual(named.split()[0], "101")
        guest = self.expect(0, "mps", "-g", "-n").split()
        self.expect(1, "mps", "900", err="process 900: a guest")
        self.assertEqual(guest, ["900", "2", "1234", "1000", "2:04", "10240K", "povray"])
        self.node.guest(900, 2, "")
        self.assertEqual(self.expect(0, "mps", "-g", "-n").split()[2:4], ["-", "-"])

    def test_mps_errors(self):
        self.expect(2, "mps", "-u", "nobody-here", err="no user")
        self.expect(2, "mps", "12x", err="'12x' is no process id")
        self.expect(2, "mps", "-g", "5", err="neither")
        self.node.remove("/proc/hpc")
        self.expect(4, "mps", err="/proc/hpc is missing")

    def test_showmap(self):
        out = self.expect(0, "showmap")
        self.assertIn("My node id is 1\n", out)
        self.assertIn("2      192.0.2.2", out)
        self.expect(2, "showmap", "x", err="no arguments")
        self.node.write("/proc/hpc/admin/mospe", "0\n")
        self.expect(4, "showmap", out="no id")


class Mtop(NodeTest):
    def test_shares(self):
        """What a process used between two looks is its share."""
        def compute():
            for ticks in range(500, 600):
                stat = self.node.read("/proc/100/stat")
                self.node.write("/proc/100/stat.new", re.sub(r" 500 20 | 5\d\d 20 ", f" {ticks} 20 ", stat))
                self.node.rename("/proc/100/stat.new", "/proc/100/stat")
                time.sleep(0.01)

        worker = threading.Thread(target=compute)
        worker.start()
        lines = self.expect(0, "mtop", "-b", "-d", "1").splitlines()
        worker.join()
        self.assertEqual(lines[0], "node 1 alpha: 2 up, 1 dead; 2 away, 1 guest")
        self.assertEqual(lines[1].split(), "PID USER NODE CPU% TIME STAT COMMAND".split())
        first = lines[2].split()
        self.assertEqual((first[0], first[2]), ("100", ">2"))
        self.assertGreater(float(first[3]), 5)
        self.assertIn("<2", [line.split()[2] for line in lines[2:]])

    def test_stays_home(self):
        self.node.write("/proc/self/goto", "99\n")
        for command in (("mtop", "-d", "1"), ("mosmon", "-t")):
            self.node.write("/proc/self/lock", "0\n")
            self.expect(0, *command)
            self.assertEqual((self.node.number("/proc/self/lock"), self.node.number("/proc/self/goto")), (1, 0))

    def test_choices(self):
        lines = self.expect(0, "mtop", "-d", "1", "-A", "-o", "node").splitlines()[2:]
        self.assertEqual([line.split()[0] for line in lines], ["102", "100", "900"])
        lines = self.expect(0, "mos", "top", "-d", "1", "-o", "time", "-l", "1").splitlines()[2:]
        self.assertEqual([line.split()[0] for line in lines], ["900"])
        for bad in (("-d", "0"), ("-n", "x"), ("-o", "size"), ("7",)):
            self.expect(2, "mtop", *bad)


class Tune(NodeTest):
    COSTS = "/run/omdiscd/costs"

    def setUp(self):
        super().setUp()
        self.node.write("/proc/self/where", "3\n")

    def test_measures_and_keeps(self):
        self.node.write(self.COSTS, "2 7 8 9\n3 1000000 1 1000000\nnonsense\n")
        out = self.expect(0, "tune", "gamma")
        self.assertRegex(out, r"(?m)^ +3 +\d+ +\d+ +\d+$")
        lines = self.node.read(self.COSTS).splitlines()
        self.assertEqual(lines[0], "2 7 8 9")
        self.assertRegex(lines[1], r"^3 [1-9]\d* [1-9]\d* [1-9]\d*$")
        self.assertNotIn("1000000", lines[1])
        self.assertEqual(self.node.number("/proc/self/goto"), 0)
        self.assertEqual(self.node.number("/proc/self/lock"), 1)

    def test_shows_only(self):
        self.expect(0, "tune", "-n", "3")
        self.expect(1, "tune", err="no other node")	# one blocks, one is down
        self.node.numbers(3, 1, 0, 8000, 0, 0, 1, 0, 1 + 2)
        self.assertEqual([line.split()[0] for line in self.expect(0, "tune", "-n").splitlines()], ["NODE", "3"])
        self.assertFalse(self.node.exists(self.COSTS))

    def test_refused(self):
        self.expect(1, "tune", "2", err="node 2 was not measured: the node cannot be reached",
                    LD_PRELOAD=build_refuser(), REFUSE_PATH="/self/goto", REFUSE_ERRNO=str(errno.EHOSTUNREACH))
        self.expect(2, "tune", "1,", err="no list")
        self.node.remove("/run/omdiscd")
        self.expect(1, "tune", "3", err="cannot write /run/omdiscd/costs")
        self.node.remove("/proc/hpc")
        self.expect(4, "tune", err="/proc/hpc is missing")


class Setpe(NodeTest):
    MAP = "# three nodes\n4 192.0.2.10 2\n9 192.0.2.20 1\n9 192.0.2.21 ALIAS\n"

    def test_write(self):
        self.expect(0, "setpe", "-w", "-p", "5", "-f", "-", stdin=self.MAP, err="node 9")
        self.assertEqual(self.node.read("/proc/hpc/config"), "4 192.0.2.10\n5 192.0.2.11\n9 192.0.2.20\n")
        self.assertEqual(self.node.number("/proc/hpc/admin/mospe"), 5)

    def test_gateways(self):
        options = ("setpe", "-w", "-p", "5", "-g", "2", "-f", "-")
        self.expect(3, *options, stdin=self.MAP, err="-g is not supported")
        self.node.write("/proc/hpc/admin/gateways", "1\n")
        self.expect(0, *options, stdin=self.MAP)
        self.assertEqual(self.node.number("/proc/hpc/admin/gateways"), 2)

    def test_default_map_and_check(self):
        self.node.write("/etc/openmosix.map", self.MAP)
        self.expect(0, "setpe", "-c", "-p", "4")
        self.expect(0, "setpe", "-w", "-c", "-p", "4")
        self.assertEqual(self.node.number("/proc/hpc/admin/mospe"), 1)
        self.expect(0, "setpe", "-W", "-p", "4")
        self.assertEqual(self.node.number("/proc/hpc/admin/mospe"), 4)

    def test_read(self):
        text = "1 192.0.2.1 1\n2 192.0.2.2 1\n3 192.0.2.3 1\n"
        self.assertEqual(self.expect(0, "setpe", "-r"), text)
        self.expect(0, "setpe", "-r", "-f", self.node.path("/saved"))
        self.assertEqual(self.node.read("/saved"), text)
        self.expect(1, "setpe", "-r", "-f", "/nonexistent/map", err="/nonexistent/map")

    def test_off(self):
        self.expect(0, "setpe", "-off")
        self.assertEqual(self.node.number("/proc/hpc/admin/mospe"), 0)
        self.assertEqual(self.node.read("/proc/hpc/config").strip(), "")

    def test_bad_maps(self):
        before = self.node.read("/proc/hpc/config")
        for text, words in (("1 192.0.2.1\n", "line 1"), ("1 192.0.2.1 1\n0 192.0.2.2 1\n", "line 2"),
                            ("1 192.0.2.1 1\n1 192.0.2.2 1\n", "twice"), ("", "no nodes"),
                            ("5 192.0.2.1 1\n", "node 1 is not in the map")):
            self.expect(1, "setpe", "-w", "-p", "1", "-f", "-", stdin=text, err=words)
        self.expect(1, "setpe", "-w", "-f", "-", stdin="1 127.0.0.1 1\n", err="127.0.0.1 does not count")
        self.expect(1, "setpe", "-w", err="/etc/openmosix.map")
        self.assertEqual(self.node.read("/proc/hpc/config"), before)

    def test_usage(self):
        self.expect(2, "setpe", err="is needed")
        self.expect(2, "setpe", "-w", "-r", err="exclude")
        self.expect(2, "setpe", "-w", "-p", "0", err="'0' is no node id")
        self.expect(2, "setpe", "-w", "-g", "3", err="0, 1 or 2 gateways")
        self.expect(3, "setpe", "-w", "-n", "1", err="-n is not supported")


if __name__ == "__main__":
    unittest.main()

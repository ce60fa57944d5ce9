#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""mos, the front, on a node made of files: each command, its JSON, its refusals, on a terminal, and completion."""
import errno
import json
import os
import subprocess
import time
import unittest

from fakenode import NodeTest, TOP, build_refuser, terminal
from monitor import Screen

COMMANDS = ("status nodes ps top log why migrate run bring expel block noblock stay nostay lstay nolstay quiet "
            "noquiet speed").split()
MOVES = ("1790000000000 100 crunch 0 2 balance alpha has 3 jobs\n"
         "1790000010000 102 a)_b 2 3 hand\n"
         "nonsense\n"
         "1790000020000 100 crunch 2 home leave\n")


class Help(NodeTest):
    def test_each_command(self):
        listed = self.expect(0, "mos", "-h")
        for command in COMMANDS:
            self.assertRegex(listed, rf"(?m)^  {command} +\S")
            self.expect(0, "mos", command, "-h", out=f"usage: mos {command}")
            self.expect(0, "mos", command, "--help", out=f"usage: mos {command}")
            self.expect(125 if command == "run" else 2, "mos", command, "-X", err="-X")
        self.assertEqual(len(COMMANDS), listed[:listed.index("'mos COMMAND")].count("\n  "))

    def test_wrong(self):
        self.expect(2, "mos", err="what to do")
        self.expect(2, "mos", "frobnicate", err="no command 'frobnicate'")


class Views(NodeTest):
    def parsed(self, *command):
        return json.loads(self.expect(0, "mos", *command, "--json"))

    def test_status(self):
        self.node.write("/proc/hpc/nodes/1/status", "19\n")
        self.node.write("/run/omdiscd/pool", "adaptive closed: a user is here\n")
        self.node.write("/run/omdiscd/moves", MOVES)
        out = self.expect(0, "mos", "status")
        self.assertIn("this node: 1 alpha, load 150 %, 2 away, 1 guest, block\n", out)
        self.assertIn("cluster:   2 up, 1 dead; 6 CPUs, 10G of 12G memory free\n", out)
        self.assertIn("pool:      adaptive closed: a user is here\n", out)
        self.assertRegex(out, r"last move: \S+ \S+ 100 crunch, 2 beta -> home: leave\n")
        status = self.parsed("status")
        self.assertEqual((status["node"], status["name"], status["up"], status["dead"]), (1, "alpha", 2, 1))
        self.assertEqual((status["switches"], status["trouble"]), (["block"], ""))

    def test_status_without_cluster(self):
        self.node.write("/proc/hpc/admin/mospe", "0\n")
        self.expect(4, "mos", "status", out="in no cluster yet")
        self.node.remove("/proc/hpc")
        self.expect(4, "mos", "status", out="/proc/hpc is missing")
        self.expect(4, "mos", "ps", err="/proc/hpc is missing")
        self.assertIn("missing", json.loads(self.node.run("mos", "status", "-j")[1])["trouble"])

    def test_nodes(self):
        nodes = self.parsed("nodes")
        self.assertEqual([(n["id"], n["name"], n["state"], n["self"]) for n in nodes],
                         [(1, "alpha", "alive", True), (2, "beta", "alive", False), (3, "gamma", "dead", False)])
        self.assertEqual((nodes[1]["memory"], nodes[1]["switches"], nodes[1]["speed"]), (8 << 30, ["block"], 12000))
        lines = self.expect(0, "mos", "nodes").splitlines()
        self.assertEqual(lines[1].split()[:6], ["*", "1", "alpha", "alive", "2", "10000"])
        self.assertEqual(lines[2].split()[-1], "block")
        self.expect(0, "mos", "nodes", "-l", out="192.0.2.3")

    def test_node_lists(self):
        for text, ids in (("1", [1]), ("beta", [2]), ("192.0.2.3", [3]), ("self", [1]), ("all", [1, 2, 3]),
                          ("2-9", [2, 3]), ("3,1", [1, 3]), ("gamma,1-2,beta", [1, 2, 3])):
            self.assertEqual([n["id"] for n in self.parsed("nodes", text)], ids, text)
        for text, words in (("9", "no node '9'"), ("7-9", "no node '7-9'"), ("1,delta", "no node 'delta'")):
            self.expect(1, "mos", "nodes", text, err=words)
        for text in ("", ",", "1,", "3-1", "0", "70000", "1-x", "x y"):
            self.expect(2, "mos", "nodes", text, err="no list of nodes")
        self.expect(2, "mos", "nodes", "1", "2", err="one list")

    def test_ps(self):
        def pids(*options):
            return [p["pid"] for p in self.parsed("ps", *options)]

        self.assertEqual(pids(), [100, 102, 900])
        self.assertEqual(pids("-a"), [100, 102, 900, 1, 101])
        self.assertEqual(pids("-m"), [100, 102])
        self.assertEqual(pids("-g"), [900])
        self.assertEqual(pids("-n", "2"), [100, 900])
        self.assertEqual(pids("-a", "-n", "alpha"), [1, 101])
        self.expect(2, "mos", "ps", "-m", "-g", err="exclude")
        out = self.expect(0, "mos", "ps")
        self.assertRegex(out, r"102 root +away +3 gamma +5 +no ")
        self.assertNotIn("\033", out)
        self.assertEqual(self.parsed("ps")[1]["command"], "./a) b ?[31m(c")

    def test_log(self):
        self.expect(0, "mos", "log", err="moves is missing")
        self.node.write("/run/omdiscd/moves", MOVES)
        lines = self.expect(0, "mos", "log").splitlines()
        self.assertEqual(len(lines), 3)
        self.assertIn(" 100 crunch, home -> 2 beta: balance, alpha has 3 jobs", lines[0])
        self.assertEqual(self.expect(0, "mos", "log", "-n", "1").splitlines(), lines[2:])
        self.assertEqual(self.expect(0, "mos", "log", "102").splitlines(), lines[1:2])
        self.assertEqual(self.expect(0, "mos", "log", "-n", "1", "100").splitlines(), lines[2:])
        row = json.loads(self.expect(0, "mos", "log", "--json", "102"))
        self.assertEqual((row["time_ms"], row["from"], row["to"], row["comm"]), (1790000010000, 2, 3, "a)_b"))
        self.expect(2, "mos", "log", "x", err="no process id")
        self.expect(2, "mos", "log", "-n", "x", err="no number")

    def test_log_follows(self):
        """New lines come as they are written, also when the file is replaced."""
        self.node.write("/run/omdiscd/moves", MOVES)
        child = subprocess.Popen([self.tools, "mos", "log", "-w", "-n", "1"], env=self.node.environment(),
                                 stdout=subprocess.PIPE, text=True)
        self.addCleanup(child.stdout.close)
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        self.assertIn("leave", child.stdout.readline())
        self.node.write("/run/omdiscd/moves.new", MOVES + "1790000030000 101 db 0 3 memory gamma has room\n")
        self.node.rename("/run/omdiscd/moves.new", "/run/omdiscd/moves")
        self.assertIn("101 db, home -> 3 gamma: memory, gamma has room", child.stdout.readline())

    def test_watch(self):
        child = subprocess.Popen([self.tools, "mos", "nodes", "-w", "-j", "3"], env=self.node.environment(),
                                 stdout=subprocess.PIPE, text=True)
        self.addCleanup(child.stdout.close)
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        self.assertEqual(json.loads(child.stdout.readline())[0]["load"], 0)
        self.node.write("/proc/hpc/nodes/3/load", "77\n")
        end = time.monotonic() + 20
        while json.loads(child.stdout.readline())[0]["load"] != 77:
            self.assertLess(time.monotonic(), end)
        self.expect(2, "mos", "nodes", "-i", "0", err="1 to 3600")

    def test_terminal(self):
        """Colours on a terminal only, and not where they are not wanted."""
        self.assertIn("\033[1;31mdead", terminal(self.node, "mos", "nodes", TERM="xterm"))
        self.assertNotIn("\033", terminal(self.node, "mos", "nodes", TERM="xterm", NO_COLOR="1"))
        self.assertNotIn("\033", terminal(self.node, "mos", "nodes", TERM="dumb"))
        self.assertNotIn("\033", terminal(self.node, "mos", "nodes", "--json", TERM="xterm"))


class OnScreen(NodeTest):
    def test_watch_fits(self):
        """Long lines and many rows do not scroll what is watched away."""
        screen = Screen(self.node, "nodes", "-w", tool="mos", columns=40, lines=3, term="xterm-256color")
        self.addCleanup(screen.close)
        text = screen.wait("beta")
        self.assertTrue(text.startswith("    ID NAME"), text)
        self.assertNotIn("SWITCHES", text)
        self.assertNotIn("gamma", text)
        screen.resize(100, 6)
        self.assertIn("SWITCHES", screen.wait("gamma"))
        self.node.write("/proc/hpc/nodes/3/load", "777\n")
        screen.wait(r"3 gamma .* 777 ")


class Why(NodeTest):
    def reasons(self, pid):
        return [r["word"] for r in json.loads(self.expect(0, "mos", "why", str(pid), "-j"))["reasons"]]

    def test_words(self):
        out = self.expect(0, "mos", "why", "101")
        self.assertIn("shares its memory with another task", out)
        self.assertIn("writable shared memory", out)
        self.assertIn("No policy runs here", out)
        self.assertEqual(self.reasons(101), ["clone_vm", "shared_map", "all_block", "idle"])
        self.assertEqual(self.reasons(1), ["system", "user_lock", "all_block", "idle"])
        self.expect(0, "mos", "why", "1", out="'echo 0 >/proc/1/lock' frees it")

    def test_every_word_has_a_sentence(self):
        with open(TOP + "/docs/interfaces.md", encoding="utf-8") as file:
            text = file.read()
        words = text[text.index("cantmove words:"):].split("\n\n")[0].split("`")[1::2]
        self.assertGreater(len(words), 15)
        for word in words:
            self.node.write("/proc/101/cantmove", word + "\n")
            out = self.expect(0, "mos", "why", "101")
            self.assertNotIn("the kernel keeps it here: " + word, out)
        self.node.write("/proc/101/cantmove", "new_word\n")
        self.expect(0, "mos", "why", "101", out="the kernel keeps it here: new_word")

    def test_switches_and_places(self):
        self.node.write("/proc/101/cantmove", "\n")
        self.node.write("/proc/hpc/nodes/1/status", "47\n")
        self.assertEqual(self.reasons(101), ["stay", "lstay", "quiet", "all_block", "idle"])
        self.node.numbers(2, 4, 20, 12000, 0, 0, 0, 5, 3)
        self.assertNotIn("all_block", self.reasons(101))
        self.node.remove("/run/omdiscd/peers")
        self.assertIn("no_daemon", self.reasons(101))
        self.node.write("/proc/101/migfilter", "1\n")
        self.node.write("/proc/101/migpolicy", "1\n")
        self.node.write("/proc/101/mignodes", "2-3\n")
        self.expect(0, "mos", "why", "101", out="lets it go to these nodes only: 2-3")

    def test_policy_and_moves(self):
        self.node.write("/run/omdiscd/thoughts", "100 3 5000 800 gamma is idle\n")
        self.node.write("/run/omdiscd/moves", MOVES)
        out = self.expect(0, "mos", "why", "100")
        self.assertIn("It runs on node 2 beta, after 1 move.", out)
        self.assertIn("nothing: it may be moved", out)
        self.assertIn("best is 3 gamma; a move gains 5000 ms and costs 800 ms: gamma is idle", out)
        self.assertEqual(out.count("100 crunch, "), 2)
        thought = json.loads(self.expect(0, "mos", "why", "-j", "100"))["thought"]
        self.assertEqual((thought["best"], thought["benefit_ms"]), (3, 5000))
        self.expect(0, "mos", "why", "102", out="The policy does not think of moving it")

    def test_others(self):
        self.expect(0, "mos", "why", "900", out="900 is a guest: its home is node 2")
        self.expect(1, "mos", "why", "55", err="process 55: no such process")
        self.expect(2, "mos", "why", err="one process id")
        self.expect(2, "mos", "why", "x", err="'x' is no process id")
        self.node.remove("/proc/hpc")
        self.expect(4, "mos", "why", "100", err="/proc/hpc is missing")


class Orders(NodeTest):
    def admin(self, name):
        return self.node.number("/proc/hpc/admin/" + name)

    def test_switches(self):
        for name in ("block", "stay", "lstay", "quiet"):
            for command, target, value in ((name, "self", 1), ("no" + name, "1", 0), (name, "alpha", 1)):
                self.expect(0, "mos", command, target)
                self.assertEqual(self.admin(name), value)

    def test_bring_and_expel(self):
        self.expect(0, "mos", "bring", "self")
        self.expect(0, "mos", "expel", "alpha")
        self.assertEqual([self.admin(n) for n in ("lstay", "bring", "block", "expel")], [1, 1, 1, 1])

    def test_a_target_is_needed(self):
        for command in COMMANDS[8:-1]:
            self.expect(2, "mos", command, err="which node?")
            self.expect(2, "mos", command, "1", "2", err="one list")

    def test_other_nodes_are_refused(self):
        for target in ("3", "1,2", "all", "beta"):
            self.expect(3, "mos", "block", target, err="nodes take no orders from each other; nothing was done")
            self.assertEqual(self.admin("block"), 0)
        self.expect(3, "mos", "expel", "3", err="ssh root@192.0.2.3: mos expel self")
        self.expect(3, "mos", "speed", "2", "500", err="mos speed self 500")
        self.expect(1, "mos", "block", "9", err="no node '9'")

    def test_speed(self):
        self.assertEqual(self.expect(0, "mos", "speed"), "1 10000\n2 12000\n3 8000\n")
        self.assertEqual(self.expect(0, "mos", "speed", "beta"), "2 12000\n")
        self.expect(0, "mos", "speed", "self", "23456")
        self.assertEqual(self.admin("speed"), 23456)
        self.expect(2, "mos", "speed", "self", "fast", err="is no speed")

    def test_migrate(self):
        self.expect(0, "mos", "migrate", "100", "101", "gamma")
        self.assertEqual([self.node.number(f"/proc/{p}/goto") for p in (100, 101, 102)], [3, 3, 0])
        self.node.write("/proc/102/goto", "9\n")
        self.expect(0, "mos", "migrate", "-n", "3", "home")
        self.assertEqual([self.node.number(f"/proc/{p}/goto") for p in (100, 101, 102)], [3, 3, 0])
        self.expect(1, "mos", "migrate", "100", "55", "2", err="process 55 cannot go to node 2")
        self.assertEqual(self.node.number("/proc/100/goto"), 2)
        self.expect(2, "mos", "migrate", "100", err="needed")
        self.expect(2, "mos", "migrate", "100", "x", "2", err="'x' is no process id")
        self.expect(2, "mos", "migrate", "-n", "2", "100", "3", err="just a place")
        self.expect(2, "mos", "migrate", "100", "nowhere", err="'nowhere' is no place")

    def test_refused_write(self):
        refusal = {"LD_PRELOAD": build_refuser(), "REFUSE_PATH": "/admin/block", "REFUSE_ERRNO": str(errno.EPERM)}
        self.expect(1, "mos", "block", "self", err="mos block: cannot write '1'", **refusal)

    def test_run(self):
        def ran(node, lock, *options):
            self.node.write("/proc/self/goto", "99\n")
            self.expect(7, "mos", "run", *options, "sh", "-c", "echo run; exit 7", out="run\n")
            self.assertEqual((self.node.number("/proc/self/goto"), self.node.number("/proc/self/lock")),
                             (node, lock), options)

        ran(99, 0)
        ran(99, 1, "-L")
        ran(0, 1, "-H")
        ran(99, 0, "-c")
        self.assertEqual(self.node.read("/proc/self/decay"), "cpu\n")
        self.node.numbers(3, 1, 0, 8000, 0, 0, 1, 0, 3)
        ran(3, 0, "-n", "1,3")		# node 1 is busy
        self.assertEqual(self.node.read("/proc/self/mignodes"), "1,3\n")
        ran(0, 0, "-n", "1-2")		# 2 blocks guests
        self.assertEqual(self.node.read("/proc/self/mignodes"), "1-2\n")
        self.expect(125, "mos", "run", "-n", "2", "true", err="takes guests")
        self.expect(125, "mos", "run", "-n", "2", "-H", "true", err="exclude")
        self.expect(125, "mos", "run", err="no program")
        self.expect(127, "mos", "run", "/nonexistent", err="/nonexistent")


class Completion(NodeTest):
    def setUp(self):
        super().setUp()
        for name in ("mos", "mps", "mosctl"):
            os.symlink(self.tools, self.node.bin + "/" + name)

    def complete(self, *words):
        script = (f". {TOP}/userland/completion/mos\n"
                  'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _mos_complete "$1"; printf "%s\\n" "${COMPREPLY[@]}"\n')
        done = subprocess.run(["bash", "-c", script, "bash", *words], env=self.node.environment(),
                              capture_output=True, text=True, timeout=60, check=True)
        self.assertEqual(done.stderr, "")
        return done.stdout.split()

    def test_words(self):
        self.assertEqual(self.complete("mos", "no"), ["nodes", "noblock", "nostay", "nolstay", "noquiet"])
        self.assertEqual(sorted(self.complete("mos", "")), sorted(COMMANDS))
        self.assertEqual(self.complete("mos", "block", ""), ["1", "alpha", "2", "beta", "3", "gamma", "self", "all"])
        self.assertEqual(self.complete("mos", "block", "be"), ["beta"])
        self.assertEqual(self.complete("mos", "nodes", "1,ga"), ["1,gamma"])
        self.assertEqual(self.complete("mos", "ps", "-"), ["-a", "-m", "-g", "-n", "-j", "-w", "-i", "--json", "--watch"])
        self.assertEqual(self.complete("mos", "why", "10"), ["100", "101", "102"])
        self.assertIn("balance", self.complete("migrate", "100", ""))
        self.assertIn("beta", self.complete("mosrun", "-N", ""))
        self.assertIn("setspeed", self.complete("mosctl", "set"))


if __name__ == "__main__":
    unittest.main()

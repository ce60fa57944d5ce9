#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""mosmon: as text on a pipe, and on screens of tmux; it must survive keys, sizes and missing files."""
import os
import re
import subprocess
import time
import unittest

from fakenode import NodeTest, scratch

DEADLINE = 20


class Screen:
    """A tool in a terminal of its own."""

    sockets = 0

    def __init__(self, node, *options, tool="mosmon", columns=80, lines=24, term="screen", **env):
        Screen.sockets += 1
        self.base = ["tmux", "-f", "/dev/null", "-S", f"{scratch}/tmux{Screen.sockets}"]
        environment = node.environment(TERM=term, **env)
        script = node.path("/start")
        with open(script, "w", encoding="utf-8") as file:
            file.write(f'"{node.tools}" {tool} {" ".join(options)} 2>"{node.root}/err"\n'
                       'echo "ended with $?"; cat >/dev/null\n')
        words = [f"{name}={environment[name]}" for name in ("TESSERA_ROOT", "TERM", "PATH", *env)]
        self.tmux("new-session", "-d", "-x", str(columns), "-y", str(lines),
                  "env", "-u", "TMUX", *words, "sh", script)

    def tmux(self, *command):
        done = subprocess.run([*self.base, *command], capture_output=True, text=True, timeout=30, check=False)
        if done.returncode:
            raise AssertionError(f"tmux {command}: {done.stderr}")
        return done.stdout

    def keys(self, *keys):
        for key in keys:
            self.tmux("send-keys", key)

    def show(self, *options):
        return self.tmux("capture-pane", "-p", *options)

    def wait(self, pattern, *options):
        """Until the pattern stands on the screen; returns the screen."""
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            text = self.show(*options)
            if re.search(pattern, text, re.MULTILINE):
                return text
            time.sleep(0.05)
        raise AssertionError(f"no /{pattern}/ on the screen:\n{self.show()}")

    def resize(self, columns, lines):
        self.tmux("resize-window", "-x", str(columns), "-y", str(lines))

    def close(self):
        subprocess.run([*self.base, "kill-server"], capture_output=True, check=False)


class Text(NodeTest):
    def test_pipe(self):
        out = self.expect(0, "mosmon")
        self.assertIn("node 1 alpha: 2 up, 1 dead; 2 away, 1 guest\n", out)
        self.assertRegex(out, r"\*1 alpha +alive +2 +10000 +150% \[#+ +\] 4.0G \[#+ +\] +1\n")
        self.assertRegex(out, r"2 beta +alive +4 +12000 +20% ")
        self.assertNotRegex(out, r"(?m)^ +3 gamma")
        self.assertRegex(out, r"100 ann|100 root")
        self.assertRegex(out, r"guest of 2 beta +- +-")
        self.assertNotIn("\033", out)
        self.assertLessEqual(max(map(len, out.splitlines())), 80)

    def test_options(self):
        self.assertRegex(self.expect(0, "mosmon", "-D"), r"3 gamma +dead")
        self.assertRegex(self.expect(0, "mosmon", "-m"), r"1.0G +3.0G +4.0G \[#+\++ +\]")
        self.assertRegex(self.expect(0, "mosmon", "-s"), r"12000 \[#+\]")
        self.assertRegex(self.expect(0, "mosmon", "-u"), r"75% \[#+ +\]")
        self.assertIn("at home", self.expect(0, "mosmon", "-A"))
        out = self.expect(0, "mosmon", "-t", "-c", "2", "-d", "1")
        self.assertEqual(out.count("node 1 alpha"), 2)

    def test_bad_options(self):
        self.expect(2, "mosmon", "-d", "0", err="1 to 3600")
        self.expect(2, "mosmon", "-c", "x", err="no number")
        self.expect(2, "mosmon", "+3", err="'+3'")
        for old in "wvVarL":
            self.expect(3, "mosmon", "-" + old, err="not supported")

    def test_missing_parts(self):
        self.node.remove("/run/omdiscd/peers")
        out = self.expect(0, "mosmon", out="omdiscd does not run")
        self.assertRegex(out, r"\*1 alpha +up ")
        self.node.write("/proc/hpc/admin/mospe", "0\n")
        self.expect(0, "mosmon", out="this node is in no cluster yet")
        self.node.remove("/proc/hpc")
        self.expect(0, "mosmon", out="this kernel has no openMosix")
        self.node.remove("/proc")
        self.expect(0, "mosmon", out="this kernel has no openMosix")

    def test_garbage(self):
        for text in ("", "\n\n", "1\n", "x y z\n", "1 a b alive -1 x\n" * 50, "\0\1\2\n", "9" * 5000):
            for file in ("/run/omdiscd/peers", "/proc/hpc/config", "/proc/hpc/admin/mospe",
                         "/proc/100/stat", "/proc/hpc/remote/900/stats", "/proc/hpc/nodes/1/load"):
                before = self.node.read(file)
                self.node.write(file, text)
                self.expect(0, "mosmon", "-A", "-D", out="node")
                self.node.write(file, before)


class OnScreen(NodeTest):
    def start(self, *options, **how):
        screen = Screen(self.node, *options, **how)
        self.addCleanup(screen.close)
        return screen

    def test_nodes_and_quit(self):
        screen = self.start()
        text = screen.wait(r"2 beta +alive +4 +12000 +20% \[.*\] 8.0G \[.*\] +2$")
        self.assertRegex(text, r"node 1 alpha: 2 up, 1 dead; 2 away, 1 guest")
        self.assertRegex(text, r"(?m)^ +100 .* away at +2 beta .* \./crunch --all$")
        self.assertNotRegex(text, r"(?m)^ +3 gamma")
        screen.keys("q")
        screen.wait("ended with 0")

    def test_data_is_live(self):
        screen = self.start()
        screen.wait("150% ")
        self.node.write("/proc/hpc/nodes/1/load", "42\n")
        self.node.guest(901, 3, "pid=7 comm=fresh")
        screen.wait(" 42% ")
        screen.wait(r"901 .*guest of 3 gamma .* fresh$")

    def test_last_move(self):
        screen = self.start()
        screen.wait("crunch")
        self.assertNotIn("last move", screen.show())
        self.node.write("/run/omdiscd/moves", "1790000000000 100 crunch 0 2 balance why \033[31mnot\n")
        screen.wait(r"last move: \S+ \S+ 100 crunch, home -> 2 beta: balance, why \?\[31mnot")

    def test_modes_dead_and_help(self):
        screen = self.start()
        screen.wait("LOAD")
        for key, words in (("s", "12000 \\[#"), ("m", "USABLE"), ("u", "75% \\[#"), ("l", "LOAD"),
                           ("d", "gamma +dead"), ("a", "101 .* at home"), ("h", "Ctrl-L +paint"),
                           ("F1", "LOAD"), ("x", "no such key")):
            screen.keys(key)
            screen.wait(words)

    def test_migrate_bring_and_lock(self):
        screen = self.start()
        screen.wait("crunch")
        screen.keys("j", "m")
        screen.wait("Move 100 to node")
        screen.keys("9", "BSpace", "g", "a", "m", "m", "a", "Enter")
        screen.wait("move of 100 to node 3: done")
        self.assertEqual(self.node.number("/proc/100/goto"), 3)
        screen.keys("b")
        screen.wait("bring 100 home: done")
        self.assertEqual(self.node.number("/proc/100/goto"), 0)
        screen.keys("Down", "l")
        screen.wait(r"102 .*gamma +5 yes ")
        self.assertEqual(self.node.number("/proc/102/lock"), 1)
        screen.keys("m", "x", "Enter")
        screen.wait("no node 'x'")
        screen.keys("m", "Escape")
        screen.wait("nothing done")

    def test_failed_move_says_why(self):
        screen = self.start()
        screen.wait("crunch")
        self.node.remove("/proc/100/goto")
        screen.keys("j", "b")
        screen.wait("bring 100 home: no such process")

    def test_expel_asks(self):
        screen = self.start()
        screen.wait("crunch")
        screen.keys("e", "n", "Enter")
        screen.wait("guests stay")
        self.assertEqual(self.node.number("/proc/hpc/admin/expel"), 0)
        screen.keys("e", "y", "Enter")
        screen.wait("expel.*: done")
        self.assertEqual(self.node.number("/proc/hpc/admin/expel"), 1)
        self.assertEqual(self.node.number("/proc/hpc/admin/block"), 1)

    def test_sizes(self):
        screen = self.start()
        screen.wait("crunch")
        for columns, lines, words in ((120, 40, "crunch"), (40, 8, "mosmon"), (10, 3, "mosmon"), (1, 1, ""),
                                      (200, 60, "crunch"), (80, 24, "crunch")):
            screen.resize(columns, lines)
            screen.wait(words)
            screen.keys("j", "k", "d", "h", "h", "Escape")
        screen.keys("q")
        screen.wait("ended with 0")

    def test_many(self):
        table = "".join(f"{n} 192.0.2.{n % 250} node{n}\n" for n in range(1, 2000))
        self.node.write("/proc/hpc/config", table)
        self.node.write("/run/omdiscd/peers", "".join(
            f"{n} node{n} 192.0.2.{n % 250} alive 1 10000 5 1000 2000 0 1\n" for n in range(1, 900)))
        for pid in range(200, 300):
            self.node.process(pid, where=2, comm=f"job{pid}", cmdline=f"job{pid}\0")
        screen = self.start()
        screen.wait(r"node1 .*\n.*node2 ")
        screen.keys("NPage", "NPage")
        screen.wait(r"node11 ")
        screen.keys("k")
        screen.wait("povray")
        screen.keys(*["j"] * 5, *["k"] * 3)
        screen.wait("job297")

    def test_gone_selection(self):
        screen = self.start()
        screen.wait("crunch")
        screen.keys("j")
        screen.wait("m migrate")
        self.node.remove("/proc/100")
        screen.wait("F1 help  q quit")

    def test_forever(self):
        screen = self.start("--forever")
        screen.wait("crunch")
        screen.keys("C-c", "C-z", "q")	# a signal key empties what was typed before it
        screen.wait("this console stays")
        self.node.remove("/proc/hpc")
        screen.wait("this kernel has no openMosix")
        self.node.remove("/proc")
        screen.wait("no process is away")
        self.assertNotIn("ended", screen.show())

    def test_colours(self):
        self.assertIn("\033[32m", self.start().wait("alive", "-e"))
        plain = self.start(NO_COLOR="1").wait("alive", "-e")
        self.assertNotRegex(plain, r"\033\[3[1-6]m")

    def test_terminals(self):
        """Without terminfo files, as in an initramfs, and on a terminal that can do nothing."""
        for term in ("linux", "vt100", "unknown-thing"):
            screen = self.start(term=term, TERMINFO_DIRS="/nonexistent", HOME="/nonexistent")
            screen.wait("crunch")
            screen.keys("Down")
            screen.wait("m migrate")
        self.start(term="dumb").wait("node 1 alpha")
        with open(self.node.path("/err"), encoding="utf-8") as file:
            self.assertIn("only show plain text", file.read())


if __name__ == "__main__":
    os.environ.pop("TMUX", None)
    unittest.main()

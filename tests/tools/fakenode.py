# SPDX-License-Identifier: GPL-2.0
"""A node made of plain files: what the tools read and write, below a directory of its own.

Used by the other files here. It has node 1 (alpha, this one), 2 (beta, blocks guests) and 3 (gamma,
dead), processes at home and away, and one guest.
"""
import atexit
import fcntl
import os
import pty
import shutil
import subprocess
import sys
import tempfile
import unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NUMBERS = ("CPUs", "load", "speed", "mem", "rmem", "tmem", "util", "status")
GIGA = 1 << 30

scratch = tempfile.mkdtemp(prefix="tessera-tools-")
atexit.register(shutil.rmtree, scratch, ignore_errors=True)


def build_tools():
    """The multi-call binary: $MOS_TOOLS, or made from this tree."""
    given = os.environ.get("MOS_TOOLS")
    if given:
        return os.path.abspath(given)
    out = os.path.join(TOP, "userland", "build")
    os.makedirs(out, exist_ok=True)
    with open(out + "/tools-test.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)	# these files may run side by side
        subprocess.run(["make", "-s", "-C", TOP + "/userland", "O=" + out, out + "/mos-tools"],
                       stdout=sys.stderr, check=True)
    return out + "/mos-tools"


def build_refuser():
    out = scratch + "/refuse.so"
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "refuse.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", out, source, "-ldl"], check=True)
    return out


class Node:
    """The directory, and how to run a tool on it."""

    def __init__(self, tools):
        self.tools = tools
        self.root = tempfile.mkdtemp(dir=scratch)
        self.bin = self.root + "/bin"
        os.mkdir(self.bin)
        self.write("/proc/hpc/admin/mospe", "1\n")
        for name in ("block", "stay", "lstay", "quiet", "bring", "expel"):
            self.write("/proc/hpc/admin/" + name, "0\n")
        self.write("/proc/hpc/admin/speed", "10000\n")
        self.write("/proc/hpc/config", "1 192.0.2.1 alpha\n2 192.0.2.2 beta\n3 192.0.2.3 gamma\n")
        self.numbers(1, 2, 150, 10000, 3 * GIGA, GIGA, 4 * GIGA, 75, 3)
        self.numbers(2, 4, 20, 12000, 7 * GIGA, 6 * GIGA, 8 * GIGA, 5, 1 + 2 + 16)
        self.numbers(3, 1, 0, 8000, 0, 0, GIGA, 0, 1)
        self.write("/run/omdiscd/peers",
                   f"1 alpha 192.0.2.1 alive 2 10000 150 {3 * GIGA} {4 * GIGA} 1 0\n"
                   f"2 beta 192.0.2.2 alive 4 12000 20 {7 * GIGA} {8 * GIGA} 2 1\n"
                   f"3 gamma 192.0.2.3 dead 1 8000 0 0 {GIGA} 0 77\n")
        self.write("/etc/passwd", "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/:/bin/sh\n")
        self.process(1, where=0, lock=1, cantmove="system", comm="init", cmdline="/sbin/init\0")
        self.process(100, where=2, nmigs=1, comm="crunch", cmdline="./crunch\0--all\0")
        self.process(101, where=0, cantmove="clone_vm shared_map", comm="db", cmdline="/bin/db\0")
        self.process(102, where=3, nmigs=5, comm="a) b (c", cmdline="./a) b \033[31m(c\0")
        self.process("self", where=0, comm="self", cmdline="self\0")
        for name in ("decay", "mignodes"):
            self.write("/proc/self/" + name, "\n")
        self.process(900, where=0, comm="povray", cmdline="povray\0")	# as /proc here shows a guest
        self.guest(900, 2, "pid=1234 uid=1000 gid=1000 comm=povray")

    def path(self, path):
        return self.root + path

    def write(self, path, text):
        full = self.path(path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, path):
        with open(self.path(path), encoding="utf-8") as file:
            return file.read()

    def number(self, path):
        return int(self.read(path))

    def exists(self, path):
        return os.path.exists(self.path(path))

    def rename(self, path, to):
        os.rename(self.path(path), self.path(to))

    def remove(self, path):
        full = self.path(path)
        if os.path.isdir(full):
            shutil.rmtree(full)
        else:
            os.unlink(full)

    def numbers(self, node, *values):
        for name, value in zip(NUMBERS, values):
            self.write(f"/proc/hpc/nodes/{node}/{name}", f"{value}\n")

    def process(self, pid, where, nmigs=0, lock=0, cantmove="", comm="", cmdline=""):
        base = f"/proc/{pid}/"
        for name, value in (("where", where), ("goto", 0), ("nmigs", nmigs), ("lock", lock),
                            ("cantmove", cantmove), ("comm", comm)):
            self.write(base + name, f"{value}\n")
        self.write(base + "cmdline", cmdline)
        self.write(base + "stat", f"{pid} ({comm}) S 1 {pid} {pid} 0 -1 4194304 1 0 0 0 500 20 0 0 20 0 1 0 9 "
                   "1000 10 0\n")

    def guest(self, pid, home, identity):
        base = f"/proc/hpc/remote/{pid}/"
        self.write(base + "from", f"{home}\n")
        self.write(base + "identity", identity + "\n")
        self.write(base + "stats", "utime=12345 stime=55 vsize=104857600 rss=2560\n")
        self.write(base + "goto", "0\n")
        self.write(base + "statm", "25600 2560 100 10 0 2000 0\n")

    def program(self, name, text):
        """A program of this name that the node's PATH finds first."""
        self.write("/bin/" + name, text)
        os.chmod(self.path("/bin/" + name), 0o755)

    def environment(self, **more):
        env = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TERMINFO")}
        env.update(TESSERA_ROOT=self.root, PATH=self.bin + ":/usr/bin:/bin:/usr/sbin:/sbin")
        env.update(more)
        return env

    def run(self, *command, stdin="", **env):
        """(exit code, stdout, stderr) of a tool."""
        done = subprocess.run([self.tools, *command], input=stdin, env=self.environment(**env),
                              capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout, done.stderr


def terminal(node, *command, **env):
    """What a tool shows on a terminal."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen([node.tools, *command], stdin=theirs, stdout=theirs, stderr=theirs,
                             env=node.environment(**env))
    os.close(theirs)
    shown = b""
    try:
        while data := os.read(ours, 65536):
            shown += data
    except OSError:		# its other end is closed
        pass
    os.close(ours)
    child.wait()
    return shown.decode()


class NodeTest(unittest.TestCase):
    """A test with a fresh node, self.node."""

    @classmethod
    def setUpClass(cls):
        cls.tools = build_tools()

    def setUp(self):
        self.node = Node(self.tools)

    def expect(self, code, *command, out=None, err=None, **options):
        """Runs a tool; its exit code, and what must stand on stdout and stderr. Returns stdout."""
        got, stdout, stderr = self.node.run(*command, **options)
        self.assertEqual(got, code, f"{command}: {stdout}{stderr}")
        if out is not None:
            self.assertIn(out, stdout, command)
        if err is not None:
            self.assertIn(err, stderr, command)
        if code:
            self.assertTrue(stderr.strip() or stdout.strip(), f"{command} failed without a word")
        return stdout

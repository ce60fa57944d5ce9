# SPDX-License-Identifier: GPL-2.0
"""A node's kernel as a test sees it: node table, counters, processes (docs/interfaces.md)."""

from .errors import TestFailure, check, check_equal

LIVE = ("links", "mms", "tasks", "bodies", "requests", "files", "residues")


def numbers(text):
    """A file of "name value" lines."""
    return {name: int(value) for name, value in (line.split() for line in text.splitlines())}


def stat(machine):
    return numbers(machine.sh("cat /proc/hpc/stat"))


def live(machine):
    """Which live objects there are: empty on an idle node."""
    counters = stat(machine)
    return {name: counters[name] for name in LIVE if counters[name]}


# A busy daemon may have moved a program of its own accord, here or from elsewhere: a console's shell for one.
BRING_HOME = """
if [ -e /run/omdiscd/pid ]; then
    echo 1 >/proc/hpc/admin/stay
    echo 1 >/proc/hpc/admin/bring
    echo 1 >/proc/hpc/admin/expel
fi
"""


def wait_idle(machines, timeout=30):
    """Every object that was created is destroyed: the last check of every test."""
    for machine in machines:
        machine.run(BRING_HOME, timeout)
    for machine in machines:
        state = {}

        def idle(machine=machine, state=state):
            state["live"] = live(machine)
            return not state["live"]

        try:
            machine.wait(idle, timeout, "end of live objects", 0.1)
        except TestFailure as e:
            raise TestFailure(f"{e}: {state.get('live')}") from e


def set_table(machine, members):
    """The node table; members are machines with .number and .address."""
    lines = "".join(f"{m.number} {m.address} {m.name}\n" for m in members)
    machine.put("/tmp/table", lines.encode())
    machine.sh("dd if=/tmp/table of=/proc/hpc/config bs=65536 2>/dev/null")


def join(machine, members):
    set_table(machine, members)
    machine.sh(f"echo {machine.number} >/proc/hpc/admin/mospe")
    check_equal(int(machine.sh("cat /proc/hpc/admin/mospe")), machine.number, "mospe")


def inject(machine, word):
    """Fault injection: "cut N", "losepage", "leak", "off"."""
    machine.sh(f"echo {word} >/proc/hpc/admin/fault")


def try_goto(machine, pid, node, timeout=30):
    """Moves a process, once; what the shell said, or an empty string when it moved."""
    result = machine.run(f"echo {node} >/proc/{pid}/goto", timeout)
    if result.timed_out:
        raise TestFailure(f"{machine.name}: goto {node} of {pid} does not end")
    return "" if result.status == 0 else result.text.strip() or f"status {result.status}"


def move(machine, pid, node, timeout=30):
    """Moves a process that must move."""
    problem = try_goto(machine, pid, node, timeout)
    check(not problem, f"{machine.name}: {pid} does not go to {node}: {problem}")
    check_equal(where(machine, pid), node, f"where of {pid}")


def where(machine, pid):
    return int(machine.sh(f"cat /proc/{pid}/where"))


def hpcstat(machine, pid):
    return numbers(machine.sh(f"cat /proc/{pid}/hpcstat"))


def guests(machine):
    """Local pids of the guests."""
    return [int(p) for p in machine.sh("ls /proc/hpc/remote").split() if p.isdigit()]


class Child:
    """
    A command that runs in a machine beside the test: its pid, and how it ended.
    exec makes the pid that of the program; the agent waits for it as its parent.
    """

    def __init__(self, machine, command, timeout=120):
        self.machine = machine
        self._command = machine.start(f"echo $$; exec {command}", timeout)
        machine.wait(lambda: b"\n" in self._command.output or self._command.done.is_set(), 20,
                     f"start of {command}", 0.01)
        self.pid = int(self._command.output.split(b"\n")[0])

    @property
    def ended(self):
        return self._command.done.is_set()

    def output(self):
        return bytes(self._command.output).partition(b"\n")[2]

    def kill(self, signal=9):
        """To its process group, which is its own."""
        self._command.kill(signal)

    def wait(self):
        """Exit status, 128 + signal where it was killed."""
        result = self._command.wait()
        if result.timed_out:
            raise TestFailure(f"{self.machine.name}: no end of {result!r}")
        return result.status

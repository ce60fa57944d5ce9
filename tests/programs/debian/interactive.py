# SPDX-License-Identifier: GPL-2.0
"""Types at an interactive bash as a user would and prints what came back after each command."""
import os
import pty
import select
import signal
import sys
import time

PROMPT = "ready-for-more> "
TIMEOUT = 40


class Shell:
    """bash on a terminal of its own."""

    def __init__(self):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            env = {"PATH": os.environ["PATH"], "PS1": PROMPT, "TERM": "dumb", "LC_ALL": "C",
                   "HOME": "/", "HISTFILE": ""}
            os.execvpe("bash", ["bash", "--norc", "--noprofile", "--noediting", "-i"], env)
        self.text = ""
        self.until(PROMPT)
        self.run("stty -echo")

    def until(self, what):
        """Everything up to WHAT, which is taken off."""
        deadline = time.monotonic() + TIMEOUT
        while what not in self.text:
            if not select.select([self.fd], [], [], max(0, deadline - time.monotonic()))[0]:
                self.fail(f"no {what!r} after {TIMEOUT} s, but {self.text!r}")
            try:
                self.text += os.read(self.fd, 4096).decode()
            except OSError:
                self.fail(f"the shell is gone: {self.text!r}")
        before, self.text = self.text.split(what, 1)
        return before.replace("\r", "")

    def fail(self, why):
        print("FAIL:", why)
        os.kill(self.pid, signal.SIGKILL)
        sys.exit(1)

    def type(self, keys):
        os.write(self.fd, keys.encode())

    def run(self, command):
        self.type(command + "\n")
        return self.until(PROMPT)

    def foreground(self, name):
        """Waits until the terminal belongs to NAME: keys before that are the shell's."""
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            try:
                with open(f"/proc/{os.tcgetpgrp(self.fd)}/comm", encoding="utf-8") as comm:
                    if comm.read().strip() == name:
                        return
            except FileNotFoundError:
                pass
            time.sleep(0.02)
        self.fail(f"{name} did not get the terminal")

    def leave(self):
        self.type("exit 21\n")
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self.fd)
        return status


def pipelines(shell):
    print(shell.run("seq 1 1000 | sort -rn | head -3 | tr '\\n' ' '; echo").strip())
    print(shell.run("echo one two three | awk '{ print $3, NF }'").strip())
    print(shell.run("for i in 1 2 3; do echo $i; done | paste -s -d +").strip())
    print(shell.run("(exit 3) | cat; echo ${PIPESTATUS[*]}").strip())
    print(shell.run("tty | grep -c /dev/pts; test -t 0 && echo on a terminal").split())
    print(shell.run("x=$(seq 5 | wc -l); echo $((x + 1))").strip())


def interrupt(shell):
    shell.type("echo started; sleep 1000\n")
    shell.until("started")
    shell.foreground("sleep")
    shell.type("\003")
    shell.until(PROMPT)
    print("interrupted", shell.run("echo $?").strip())


def stop_and_continue(shell):
    shell.type("echo begin; (for i in 1 2 3; do read line; echo got $line; done)\n")
    shell.until("begin")
    shell.type("first\n")
    print(shell.until("got first").strip() == "")
    shell.type("\032")
    shell.until("Stopped")
    shell.until(PROMPT)
    print("jobs", " ".join(shell.run("jobs %1").split()[:2]))
    shell.type("fg\n")
    shell.type("second\nthird\n")
    shell.until("got second")
    shell.until("got third")
    shell.until(PROMPT)


def background(shell):
    shell.run("sleep 1000 & sleeper=$!")
    shell.run("kill $sleeper; wait $sleeper 2>/dev/null; code=$?")
    print("killed", shell.run("echo $code").strip())
    shell.run("set +m")
    print(shell.run("(sleep 0.1; echo late) & wait $!; echo after").split()[-2:])


def main():
    shell = Shell()
    pipelines(shell)
    interrupt(shell)
    stop_and_continue(shell)
    background(shell)
    print("exit", shell.leave())


main()

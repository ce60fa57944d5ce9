# SPDX-License-Identifier: GPL-2.0
"""Child processes that never outlive the test."""

import os
import signal
import subprocess

# Not preexec_fn: between fork and exec of a program with threads Python may deadlock.
DIE_WITH_PARENT = ("setpriv", "--pdeathsig", "KILL", "--")


def spawn(argv, **kwargs):
    """Popen in a process group of its own that is killed when the calling thread ends."""
    kwargs.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.Popen([*DIE_WITH_PARENT, *argv], process_group=0, **kwargs)


def kill(process):
    """kill -9 of the whole group, and waits for it."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def _session_of(pid):
    try:
        with open(f"/proc/{pid}/stat", "rb") as f:
            return int(f.read().rsplit(b")", 1)[1].split()[3])
    except (OSError, IndexError, ValueError):
        return None


def kill_session(session):
    """Kills all that runs in a session, until nothing is left of it."""
    for _ in range(50):
        pids = [int(p) for p in os.listdir("/proc") if p.isdigit() and _session_of(p) == session]
        if not pids:
            return
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        try:
            os.waitpid(session, os.WNOHANG)
        except ChildProcessError:
            pass

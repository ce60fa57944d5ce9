# SPDX-License-Identifier: GPL-2.0
"""
Declaring and running one test case. A case is a function in tests/cases:

    @case(tier="check", timeout=300)
    def node_leaves(t):
        ...

It runs in a process and session of its own, started by tests/run; what it makes
through t is taken down after it, and every console is judged once more.
"""

import faulthandler
import importlib
import os
import random
import sys
import traceback

from . import paths
from .errors import TestFailure, scaled
from .switch import Switch

TIERS = ("fast", "check", "soak")
SOAK = os.environ.get("MOS_TEST_SOAK") == "1"
registry = {}


class Declaration:
    def __init__(self, module, function, tier, timeout, cost):
        self.name = f"{module.rsplit('.', 1)[-1]}.{function.__name__}"
        self.module = module
        self.function = function
        self.tier = tier
        self.timeout = timeout
        self.cost = cost


def case(tier="check", timeout=300, cost=1, name=None):
    """timeout in seconds on an idle machine; cost 2: needs both processors."""
    if tier not in TIERS:
        raise ValueError(tier)

    def declare(function):
        if name:
            function.__name__ = name
        declaration = Declaration(function.__module__, function, tier, timeout, cost)
        registry[declaration.name] = declaration
        return function

    return declare


class Test:
    """What a case is given."""

    def __init__(self, name):
        self.name = name
        self.log_dir = os.path.join(paths.LOGS, name)
        self.soak = SOAK
        self.seed = int(os.environ.get("MOS_TEST_SEED", "1"))
        self.random = random.Random(self.seed)
        self._machines = []
        self._cleanups = []

    def count(self, normal, soak):
        """How often: few times in check, many in soak."""
        return soak if self.soak else normal

    def log(self, text):
        print(text, flush=True)

    def switch(self):
        switch = Switch()
        self._cleanups.append(switch.stop)
        return switch

    def add(self, machine):
        self._machines.append(machine)
        return machine

    def cleanup(self, function):
        self._cleanups.append(function)

    def path(self, name):
        return os.path.join(self.log_dir, name)

    def need(self, *files):
        for file in files:
            if not os.path.exists(file):
                raise TestFailure(f"{file} is missing: run ./build.sh, and make -C tests")

    def finish(self):
        """Takes all down; the failures that only show now."""
        problems = []
        for machine in self._machines:
            try:
                machine.settle()
            except TestFailure as e:
                problems.append(str(e))
        for function in reversed(self._cleanups):
            function()
        for entry in os.listdir(self.log_dir):
            if entry.endswith((".cpio", ".fd", ".img")):
                os.unlink(os.path.join(self.log_dir, entry))
        return problems


def load(module):
    """Imports a module of tests/cases and gives its declarations."""
    importlib.import_module(module)
    return [d for d in registry.values() if d.module == module]


def run(name):
    """True if it passed; the story is on stdout, the machines' logs beside it."""
    declaration = registry[name]
    t = Test(name)
    os.makedirs(t.log_dir, exist_ok=True)
    t.log(f"seed {t.seed}{' soak' if t.soak else ''}")
    problems = []
    try:
        declaration.function(t)
    except TestFailure as e:
        problems.append(f"{type(e).__name__}: {e}")
        t.log("".join(traceback.format_tb(e.__traceback__)))
    except Exception as e:
        problems.append(f"error in the test itself: {e!r}")
        t.log(traceback.format_exc())
    problems += [p for p in t.finish() if not any(p in other for other in problems)]
    for problem in problems:
        t.log(f"FAILED: {problem}")
    if not problems:
        t.log("passed")
    return not problems


def main():
    module, name = sys.argv[1:3]
    load(module)
    # Says where it hangs, just before tests/run ends it.
    faulthandler.dump_traceback_later(max(scaled(registry[name].timeout) - 5, 5), file=sys.stdout)
    ok = run(name)
    sys.stdout.flush()
    # The threads that read from dead machines are not waited for.
    os._exit(0 if ok else 1)


if __name__ == "__main__":
    # As a program this file is __main__: the registry to fill is the package's.
    from lib import case as package
    package.main()

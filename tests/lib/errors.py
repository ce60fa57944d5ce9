# SPDX-License-Identifier: GPL-2.0
"""How tests fail, and how they wait."""

import os
import time


class TestFailure(Exception):
    """A condition that the test asserts does not hold."""


class MachineFailure(TestFailure):
    """A machine broke: kernel complaint, silent exit, agent that hangs."""


# Times in the tests are for an idle machine with two cores.
SCALE = float(os.environ.get("MOS_TEST_SCALE", "1"))
POLL = 0.05


def scaled(seconds):
    return seconds * SCALE


def check(condition, message):
    if not condition:
        raise TestFailure(message)


def check_equal(got, want, what):
    if got != want:
        raise TestFailure(f"{what}: got {got!r}, want {want!r}")


def wait_until(condition, timeout, what, poll=POLL):
    """Polls until condition() is true and returns its value."""
    limit = time.monotonic() + scaled(timeout)
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= limit:
            raise TestFailure(f"no {what} after {scaled(timeout):.0f} s")
        time.sleep(poll)

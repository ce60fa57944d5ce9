# SPDX-License-Identifier: GPL-2.0
"""
What is measured. One round takes every figure once, what is compared one right
after the other, in the opposite order every other round; a ratio is made of two
values of the same round.
"""

import time

from lib import hpc
from lib.errors import TestFailure

DIR = "/test"
PORT = 7000
SIZES = (8, 64, 256, 1024)
TRIP = 256
STREAM = 128 << 20
FAULTS, CALLS, ROUND_TRIPS = 200, 1000, 500
# A request for pages is 32 bytes, its answer has 96 in front of the pages.
PAGE, BLOCK = (32, 4096), (32, 65536)
PAGES_IN_BLOCK = 16
CALL = (64, 64)


class Bench:
    """Runs the programs on a pair of nodes; keeps for each figure the values of all rounds."""

    def __init__(self, pair, sizes=SIZES, log=print):
        self.pair = pair
        self.log = log
        self.sizes = sizes
        self.values = {}
        self.failed = {}
        self._server = pair.home.start(f"{DIR}/tcpping serve {PORT}", 7200)

    def _keep(self, name, value):
        self.values.setdefault(name, []).append(value)

    def _ask(self, request, reply, count):
        """From the host, as faults and calls are made; the server is at home."""
        return hpc.numbers(self.pair.host.sh(
            f"{DIR}/tcpping ask {self.pair.address} {PORT} {request} {reply} {count}", 300))

    def _at_home(self, command):
        """A program that moves itself away; returns when nothing of it is left."""
        result = hpc.numbers(self.pair.home.sh(f"{DIR}/{command}", 120))
        hpc.wait_idle((self.pair.home, self.pair.host), 60)
        return result

    def warm_up(self):
        """The first move to a node makes things there that stay."""
        self._at_home(f"moved {self.pair.host_id} 1")
        self._ask(*CALL, 10)

    def freeze(self, size):
        before = hpc.stat(self.pair.home)["precommit_bytes"]
        result = self._at_home(f"moved {self.pair.host_id} {size}")
        self._keep(f"freeze_{size}", result["freeze_ns"] / 1e6)
        self._keep("error", result["error_ns"] / 1e6)
        self._keep(f"precommit_{size}", hpc.stat(self.pair.home)["precommit_bytes"] - before)

    def trip(self):
        result = self._at_home(f"moved {self.pair.host_id} {TRIP} trip")
        self._keep("trip_out", result["freeze_ns"] / 1e6)
        self._keep("trip_back", result["return_ns"] / 1e6)
        self._keep("error", result["error_ns"] / 1e6)
        self._keep("stream", (TRIP << 20) / result["stream_ns"] * 1e3)

    def raw_stream(self):
        self._keep("raw_stream", STREAM / self._ask(1, STREAM, 1)["mean_ns"] * 1e3)

    def fault(self, name, pages):
        result = self._at_home(f"faults {self.pair.host_id} {FAULTS} {pages}")
        self._keep(name, result["mean_ns"] / 1e3)
        self._keep(f"{name}_least", result["least_ns"] / 1e3)
        if pages == 1:
            self._keep("taken", result["taken_ns"] / 1e3)

    def round_trip(self, name, sizes):
        result = self._ask(*sizes, ROUND_TRIPS)
        self._keep(name, result["mean_ns"] / 1e3)
        self._keep(f"{name}_least", result["least_ns"] / 1e3)

    def call(self):
        result = self._at_home(f"calls {self.pair.host_id} {CALLS}")
        self._keep("call", result["mean_ns"] / 1e3)
        self._keep("call_least", result["least_ns"] / 1e3)
        self._keep("call_home", result["home_ns"] / 1e3)

    def _steps(self):
        return [
            *((f"freeze at {n} MB", self.freeze, n) for n in self.sizes),
            ("trip", self.trip), ("raw stream", self.raw_stream),
            ("fault", self.fault, "fault", 1), ("4 KB round trip", self.round_trip, "rtt_page", PAGE),
            ("fault of a block", self.fault, "block", PAGES_IN_BLOCK),
            ("64 KB round trip", self.round_trip, "rtt_block", BLOCK),
            ("call", self.call), ("64-byte round trip", self.round_trip, "rtt_call", CALL),
        ]

    def round(self, number):
        """A figure that cannot be taken is in .failed with the reason, and is not tried again."""
        steps = self._steps()
        for name, function, *args in steps if number % 2 == 0 else reversed(steps):
            if name in self.failed:
                continue
            start = time.monotonic()
            try:
                function(*args)
            except TestFailure as e:
                self.failed[name] = str(e)
                self.pair.home.health()
                self.pair.host.health()
            self.log(f"round {number + 1}, {name}: {time.monotonic() - start:.1f} s")

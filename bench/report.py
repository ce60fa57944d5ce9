# SPDX-License-Identifier: GPL-2.0
"""The table: median and spread of each figure, the ratio that is asked for, and the goal."""

from statistics import median

NOT_MEASURED = "not measured"


def spread(values, unit, digits=2):
    if not values:
        return NOT_MEASURED
    low, mid, high = (f"{v:.{digits}f}" for v in (min(values), median(values), max(values)))
    return f"{mid} {unit} ({low}-{high})"


def ratios(over, under):
    """Pairs of the same round."""
    return [a / b for a, b in zip(over, under)]


class Rows:
    def __init__(self, values):
        self._values = values
        self.rows = []

    def of(self, name):
        return self._values.get(name, [])

    def add(self, figure, name, unit, under, what, goal, digits=2):
        values = ratios(self.of(name), self.of(under)) if under else []
        ratio = f"{spread(values, '').replace('  ', ' ')} of {what}" if values else ""
        self.rows.append((figure, spread(self.of(name), unit, digits), ratio, goal))


def make_rows(values, sizes, trip):
    """(figure, value, ratio, goal) as text."""
    r = Rows(values)
    small, big = sizes[0], sizes[-1]
    for n in sizes:
        r.add(f"frozen, move out, {n} MB", f"freeze_{n}", "ms", f"freeze_{small}" if n != small else None,
              f"{small} MB", f"5 ms, flat from {small} MB to {big} MB")
    r.add(f"frozen, return, {trip} MB", "trip_back", "ms", "trip_out", "its way out", "1, as the way out")
    r.add(f"bytes before the commit, {small} MB", f"precommit_{small}", "B", None, "", "", 0)
    r.add(f"bytes before the commit, {big} MB", f"precommit_{big}", "B", f"precommit_{small}",
          f"{small} MB", "flat", 0)
    r.add("remote fault, 1 page", "fault", "us", "rtt_page", "4 KB TCP round trip", "1.2")
    r.add("the same, least of a run", "fault_least", "us", "rtt_page_least", "its least", "")
    r.add("TCP round trip, 32 B and 4 KB", "rtt_page", "us", None, "", "")
    r.add("remote fault, 16 pages", "block", "us", "rtt_block", "64 KB TCP round trip", "")
    r.add("page taken home by a call", "taken", "us", "rtt_page", "4 KB TCP round trip", "")
    r.add(f"page stream, {trip} MB", "stream", "MB/s", "raw_stream", "raw TCP", "0.95")
    r.add("raw TCP", "raw_stream", "MB/s", None, "", "")
    r.add("forwarded getppid", "call", "us", "rtt_call", "64 B TCP round trip", "1.1")
    r.add("the same, least of a run", "call_least", "us", "rtt_call_least", "its least", "")
    r.add("TCP round trip, 64 B each way", "rtt_call", "us", None, "", "")
    r.add("getppid at home", "call_home", "us", None, "", "")
    return r.rows


HEAD = ("figure", "value, median (min-max)", "ratio, median (min-max)", "goal")


def table(rows):
    rows = [HEAD, *rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEAD))]
    lines = ["| " + " | ".join(c.ljust(w) for c, w in zip(row, widths)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (w + 2) for w in widths) + "|")
    return "\n".join(lines)


NOTES = """\
Frozen is measured by the program itself: the largest gap between two readings of
CLOCK_MONOTONIC, one right before it writes to /proc/self/goto, the rest in a
tight loop for 50 ms after. Connecting, the handshake and the first page faults
are in it. The clock of a process that is away runs a message's travel behind
home's; both are compared through a timer file at home, and the times above
are on home's clock, right to {error:.2f} ms. Faults are taken one at a time with
nothing else on the link. The page stream is timed from the first instruction
away until hpcstat's pages_out covers the memory, the process sleeping. Only
the ratios say something of the product: each is made of two values of one
round, taken right after each other in one boot."""


def document(rows, failed, facts, error):
    parts = ["# Benchmark", facts, table(rows), NOTES.format(error=error)]
    if failed:
        parts.append("Not measured:\n" + "\n".join(
            f"- {name}: {' '.join(reason.split())[:300]}" for name, reason in failed.items()))
    return "\n\n".join(parts) + "\n"

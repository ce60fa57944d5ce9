# SPDX-License-Identifier: GPL-2.0
"""Where things are. TESSERA_OUT points elsewhere than out/ for other builds."""

import os

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OUT = os.path.abspath(os.environ.get("TESSERA_OUT", os.path.join(TOP, "out")))
BUILD = os.path.join(TOP, "build")
TOOLS = os.path.join(BUILD, "tests")
LOGS = os.path.join(BUILD, "test-logs")
PROGRAMS = os.path.join(BUILD, "programs")
SWITCH = os.path.join(TOOLS, "mos-switch")
AGENT = os.path.join(TOOLS, "test-agent")


def out(*names):
    return os.path.join(OUT, *names)

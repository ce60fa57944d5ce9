# SPDX-License-Identifier: GPL-2.0
"""What the machine tests are made of; see docs/testing.md."""

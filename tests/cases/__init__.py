# SPDX-License-Identifier: GPL-2.0
"""The machine tests, one module a subject."""

# SPDX-License-Identifier: GPL-2.0
datafiles += completion/mos:$(PREFIX)/share/bash-completion/completions

# SPDX-License-Identifier: GPL-2.0
scripts += init/openmosix:/etc/init.d

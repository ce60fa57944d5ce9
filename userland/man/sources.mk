# SPDX-License-Identifier: GPL-2.0
manpages += $(addprefix man/,migrate.1 mos-tools.1 mosctl.1 mosmon.1 mosrun.1 mps.1 \
	nomig.1 openmosix.7 runhome.1 runon.1 setpe.8 showmap.1)

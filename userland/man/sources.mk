# SPDX-License-Identifier: GPL-2.0
manpages += $(addprefix man/,cpujob.1 fastdecay.1 iojob.1 migrate.1 mos.1 mos-tools.1 mosctl.1 mosmon.1 \
	mosrun.1 mps.1 mtop.1 nodecay.1 nomig.1 openmosix.7 runhome.1 runon.1 setpe.8 showmap.1 slowdecay.1 \
	tune.8)

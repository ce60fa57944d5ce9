# SPDX-License-Identifier: GPL-2.0
programs += mos-tools
mos-tools_src := tools/main.c tools/tool.c tools/target.c tools/proc.c \
	tools/migrate.c tools/mosctl.c tools/mosrun.c tools/mps.c \
	tools/showmap.c tools/setpe.c
mos-tools_libs := -lncursesw -ltinfo
mos-tools_dir := /usr/bin
mos-tools_links := migrate mosctl mosrun mps nomig runhome runon \
	setpe showmap

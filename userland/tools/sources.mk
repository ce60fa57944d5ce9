# SPDX-License-Identifier: GPL-2.0
programs += mos-tools
mos-tools_src := tools/main.c tools/tool.c tools/target.c tools/proc.c \
	tools/migrate.c tools/mosctl.c tools/mosrun.c tools/mps.c \
	tools/showmap.c tools/setpe.c \
	tools/mosmon.c tools/mosmon_column.c tools/mosmon_data.c \
	tools/mosmon_job.c tools/mosmon_keys.c tools/mosmon_screen.c \
	tools/mosmon_term.c tools/mosmon_text.c
mos-tools_libs := -lncursesw -ltinfo
mos-tools_dir := /usr/bin
mos-tools_links := migrate mosctl mosmon mosrun mps nomig runhome runon \
	setpe showmap

# SPDX-License-Identifier: GPL-2.0
programs += mos-tools
mos-tools_src := $(addprefix tools/,main.c tool.c control.c cost.c json.c launch.c migrate.c mos.c mos_log.c \
	mos_migrate.c mos_nodes.c mos_order.c mos_ps.c mos_run.c mos_status.c mos_view.c mos_why.c mosctl.c \
	mosmon.c mosmon_column.c mosmon_data.c mosmon_job.c mosmon_keys.c mosmon_screen.c mosmon_term.c \
	mosmon_text.c mosrun.c moves.c mps.c mtop.c proc.c reason.c refuge.c runas.c setpe.c showmap.c target.c top.c \
	tune.c)
mos-tools_libs := -lncursesw -ltinfo
mos-tools_dir := /usr/bin
mos-tools_links := cpujob fastdecay iojob migrate mos mosctl mosmon mosrun mps mtop nodecay nomig runhome \
	runon setpe showmap slowdecay tune

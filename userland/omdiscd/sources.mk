# The daemon; everything but main.c is also linked into unit tests and fuzzers.
omdiscd_core = $(addprefix omdiscd/,clock.c cluster.c counters.c identity.c lend.c link.c load.c member.c \
	net.c packet.c pool.c presence.c report.c seal.c settings.c share.c status.c table.c timing.c \
	vacate.c) $(swim_src)
# Balancing: what the daemon does with userland/policy. (policy_core is known when all are included.)
balance_core = $(addprefix omdiscd/,balance.c calibrate.c gather.c measure.c orders.c procs.c record.c) $(policy_core)
programs += omdiscd
omdiscd_src = omdiscd/main.c $(omdiscd_core) $(balance_core)
omdiscd_libs := -lsodium -lm
omdiscd_dir := $(PREFIX)/sbin
manpages += omdiscd/omdiscd.8

# The daemon; everything but main.c is also linked into unit tests and fuzzers.
omdiscd_core := $(addprefix omdiscd/,claim.c clock.c cluster.c counters.c identity.c join.c lend.c link.c load.c \
	member.c net.c packet.c pool.c presence.c probe.c replay.c seal.c settings.c status.c table.c timing.c)
# Balancing: what the daemon does with userland/policy. (policy_core is known when all are included.)
balance_core = $(addprefix omdiscd/,balance.c calibrate.c gather.c measure.c orders.c procs.c record.c) $(policy_core)
programs += omdiscd
omdiscd_src = omdiscd/main.c $(omdiscd_core) $(balance_core)
omdiscd_libs := -lsodium -lm
omdiscd_dir := $(PREFIX)/sbin
manpages += omdiscd/omdiscd.8

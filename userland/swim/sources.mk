# Membership by gossip, a pure library: the daemon and the simulator link all of it.
swim_src := $(addprefix swim/,apply.c claim.c contact.c detect.c island.c news.c roster.c send.c \
	settle.c suspect.c swim.c sync.c wire.c)

# The simulator: a build product for the tests and for tuning, in no image.
extras += mos-sim
mos-sim_src = sim/main.c $(addprefix sim/,event.c gossip.c machine.c mind.c report.c scenario.c world.c) \
	$(policy_core) $(swim_src)
mos-sim_libs := -lm

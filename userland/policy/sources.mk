# The balancing policy: pure functions, in the daemon, the simulator and the tests.
policy_core := $(addprefix policy/,choose.c decide.c model.c outlook.c place.c reason.c snapshot.c \
	usher.c vector.c wire.c)

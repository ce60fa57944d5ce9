# The balancing policy: pure functions, in the daemon, the simulator and the tests.
policy_core := $(addprefix policy/,blob.c choose.c decide.c limit.c mask.c model.c outlook.c place.c reason.c \
	snapshot.c usage.c usher.c vector.c)

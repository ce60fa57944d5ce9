# Unit tests (cmocka, built with ASan and UBSan), run by "make check".
tests += lib_test packet_test cluster_test kernel_test pool_test swim_test
lib_test_src := tests/lib_test.c tests/fakeroot.c
packet_test_src = tests/packet_test.c $(addprefix omdiscd/,packet.c report.c seal.c) $(swim_src)
packet_test_libs := -lsodium
cluster_test_src = tests/cluster_test.c tests/simulation.c $(omdiscd_core)
cluster_test_libs := -lsodium
kernel_test_src = tests/kernel_test.c tests/fakeroot.c $(omdiscd_core)
kernel_test_libs := -lsodium
swim_test_src = tests/swim_test.c tests/swarm.c $(swim_src)
swim_test_libs := -lm
pool_test_src := tests/pool_test.c tests/fakeroot.c $(addprefix omdiscd/,lend.c pool.c presence.c)
tests += policy_test
policy_test_src = tests/policy_test.c $(policy_core)
policy_test_libs := -lm
tests += balance_test
balance_test_src = tests/balance_test.c tests/fakeroot.c $(omdiscd_core) $(balance_core)
balance_test_libs := -lsodium -lm

# SPDX-License-Identifier: GPL-2.0
# Images are made by build.sh, tests are run by tests/run; this file only names them.
# JOBS=N is the number of jobs of a build.
.PHONY: help all kernel kernel-debug kernel-um kernel-um-debug initramfs um-initramfs rootfs iso pxe sources \
	demo check-fast check soak bench clean distclean

JOBS ?= $(shell nproc)
BUILD = ./build.sh -j $(JOBS)
TEST_STEPS = kernel-um um-initramfs

help:
	@echo 'make all          every image, into out/'
	@echo 'make iso          the bootable ISO;       make pxe       the tree to serve to PXE clients'
	@echo 'make kernel       the x86-64 kernel;      make initramfs the drone; make rootfs  the root of a head'
	@echo 'make kernel-debug, kernel-um, kernel-um-debug, um-initramfs    what the tests boot besides'
	@echo 'make sources      the sources of everything that is in the images, into out/sources/'
	@echo 'make demo [N=3]   a cluster of N nodes in QEMU on this machine; needs no root'
	@echo 'make check-fast   the tests that need no machines, some minutes'
	@echo 'make check        all tests, up to an hour on 2 cores'
	@echo 'make soak         the same with large counts, and the full rebuilds: hours'
	@echo 'make bench        ratios of remote to local and to plain TCP'
	@echo 'make clean        removes out/ and build/;  make distclean   cache/ as well'

all:
	@$(BUILD)

kernel kernel-debug kernel-um kernel-um-debug initramfs um-initramfs rootfs iso pxe sources:
	@$(BUILD) $@

demo:
	@./build.sh demo $(N)

check-fast:
	@$(BUILD) packages
	@tests/run fast

check:
	@$(BUILD) all $(TEST_STEPS)
	@tests/run check

soak:
	@$(BUILD) all $(TEST_STEPS) kernel-um-debug kernel-debug
	@tests/run soak

bench:
	@$(BUILD) kernel initramfs
	@bench/run

clean:
	rm -rf out build
	@if [ -f userland/Makefile ]; then $(MAKE) -C userland clean; fi

distclean: clean
	rm -rf cache

#!/bin/sh
# The step "um-initramfs": out/um/initramfs.cpio, small and uncompressed, for the User-Mode Linux kernels.
# Tests append a cpio with /sbin/test-agent to it.
#: needs busybox userland
#: inputs initramfs
#: packages busybox-static cpio
#: tools cpio
#: outputs out/um/initramfs.cpio
set -eu

# shellcheck source=initramfs/tree.sh
. initramfs/tree.sh

main() {
	tree=$WORK/tree
	rm -rf "$tree"
	add_base
	cp -rd build/userland/. "$tree/"
	rm -rf "${tree:?}/usr/share"
	add initramfs/files/um-init 755 init
	mkdir -p "$STAGE/out/um"
	pack_tree >"$STAGE/out/um/initramfs.cpio"
}

main

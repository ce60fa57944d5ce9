#!/bin/sh
# The step "userland": daemon, tools, init script and man pages as they are installed, in build/userland.
# The programs are static: the same files serve in the initramfs, on User-Mode Linux and in the head's root.
#: needs packages
#: inputs userland
#: packages gcc libc6-dev libncurses-dev libsodium-dev
#: tools make gcc strip
#: outputs build/userland
set -eu

main() {
	# All of it, ccache makes that cheap: a header that was saved while its users were compiled looks older than they.
	rm -rf "$WORK/o"
	make -C userland -j"$JOBS" O="$WORK/o" STATIC=1 CC="$CC" VERSION="$TESSERA_VERSION" CFLAGS=-Os V=1 \
		DESTDIR="$STAGE/build/userland" install
}

main

#!/bin/sh
# Makes build/linux: Debian's source with our files and hooks.  Takes turns with others who do the same.
set -eu

main() {
	cd "$(dirname "$0")/.."
	umask 022
	mkdir -p build/lock
	exec 8>build/lock/linux
	flock 8
	kernel/unpack.sh /usr/src/linux-source-6.12.tar.xz build/linux
	kernel/apply.sh build/linux
}

main

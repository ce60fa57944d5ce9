#!/bin/sh
# Unpacks the archive of a kernel's source as a tree, if that is not done yet: kernel/unpack.sh ARCHIVE TREE
set -eu

main() {
	[ $# = 2 ] || { echo "usage: unpack.sh ARCHIVE TREE" >&2; exit 2; }
	[ -r "$1" ] || { echo "unpack.sh: cannot read $1" >&2; exit 1; }
	stamp="$(stat -Lc '%n %s %Y' "$1")"
	[ "$(cat "$2/.tessera-archive" 2>/dev/null)" != "$stamp" ] || return 0
	rm -rf "$2.new" "$2.old"
	mkdir -p "$2.new"
	tar -C "$2.new" --strip-components=1 --no-same-owner --no-same-permissions -xf "$1"
	echo "$stamp" >"$2.new/.tessera-archive"
	[ ! -e "$2" ] || mv "$2" "$2.old"
	mv "$2.new" "$2"
	rm -rf "$2.old"
}

main "$@"

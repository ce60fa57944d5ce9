#!/bin/sh
# Makes a kernel's .config from fragments over allnoconfig, and fails if the result lacks one of their lines:
#   kernel/configure.sh TREE OBJECTS ARCH FRAGMENT...     (OBJECTS below TREE, or a full path)
# Of several lines for one symbol the last counts.  A .config that is right already is not written again.
set -eu

# merge_fragments NAME...: the last line of each symbol
merge_fragments() {
	for name; do cat "$here/config/$name.config"; done | awk '
		/^CONFIG_[A-Za-z0-9_]*=/ { split($0, part, "="); symbol = part[1] }
		/^# CONFIG_[A-Za-z0-9_]* is not set$/ { symbol = $2 }
		/^CONFIG_/ || /^# CONFIG_[A-Za-z0-9_]* is not set$/ { last[symbol] = $0 }
		END { for (symbol in last) print last[symbol] }' | sort
}

# missing_lines WANTED CONFIG: lines of the first that do not hold in the second; a symbol that is not there is not set
missing_lines() {
	awk '
		NR == FNR { has[$0]; if (/^CONFIG_/) { sub(/=.*/, ""); set[$0] } next }
		/^CONFIG_/ && !($0 in has) { print }
		/^#/ && ($2 in set) { print }' "$2" "$1"
}

main() {
	[ $# -ge 4 ] || { echo "usage: configure.sh TREE OBJECTS ARCH FRAGMENT..." >&2; exit 2; }
	here=$(cd "$(dirname "$0")" && pwd)
	tree=$1 objects=$2 arch=$3
	shift 3
	full=$objects
	case $objects in /*) ;; *) full=$tree/$objects ;; esac
	mkdir -p "$full/fragments"
	export LC_ALL=C
	merge_fragments "$@" >"$full/fragments/wanted"
	make -s -C "$tree" O="$objects" ARCH="$arch" ${CC:+CC="$CC"} ${HOSTCC:+HOSTCC="$HOSTCC"} \
		KCONFIG_ALLCONFIG="$(cd "$full" && pwd)/fragments/wanted" KCONFIG_CONFIG=fragments/config allnoconfig
	missing_lines "$full/fragments/wanted" "$full/fragments/config" >"$full/fragments/missing"
	if [ -s "$full/fragments/missing" ]; then
		echo "configure.sh: asked for in $*, but not in the configuration (a dependency is missing?):" >&2
		cat "$full/fragments/missing" >&2
		exit 1
	fi
	cmp -s "$full/fragments/config" "$full/.config" || cp "$full/fragments/config" "$full/.config"
}

main "$@"

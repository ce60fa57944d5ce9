#!/bin/bash
# Sourced by the scripts here, which are run by bash since bash is what is tested: repeats work()
# until --ms have passed; every round must print what the first did, which is then printed.
set -eu

export LC_ALL=C LANG=C TZ=UTC PYTHONHASHSEED=0

repeat_work() {
	local ms=3000 first='' this start status
	[ "${1:-}" != --ms ] || ms=$2
	dir=$(mktemp -d "${TMPDIR:-/tmp}/debian.XXXXXX")
	trap 'rm -rf "$dir"' EXIT
	start=$(date +%s%3N)
	while :; do
		rm -rf "$dir/work"
		mkdir "$dir/work"
		set +e
		this=$(set -e; cd "$dir/work"; work)
		status=$?
		set -e
		[ "$status" -eq 0 ] || { echo "FAIL: work ended with $status: $this"; exit 1; }
		[ -n "$first" ] || first=$this
		[ "$this" = "$first" ] || { echo "FAIL: a round printed $this, the first $first"; exit 1; }
		[ $(($(date +%s%3N) - start)) -lt "$ms" ] || break
	done
	echo "$first"
	hold
}

# As prog.c does: the runner reads the counters before this process is gone.
hold() {
	local in out
	[ -n "${PROG_HOLD:-}" ] || return 0
	in=${PROG_HOLD%,*} out=${PROG_HOLD#*,}
	echo h >&"$out"
	read -r -n 1 -u "$in" in
}

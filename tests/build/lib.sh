# shellcheck shell=sh
# What the tests of the build share: each prints why it failed, or one line, and ends with 0 when it passed.
# It works in the top directory, with a directory of its own in $scratch.

top=$(cd "$(dirname "$0")/../.." && pwd)
cd "$top" || exit
export LC_ALL=C
mkdir -p build
scratch=$(mktemp -d build/test.XXXXXX)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP

fail() { echo "FAILED: $*"; exit 1; }

# expect_failure CODE WORDS COMMAND...: it ends with CODE, says WORDS on stderr
expect_failure() {
	code=$1 words=$2
	shift 2
	status=0
	"$@" >"$scratch/out" 2>"$scratch/err" || status=$?
	[ $status = "$code" ] || fail "$*: exit code $status, not $code"
	grep -q -- "$words" "$scratch/err" || { cat "$scratch/err"; fail "$*: does not say '$words'"; }
}

patches() { find kernel/patches -name '*.patch' | sort; }

# touched_files: what the hook patches change
touched_files() { patches | xargs -r sed -n 's|^+++ [^/]*/\([^	]*\).*|\1|p' | sort -u; }

# pristine_tree DIR: the files that the patches touch, as Debian has them, and what tells a kernel's version
pristine_tree() {
	mkdir -p "$1"
	{ echo Makefile; echo kernel/Makefile; touched_files; } | sort -u | sed 's|^|linux-source-6.12/|' >"$scratch/members"
	tar -C "$1" --strip-components=1 -xf /usr/src/linux-source-6.12.tar.xz -T "$scratch/members"
}

#!/bin/sh
# Puts our sources and hook patches into a Linux 6.12 tree, or takes them out again:
#   kernel/apply.sh [-R] TREE
# May be run again at any time: only files that change are written, so that make compiles no more than it must.
# TREE/.tessera/ remembers the originals (orig/), what we made of them (made/, and before that prior/), and our
# own files (files).
# Nothing in TREE is touched before all patches have applied aside, with no fuzz.
set -eu

die() { echo "apply.sh: $*" >&2; exit 1; }

# patches: in order; none when they are to be taken out
patches() { [ $reverse = yes ] || find "$here/patches" -name '[0-9]*.patch' 2>/dev/null | sort; }

# touched_files: what the patches change
touched_files() {
	patches | while read -r patch; do sed -n 's|^+++ [^/]*/\([^	]*\).*|\1|p' "$patch"; done | sort -u
}

# our_files: "FROM TO" for each file of ours
our_files() {
	(cd "$here" && find hpc include arch -type f ! -name '*.[od]' ! -name '*~' ! -name '.*' 2>/dev/null | sort) |
		while read -r file; do
			case $file in
			hpc/*) echo "$file kernel/$file" ;;
			*) echo "$file $file" ;;
			esac
		done
}

check_tree() {
	if [ ! -f "$tree/Makefile" ] || [ ! -f "$tree/kernel/Makefile" ]; then die "$tree is no Linux source tree"; fi
	version=$(sed -n -e 's/^VERSION = //p' -e 's/^PATCHLEVEL = //p' "$tree/Makefile" | tr '\n' .)
	[ "$version" = 6.12. ] || die "$tree is Linux ${version%.}, the hooks are for 6.12"
	[ -w "$tree/Makefile" ] || die "cannot write to $tree"
}

# put_file FROM TO: copies if different, in one piece
put_file() {
	! cmp -s "$1" "$2" || return 0
	mkdir -p "$(dirname "$2")"
	cp "$1" "$2.tessera-new"
	chmod 644 "$2.tessera-new"
	mv "$2.tessera-new" "$2"
}

# is_made FILE: the tree has it as we left it
is_made() { cmp -s "$tree/$1" "$state/made/$1" || cmp -s "$tree/$1" "$state/prior/$1"; }

# save_originals: orig/ holds each touched file as it was.  A file that is no longer as we left it was changed
# by its owner (a newer kernel, say): then that is the original.
save_originals() {
	for file in $touched; do
		[ -f "$tree/$file" ] || die "$tree has no $file, which a patch changes"
		is_made "$file" || put_file "$tree/$file" "$state/orig/$file"
	done
}

patch_aside() {
	rm -rf "$state/aside"
	for file in $touched; do put_file "$state/orig/$file" "$state/aside/$file"; done
	for patch in $(patches); do
		patch -d "$state/aside" -p1 -F0 -s -f --no-backup-if-mismatch <"$patch" >"$state/log" 2>&1 || {
			cat "$state/log" >&2
			rm -rf "$state/aside" "$state/log"
			die "$(basename "$patch") does not apply to $tree; nothing was changed"
		}
	done
}

# install_patched: first it is noted what we make, so that after an interruption no file of ours is taken for
# an original
install_patched() {
	for file in $touched; do
		if is_made "$file"; then put_file "$tree/$file" "$state/prior/$file"; fi
		put_file "$state/aside/$file" "$state/made/$file"
		put_file "$state/made/$file" "$tree/$file"
	done
}

# restore_untouched: files that an earlier series changed and this one does not
restore_untouched() {
	[ -d "$state/made" ] || return 0
	(cd "$state/made" && find . -type f) | sed 's|^\./||' | sort >"$state/was"
	echo "$touched" | comm -23 "$state/was" - | while read -r file; do
		if is_made "$file"; then put_file "$state/orig/$file" "$tree/$file"; fi
		rm -f "$state/made/$file" "$state/prior/$file" "$state/orig/$file"
	done
	rm "$state/was"
}

install_ours() {
	echo "$ours" | while read -r from to; do
		if [ -n "$from" ]; then put_file "$here/$from" "$tree/$to"; fi
	done
	echo "$ours" | sed -n "s/^[^ ]* //p" >"$state/files.new"
	if [ -f "$state/files" ]; then
		sort "$state/files" | comm -23 - "$state/files.new" | while read -r gone; do
			rm -f "$tree/$gone"
			rmdir -p --ignore-fail-on-non-empty "$tree/$(dirname "$gone")"
		done
	fi
	mv "$state/files.new" "$state/files"
}

main() {
	reverse=no
	if [ "${1:-}" = -R ]; then reverse=yes; shift; fi
	[ $# = 1 ] || { echo "usage: apply.sh [-R] TREE" >&2; exit 2; }
	here=$(cd "$(dirname "$0")" && pwd)
	tree=$1 state=$1/.tessera touched='' ours=''
	check_tree
	umask 022
	export LC_ALL=C
	mkdir -p "$state"
	if [ $reverse = no ]; then
		touched=$(touched_files)
		ours=$(our_files | sort -k2)
	fi
	save_originals
	patch_aside
	install_patched
	restore_untouched
	install_ours
	rm -rf "$state/aside" "$state/log"
	if [ $reverse = yes ]; then rm -rf "$state"; fi
	echo "$tree: $(echo "$touched" | grep -c .) files patched, $(echo "$ours" | grep -c .) files of ours"
}

main "$@"

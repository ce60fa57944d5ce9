#!/bin/sh
# The step "sources": out/sources/, the source of everything that is in the images: ours, the kernel's, and the
# Debian source packages in exactly the versions used.  Some gigabytes; needs a network.
#: needs rootfs
#: inputs scripts/image-packages.sh
#: packages linux-source-6.12
#: tools git apt-get unsquashfs
#: disk 6000
#: outputs out/sources
#: commit yes
set -eu

# source_lists: the machine's own apt sources, for source packages; the machine's are left alone
source_lists() {
	rm -rf "${apt:?}/etc"
	mkdir -p "$apt/etc/sources.list.d" "$apt/lists/partial" "$apt/cache"
	for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
		[ ! -f "$list" ] || sed -n 's/^deb /deb-src /p' "$list" >>"$apt/etc/sources.list"
	done
	for list in /etc/apt/sources.list.d/*.sources; do
		[ ! -f "$list" ] || sed 's/^Types:.*/Types: deb-src/' "$list" >"$apt/etc/sources.list.d/$(basename "$list")"
	done
}

run_apt() {
	echo "+ apt-get $*"
	apt-get -o Dir::Etc::sourcelist="$apt/etc/sources.list" -o Dir::Etc::sourceparts="$apt/etc/sources.list.d" \
		-o Dir::State::lists="$apt/lists" -o Dir::Cache="$apt/cache" -o APT::Sandbox::User=root "$@"
}

# fetch_sources: the kernel's is on this machine already
fetch_sources() {
	scripts/image-packages.sh | awk '$1 != "kernel" { print $4 "=" $5 }' | sort -u >"$WORK/wanted"
	cd "$STAGE/out/sources/debian"
	while read -r source; do
		run_apt source --download-only --only-source "$source" ||
			{ echo "the source $source cannot be had: no network, or no longer in the archive?"; exit 1; }
	done <"$WORK/wanted"
}

main() {
	apt=$WORK/apt
	mkdir -p "$STAGE/out/sources/debian"
	git archive --prefix="tessera-$TESSERA_VERSION/" HEAD | xz -T1 >"$STAGE/out/sources/tessera-$TESSERA_VERSION.tar.xz"
	cp -L /usr/src/linux-source-6.12.tar.xz "$STAGE/out/sources/"
	source_lists
	run_apt update || { echo "apt-get update failed: is there a network?"; exit 1; }
	fetch_sources
}

main

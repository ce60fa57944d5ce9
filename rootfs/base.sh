#!/bin/sh
# Called by build.sh: makes $WORK/base.tar, the Debian packages of "packages" as mmdebstrap installs them.
# It is kept until the list, the release or one of these scripts changes; cache/apt keeps what was downloaded.
# Docs and translations are left out, licences stay.
set -eu

# valid_until: where the host takes packages from an old snapshot, so do we
valid_until() {
	if apt-config dump Acquire::Check-Valid-Until | grep -q '"\(0\|no\|false\)"'; then echo false; else echo true; fi
}

make_base() {
	include=$(sed -e 's/#.*//' -e 's/[[:space:]].*//' rootfs/packages | grep . | paste -sd,)
	# shellcheck disable=SC2016 # $1 is for the hooks
	mmdebstrap --format=tar --variant=minbase --include="$include" \
		--aptopt='APT::Install-Recommends "false"' \
		--aptopt="Acquire::Check-Valid-Until \"$(valid_until)\"" \
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
		--dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/info/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/lintian/*' \
		--dpkgopt='path-exclude=/usr/bin/*lto-dump*' --dpkgopt='path-exclude=/usr/lib/udev/hwdb.d/*' \
		--setup-hook='mkdir -p "$1/var/cache/apt/archives"' \
		--setup-hook='sync-in cache/apt /var/cache/apt/archives' \
		--customize-hook='sync-out /var/cache/apt/archives cache/apt' \
		--customize-hook='sh rootfs/strip.sh "$1"' \
		--skip=download/empty --skip=essential/unlink \
		bookworm "$WORK/base.tar.new"
}

main() {
	key=$(cat rootfs/packages rootfs/strip.sh rootfs/base.sh VERSION | sha256sum)
	[ ! -e "$WORK/base.tar" ] || [ "$(cat "$WORK/base.key")" != "$key" ] || return 0
	mkdir -p cache/apt
	make_base
	mv "$WORK/base.tar.new" "$WORK/base.tar"
	echo "$key" >"$WORK/base.key"
}

main

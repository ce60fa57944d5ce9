#!/bin/sh
# The step "initramfs": out/initramfs.img, a whole drone, and what finds the root of a head.
#: needs busybox userland kernel
#: inputs initramfs
#: packages busybox-static ncurses-base zstd cpio
#: tools zstd cpio depmod
#: outputs out/initramfs.img
#: disk 200
set -eu

# shellcheck source=initramfs/tree.sh
. initramfs/tree.sh

limit=$((20 * 1000000))

# add_scripts: init and its parts, and what a drone's inittab calls
add_scripts() {
	add initramfs/files/init 755 init
	for part in initramfs/files/lib/*.sh; do add "$part" 644 "lib/tessera/${part##*/}"; done
	for script in hotplug udhcpc service leave monitor shell; do
		add "initramfs/files/$script" 755 "lib/tessera/$script"
	done
	add initramfs/files/profile 644 etc/profile
	add initramfs/files/power-button 755 etc/acpi/PWRF/00000080
}

# add_terminals: what ncurses must know of the terminals that a console may be
add_terminals() {
	for name in linux vt100 vt102 vt220 xterm xterm-256color screen screen-256color tmux ansi dumb; do
		letter=$(printf %.1s "$name")
		[ ! -e "/lib/terminfo/$letter/$name" ] || add "/lib/terminfo/$letter/$name" 644 "lib/terminfo/$letter/$name"
	done
}

add_modules() {
	[ -d build/modules/lib/modules ] || return 0
	mkdir -p "$tree/lib"
	cp -r build/modules/lib/modules "$tree/lib/"
	for dir in "$tree"/lib/modules/*; do
		rm -f "$dir/build" "$dir/source"
		depmod -b "$tree" "${dir##*/}"
		# busybox reads the text tables only
		rm -f "$dir"/*.bin
	done
	find "$tree/lib/modules" -type d -exec chmod 755 {} + -o -exec chmod 644 {} +
}

check_size() {
	size=$(($(stat -c %s out/vmlinuz) + $(stat -c %s "$STAGE/out/initramfs.img")))
	echo "kernel and initramfs: $size bytes"
	[ "$size" -le $limit ] || { echo "kernel and initramfs are larger than $limit bytes"; exit 1; }
}

main() {
	tree=$WORK/tree
	rm -rf "$tree"
	add_base
	cp -rd build/userland/. "$tree/"
	rm -rf "${tree:?}/usr/share"
	add_scripts
	add_terminals
	add_modules
	mkdir -p "$STAGE/out"
	pack_tree | zstd -19 -T1 -q -o "$STAGE/out/initramfs.img"
	check_size
}

main

# shellcheck shell=sh
# What the initramfs of a drone and that of UML have in common: the tree under $tree, and packing it.
# Used by build.sh and um.sh.  Modes and times are set here, never taken from the checkout.

# add FILE MODE DESTINATION
# shellcheck disable=SC2154 # tree is set by who reads this file
add() { install -D -m "$2" "$1" "$tree/$3"; }

# add_base: directories, busybox with its links, accounts
add_base() {
	for dir in bin sbin usr/bin usr/sbin dev proc sys run tmp root newroot etc/tessera var/lib/tessera var/log; do
		mkdir -p "$tree/$dir"
	done
	chmod 1777 "$tree/tmp"
	chmod 700 "$tree/root"
	add build/busybox/busybox 755 bin/busybox
	while read -r applet; do
		mkdir -p "$tree/${applet%/*}"
		[ -e "$tree/$applet" ] || ln -s /bin/busybox "$tree/$applet"
	done <build/busybox/applets
	echo "root::0:0:root:/root:/bin/sh" >"$tree/etc/passwd"
	echo "nobody:*:65534:65534:nobody:/tmp:/bin/sh" >>"$tree/etc/passwd"
	printf 'root:x:0:\ntty:x:5:\nnogroup:x:65534:\n' >"$tree/etc/group"
	echo "127.0.0.1 localhost" >"$tree/etc/hosts"
	echo "$TESSERA_VERSION" >"$tree/etc/tessera/version"
}

# pack_tree: a cpio to standard output that depends only on names and contents
pack_tree() {
	find "$tree" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
	(cd "$tree" && find . -mindepth 1 | sort | cpio -o -H newc -R 0:0 --reproducible --quiet)
}

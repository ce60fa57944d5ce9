#!/bin/sh
# The step "rootfs": out/root.squashfs, Debian with compilers, the tools and the cluster's service, for a head.
#: needs kernel userland
#: inputs rootfs
#: packages mmdebstrap squashfs-tools
#: tools mmdebstrap mksquashfs tar
#: outputs out/root.squashfs
#: disk 2500
set -eu

files=rootfs/files

# add FILE MODE DESTINATION
add() { install -D -m "$2" "$files/$1" "$root/$3"; }

# want UNIT TARGET [NAME]: TARGET starts UNIT
want() {
	mkdir -p "$root/etc/systemd/system/$2.wants"
	ln -sf "/lib/systemd/system/$1" "$root/etc/systemd/system/$2.wants/${3:-$1}"
}

mask() { for unit; do ln -sf /dev/null "$root/etc/systemd/system/$unit"; done; }

add_services() {
	add openmosix.service 644 etc/systemd/system/openmosix.service
	add mosmon.service 644 etc/systemd/system/mosmon.service
	for unit in openmosix mosmon; do
		ln -sf "/etc/systemd/system/$unit.service" "$root/etc/systemd/system/multi-user.target.wants/"
	done
	add system.conf 644 etc/systemd/system.conf.d/tessera.conf
	add journald.conf 644 etc/systemd/journald.conf.d/tessera.conf
	ln -sf /lib/systemd/system/multi-user.target "$root/etc/systemd/system/default.target"
	mask systemd-networkd-wait-online.service apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer \
		e2scrub_all.timer e2scrub_reap.service fstrim.timer systemd-pstore.service
}

# add_consoles: root without a password on the console, and what is started there may move
add_consoles() {
	rm -f "$root"/etc/systemd/system/getty.target.wants/*
	want getty@.service getty.target getty@tty2.service
	want getty@.service getty.target getty@tty3.service
	add autologin.conf 644 etc/systemd/system/getty@.service.d/autologin.conf
	add autologin-serial.conf 644 etc/systemd/system/serial-getty@.service.d/autologin.conf
	add unlock-session 755 usr/lib/tessera/unlock-session
	for service in login sshd; do
		echo "session optional pam_exec.so /usr/lib/tessera/unlock-session" >>"$root/etc/pam.d/$service"
	done
	add banner.sh 644 etc/profile.d/tessera.sh
	add completion.sh 644 etc/profile.d/tessera-completion.sh
	rm -f "$root/etc/motd" "$root"/etc/update-motd.d/*
	printf 'Tessera %s\n' "$TESSERA_VERSION" >"$root/etc/issue"
}

# add_network: names stay as in the initramfs, so that mos.iface means the same on every node
add_network() {
	add wired.network 644 etc/systemd/network/80-wired.network
	ln -sf /dev/null "$root/etc/systemd/network/99-default.link"
	want systemd-networkd.service multi-user.target
	want systemd-networkd.socket sockets.target
	want systemd-resolved.service multi-user.target
	ln -sf /run/systemd/resolve/resolv.conf "$root/etc/resolv.conf"
	add sshd.conf 644 etc/ssh/sshd_config.d/tessera.conf
	add ssh-keys.conf 644 etc/systemd/system/ssh.service.d/keys.conf
	rm -f "$root/etc/systemd/system/multi-user.target.wants/ssh.service" "$root/etc/systemd/system/sshd.service"
}

# add_ours: tools, daemon, man pages, the kernel's modules
add_ours() {
	cp -rd build/userland/. "$root/"
	mkdir -p "$root/etc/tessera" "$root/var/lib/tessera" "$root/usr/lib/modules"
	echo "$TESSERA_VERSION" >"$root/etc/tessera/version"
	[ ! -d build/modules/lib/modules ] || cp -r build/modules/lib/modules/. "$root/usr/lib/modules/"
	for dir in "$root"/usr/lib/modules/*; do
		[ ! -d "$dir" ] || depmod -b "$root/usr" "${dir##*/}"
	done
}

main() {
	[ "$(id -u)" = 0 ] || { echo "the head's root can only be made by root"; exit 1; }
	sh rootfs/base.sh
	root=$WORK/root
	rm -rf "$root"
	mkdir -p "$root" "$STAGE/out"
	tar -C "$root" -xpf "$WORK/base.tar" --xattrs --xattrs-include='*'
	add_ours
	add_services
	add_consoles
	add_network
	mksquashfs "$root" "$STAGE/out/root.squashfs" -comp zstd -Xcompression-level 15 -noappend -no-progress \
		-processors "$JOBS"
	rm -rf "$root"
}

main

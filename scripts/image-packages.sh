#!/bin/sh
# Lists the Debian packages that are in the images, "IMAGE PACKAGE VERSION SOURCE SOURCE-VERSION" a line, sorted:
# those of the head's root as its own dpkg has them, and those of this machine of which parts were taken.
set -eu

# taken_packages: "IMAGE PACKAGE": what the steps copy or link statically
taken_packages() {
	cat <<-END
	kernel linux-source-6.12
	initramfs busybox-static
	initramfs libc6-dev
	initramfs libncurses-dev
	initramfs libsodium-dev
	initramfs ncurses-base
	iso grub-efi-amd64-bin
	iso isolinux
	iso syslinux-common
	pxe pxelinux
	pxe syslinux-common
	pxe systemd-boot-efi
	END
}

list_taken() {
	taken_packages | while read -r image package; do
		dpkg-query -W -f "$image \${Package} \${Version} \${source:Package} \${source:Version}\n" "$package"
	done
}

# list_root: dpkg's status file; Source is given only where it differs, its version likewise
list_root() {
	unsquashfs -no-progress -cat out/root.squashfs var/lib/dpkg/status | awk '
		/^Package: / { package = $2; source = $2; source_version = "" }
		/^Version: / { version = $2 }
		/^Source: / { source = $2; source_version = $3; gsub(/[()]/, "", source_version) }
		/^$/ { print "root", package, version, source, source_version == "" ? version : source_version }'
}

main() {
	[ -f out/root.squashfs ] || { echo "image-packages.sh: out/root.squashfs is missing" >&2; exit 1; }
	{ list_taken; list_root; } | sort
}

main

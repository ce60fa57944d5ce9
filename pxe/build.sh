#!/bin/sh
# The step "pxe": out/pxe, what a network boot needs, and "serve", which serves it.
# BIOS: lpxelinux.0 with a menu, kernel by HTTP.  UEFI: one unified kernel image by TFTP (GRUB cannot follow a
# proxyDHCP server and is slow), in which serve fills in the command line.
#: needs kernel initramfs rootfs
#: inputs pxe iso/menu.sh iso/menu.table iso/help
#: packages pxelinux syslinux-common systemd-boot-efi binutils
#: tools objcopy objdump od dd
#: outputs out/pxe
#: disk 500
set -eu

# shellcheck source=iso/menu.sh
. iso/menu.sh

put() { install -D -m "${3:-644}" "$1" "$tree/$2"; }

add_bios() {
	put /usr/lib/PXELINUX/lpxelinux.0 lpxelinux.0
	for module in ldlinux menu libutil; do put "/usr/lib/syslinux/modules/bios/$module.c32" "$module.c32"; done
	for page in iso/help/f?; do put "$page" "help/${page##*/}"; done
	syslinux_menu p http://@SERVER@ "mos.root=http://@SERVER@/root.squashfs @APPEND@" |
		sed -e 's/^DEFAULT .*/DEFAULT @ROLE@/' -e '/^UI/aIPAPPEND 2' >"$tree/pxelinux.cfg"
}

# clear_stamp FILE: objcopy puts the time of day into the PE header (at 8), and so into its checksum (at 88), which
# firmware does not look at
clear_stamp() {
	header=$(od -An -tu4 -j60 -N4 "$1" | tr -d ' ')
	for field in 8 88; do
		dd if=/dev/zero of="$1" bs=1 seek=$((header + field)) count=4 conv=notrunc 2>/dev/null
	done
}

# add_efi: stub, command line (a field that serve fills in), kernel, initramfs
add_efi() {
	printf '%-1000s' @CMDLINE@ >"$WORK/cmdline"
	printf 'NAME=Tessera\nID=tessera\nVERSION_ID=%s\n' "$TESSERA_VERSION" >"$WORK/osrel"
	objcopy \
		--add-section .osrel="$WORK/osrel" --change-section-vma .osrel=0x20000 \
		--add-section .cmdline="$WORK/cmdline" --change-section-vma .cmdline=0x30000 \
		--add-section .linux=out/vmlinuz --change-section-vma .linux=0x2000000 \
		--add-section .initrd=out/initramfs.img --change-section-vma .initrd=0x4000000 \
		/usr/lib/systemd/boot/efi/linuxx64.efi.stub "$tree/tessera.efi"
	clear_stamp "$tree/tessera.efi"
	chmod 644 "$tree/tessera.efi"
}

main() {
	tree=$STAGE/out/pxe
	mkdir -p "$tree"
	for file in vmlinuz initramfs.img root.squashfs; do put "out/$file" "$file"; done
	for file in full.conf proxy.conf; do put "pxe/$file" "$file"; done
	put pxe/serve serve 755
	add_bios
	add_efi
}

main

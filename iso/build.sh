#!/bin/sh
# The step "iso": out/tessera.iso, one image for CD and USB stick, BIOS (isolinux) and UEFI (GRUB in a FAT image,
# since syslinux.efi cannot read a CD).
#: needs kernel initramfs rootfs
#: inputs iso
#: packages isolinux syslinux-common grub-efi-amd64-bin grub-common xorriso mtools dosfstools
#: tools xorriso grub-mkimage mkfs.fat mmd mcopy
#: outputs out/tessera.iso
#: disk 800
set -eu

# shellcheck source=iso/menu.sh
. iso/menu.sh

put() { install -D -m 644 "$1" "$disc/$2"; }

add_system() {
	put out/vmlinuz boot/vmlinuz
	put out/initramfs.img boot/initramfs.img
	put out/root.squashfs live/root.squashfs
	for page in iso/help/f?; do put "$page" "help/${page##*/}"; done
	put COPYING COPYING
}

add_bios() {
	put /usr/lib/ISOLINUX/isolinux.bin isolinux/isolinux.bin
	for module in ldlinux menu libutil; do
		put "/usr/lib/syslinux/modules/bios/$module.c32" "isolinux/$module.c32"
	done
	syslinux_menu m /boot | sed 's, help/f, /help/f,' >"$disc/isolinux/isolinux.cfg"
}

# add_uefi: the loader is also a plain file, for sticks that are made by copying the files
add_uefi() {
	mkdir -p "$disc/boot/grub" "$disc/EFI/BOOT"
	grub_menu m /boot >"$disc/boot/grub/grub.cfg"
	grub-mkimage -O x86_64-efi -o "$disc/EFI/BOOT/BOOTX64.EFI" -p /boot/grub -c iso/efi.cfg \
		all_video boot cat configfile echo efi_gop fat halt iso9660 linux normal part_gpt part_msdos read \
		reboot search search_label serial sleep terminal test
	image=$disc/boot/efi.img
	mkfs.fat -C "$image" -F 12 -n TESSERAEFI -i 7e55e7a0 --invariant 2880 >/dev/null
	touch -d "@$SOURCE_DATE_EPOCH" "$disc/EFI/BOOT/BOOTX64.EFI"
	mmd -i "$image" ::/EFI ::/EFI/BOOT
	mcopy -m -i "$image" "$disc/EFI/BOOT/BOOTX64.EFI" ::/EFI/BOOT/
}

main() {
	disc=$WORK/disc
	rm -rf "$disc"
	add_system
	add_bios
	add_uefi
	find "$disc" -exec touch -d "@$SOURCE_DATE_EPOCH" {} +
	mkdir -p "$STAGE/out"
	xorriso -as mkisofs -V TESSERA -J -r -o "$STAGE/out/tessera.iso" \
		-isohybrid-mbr /usr/lib/ISOLINUX/isohdpfx.bin -c isolinux/boot.cat \
		-b isolinux/isolinux.bin -no-emul-boot -boot-load-size 4 -boot-info-table \
		-eltorito-alt-boot -e boot/efi.img -no-emul-boot -isohybrid-gpt-basdat "$disc"
	chmod 644 "$STAGE/out/tessera.iso"
	rm -rf "$disc"
}

main

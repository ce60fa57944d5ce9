#!/bin/sh
# The step "manifest": out/manifest.txt, what the images were made from, and their sizes and sums.
#: needs kernel busybox userland initramfs rootfs iso pxe
#: inputs scripts/image-packages.sh
#: packages gcc binutils linux-source-6.12
#: tools git unsquashfs
#: outputs out/manifest.txt
#: commit yes
set -eu

list_files() {
	find out -type f ! -path 'out/manifest.txt*' ! -path 'out/sources/*' ! -path 'out/debug/*' ! -path 'out/um*' |
		sort | while read -r file; do
		echo "$(sha256sum "$file" | cut -d' ' -f1) $(stat -c %s "$file") ${file#out/}"
	done
}

main() {
	mkdir -p "$STAGE/out"
	{
		echo "Tessera $TESSERA_VERSION, commit $COMMIT"
		echo "kernel $(cat build/kernel.release)"
		echo "compiler $(gcc --version | head -n 1)"
		echo
		echo "# sha256 bytes file"
		list_files
		echo
		echo "# image package version source source-version"
		scripts/image-packages.sh
	} >"$STAGE/out/manifest.txt"
}

main

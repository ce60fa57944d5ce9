#!/bin/sh
# Builds one kernel from Debian's source, our files and the fragments of its variant (fragments.sh).
# The tree is build/linux, patched in place by apply.sh; objects of a variant stay in build/linux/o-VARIANT, one
# level below the source, so that the compiler sees only relative paths.
#: needs packages
#: inputs kernel
#: packages linux-source-6.12 gcc binutils libc6-dev
#: tools gcc ld make flex bison bc patch xz zstd depmod cpio rsync
#: disk 4000
#: outputs@kernel out/vmlinuz build/modules build/kernel.config build/kernel.symbols build/kernel.release
#: outputs@kernel-debug out/debug/vmlinuz build/kernel-debug.config
#: outputs@kernel-um out/um/linux build/kernel-um.config
#: outputs@kernel-um-debug out/um-debug/linux build/kernel-um-debug.config
set -eu

kmake() { make -C build/linux O="$objects" ARCH="$arch" CC="$CC" HOSTCC="$HOSTCC" "$@"; }

# shellcheck disable=SC2046,SC2086 # lists of words
configure() { kernel/configure.sh build/linux "$objects" $arch $(kernel/fragments.sh $STEP); }

# stage FROM TO: an output
stage() {
	mkdir -p "$STAGE/$(dirname "$2")"
	cp -r "$1" "$STAGE/$2"
}

install_x86() {
	stage "$full/arch/x86/boot/bzImage" "$1"
	chmod 644 "$STAGE/$1"
	[ "$STEP" = kernel ] || return 0
	stage "$full/System.map" build/kernel.symbols
	dpkg-query -W -f "\${Version} of \${Package}, release " linux-source-6.12 >"$STAGE/build/kernel.release"
	cat "$full/include/config/kernel.release" >>"$STAGE/build/kernel.release"
	kmake modules_install INSTALL_MOD_PATH="$STAGE/build/modules" INSTALL_MOD_STRIP=1 DEPMOD=depmod
	rm -f "$STAGE"/build/modules/lib/modules/*/build
}

install_um() {
	stage "$full/linux" "$1"
	strip -g "$STAGE/$1"
	chmod 755 "$STAGE/$1"
}

main() {
	arch=x86_64 objects=o-$STEP
	case $STEP in *-um*) arch=um ;; esac
	full=build/linux/$objects
	KBUILD_BUILD_TIMESTAMP=$(date -d "@$SOURCE_DATE_EPOCH")
	export KBUILD_BUILD_TIMESTAMP KBUILD_BUILD_USER=tessera KBUILD_BUILD_HOST=tessera
	export KBUILD_BUILD_VERSION=1
	kernel/prepare.sh
	configure
	kmake -j"$JOBS"
	stage "$full/.config" "build/$STEP.config"
	case $STEP in
	kernel) install_x86 out/vmlinuz ;;
	kernel-debug) install_x86 out/debug/vmlinuz ;;
	kernel-um) install_um out/um/linux ;;
	kernel-um-debug) install_um out/um-debug/linux ;;
	esac
}

main

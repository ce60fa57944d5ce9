#!/bin/sh
# The step "busybox": Debian's busybox-static, checked to have what our scripts call.
# It lacks ntpd, tftpd and flock, but nothing of that is used yet, so no build of our own is needed.
#: packages busybox-static
#: outputs build/busybox
set -eu

needed="acpid awk basename cat chmod cp cttyhack cut findfs find head hostname init ip killall ln mkdir modprobe
	mount mv poweroff printf readlink reboot sed setsid sh sleep sort stat switch_root tail timeout tr udhcpc
	uevent umount uname wget xargs"

main() {
	mkdir -p "$STAGE/build/busybox"
	install -m 755 /bin/busybox "$STAGE/build/busybox/busybox"
	for applet in $needed; do
		/bin/busybox --list | grep -qx "$applet" || { echo "busybox-static lacks $applet"; exit 1; }
	done
	/bin/busybox --list-full >"$STAGE/build/busybox/applets"
}

main

# shellcheck shell=sh disable=SC2154 # MOS_* and BOOTIF come from params.sh
# The drone: busybox init in the initramfs itself, whose inittab is written for the consoles of this machine.

# inittab CONSOLE...: the console's lines; services run as children of a locked process 1 and stay at home
inittab() {
	echo "::once:/lib/tessera/service"
	[ "$MOS_console" = none ] || echo "tty1::respawn:/lib/tessera/monitor"
	[ ! -e "$ROOT/dev/tty2" ] || printf '%s\n' "tty2::respawn:/lib/tessera/shell" "tty3::respawn:/lib/tessera/shell"
	for console; do
		case $console in
		tty[0-9]*) ;;
		*) echo "$console::respawn:/lib/tessera/shell" ;;
		esac
	done
	[ ! -e "$ROOT/dev/input/event0" ] || echo "::respawn:/sbin/acpid -f -l /dev/null"
	[ -z "$MOS_test" ] || [ ! -x "$ROOT/sbin/test-agent" ] || echo "::respawn:/sbin/test-agent"
	printf '%s\n' "::ctrlaltdel:/sbin/reboot" "::shutdown:/lib/tessera/leave"
}

# put_secret FILE TEXT
put_secret() { (umask 077 && mkdir -p "${1%/*}" && echo "$2" >"$1"); }

become_drone() {
	say "drone: the whole system is in memory"
	# shellcheck disable=SC2046 # a list of words
	inittab $(consoles) >"$ROOT/etc/inittab"
	[ -z "$MOS_key" ] || put_secret "$ROOT/etc/tessera/key" "$MOS_key"
	[ -z "$MOS_id" ] || put_secret "$ROOT/var/lib/tessera/id" "$MOS_id"
	if [ -n "$MOS_pool" ]; then
		mkdir -p "$ROOT/etc/default"
		pool_defaults >"$ROOT/etc/default/openmosix"
	fi
	store "$ROOT/proc/self/lock" 1
	run exec /sbin/init
	[ -z "$MOCK" ] || exit 0
}

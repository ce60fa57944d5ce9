# shellcheck shell=sh
# What every part of the initramfs's init uses: messages on all consoles, mocking, waiting.
# ROOT is a prefix for every path (tests give a fake root); with MOCK set, what would change the machine is printed.

# consoles: the terminals that the kernel's messages go to, as tty0 ttyS0
consoles() { cat "$ROOT/sys/class/tty/console/active" 2>/dev/null; }

# say TEXT...: a line on each console, with the seconds since the kernel started
say() {
	line="tessera: [$(cut -d' ' -f1 "$ROOT/proc/uptime" 2>/dev/null)] $*"
	if [ -n "$MOCK" ]; then
		echo "$line"
		return
	fi
	for console in $(consoles); do
		printf '%s\r\n' "$line" 2>/dev/null >"/dev/$console"
	done
	return 0
}

# run COMMAND...: for everything that changes the machine
run() {
	if [ -n "$MOCK" ]; then
		echo "run: $*"
	else
		"$@"
	fi
}

# store FILE TEXT: for kernel files; a file that is not there is no error
store() {
	if [ -n "$MOCK" ]; then
		echo "store: $1 $2"
	elif [ -e "$1" ]; then
		echo "$2" >"$1"
	fi
}

# wait_for SECONDS COMMAND...: until the command succeeds; fails after SECONDS
wait_for() {
	tries=$(($1 * 10))
	shift
	until "$@"; do
		tries=$((tries - 1))
		[ -z "$MOCK" ] || tries=$((tries - 50))
		[ "$tries" -gt 0 ] || return 1
		[ -n "$MOCK" ] || sleep 0.1
	done
}

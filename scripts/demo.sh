#!/bin/sh
# The step "demo": a cluster of virtual machines from the images of out/, on this machine and without root.
# The first node is a head with its serial console in this terminal, the others are drones in the background; their
# network is a switch on unix sockets.  Whatever way this script ends, nothing of it stays.
#: needs initramfs iso
#: inputs tests/switch
#: tools qemu-system-x86_64 setpriv make gcc
#: mode terminal
set -eu

die() { echo "demo: $*" >&2; exit 1; }

# machine SERIAL-ARGUMENT ARGUMENTS...: QEMU, which ends when this shell does
machine() {
	serial=$1
	shift
	setpriv --pdeathsig KILL qemu-system-x86_64 -M q35 -accel "$accel" -cpu max -nodefaults -no-reboot \
		-display none -serial "$serial" -kernel out/vmlinuz -initrd out/initramfs.img "$@"
}

# card NUMBER: a network card on the switch
card() {
	printf '%s %s' "-netdev stream,id=n0,server=off,addr.type=unix,addr.path=$dir/s" \
		"-device virtio-net-pci,netdev=n0,romfile=,mac=52:54:00:4d:4f:$(printf %02x "$1")"
}

params="console=ttyS0 loglevel=4 no_timer_check panic=-1"

# kvm_works: /dev/kvm may be there and still not run our kernel, so that is tried
kvm_works() {
	[ -w /dev/kvm ] || return 1
	accel=kvm
	machine "file:$dir/kvm.log" -m 192 -append "$params mos.role=drone" >/dev/null 2>&1 &
	trial=$! tries=80
	while [ $tries -gt 0 ] && kill -0 $trial 2>/dev/null && ! grep -q tessera: "$dir/kvm.log" 2>/dev/null; do
		sleep 0.1
		tries=$((tries - 1))
	done
	kill -KILL $trial 2>/dev/null || :
	wait $trial 2>/dev/null || :
	grep -q tessera: "$dir/kvm.log" 2>/dev/null
}

choose_accelerator() {
	echo "demo: trying KVM"
	if kvm_works; then
		echo "demo: KVM runs the kernel"
	else
		echo "demo: no KVM that runs the kernel; the machines are emulated, which is slow (a minute to boot)"
		accel=tcg
	fi
}

check_memory() {
	want=$((896 + 256 * (nodes - 1)))
	free=$(awk '/^MemAvailable/ { print int($2 / 1024) }' /proc/meminfo)
	[ "$free" -ge $want ] || die "$nodes nodes want $want MB of memory, $free MB are free"
}

# start_switch: it ends with the pipe on its standard input
start_switch() {
	# Not in build/, which may be another user's.
	make -s -C tests B="$dir" "$dir/mos-switch" || die "cannot build tests/switch"
	mkfifo "$dir/alive"
	"$dir/mos-switch" --listen "$dir/s" --stdin <"$dir/alive" &
	pids=$!
	exec 7>"$dir/alive"
	tries=50
	until [ -S "$dir/s" ]; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || die "the switch did not start"
		sleep 0.1
	done
}

start_drones() {
	for number in $(seq 2 "$nodes"); do
		# shellcheck disable=SC2046 # a list of words
		machine "file:$dir/node$number.log" -m 192 $(card "$number") \
			-append "$params mos.role=drone mos.name=drone$number" >/dev/null 2>&1 </dev/null 7>&- &
		pids="$pids $!"
	done
}

# shellcheck disable=SC2317 # the trap calls it
stop() {
	trap - EXIT INT TERM HUP
	# shellcheck disable=SC2086 # a list of words
	[ -z "$pids" ] || kill $pids 2>/dev/null || :
	exec 7>&-
	wait
	rm -rf "$dir"
	[ -z "$terminal" ] || stty "$terminal" 2>/dev/null || :
}

main() {
	nodes=${1:-3} pids='' terminal=$(stty -g 2>/dev/null || :)
	case $nodes in '' | *[!0-9]* | 0*) die "how many nodes? '$nodes' is no number from 1 to 64" ;; esac
	[ "$nodes" -le 64 ] || die "64 nodes at most"
	check_memory
	dir=$(mktemp -d "${TMPDIR:-/tmp}/tessera-demo.XXXXXX")
	trap stop EXIT
	trap 'exit 130' INT TERM HUP
	cat <<-END
	demo: $nodes nodes: a head in this terminal, drones in the background.
	demo: TO LEAVE press Ctrl-a, then x (or type poweroff). Nothing stays behind.
	demo: then try: mosmon; showmap; mosrun -N ID PROGRAM (an id that showmap lists); migrate PID home; mps
	END
	choose_accelerator
	start_switch
	start_drones
	# shellcheck disable=SC2046 # a list of words
	machine mon:stdio -m 768 $(card 1) -drive file=out/tessera.iso,format=raw,media=cdrom,readonly=on \
		-append "$params mos.role=head mos.name=head" 7>&- || die "QEMU ended with exit code $?"
}

main "$@"

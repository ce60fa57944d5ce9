# shellcheck shell=sh disable=SC2154 # MOS_* and BOOTIF come from params.sh
# The head: finds the root image (on a medium with the label TESSERA, or by HTTP), lays a tmpfs over it
# and prepares what differs from machine to machine.  No disk is written to, and none without the label is mounted.

live=$ROOT/run/tessera
newroot=$ROOT/newroot

# find_medium: mounts the medium if it is there
find_medium() {
	device=$(run findfs LABEL=TESSERA 2>/dev/null)
	[ -n "$device" ] || return 1
	run mount -t iso9660 -o ro "$device" "$live/medium" 2>/dev/null ||
		run mount -t vfat -o ro "$device" "$live/medium" 2>/dev/null || return 1
	[ ! -e "$live/medium/live/root.squashfs" ] || return 0
	run umount "$live/medium"
	return 1
}

mbytes() { echo $((($1 + 1048575) / 1048576)); }

# free_memory: bytes that can be used
free_memory() { awk '/^MemAvailable/ { printf "%.0f\n", $2 * 1024 }' "$ROOT/proc/meminfo"; }

# check_memory BYTES: is there memory for an image of that size, and some to work in?
check_memory() {
	have=$(free_memory)
	[ "$have" -lt $(($1 + 128 * 1048576)) ] || return 0
	say "head: the root image is $(mbytes "$1") MB and wants 128 MB more to work in; $(mbytes "$have") MB are free"
	return 1
}

# remote_size: bytes of mos.root, nothing if it cannot be reached
remote_size() {
	run wget -S --spider "$MOS_root" 2>&1 | tr -d '\r' |
		awk 'tolower($1) == "content-length:" { size = $2 } END { print size }'
}

reach_server() {
	size=$(remote_size)
	[ -n "$size" ]
}

# show_progress FILE SIZE PID: percent, while the process runs
show_progress() {
	shown=0
	while kill -0 "$3" 2>/dev/null; do
		percent=$(($(stat -c %s "$1" 2>/dev/null || echo 0) * 100 / $2))
		[ $percent -lt $((shown + 20)) ] || { shown=$percent; say "head: $percent %"; }
		sleep 0.2
	done
}

# copy_image NAME SIZE COMMAND...: runs the command, which makes $image, and says how far it is
copy_image() {
	say "head: $1, $(mbytes "$2") MB"
	copy_size=$2
	shift 2
	check_memory "$copy_size" || return 1
	run mount -t tmpfs -o size=100%,mode=755 tmpfs "$live/ram"
	"$@" &
	copy=$!
	[ -n "$MOCK" ] || show_progress "$image" "$copy_size" "$copy"
	wait "$copy" || say "head: could not copy it: $*"
	[ -n "$MOCK" ] || [ "$(stat -c %s "$image" 2>/dev/null)" = "$copy_size" ]
}

# fetch_root: by HTTP into memory; the DHCP lease may take its time
fetch_root() {
	size=
	if ! wait_for 30 reach_server; then
		say "head: cannot reach $MOS_root: $(run wget --spider "$MOS_root" 2>&1 | tail -n 1)"
		return 1
	fi
	image=$live/ram/root.squashfs
	copy_image "fetching $MOS_root" "$size" run wget -q -O "$image" "$MOS_root"
}

# use_medium: from the medium, or its copy in memory
use_medium() {
	image=$live/medium/live/root.squashfs
	[ -n "$MOS_toram" ] || return 0
	source=$image
	image=$live/ram/root.squashfs
	copy_image "copying the root image to memory" "$(stat -c %s "$source")" run cp "$source" "$image" || return 1
	run umount "$live/medium"
	say "head: the medium can be taken out"
}

# find_root: sets image.  A medium may need seconds to appear (USB); who did not ask for a head waits less.
find_root() {
	run mkdir -p "$live/medium" "$live/lower" "$live/rw" "$live/ram" "$newroot"
	if [ -n "$MOS_root" ]; then
		fetch_root
	elif wait_for "$([ "$MOS_role" = head ] && echo 20 || echo 2)" find_medium; then
		use_medium
	else
		[ "$MOS_role" != head ] || say "head: no medium with the label TESSERA and /live/root.squashfs"
		return 1
	fi
}

mount_root() {
	run mount -t squashfs -o ro,loop "$image" "$live/lower" &&
		run mount -t tmpfs -o mode=755,size=80% tmpfs "$live/rw" &&
		run mkdir -p "$live/rw/upper" "$live/rw/work" &&
		run mount -t overlay -o "lowerdir=$live/lower,upperdir=$live/rw/upper,workdir=$live/rw/work" root "$newroot" &&
		[ -e "$newroot/lib/systemd/systemd" ] && return 0
	say "head: cannot mount the root image (damaged, or made for another kernel?)"
	return 1
}

# put FILE MODE TEXT: a file in the new root
put() {
	run mkdir -p "$newroot${1%/*}"
	if [ -n "$MOCK" ]; then
		echo "put: $1 $2 $3"
	else
		( umask 077 && echo "$3" >"$newroot$1" && chmod "$2" "$newroot$1" )
	fi
}

# configure_root: what boot parameters and this machine decide
configure_root() {
	put /etc/hostname 644 "$MOS_name"
	put /etc/hosts 644 "127.0.0.1 localhost $MOS_name
::1 localhost ip6-localhost"
	[ -z "$MOS_key" ] || put /etc/tessera/key 600 "$MOS_key"
	[ -z "$MOS_id" ] || put /var/lib/tessera/id 644 "$MOS_id"
	[ -z "$MOS_pool" ] || put /etc/default/openmosix 644 "$(pool_defaults)"
	[ "$MOS_console" != none ] || run ln -sf /dev/null "$newroot/etc/systemd/system/mosmon.service"
	if [ -n "$MOS_iface" ]; then
		put /etc/systemd/network/10-unused.network 644 "[Match]
Type=ether
Name=!$MOS_iface

[Link]
Unmanaged=yes"
	fi
	[ -z "$MOS_sshkey" ] || admit_key
}

admit_key() {
	if ! key=$(ssh_key); then
		say "boot parameter mos.sshkey ignored: no OpenSSH public key"
		return
	fi
	put /root/.ssh/authorized_keys 600 "$key"
	run chmod 700 "$newroot/root/.ssh"
	run ln -sf /lib/systemd/system/ssh.service "$newroot/etc/systemd/system/multi-user.target.wants/ssh.service"
}

# carry_agent: a test's agent goes along; its unit is only in memory
carry_agent() {
	[ -n "$MOS_test" ] && [ -x "$ROOT/sbin/test-agent" ] || return 0
	run mkdir -p "$live/agent"
	run cp -a "$ROOT/sbin/test-agent" "$live/agent/"
	[ ! -d "$ROOT/test" ] || run cp -a "$ROOT/test" "$live/agent/"
	put /etc/systemd/system/test-agent.service 644 "[Service]
ExecStart=/run/tessera/agent/test-agent
StandardOutput=null
[Install]
WantedBy=multi-user.target"
	run ln -sf ../test-agent.service "$newroot/etc/systemd/system/multi-user.target.wants/test-agent.service"
}

# enter_root: systemd is the next process 1; it and the services it starts stay at home (the lock is inherited)
enter_root() {
	say "head: starting systemd"
	stop_hotplug
	store "$ROOT/proc/self/lock" 1
	for dir in run dev proc sys; do run mount --move "$ROOT/$dir" "$newroot/$dir"; done
	run exec switch_root -c /dev/console "$newroot" /sbin/init
	exit 0
}

# become_head: returns only if it could not
become_head() {
	find_root && mount_root || return 1
	configure_root
	carry_agent
	enter_root
}

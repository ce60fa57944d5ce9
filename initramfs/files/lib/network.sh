# shellcheck shell=sh disable=SC2154 # MOS_* and BOOTIF come from params.sh
# Every wired interface is brought up (IPv6 link-local comes by itself) and asks for a DHCP lease in the background.

# is_wired NAME: Ethernet on a real device, and the one of mos.iface where that is given
is_wired() {
	dir=$ROOT/sys/class/net/$1
	[ -e "$dir/device" ] && [ "$(cat "$dir/type")" = 1 ] && [ ! -e "$dir/phy80211" ] || return 1
	[ -z "$MOS_iface" ] || [ "$MOS_iface" = "$1" ]
}

# wired: the wired interfaces, the one that the loader used first
wired() {
	for dir in "$ROOT"/sys/class/net/*; do
		is_wired "${dir##*/}" || continue
		rank=1
		[ "$(cat "$ROOT/sys/class/net/${dir##*/}/address")" != "$BOOTIF" ] || rank=0
		echo "$rank ${dir##*/}"
	done | sort | cut -d' ' -f2
}

any_wired() { [ -n "$(wired)" ]; }

has_carrier() { [ "$(cat "$ROOT/sys/class/net/$1/carrier" 2>/dev/null)" = 1 ]; }

any_carrier() {
	for nic in $(wired); do
		! has_carrier "$nic" || return 0
	done
	return 1
}

# start_nic NAME: up, and a DHCP client if it has none; called again when an interface appears
start_nic() {
	run ip link set "$1" up
	pid=$ROOT/run/tessera/udhcpc.$1
	[ ! -e "$pid" ] || return 0
	: >"$pid"
	run exec udhcpc -f -i "$1" -p "$pid" -s "$ROOT/lib/tessera/udhcpc" -t 4 -T 2 -A 10 \
		-x "hostname:$(hostname)" >/dev/null 2>&1 </dev/null &
}

# name_host: mos.name, or n and the end of the first card's address
name_host() {
	nic=$(wired | head -n 1)
	[ -n "$MOS_name" ] || MOS_name=n$(cut -d: -f4- "$ROOT/sys/class/net/${nic:-lo}/address" | tr -d :)
	run hostname "$MOS_name"
}

# start_network: waits for the first carrier, not for an address
start_network() {
	run ip link set lo up
	wait_for 3 any_wired || say "network: no wired interface"
	report_cards
	name_host
	for nic in $(wired); do start_nic "$nic"; done
	if wait_for 5 any_carrier; then
		for nic in $(wired); do
			! has_carrier "$nic" || say "network: $nic has a link ($(cat "$ROOT/sys/class/net/$nic/address"))"
		done
	else
		say "network: no link yet; is the cable in?"
	fi
}

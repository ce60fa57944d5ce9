# shellcheck shell=sh
# Drivers for what the machine has: by modalias for what is there, by uevent for what comes.

# aliases: the modalias of each device
aliases() {
	find "$ROOT/sys/devices" -name modalias -type f -exec cat {} + 2>/dev/null | sort -u
}

# load_drivers: one modprobe for all, since each call reads the whole table
load_drivers() {
	# shellcheck disable=SC2046 # a list of words
	run modprobe -qab $(aliases) 2>/dev/null
	return 0
}

start_hotplug() { run exec uevent "$ROOT/lib/tessera/hotplug" >/dev/null 2>&1 & }

# stop_hotplug: before a head's systemd takes over
stop_hotplug() {
	run killall uevent udhcpc 2>/dev/null
	return 0
}

# driver_of SYSFS-DEVICE
driver_of() { basename "$(readlink "$1/driver" 2>/dev/null)"; }

# report_cards: names each wired network card (PCI class 0200) that cannot be used
report_cards() {
	for device in "$ROOT"/sys/bus/pci/devices/*; do
		case $(cat "$device/class" 2>/dev/null) in 0x0200*) ;; *) continue ;; esac
		id=$(cut -c3- "$device/vendor"):$(cut -c3- "$device/device")
		if [ ! -e "$device/driver" ]; then
			say "network card ${device##*/} (PCI id $id) has no driver"
		elif [ -z "$(find "$device/" -maxdepth 4 -name net -type d)" ]; then
			say "network card ${device##*/} (PCI id $id): driver $(driver_of "$device") does not run it (firmware missing?)"
		fi
	done
}

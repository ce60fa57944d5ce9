#!/bin/sh
# Called by mmdebstrap with the root's directory, after the packages are there: takes out what differs from one
# build to the next, and what a machine must have for itself.
set -eu

root=$1
rm -f "$root"/etc/ssh/ssh_host_* "$root"/etc/resolv.conf "$root"/etc/hostname
: >"$root/etc/machine-id"
rm -f "$root/var/lib/dbus/machine-id" "$root/var/lib/systemd/random-seed"
rm -rf "$root"/var/cache/debconf/*-old "$root"/var/lib/dpkg/*-old "$root"/var/cache/ldconfig/aux-cache
find "$root/var/log" -type f -delete
find "$root/usr/share/man" -mindepth 1 -delete
# names of devices; what udev needs of them for a node is in the kernel
rm -f "$root/usr/lib/udev/hwdb.bin"

#!/bin/sh
# Installs the Debian packages of packages.list that are missing; only then are root and a network needed.
#: mode always
#: inputs packages.list
#: tools dpkg-query apt-get
set -eu

missing_packages() {
	sed -e 's/#.*//' -e '/^[[:space:]]*$/d' packages.list | while read -r package _; do
		case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) in
		installed) ;;
		*) echo "$package" ;;
		esac
	done
}

refuse() {
	echo "$1"
	echo "missing: $missing"
	exit 1
}

main() {
	missing=$(missing_packages | tr '\n' ' ')
	[ -n "$missing" ] || return 0
	[ "$(id -u)" = 0 ] || refuse "packages are missing and only root can install them: run ./build.sh packages as root"
	apt-get -o DPkg::Lock::Timeout=300 update ||
		refuse "apt-get update failed: is there a network, and a Debian 12 source in /etc/apt?"
	# shellcheck disable=SC2086 # a list of words
	apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends $missing ||
		refuse "apt-get install failed: no network, or a full disk?"
}

main

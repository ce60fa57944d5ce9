#!/bin/sh
# Says which fragments of kernel/config a kernel is made of, later ones over earlier ones: kernel/fragments.sh STEP
set -eu

case ${1:-} in
kernel) echo base system x86 drivers ;;
kernel-debug) echo base x86 debug debug-x86 ;;
kernel-um) echo base um ;;
kernel-um-debug) echo base um debug debug-um ;;
*)
	echo "usage: fragments.sh kernel|kernel-debug|kernel-um|kernel-um-debug" >&2
	exit 2
	;;
esac

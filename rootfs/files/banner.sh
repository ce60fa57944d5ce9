# shellcheck shell=sh
# Login shells of a head: what this machine is.
if [ -n "${PS1:-}" ]; then
	id=$(cat /proc/hpc/admin/mospe 2>/dev/null || echo 0)
	echo
	echo "Tessera $(cat /etc/tessera/version) on $(hostname): head, $([ "$id" = 0 ] && echo "not yet in a cluster" || echo "node $id")."
	[ -e /etc/tessera/key ] || echo "No cluster key: anybody on this network can join (boot with mos.key=...)."
	echo "mos -h: the tools   mosmon: the cluster   mos run PROGRAM   poweroff: leave, stop"
	echo
	unset id
fi

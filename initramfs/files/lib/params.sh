# shellcheck shell=sh disable=SC2034 # what is set here is used in the other parts
# Boot parameters: mos.NAME[=VALUE] becomes MOS_NAME; without a value it is 1.  docs/boot.md has the manual.

MOS_role='' MOS_key='' MOS_id='' MOS_iface='' MOS_root='' MOS_toram='' MOS_sshkey='' MOS_name='' MOS_console=''
MOS_pool='' MOS_poolhours='' MOS_poolidle='' MOS_test='' MOS_agent=''
BOOTIF=''

# set_param NAME[=VALUE]
set_param() {
	case $1 in
	*=*) value=${1#*=} ;;
	*) value=1 ;;
	esac
	case ${1%%=*} in
	role | key | id | iface | root | toram | sshkey | name | console | pool | poolhours | poolidle | test | agent) eval "MOS_${1%%=*}=\$value" ;;
	*) say "unknown boot parameter mos.${1%%=*}" ;;
	esac
}

# split_words: the command line, one word a line; quotes keep spaces in a word
split_words() {
	xargs printf '%s\n' <"$ROOT/proc/cmdline" 2>/dev/null || tr ' ' '\n' <"$ROOT/proc/cmdline"
}

# read_params: also BOOTIF, the address of the card that the loader used, as aa:bb:cc:dd:ee:ff
read_params() {
	split_words >"$ROOT/run/tessera/words"
	while IFS= read -r word; do
		case $word in
		mos.*) set_param "${word#mos.}" ;;
		BOOTIF=*) BOOTIF=$(echo "${word#BOOTIF=01-}" | tr 'A-Z-' 'a-z:') ;;
		esac
	done <"$ROOT/run/tessera/words"
	check_params
}

# refuse_param NAME WHY: it is said and then counts as not given
refuse_param() {
	say "boot parameter mos.$1 ignored: $2"
	eval "MOS_$1="
}

check_params() {
	case $MOS_role in '' | head | drone) ;; *) refuse_param role "neither head nor drone" ;; esac
	case $MOS_console in '' | tty | none) ;; *) refuse_param console "neither tty nor none" ;; esac
	case $MOS_id in *[!0-9]*) refuse_param id "no number" ;; esac
	case $MOS_name in *[!A-Za-z0-9-]* | -*) refuse_param name "no host name" ;; esac
	case $MOS_iface in */* | .*) refuse_param iface "no interface name" ;; esac
	case $MOS_root in '' | http://*) ;; *) refuse_param root "no http:// address" ;; esac
	case $MOS_pool in '' | single | server | client | adaptive) ;; *) refuse_param pool "no kind of pool" ;; esac
	case $MOS_poolhours in *[!A-Za-z0-9:,\ -]*) refuse_param poolhours "no hours, as mon-fri 18:00-08:00,sat" ;; esac
	case $MOS_poolidle in *[!0-9]*) refuse_param poolidle "no number of seconds" ;; esac
	case $MOS_key in
	*[!0-9a-fA-F]*) refuse_param key "not 64 hexadecimal digits" ;;
	'') ;;
	*) [ ${#MOS_key} = 64 ] || refuse_param key "not 64 hexadecimal digits" ;;
	esac
}

# ssh_key: the public key of mos.sshkey; the type may be left out, it is the first thing in the key
ssh_key() {
	case $MOS_sshkey in
	*' '*) echo "$MOS_sshkey" ;;
	AAAAC3NzaC1lZDI1NTE5*) echo "ssh-ed25519 $MOS_sshkey" ;;
	AAAAB3NzaC1yc2E*) echo "ssh-rsa $MOS_sshkey" ;;
	AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY*) echo "ecdsa-sha2-nistp256 $MOS_sshkey" ;;
	*) return 1 ;;
	esac
}

# pool_defaults: what mos.pool and its like are in /etc/default/openmosix
pool_defaults() {
	echo "POOL=$MOS_pool"
	echo "POOL_HOURS='$MOS_poolhours'"
	echo "POOL_IDLE=$MOS_poolidle"
}

# shellcheck shell=sh
# Writes the boot menu of iso/menu.table in the language of each loader; used for media and for PXE.

title="Tessera $TESSERA_VERSION"

# each_entry WHERE COMMAND: calls COMMAND NAME TITLE PARAMETERS for the entries of that place (m or p)
each_entry() {
	grep -v '^#' iso/menu.table | while IFS='|' read -r name where text parameters; do
		case $where in *"$1"*) "$2" "$name" "$text" "$parameters" ;; esac
	done
}

# syslinux_entry: kernel and initrd are where $files says, $more is added to the parameters
syslinux_entry() {
	printf '\nLABEL %s\n\tMENU LABEL %s\n' "$1" "$2"
	case $1 in
	local) printf '\tLOCALBOOT -1\n' ;;
	*) printf '\tLINUX %s/vmlinuz\n\tINITRD %s/initramfs.img\n\tAPPEND %s\n' "$files" "$files" "$3$more" ;;
	esac
}

# syslinux_menu WHERE FILES [MORE]: for isolinux and lpxelinux.0
syslinux_menu() {
	files=$2 more=${3:+ $3}
	cat <<-END
	SERIAL 0 115200
	UI menu.c32
	PROMPT 0
	TIMEOUT 100
	DEFAULT head
	MENU TITLE $title
	MENU TABMSG Enter starts, Tab changes an entry, F1 F2 F3 help
	MENU AUTOBOOT Starts in # second{,s}; any key stops the clock
	MENU ROWS 5
	F1 help/f1
	F2 help/f2
	F3 help/f3
	END
	each_entry "$1" syslinux_entry
}

grub_entry() {
	printf '\nmenuentry "%s" --id %s {\n' "$2" "$1"
	case $1 in
	local) printf '\texit\n' ;;
	*) printf '\tlinux %s/vmlinuz %s\n\tinitrd %s/initramfs.img\n' "$files" "$3$more" "$files" ;;
	esac
	printf '}\n'
}

# grub_menu WHERE FILES [MORE]: for GRUB on UEFI
grub_menu() {
	files=$2 more=${3:+ $3}
	cat <<-END
	# $title
	serial --unit=0 --speed=115200
	terminal_input console serial
	terminal_output console serial
	set timeout=10
	set default=head
	set pager=0
	END
	each_entry "$1" grub_entry
	for page in 1 2 3; do
		printf '\nmenuentry "Help (F%s)" --hotkey=f%s {\n\tcat /help/f%s\n\tread key\n}\n' $page $page $page
	done
}

#!/bin/sh
# Builds the images, or single steps of them, from source: ./build.sh [-j N] [STEP...]
# Results are in out/, work in build/, logs in build/log/, downloads in cache/.
#
# Each step is a script of its own, listed in steps() below.  It says what it is in comment lines:
#   #: needs STEP...       steps to be made before; it may use their outputs
#   #: inputs PATH...      files and directories of the repository that it reads (the script itself is one anyway)
#   #: packages NAME...    Debian packages whose version makes a difference to its result
#   #: tools NAME...       programs that must be there
#   #: disk MB             free space that it wants
#   #: commit yes          its result names the commit
#   #: outputs PATH...     what it makes, beneath out/ or build/: files or whole directories
#   #: mode always         never skipped, makes no files;  "#: mode terminal": also has the terminal, gets arguments, no log
# In a script that makes several steps, "#: outputs@STEP PATH..." is for STEP only.
# A step is skipped when the hash of its script, inputs, package versions and of the outputs of the steps
# that it needs is that of the last time, and its outputs are there.
#
# A script runs with the top directory as the current one, umask 022, LC_ALL=C, TZ=UTC, no terminal, and
#   STEP   its step's name          JOBS   how many jobs to run at once
#   STAGE  an empty directory: outputs are made as $STAGE/out/... and $STAGE/build/..., and moved to their
#          places after the script has ended with 0, so that there is never half an output
#   WORK   a directory that is kept from one run to the next
#   CC HOSTCC  the C compiler, through ccache if there is one and CCACHE_DISABLE is not set
#   SOURCE_DATE_EPOCH  the release's date in VERSION; TESSERA_VERSION its number;
#   COMMIT what git calls this state
# The bytes it makes may depend on nothing else: not on the path, date, host, umask of the checkout (modes of
# files are set, never copied) or JOBS.
set -eu

steps() {
	cat <<-END
	packages        scripts/packages.sh
	kernel          kernel/build.sh
	kernel-debug    kernel/build.sh
	kernel-um       kernel/build.sh
	kernel-um-debug kernel/build.sh
	busybox         initramfs/busybox.sh
	userland        userland/build.sh
	initramfs       initramfs/build.sh
	um-initramfs    initramfs/um.sh
	rootfs          rootfs/build.sh
	iso             iso/build.sh
	pxe             pxe/build.sh
	manifest        scripts/manifest.sh
	sources         scripts/sources.sh
	demo            scripts/demo.sh
	END
}

default_steps="kernel initramfs rootfs iso pxe manifest"

die() { echo "build.sh: $*" >&2; exit 1; }

usage() {
	echo "usage: ./build.sh [-j N] [STEP...]    (no STEP, or all: $default_steps)"
	echo "       ./build.sh demo [NODES]"
	echo "steps: $(steps | cut -d' ' -f1 | tr '\n' ' ')"
}

bad_usage() {
	echo "build.sh: $1" >&2
	usage >&2
	exit 2
}

# script_of STEP: its script, nothing if there is no such step
script_of() { steps | awk -v s="$1" '$1 == s { print $2 }'; }

# declared STEP KEY: the values that its script declares
declared() {
	sed -n -e "s/^#: $2 //p" -e "s/^#: $2@$1 //p" "$(script_of "$1")"
}

# plan_step STEP: appends it to $plan, after what it needs
plan_step() {
	case " $plan " in *" $1 "*) return ;; esac
	[ -f "$(script_of "$1")" ] || die "step $1: its script $(script_of "$1") is missing"
	for need in $(declared "$1" needs); do
		[ -n "$(script_of "$need")" ] || die "step $1 needs $need, which is no step"
		plan_step "$need"
	done
	plan="$plan $1"
}

set_environment() {
	umask 022
	unset MAKEFLAGS MFLAGS MAKELEVEL CDPATH GREP_OPTIONS CFLAGS LDFLAGS KCFLAGS KBUILD_OUTPUT || :
	export PATH="$PATH:/usr/sbin:/sbin" LC_ALL=C TZ=UTC DEBIAN_FRONTEND=noninteractive
	read -r TESSERA_VERSION date <VERSION
	SOURCE_DATE_EPOCH=$(date -d "$date" +%s)
	CC=gcc HOSTCC=gcc
	if [ -z "${CCACHE_DISABLE:-}" ] && command -v ccache >/dev/null; then
		CC="ccache gcc" HOSTCC="ccache gcc"
		export CCACHE_NOHASHDIR=1 CCACHE_BASEDIR="$PWD"
	fi
	COMMIT=$(git describe --always --abbrev=40 --dirty --exclude='*' 2>/dev/null) || COMMIT=unknown
	export COMMIT TESSERA_VERSION SOURCE_DATE_EPOCH CC HOSTCC JOBS
}

# read_steps ARG...: $wanted; a step with the terminal gets what follows it
read_steps() {
	wanted=''
	for arg; do
		if [ "$arg" = all ]; then
			wanted="$wanted $default_steps"
			continue
		fi
		[ -n "$(script_of "$arg")" ] || bad_usage "there is no step '$arg'"
		wanted="$wanted $arg"
		if [ "$arg" = demo ]; then
			[ "$1" = demo ] || bad_usage "demo goes alone"
			break
		fi
	done
}

clean_up() {
	[ -z "$child" ] || kill -TERM "-$child" 2>/dev/null || :
	rm -rf "$tmp"
}

main() {
	JOBS=$(nproc) plan='' child='' tmp=''
	while getopts hj: option; do
		case $option in
		h) usage; exit 0 ;;
		j) JOBS=$OPTARG ;;
		*) usage >&2; exit 2 ;;
		esac
	done
	shift $((OPTIND - 1))
	case $JOBS in '' | *[!0-9]* | 0*) bad_usage "-j wants a number, not '$JOBS'" ;; esac
	cd "$(dirname "$0")"
	case $PWD in *[[:space:]:]*) die "Linux cannot be built in a directory whose name has blanks or colons: $PWD" ;; esac
	read_steps "$@"
	mkdir -p build/stamp build/log build/lock build/stage out cache || die "cannot write to $PWD"
	tmp=$(mktemp -d) || die "cannot make a directory in ${TMPDIR:-/tmp}"
	trap clean_up EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	set_environment
	# shellcheck source=scripts/step.sh
	. scripts/step.sh
	plan_step packages
	for step in ${wanted:-$default_steps}; do plan_step "$step"; done
	for step in $plan; do
		case $(declared "$step" mode) in
		terminal) shift; sh "$(script_of "$step")" "$@" ;;
		*) make_step "$step" ;;
		esac
	done
}

main "$@"

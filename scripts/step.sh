# shellcheck shell=sh
# Runs one step for build.sh, which reads this file: is it up to date, are the means there, run its script,
# move what it made into place, note what it was made from.  Uses die, declared, script_of and tmp of build.sh.
# shellcheck disable=SC2154 # tmp

# hash_paths PATH...: one hash over names, kinds, modes and contents
hash_paths() {
	for path; do [ -e "$path" ] || die "$path is missing"; done
	find "$@" \( -name '*.[od]' -o -name '*~' -o -name '.*.sw?' -o -name __pycache__ \) -prune -o \
		\( -type f -o -type l \) -printf '%p\t%M %l\n' | sort >"$tmp/names"
	{ cat "$tmp/names"; cut -f1 "$tmp/names" | tr '\n' '\0' | xargs -0r sha256sum; } | sha256sum | cut -d' ' -f1
}

# hash_inputs STEP: one hash over everything that its result depends on
hash_inputs() {
	{
		# shellcheck disable=SC2046 # lists of words
		hash_paths "$(script_of "$1")" VERSION $(declared "$1" inputs)
		for package in $(declared "$1" packages); do
			dpkg-query -W "$package" || die "step $1: package $package is missing: run ./build.sh packages as root"
		done
		[ -z "$(declared "$1" commit)" ] || echo "commit $COMMIT"
		for need in $(declared "$1" needs); do echo "$need $(sed -n 2p "build/stamp/$need" 2>&1)"; done
	} >"$tmp/inputs"
	sha256sum <"$tmp/inputs" | cut -d' ' -f1
}

check_means() {
	for tool in $(declared "$1" tools); do
		command -v "$tool" >/dev/null ||
			die "step $1: the program $tool is missing: run ./build.sh packages as root"
	done
	for want in $(declared "$1" disk); do
		free=$(($(df -Pk build | awk 'NR == 2 { print $4 }') / 1024))
		[ "$free" -ge "$want" ] || die "step $1 wants $want MB free on the disk of $PWD/build, there are $free MB"
	done
}

is_fresh() {
	[ -f "build/stamp/$1" ] && [ "$(sed -n 1p "build/stamp/$1")" = "$2" ] || return 1
	for output in $(declared "$1" outputs); do [ -e "$output" ] || return 1; done
}

show_failure() {
	echo "build.sh: $1 failed ($2); the end of $log:" >&2
	# with several jobs at once the first error is not at the end
	tail -n +1 "$log" | head -n -25 | grep -iE -m 5 '(^|[^a-z_-])(error|fatal)s?[: ]' | sed 's/^/    /' >&2 || :
	tail -n 25 "$log" | sed 's/^/    /' >&2
	! grep -q 'No space left on device' "$log" || die "$1: the disk is full"
	exit 1
}

# install_outputs STEP: moves what it made from the stage to its place
install_outputs() {
	for output in $(declared "$1" outputs); do
		[ -e "$STAGE/$output" ] || die "step $1 ended well but did not make $output (see $log)"
	done
	for output in $(declared "$1" outputs); do
		mkdir -p "$(dirname "$output")"
		rm -rf "$output.old"
		[ ! -e "$output" ] || mv "$output" "$output.old"
		mv "$STAGE/$output" "$output"
		rm -rf "$output.old"
	done
	rm -rf "$STAGE"
}

# run_script STEP: in a process group of its own, which goes when we are told to go
run_script() {
	setsid sh "$(script_of "$1")" >"$log" 2>&1 </dev/null 9>&- &
	child=$!
	status=0
	wait $child || status=$?
	child=
	[ $status = 0 ] || show_failure "$1" "exit code $status"
}

# lock_step STEP: until the next one.  A user who may not write here may still see that all is up to date.
lock_step() {
	[ -w build/lock ] || return 0
	exec 9>"build/lock/$1"
	flock -n 9 || { echo "build.sh: waiting for the build.sh that is making $1" >&2; flock 9; }
}

empty_stage() {
	[ -w build/stage ] || die "$1 is not up to date, and $PWD/build belongs to another user"
	rm -rf "build/stamp/$1" "$STAGE"
	mkdir -p "$STAGE" "$WORK"
}

make_step() {
	STEP=$1 STAGE=$PWD/build/stage/$1 WORK=$PWD/build/work/$1
	export STEP STAGE WORK
	log=build/log/$1.log
	[ -w build/log ] || log=$tmp/log
	lock_step "$1"
	check_means "$1"
	hash=$(hash_inputs "$1")
	if is_fresh "$1" "$hash"; then
		printf '%-16s up to date\n' "$1"
		return
	fi
	start=$(date +%s)
	[ ! -t 1 ] || printf '%-16s ...\r' "$1"
	[ "$(declared "$1" mode)" = always ] || empty_stage "$1"
	run_script "$1"
	install_outputs "$1"
	printf '%-16s %4d s\n' "$1" $(($(date +%s) - start))
	[ "$(declared "$1" mode)" != always ] || return 0
	# shellcheck disable=SC2046 # a list of words
	{ echo "$hash"; hash_paths $(declared "$1" outputs); } >"$tmp/stamp"
	cp "$tmp/stamp" "build/stamp/$1.new"
	mv "build/stamp/$1.new" "build/stamp/$1"
}

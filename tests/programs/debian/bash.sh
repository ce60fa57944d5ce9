#!/bin/bash
# bash itself: pipelines, substitutions, here-documents, coprocesses, traps, jobs and exit codes.
# shellcheck disable=SC1091 # lib.sh is checked on its own
. "$(dirname "$0")/lib.sh"

pipelines() {
	seq 1 500 | while read -r n; do echo $((n * n)); done | tail -n 1
	set +e
	(exit 3) | (exit 5) | true
	echo "codes ${PIPESTATUS[*]}"
	set -e
	diff <(seq 10) <(seq 10 | sort -n) && echo same
	tr '[:lower:]' '[:upper:]' <<-END
		here is a document
	END
	printf '%s\n' "$(printf 'nested %s' "$(printf '%s' "$(seq -s, 3)")")"
}

jobs_and_signals() {
	local pids=() pid sum=0 status
	for i in 1 2 3 4; do
		(sleep 0.0$i; exit "$i") &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		status=0
		wait "$pid" || status=$?
		sum=$((sum * 10 + status))
	done
	echo "waited $sum"
	bash -c 'trap "echo trapped; exit 9" TERM; kill -TERM $$; sleep 5' || echo "status $?"
	bash -c 'kill -KILL $$' || echo "status $?"
	sleep 100 &
	pid=$!
	# A bash that has just been forked forgets a signal.
	until [ "$(cat /proc/$pid/comm)" = sleep ]; do :; done
	kill -STOP $pid; kill -CONT $pid; kill -TERM $pid
	wait $pid || echo "sleep $?"
}

conversation() {
	coproc UPPER { while read -r line; do echo "${line^^}"; done; }
	for word in one two three; do
		echo "$word" >&"${UPPER[1]}"
		read -r answer <&"${UPPER[0]}"
		echo "$answer"
	done
	local pid=$UPPER_PID
	eval "exec ${UPPER[1]}>&-"
	wait "$pid"
}

computing() {
	local -A squares
	local sum=0
	for ((i = 0; i < 2000; i++)); do squares[$i]=$((i * i)); done
	for i in "${!squares[@]}"; do sum=$((sum + ${squares[$i]})); done
	echo "sum $sum"
	fib() { [ "$1" -lt 2 ] && echo "$1" || echo $(($(fib $(($1 - 1))) + $(fib $(($1 - 2))))); }
	echo "fib $(fib 5)"
}

work() {
	pipelines
	jobs_and_signals 2>/dev/null
	conversation
	computing
}

repeat_work "$@"

#!/bin/bash
# An interactive bash under a pseudo terminal, with pipelines, job control and ^C typed at it.
# shellcheck disable=SC1091 # lib.sh is checked on its own
. "$(dirname "$0")/lib.sh"
script=$(cd "$(dirname "$0")" && pwd)/interactive.py

work() {
	python3 "$script"
}

repeat_work "$@"

#!/bin/bash
# python3: arithmetic, hashes, compression, files, processes, sockets, signals.
# shellcheck disable=SC1091 # lib.sh is checked on its own
. "$(dirname "$0")/lib.sh"
script=$(cd "$(dirname "$0")" && pwd)/python.py

work() {
	python3 "$script"
}

repeat_work "$@"

#!/bin/sh
# Prints docs/syscalls.md: where each system call runs when the process is away, from the rows of
# hpc/calls.c.
set -eu

head_text() {
	cat <<'END'
# System calls of a process that is away

Made by `kernel/list-calls.sh` from the table in `kernel/hpc/calls.c`; the kernel does not compile when a
call of x86-64 has no row there.

| where | meaning |
|---|---|
| local | by the body, on the host |
| forward | by the deputy, at home; pointers work by page ownership |
| inline | forwarded, and the buffers travel with the request: one round trip |
| mm | at home, then repeated by the body on its copy of the address space |
| fork | a clone of both halves |
| exec | at home; the old body is dismissed |
| exit | at home; the body goes with it |
| home | the process comes home first and calls again there |
| special | depends on the arguments, see `kernel/hpc/where.c` |

| call | where | why |
|---|---|---|
END
}

# rows: one line for each row; a row's name, class and reason are on its first line
rows() {
	sed -n \
		-e 's/^CALL(\([a-z0-9_]*\), \([A-Z]*\), "\([^"]*\)".*inlined = true.*/\1|inline|\3/p;t' \
		-e 's/^CALL(\([a-z0-9_]*\), \([A-Z]*\), "\([^"]*\)".*/\1|\2|\3/p;t' \
		-e 's/^FAST(\([a-z0-9_]*\), "\([^"]*\)".*/\1|inline|\2/p;t' \
		-e 's/^SPECIAL(\([a-z0-9_]*\), [a-z0-9_]*, "\([^"]*\)".*/\1|special|\2/p' "$1" |
		grep -v '^ni_syscall|' | LC_ALL=C sort | while IFS='|' read -r name where why; do
			echo "| $name | $(echo "$where" | tr '[:upper:]' '[:lower:]') | $why |"
		done
}

main() {
	head_text
	rows "$(dirname "$0")/hpc/calls.c"
}

main

# shellcheck shell=sh
# Login shells of a head: completion of the tools' arguments, where the shell is bash and somebody types.
if [ -n "${BASH_VERSION:-}" ] && [ -n "${PS1:-}" ]; then
	# shellcheck source=/dev/null
	. /usr/share/bash-completion/completions/mos
fi

#!/bin/sh
# The manual page and the completion know every command and every option, and
# help has each fit into 80 columns.
. "$(dirname "$0")/../lib.sh"

"$corewalk" help --man >corewalk.1
"$corewalk" help --completion >corewalk.bash
"$corewalk" help >help
commands=$(sed -n 's/^  \(hang \)\{0,1\}\([a-z]*\) .*/\2/p' help)
[ "$(echo "$commands" | wc -w)" -ge 10 ] || fail "few commands: $commands"

for command in $commands; do
	grep -q "^\.SS .*\b$command\b" corewalk.1 ||
		fail "not in the manual: $command"
	grep -q "	$command) words=" corewalk.bash ||
		fail "not completed: $command"
	"$corewalk" help "$command" >text || fail "no help for $command"
	for option in $(sed -n 's/^  --\([a-z-]*\).*/\1/p' text); do
		name=$(echo "$option" | sed 's/-/\\\\-/g')
		grep -q "fB.-.-$name" corewalk.1 ||
			fail "not in the manual: --$option"
		grep "	$command) words=" corewalk.bash |
			grep -q -e "--${option}[ \"]" ||
			fail "not completed: $command --$option"
	done
	awk 'length > 80 { print FILENAME ": " $0; bad = 1 } END { exit bad }' \
		text || fail "help $command is too wide"
done
awk 'length > 80 { print; bad = 1 } END { exit bad }' help ||
	fail "help is too wide"

if command -v man >/dev/null && [ -x /usr/bin/groff ]; then
	LC_ALL=C groff -man -ww -z corewalk.1 2>warnings
	[ ! -s warnings ] || { cat warnings; fail "groff complains"; }
fi

# The completion, asked as bash asks it.
command -v bash >/dev/null || exit 0
cat >ask <<'END'
compopt() { :; }
. ./corewalk.bash
ask() {
	COMP_WORDS=(corewalk "$@") COMP_CWORD=$#
	_corewalk
	echo "${COMPREPLY[*]}"
}
ask summ
ask stat --by ''
ask heap list --sta
END
same "summary
type size root site
--state" "$(bash ask)" completion

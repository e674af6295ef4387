#!/bin/sh
# Exit statuses, one line for what is wrong, and where the answer goes.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/command/core.sh"
make_core

# run STATUS [WORDS...]: what is written is in out and err.
run() {
	wanted=$1
	shift
	status=0
	"$corewalk" "$@" >out 2>err || status=$?
	same "$wanted" "$status" "status of '$*'"
	if [ "$wanted" -ge 2 ]; then
		[ ! -s out ] || fail "'$*' fails and still writes"
		same 1 "$(wc -l <err)" "lines of error of '$*'"
		grep -q '^corewalk: ' err || fail "'$*': $(cat err)"
	else
		[ ! -s err ] || fail "'$*' works and complains: $(cat err)"
		[ -s out ] || fail "'$*' says nothing"
	fi
}
says() {
	grep -q -e "$1" "${2:-err}" || fail "no '$1' in: $(cat "${2:-err}")"
}

run 0 help
run 0 --version
run 0 summary --help
run 2
says 'which core'
run 2 summary
run 2 laeks
says "did you mean the command 'leaks'"
run 2 laeks core
says "unknown command 'laeks'; did you mean 'leaks'"
run 2 summary --jsno core
says "did you mean '--json'"
run 2 list --m core
says 'may be any of'
run 2 list --type '(' core
run 2 list --state lost core
run 2 object core
says 'needs ADDR'
run 2 object 0x10 core
says 'nothing is mapped there'
run 2 object no_such_symbol core
run 2 object '&g_table' core
says 'g_table'
run 2 summary --pid 1 core
run 2 summary --pid 99999999999
run 3 summary --pid 4194304
run 2 summary --output /no/such/folder/file core
run 2 summary --output core core
says 'is the core itself'
[ -s core ] || fail "the core is gone"
run 3 summary no-such-file
run 3 summary planted
says 'not a core'
run 3 summary .
: >empty
run 3 summary empty

run 0 core
run 0 heap summary core
run 0 summary --fail-if 'used.blocks>1000000' core
run 1 summary --fail-if 'used.blocks>10' core
run 1 memory --fail-if 'used.bytes >= 1K' core
run 2 memory --fail-if 'used.bytes' core
run 0 memory --fail-if 'corruptions>0' core

# A core that was cut short is walked as far as it goes, and says so.
size=$(wc -c <core)
for share in 1 4 7; do
	head -c $((size * share / 8)) core >short
	for words in analyze summary memory stat list leaks cycles verify; do
		run 0 "$words" short
		says '^not seen: .* not in the truncated core' out
	done
	run 0 leaks --json short
	says '"complete": false' out
done

# The same answer to a file as to a pipe.
"$corewalk" stat core >wanted
"$corewalk" stat --output got core >out
cmp -s wanted got || fail "--output differs"
[ ! -s out ] || fail "--output writes to the pipe too"

# No colour in a pipe; a closed pipe is no error.
"$corewalk" summary core | grep -q "$(printf '\033')" && fail "colour in a pipe"
"$corewalk" list --limit 0 core 2>err | head -1 >out
[ ! -s err ] || fail "closed pipe: $(cat err)"

# What is on a full disk is no answer.
if [ -w /dev/full ]; then
	status=0
	"$corewalk" summary core >/dev/full 2>err || status=$?
	same 3 "$status" "status with a full disk"
fi

#!/bin/sh
# Objects of CPython by the name of their type, in an interpreter without debug
# info whose allocator is malloc(): against what Python says of them.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
need jq /usr/bin/python3
has_kernel_cores || skip "core_pattern is not 'core'"

# A dictionary of modules is gone when the core is made: few are.
MIN_PERCENT=98

crash python env PYTHONMALLOC=malloc /usr/bin/python3 -S \
	"$here/objects.py" said >out 2>&1
[ -s said ] || fail "$(cat out)"
"$corewalk" list --json --limit 0 python.core >list.json
jq -r '.rows[] | "\(.address) \(.type // "?")"' list.json >listed

# An object begins where its block does, or 16 or 32 bytes behind.
cat >compare.awk <<'AWK'
FILENAME == ARGV[1] {
	address = $1
	$1 = ""
	name[address] = substr($0, 2)
	next
}
function hex(text, i, value, digits) {
	digits = "0123456789abcdef"
	value = 0
	for (i = 3; i <= length(text); i++)
		value = value * 16 + index(digits, substr(text, i, 1)) - 1
	return value
}
{
	for (header = 0; header <= 32; header += 16) {
		block = sprintf("0x%x", hex($1) - header)
		if (block in name)
			break
	}
	if (header > 32)
		next
	num++
	got = name[block]
	sub(/^Python (.*\.)?/, "", got)
	if (got == $2)
		right++
	else if (name[block] ~ /^Python /)
		print "wrong:", $1, $2, name[block]
	else
		print "missed:", $1, $2, name[block]
}
END { print "sum", num, right }
AWK
awk -f compare.awk listed said >compared
read -r _ num right <<END
$(grep '^sum ' compared)
END
[ "$num" -ge 2000 ] || fail "$num objects found: $(head compared)"
grep '^wrong:' compared >wrong || :
[ ! -s wrong ] || fail "$(wc -l <wrong) wrong: $(head wrong)"
[ $((right * 100)) -ge $((num * MIN_PERCENT)) ] ||
	fail "$right of $num: $(head compared)"
"$corewalk" stat python.core >text
grep -q 'derived *Python Thing$' text || "$corewalk" stat --limit 0 \
	python.core | grep -q 'Python Thing$' || fail "$(cat text)"

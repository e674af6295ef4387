#!/bin/sh
# The README: its list of commands is the program's, and its screens are what
# the program answers today.  UPDATE_GOLDEN=1 writes the screens anew.
. "$(dirname "$0")/../lib.sh"
need gdb g++
readme=$source/README.md

# "  leaks   ..." of help, and "| `heap leaks` | ..." of the README.
"$corewalk" help >help
sed -n '/^Options/q; s/^  \(hang [a-z]*\|[a-z]*\) .*/\1/p' help | sort >commands
sed -n 's/^| `\(heap \)\{0,1\}\(hang [a-z]*\|[a-z]*\)[^`]*`.*/\2/p' "$readme" |
	sort >described
diff commands described || fail "the README lists other commands than help"

"$source/examples/make-core" leaks . >make-core.log 2>&1 || {
	cat make-core.log
	skip "GDB cannot make a core here"
}

run_screens "$readme" >README.md
grep -q '^\$ corewalk' README.md || fail "no screen in the README"

# Addresses differ from run to run: the first is 0x1, the next 0x2.
number_addresses() {
	awk '{
		rest = $0
		line = ""
		while (match(rest, /0x[0-9a-f]+/)) {
			address = substr(rest, RSTART, RLENGTH)
			if (!(address in seen))
				seen[address] = ++num
			line = line substr(rest, 1, RSTART - 1) "0x" \
				seen[address]
			rest = substr(rest, RSTART + RLENGTH)
		}
		print line rest
	}' "$1"
}

if [ -n "${UPDATE_GOLDEN:-}" ]; then
	cp README.md "$readme"
fi
number_addresses "$readme" >wanted
number_addresses README.md >got
diff wanted got || fail "the program answers otherwise now"

#!/bin/sh
# Blocks that hold pointers to blocks of one type, and hardly anything else,
# are likely arrays of them; others are not.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
need jq
has_kernel_cores || skip "core_pattern is not 'core'"

check_build() { # NAME COMPILER FLAGS...
	name=$1
	shift
	command -v "$1" >/dev/null || {
		echo "no $1: $name left out"
		return 0
	}
	"$@" -o pointers "$here/pointers.c"
	crash pointers ./pointers >out 2>/dev/null
	"$corewalk" list --json --limit 0 pointers.core >list.json
	jq -r '.rows[] | "\(.address) \(if .type == "item *" and
		.confidence == "likely" then "items" else "no" end)"' \
		list.json | sort >all
	awk '{ print $2, $1 }' out | sort >wanted
	join wanted all | awk '{ print $2, $3 }' >both
	same 6 "$(wc -l <both)" "$name: blocks found"
	awk '$1 != $2' both >wrong
	[ ! -s wrong ] || fail "$name: $(cat out wrong)"
	rm -f pointers.core
}

check_build gcc gcc -g -O0
check_build clang clang -gdwarf-4 -O2

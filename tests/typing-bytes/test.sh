#!/bin/sh
# Memory that a program keeps by `void *`: bytes are proved where all that the
# code puts there is an allocator's, likely where no address is in them, and
# else, or where the code knows an object, they are none.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
need jq
has_kernel_cores || skip "core_pattern is not 'core'"

# What the list says, in the program's words.
said() {
	jq -r '.rows[] | "\(.address) \(if .type == "point" then "object"
		elif .type == null then "unknown"
		elif .type != "bytes" then .type
		elif .confidence == "derived" then "proved"
		else .confidence end)"' list.json | sort
}

check_build() { # NAME COMPILER FLAGS...
	name=$1
	shift
	command -v "$1" >/dev/null || {
		echo "no $1: $name left out"
		return 0
	}
	"$@" -o "$name" "$here/bytes.c"
	crash "$name" ./"$name" >"$name.out" 2>/dev/null
	"$corewalk" list --json --limit 0 "$name.core" >list.json
	awk '/0x/ { print $2, $1 }' "$name.out" | sort >wanted
	said >all
	join wanted all >both
	same 71 "$(wc -l <both)" "$name: blocks found"
	awk '$2 != $3' both >wrong
	[ ! -s wrong ] || fail "$name: $(cat wrong)"
	rm -f "$name.core"
}

check_build gcc-0 gcc -g -O0
check_build gcc-2 gcc -gdwarf-4 -O2
check_build clang-0 clang -gdwarf-4 -O0
check_build clang-2 clang -g -O2

#!/bin/sh
# Blocks of C programs that declared pointers alone do not type: what points
# into the middle of them, headers, arrays with pages of their own, pools.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
need jq
has_kernel_cores || skip "core_pattern is not 'core'"

# count TYPE WANTED
count() {
	got=$(jq --arg type "$1" '[.rows[] | select(.type == $type) |
		.blocks] | add // 0' stat.json)
	same "$2" "$got" "$name: blocks of type $1"
}

# core_of PROGRAM: its core, in PROGRAM.core
core_of() {
	(ulimit -c unlimited && exec ./"$1") >"$1.out" 2>/dev/null || :
	for core in core core.*; do
		[ ! -e "$core" ] || mv "$core" "$1.core"
	done
}

check_build() { # NAME COMPILER FLAGS...
	name=$1
	shift
	command -v "$1" >/dev/null || {
		echo "no $1: $name left out"
		return 0
	}
	"$@" -o "$name" "$here/idioms.c"
	core_of "$name"
	"$corewalk" stat --json --limit 0 "$name.core" >stat.json
	while read -r type wanted; do
		count "$type" "$wanted"
	done <"$name.out"
	rm -f "$name.core"
}

check_build gcc-0 gcc -g -O0
check_build gcc-2 gcc -gdwarf-4 -O2
check_build clang-0 clang -gdwarf-4 -O0
check_build clang-2 clang -g -O2

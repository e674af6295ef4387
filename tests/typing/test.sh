#!/bin/sh
# Blocks that declared pointers lead to, counted by type against what the
# program made; and names of the way there.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
. "$source/tests/builds.sh"
need jq
has_kernel_cores || skip "core_pattern is not 'core'"

# count TYPE WANTED
count() {
	got=$(jq --arg type "$1" '[.rows[] | select(.type == $type) |
		.blocks] | add // 0' stat.json)
	same "$2" "$got" "$name: blocks of type $1"
}

check_build() { # NAME COMPILER FLAG...
	name=$1
	shift
	"$@" -std=c++17 -pthread -o typed "$here/types.cpp"
	core_of typed

	"$corewalk" stat --json --limit 0 typed.core >stat.json
	count item 1000
	count extra 1000
	count 'item *' 1
	count packet 10
	count pick 40
	count session 3
	count Circle 60
	count Square 40
	[ "$(jq '[.rows[] | select(.type == "char") | .blocks] | add' \
		stat.json)" -ge 1000 ] || fail "$name: text"

	address=$(cut -d' ' -f1 typed.out)
	"$corewalk" path "$address" typed.core >path
	grep -q 'registry\.list\.' path || fail "$name: $(cat path)"
	"$corewalk" object "$address" typed.core >object
	grep -q '^type: exact' object || fail "$name: $(cat object)"
	grep -q 'label.*"label number ' object || fail "$name: $(cat object)"
}

# One truth for all ways to write it down.
each_build check_build g++ clang++

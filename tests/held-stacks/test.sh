#!/bin/sh
# heap profile reachable_space: who holds how many, on programs that know, and
# together all that is reachable.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
. "$source/tests/builds.sh"
need jq
has_kernel_cores || skip "the kernel writes cores elsewhere"

# held CORE BLOCKS TYPE ROOT
held() {
	same "$2" "$(jq --arg type "$3" --arg root "$4" '[.stacks[] |
		select(.frames[0] == $type and .frames[-1] == $root) |
		.blocks] | add' profile.json)" "$1: $3 of $4"
}

# sums CORE: also that what no root leads to is left out.
sums() {
	"$corewalk" heap profile reachable_space --json --limit 0 \
		--pprof ours "$1" >profile.json
	"$corewalk" heap summary --json "$1" >summary.json
	same "$(jq -c '[.reachable.blocks, .reachable.bytes]' summary.json)" \
		"$(jq -c '[([.stacks[].blocks] | add),
			([.stacks[].bytes] | add)]' profile.json)" "$1: sum"
	same "$(jq .reachable.bytes summary.json)" \
		"$(jq '[.rows[].flat] | add' profile.json)" "$1: by type"
}

${CC:-cc} -g -O1 -o ways "$source/tests/programs/ways.c"
core_of ways
sums ways.core
held ways 1 table table
held ways 1001 node table
held ways 100 note table
held ways 1023 leaf table
# A word that is left on the stack may hold one of the lists, too.
[ "$(jq '[.stacks[] | select(.frames == ["node", "table", "table"]) |
	.blocks] | add' profile.json)" -ge 800 ] ||
	fail "nodes of the table: $(cat profile.json)"
"$corewalk" heap profile reachable_objects ways.core >text
grep -q ' table -> table -> node$' text || fail "$(cat text)"

# A chain that is deeper than a stack goes.
${CXX:-c++} -std=c++17 -g -O1 -o deep "$here/deep.cpp"
core_of deep
sums deep.core
same 16 "$(jq '[.stacks[].frames | length] | max' profile.json)" depth
held deep 101 Even chain
held deep 100 Odd chain

"$corewalk" heap profile inuse_space ways.core 2>why && fail "no Go, no mistake"
grep -q "of any program there is 'reachable_space'" why || fail "$(cat why)"

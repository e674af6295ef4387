#!/bin/sh
# Counters that are learned and held against what hangs on them: all hold in a
# sound program; of a broken one those fail that it says, and no others.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
need jq
has_kernel_cores || skip "core_pattern is not 'core'"

# core_of MODE: in MODE.core, what it says in out.MODE
core_of() {
	crash "$1" ./counters "$1" >"out.$1" 2>/dev/null
	"$corewalk" summary --json "$1.core" >"$1.json"
}

check_build() { # NAME COMPILER FLAGS...
	name=$1
	shift
	command -v "$1" >/dev/null || {
		echo "no $1: $name left out"
		return 0
	}
	"$@" -std=c++17 -o counters "$here/counters.cpp"

	core_of sound
	jq -e '.self_check | .num_failed == 0 and .counters == .counters_hold
		and .fields == .fields_hold' sound.json >/dev/null ||
		fail "$name: $(jq .self_check sound.json)"
	# 50 tables, 60 queues, 40 vectors, 30 maps and 30 lists.
	[ "$(jq .self_check.counters sound.json)" -ge 210 ] ||
		fail "$name: $(jq .self_check sound.json)"

	core_of broken
	jq -r '.self_check.failed[] | select(.kind == "counter") |
		"counter \(.address) \(.expected) \(.found)"' broken.json |
		sort >got
	grep counter out.broken | sort >wanted
	diff -u wanted got || fail "$name: counters"
	jq -r '.self_check.failed[] | select(.kind == "field") |
		"field \(.expected) \(.found) \(.path)"' broken.json >got
	# Which of the two the blocks are, nobody says: the other is wrong.
	grep -qE "^field 30 10 (drawing\.outline|palette\.one)$" got ||
		fail "$name: fields: $(cat got)"
	same 1 "$(wc -l <got)" "$name: fields"

	"$corewalk" summary broken.core >text
	grep -q '^types checked: .* counters say how many there are; ' text ||
		fail "$name: $(cat text)"
	address=$(sed -n 's/^counter \(0x[0-9a-f]*\) .*/\1/p' out.broken |
		head -n 1)
	grep -q "table.used of $address says 12, but 10 hang on" text ||
		fail "$name: $(cat text)"
	rm -f sound.core broken.core
}

check_build gcc-0 g++ -g -O0
check_build gcc-2 g++ -gdwarf-4 -O2
check_build clang-2 clang++ -g -O2

#!/bin/sh
# Merged paths: how many nodes lie behind which field, on a program that knows.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
. "$source/tests/builds.sh"
has_kernel_cores || skip "the kernel writes cores elsewhere"

# shown TYPE BLOCKS HERE WAY: there is such a line
shown() {
	"$build/corewalk" heap path --type "^$1\$" --limit 0 ways.core >got ||
		fail "$(cat got)"
	awk -v blocks="$2" -v here="$3" -v way="$4" '{
		num = $1; gsub(",", "", num)
		ends = $6; gsub(",", "", ends)
		text = $0; sub(/^.*%  *[0-9,]*  /, "", text); sub(/^ */, "", text)
		if (num == blocks && ends == here && text == way)
			found = 1
	} END { exit !found }' got || fail "$name: no '$4' of $2, $3 in: $(cat got)"
}

check_build() { # NAME COMPILER FLAG...
	name=$1
	shift
	"$@" -o ways "$source/tests/programs/ways.c"
	core_of ways
	shown node 1001 0 'table -> table'
	shown node 1000 10 '.buckets[] -> node'
	shown node 990 990 '.next* -> node'
	shown node 1 0 '.root -> leaf'
	shown node 1 1 '.node -> node'
	shown leaf 1023 1 '.root -> leaf'
	# Half of the tree is behind each, and comes back to both.
	shown leaf 511 256 '.left* -> leaf'
	shown leaf 255 255 '.right* -> leaf'
	shown leaf 511 256 '.right* -> leaf'
	shown leaf 255 255 '.left* -> leaf'
	shown note 100 0 '.buckets[] -> node'
	shown note 100 100 '.note -> note'
	"$build/corewalk" heap path --min 24 --max 24 ways.core >got
	grep -q 'no root leads to 7 blocks more' got || fail "$name: $(cat got)"
}

each_build check_build gcc clang

"$build/corewalk" heap path ways.core 2>why && fail "no address was no mistake"
grep -q 'needs an address, or --type' why || fail "$(cat why)"

#!/bin/sh
# What fields of virtual bases hold has a type and a path: against what the
# program says of itself.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
. "$source/tests/builds.sh"
need jq g++
has_kernel_cores || skip "core_pattern is not 'core'"

check_build() { # NAME COMPILER FLAG...
	name=$1
	shift
	"$@" -std=c++17 -o bases "$here/bases.cpp" || fail "$name"
	core_of bases
	"$corewalk" stat --json --limit 0 bases.core >stat.json
	while read -r path address number; do
		if [ "$path" = count ]; then
			same "$number" "$(jq --arg type "$address" '[.rows[] |
				select(.type == $type) | .blocks] | add // 0' \
				stat.json)" "$name: blocks of type $address"
			continue
		fi
		"$corewalk" path --json "$address" bases.core >path.json
		# A pointer to a base is followed by "->".
		same "$path" "$(jq -r '.paths[0].text' path.json |
			sed 's/^\(g_top\|g_right\|g_left\)->/\1./')" \
			"$name: path to $address"
	done <bases.out
	"$corewalk" object "$("$corewalk" list --short --type '^whole$' \
		bases.core)" bases.core >object
	same 2 "$(grep -c '^ *+.*\.held ' object)" "$name: $(cat object)"
}

each_build check_build g++ clang++

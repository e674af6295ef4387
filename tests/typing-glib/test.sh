#!/bin/sh
# GLib's containers and what is in them, where the library has no debug info:
# its lists and strings by what headers declare, its hash tables by themselves,
# what is in both by what the code does with the same member's elements.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
. "$source/tests/builds.sh"
need jq pkg-config
has_kernel_cores || skip "core_pattern is not 'core'"
flags=$(pkg-config --cflags --libs glib-2.0 2>/dev/null) ||
	skip "no libglib2.0-dev"

check_counts() { # NAME
	core_of containers
	"$corewalk" stat --json --limit 0 containers.core >stat.json
	grep -v ^0x containers.out >made
	[ "$(wc -l <made)" = 12 ] || fail "$1: $(head -n 3 containers.out)"
	while read -r type num; do
		same "$num" "$(jq --arg type "$type" '[.rows[] |
			select(.type == $type) | .blocks] | add // 0' \
			stat.json)" "$1: blocks of type $type"
	done <made
	"$corewalk" heap list --json --limit 0 containers.core |
		jq -r '.rows[] | select(.type and .confidence == "derived") |
		"\(.address) \(.type)"' | sed 's/ char .*/ char/' |
		sort >ours
	grep ^0x containers.out | sort >theirs
	same "" "$(comm -13 ours theirs | head -n 3)" "$1: not found"
	rm containers.core
}

check_build() { # NAME COMPILER FLAG...
	build_name=$1
	shift
	# shellcheck disable=SC2086
	"$@" -o containers "$here/containers.c" $flags
	check_counts "slices by $build_name"
	export G_SLICE=always-malloc
	check_counts "blocks by $build_name"
	unset G_SLICE
}

each_build check_build gcc clang

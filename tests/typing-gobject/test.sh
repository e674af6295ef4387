#!/bin/sh
# Instances of GObject's types by name, without any debug info: as many as the
# program made, and none of another type.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
. "$source/tests/builds.sh"
need jq gcc strip
has_kernel_cores || skip "core_pattern is not 'core'"

gcc -O1 -o things "$here/things.c" -l:libgobject-2.0.so.0 \
	-l:libglib-2.0.so.0 2>errors || skip "no libgobject-2.0"
strip things
check_counts() { # NAME
	core_of things
	[ "$(wc -l <things.out)" = 3 ] || fail "$(cat things.out)"
	"$corewalk" stat --json --limit 0 things.core >stat.json
	while read -r type num; do
		same "$num" "$(jq --arg type "$type" '[.rows[] |
			select(.type == $type) | .blocks] | add // 0' \
			stat.json)" "$1: $type"
	done <things.out
}

check_counts "in slices, before 2.76"
export G_SLICE=always-malloc
check_counts "in blocks"

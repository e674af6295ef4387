#!/bin/sh
# Blocks of a program without debug info, grouped by what they look like: what
# the program says it made, numbered by their bytes, each time the same.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
need jq
has_kernel_cores || skip "core_pattern is not 'core'"

# look COMPILER [COMMAND...]: COMMAND runs the program.
look() {
	cc=$1
	shift
	crash shapes "$@" ./shapes >out 2>/dev/null
	sort -n out >wanted

	# Where the addresses are in it, not what they lead to.
	"$corewalk" stat --json --limit 0 shapes.core >stat.json
	jq -r '.rows[] | select(.looks) | "\(.blocks) \(.bytes / .blocks) " +
		([.looks | scan("\\+[0-9]+")] | join(" "))' stat.json |
		sort -n >got
	diff -u wanted got || fail "$cc: shapes"

	# Most bytes first; all are unknown, and all is told.
	jq -e '[.rows[] | select(.looks) | .type] ==
		[range(3) | "shape#\(. + 1)"]' stat.json >/dev/null ||
		fail "$cc: $(cat stat.json)"
	jq -e '[.rows[] | select(.looks) | .confidence] | unique == ["none"]' \
		stat.json >/dev/null || fail "$cc: $(cat stat.json)"
	jq -e '([.rows[].blocks] | add) == .total.blocks' stat.json \
		>/dev/null || fail "$cc: $(cat stat.json)"
	"$corewalk" stat --json --limit 0 shapes.core >again.json
	cmp stat.json again.json || fail "$cc: not the same again"

	# The list and a single block say the same.
	"$corewalk" list --json --limit 0 shapes.core >list.json
	for shape in 1 2 3; do
		jq -r --arg name shape#$shape '.rows[] |
			select(.shape_name == $name) | .address' list.json >some
		same "$(jq --arg name shape#$shape '.rows[] |
			select(.type == $name) | .blocks' stat.json)" \
			"$(wc -l <some)" "$cc: shape#$shape in the list"
		address=$(sed -n 7p some)
		"$corewalk" object "$address" shapes.core >object
		grep -q "^shape#$shape: " object || fail "$cc: $(cat object)"
	done
	"$corewalk" stat shapes.core >text
	grep -q 'shape#1: 72 B$' text || fail "$cc: $(cat text)"
	grep -q 'shape#2: 40 B, +0 shape#2, +8 shape#1, +16 code$' text ||
		fail "$cc: $(cat text)"
	rm -f shapes.core
}

# Not at random places: the heap lies right behind the program.
for cc in gcc clang; do
	command -v $cc >/dev/null || continue
	$cc -O2 -o shapes "$here/shapes.c"
	look "$cc"
	look "$cc" setarch -R
done

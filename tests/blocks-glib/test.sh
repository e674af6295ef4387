#!/bin/sh
# GLib's slices, which are cut from slabs in blocks of malloc(): each that the
# program has is a used block of its size, and none that it gave back is one.
# GLib of 2.76 and later, or told so, takes them from malloc().
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
. "$source/tests/builds.sh"
need jq gcc strip
has_kernel_cores || skip "core_pattern is not 'core'"

gcc -O1 -pthread -o slices "$here/slices.c" -l:libglib-2.0.so.0 2>errors ||
	skip "no libglib-2.0"
strip slices

# has_all NAME SIZES: what the program says against the blocks
has_all() {
	"$build/tests/blocks/blocks" slices.core >blocks 2>/dev/null
	awk '$1 == "used" { print $2, $3 }' blocks | sort >ours
	# What was given back and taken again is used.
	awk -v sizes="$2" '$1 == "used" {
		print $2 (sizes ? " " $3 : "") }' slices.out | sort >theirs
	[ "$(wc -l <theirs)" -gt 8000 ] || fail "$1: $(tail -n 3 slices.out)"
	[ "$2" ] || {
		cut -d ' ' -f 1 ours >ours.short && mv ours.short ours
	}
	same "" "$(comm -13 ours theirs | head)" "$1: slices that are no blocks"
	cut -d ' ' -f 1 ours >ours.used
	awk 'NR == FNR { used[$2] += $1 == "used"; next }
		$1 == "gone" && !used[$2] { print $2 }' slices.out slices.out |
		sort -u >gone
	[ "$2" ] || return 0
	same "" "$(comm -12 ours.used gone | head)" "$1: slices given back"
}

core_of slices
minor=$( (ulimit -c 0 && ./slices 2>&1 >/dev/null || :) | head -n 1)
"$corewalk" summary --json slices.core >summary.json
num=$(jq '[.allocators[] | select(.name == "GLib slices")] | length' summary.json)
if [ "$minor" -lt 76 ]; then
	same 1 "$num" "allocators of slices"
	same true "$(jq '[.allocators[].coverage] | all(. == 1)' summary.json)" \
		"all is explained"
	has_all slabs sizes
else
	same 0 "$num" "allocators of slices"
	has_all malloc ""
fi
"$corewalk" verify slices.core >verify || fail "$(cat verify)"

export G_SLICE=always-malloc
core_of slices
has_all always-malloc ""

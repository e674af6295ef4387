#!/bin/sh
# Blocks of C programs that declared pointers alone do not type: what points
# into the middle of them, headers, arrays with pages of their own, pools, links
# without a name, several objects in one piece, headers of an allocator's own,
# types that a tag tells, members that nobody has set, lists that are lost,
# objects that are shorter than their type, entries of tables within others,
# functions beside a pointer, objects that only their names lead to, tables whose
# links are a member of what they hold, rings of one struct for all, unions that
# a number beside them tells, what a pointer does not lead to, objects that are
# less than what is declared, lists that begin in a table, heads of blocks that
# are handed out piece by piece, links before what is handed out, slabs of
# unions, arrays that a union has of the type around it.
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

# Each page says what it holds besides its bytes.
check_inside() {
	"$corewalk" list --short --type '^unsigned char' --limit 0 pages.core >at
	"$corewalk" object "$(head -n 1 at)" --json pages.core >object.json
	same header,handle,node \
		"$(jq -r '[.inside[].type] | join(",")' object.json)" \
		"$name: what a page holds"
}

# The number that told the type is named as a reason.
check_tag() {
	address=$("$corewalk" heap list --type pair --limit 1 --json tags.core |
		jq -r '.rows[0].address')
	num=$(sed -n 's/^pair //p' tags.out)
	got=$("$corewalk" heap object "$address" tags.core | grep '^tag:')
	same "tag: thing.kind = 4 in $num of $num" "$got" "$name: its tag"
}

# What a table says, a declared pointer says better, whichever is read first.
check_surer() {
	same "$(sed -n 's/^country //p' hashes.out)" "$("$corewalk" heap list \
		--type '^country$' --limit 0 --json hashes.core |
		jq '[.rows[] | select(.confidence == "exact")] | length')" \
		"$name: countries declared"
}

check_build() { # NAME COMPILER FLAG...
	build_name=$1
	shift
	for program in $programs; do
		name="$program by $build_name"
		"$@" -o "$program" "$here/$program.c"
		core_of "$program"
		"$corewalk" stat --json --limit 0 "$program.core" >stat.json
		while read -r type wanted; do
			count "$(echo "$type" | tr _ ' ')" "$wanted"
		done <"$program.out"
		[ "$program" != pages ] || check_inside
		[ "$program" != tags ] || check_tag
		[ "$program" != hashes ] || check_surer
		rm -f "$program.core"
	done
}

# One truth, which the programs tell themselves, for all ways to write it down.
programs="idioms queues values pages fronts tree counted tags raw lost
	numbers endings tables handlers names hashes unions
	refused links timers lesser stores linked slabs arms"
each_build check_build gcc clang

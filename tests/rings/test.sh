#!/bin/sh
# Rings: which own themselves, and what their reference counts prove; paths in
# variables and fields, through containers by key and number.  The program says
# itself which path leads where.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
. "$source/tests/builds.sh"
need c++ jq
has_kernel_cores || skip "core_pattern is not 'core'"

rings() { # WHICH OPTION...: size, owning, counts and verdict of each kind
	which=$1
	shift
	"$build/corewalk" heap cycles --json --limit 0 "$@" rings.core \
		>"$which.json"
	jq -r '.groups[] | [.cycles, (.blocks / .cycles), .owning,
		.refcounts.expected, .refcounts.found, .refcounts.verdict,
		([.ring[].field] | unique | join(" "))] | map(tostring) |
		join("|")' "$which.json" | sort
}

paths() { # each path that the program printed, asked for by its address
	while read -r path address; do
		"$build/corewalk" heap path --json "$address" rings.core |
			jq -r '.paths[0].text' >path.text
		echo "$path" | cmp -s - path.text ||
			fail "$1: $address is $path, not $(cat path.text)"
	done <rings.out
}

check_build() { # NAME COMPILER FLAG...
	name=$1
	shift
	"$@" -std=c++17 -o rings "$source/tests/programs/rings.cpp"
	core_of rings
	paths "$name"
	rings lost >lost
	cmp lost - <<-END || fail "$name: $(cat lost)"
		10|3|true|30|30|proven|.next
		1|2|true|3|2|missing release|.next
	END
	rings held --reachable --refcounts counters >held
	cmp held - <<-END || fail "$name: $(cat held)"
		1|100|false|null|null|null|._M_left ._M_parent
		1|2|true|3|3|held|.peer
		1|5|true|null|null|null|.next
		1|7|false|null|null|null|.next .prev
		1|8|false|null|null|null|.kids .parent [0]
	END
}

printf 'count Counted refs\n# nothing\n\n' >counters
each_build check_build g++ clang++

# Another file of counters in the same words, and one that is none.
echo 'borrows Counted.peer' >counters
rings held --reachable --refcounts counters | grep -q '|2|false|null|' ||
	fail "what is borrowed does not own"
echo 'counts Counted refs' >counters
status=0
"$build/corewalk" heap cycles --refcounts counters rings.core 2>err || status=$?
[ $status = 2 ] && grep -q "'counters', line 1" err || fail "$status $(cat err)"

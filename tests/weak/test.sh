#!/bin/sh
# A block held by a stale saved register or slot alone is weak; one held by a
# register or slot that is read again, or that a variable in scope is in, is not.
# What only numbers lead to is weak, too, but for those that are pointers.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
. "$here/../builds.sh"
need gcc jq strip

has_kernel_cores || skip "core_pattern is not 'core'"

# dump_of PROGRAM: its core in $dump, its blocks in "blocks".
dump_of() {
	dump=$1.core
	core_of "$1"
	"$corewalk" list --json --limit 0 "$dump" |
		jq -r '.rows[]|"\(.size) \(.address)"' >blocks
}

# block_of SIZE: the address of the one block of about that size.
block_of() {
	awk -v size="$1" '$1 >= size && $1 < size + 24 { print $2 }' blocks \
		>found
	same 1 "$(wc -l <found)" "blocks of $1 in $name"
	cat found
}

# reachable SIZE
reachable() {
	"$corewalk" object --json "$(block_of "$1")" "$dump" | jq -r .reachable
}

# of SIZE WANTED WHAT
of() {
	same "$2" "$(reachable "$1")" "$name: $3"
}

# path_has SIZE PATTERN
path_has() {
	"$corewalk" path "$(block_of "$1")" "$dump" >path
	grep -q "$2" path || fail "$name: no '$2' in $(cat path)"
}

# path_has_not SIZE PATTERN
path_has_not() {
	"$corewalk" path "$(block_of "$1")" "$dump" >path
	! grep -q "$2" path || fail "$name: '$2' in $(cat path)"
}

# sums WEAK GROUPS: what is weak in leaks and summary.
sums() {
	"$corewalk" leaks --json "$dump" >leaks
	same "$1" "$(jq .kinds.weak.blocks leaks)" "weak blocks of $name"
	same "$2" "$(jq '[.groups[]|select(.weak)]|length' leaks)" "weak groups"
	same true "$(jq '.total.bytes == ([.kinds[].bytes]|add)' leaks)" sum
	"$corewalk" summary --json "$dump" >summary
	same true "$(jq '.used.blocks == .reachable.blocks + .weak.blocks
		+ .unreachable.blocks' summary)" summary
	same "$1" "$(jq .weak.blocks summary)" "weak in summary"
}

check_waits() {
	weak=$((num + numbers))
	sums $weak $weak
	of 1000 weak "held by a stale register"
	[ $num = 1 ] || of 4000 weak "not read again"
	[ $num = 2 ] || of 4000 yes "in a variable"
	of 2000 yes "held by a live register"
	of 3000 no "lost"
	of 6000 yes "a number that is called a pointer"
	if [ $numbers -gt 0 ]; then
		of 5000 weak "a number"
		of 7000 weak "a local number"
		path_has 5000 'numbered.id, a number'
	fi
	path_has 1000 "thread [234] .*$where of $owner, not read again"
	path_has_not 2000 'not read again'
	"$corewalk" leaks "$dump" >text
	grep -q "weak: $weak block" text || fail "$name: leaks are silent of it"
	"$corewalk" leaks --kind weak --short "$dump" >short
	grep -qx "$(block_of 1000)" short || fail "the weak ones of $name"
}

# try_waits NAME COMPILER FLAG...
try_waits() {
	name=$1
	shift
	"$@" -pthread -o waits "$here/waits.c"
	owner='stale()' num=2 where='r[b1][px2-5]*' numbers=0
	# A variable in scope is said to be in the register.
	case "$*" in
	*-g*) num=1 numbers=2 ;;
	esac
	# Without optimising every variable has a word of its own.
	case "$*" in
	*-O0*) where=slot ;;
	esac
	case $name in
	stripped*)
		strip waits
		owner='0x[0-9a-f]*'
		;;
	esac
	dump_of waits
	check_waits
}

check_numbers() {
	sums 4 3
	of 1000 weak "an integer of an item"
	of 2000 weak "what only that leads to"
	of 3000 weak "a floating point number of an item"
	of 4000 weak "an element of an array of such"
	of 5000 yes "an integer that is called a pointer"
	of 6000 yes "an integer that is always a pointer"
	of 7000 yes "an integer in the only object of its type"
	of 8000 yes "a union with a pointer"
	of 9000 yes "a pointer besides"
	of 10000 no "an integer in what is lost"
	of 11000 yes "integers that may be anything"
	path_has 1000 '[.>]id, a number$'
	path_has 3000 '[.>]share, a number$'
	path_has_not 9000 'a number'
	"$corewalk" refs "$(block_of 1000)" "$dump" >refs
	grep -q 'item.id, a number' refs || fail "$name: $(cat refs)"
}

# try_numbers NAME COMPILER FLAG...
try_numbers() {
	name=$1
	shift
	"$@" -o numbers "$here/numbers.c"
	dump_of numbers
	check_numbers
}

try() {
	try_waits "$@"
	try_numbers "$@"
}

# Of a heap too large for types at once the doubt is said.
check_large() {
	name=large
	gcc -g -O1 -DNUM_MORE=1100000 -o large "$here/numbers.c"
	core_of large
	"$corewalk" leaks --json large.core >leaks
	same "0 true" "$(jq -r '"\(.kinds.weak.blocks) \(.numbers_as_pointers)"' \
		leaks)" "weak blocks without types"
	for command in leaks cycles; do
		"$corewalk" $command large.core >text
		grep -q 'numbers in blocks count as pointers' text ||
			fail "$command is silent of numbers: $(cat text)"
	done
	"$corewalk" leaks --types --json large.core >leaks
	same "4 false" "$(jq -r '"\(.kinds.weak.blocks) \(.numbers_as_pointers)"' \
		leaks)" "weak blocks with types"
	# Whoever marks, the same is marked.
	for command in leaks "leaks --types"; do
		for threads in 1 2 4; do
			# shellcheck disable=SC2086
			"$corewalk" $command --threads $threads --json \
				large.core >by-$threads
			cmp by-1 by-$threads || fail "$command by $threads threads"
		done
	done
	rm large.core
}

each_build try gcc clang
check_large
# Whoever knows no types cannot tell numbers.
strip numbers
dump_of numbers
sums 0 0
try_waits gcc gcc -O2
try_waits stripped gcc -O2
try_waits "gcc without optimising" gcc -O0
try_waits "gcc with frame pointers" gcc -O2 -fno-omit-frame-pointer -g
if command -v clang >/dev/null; then
	try_waits "stripped, of clang" clang -O2
	try_waits "clang without optimising" clang -O0
fi

#!/bin/sh
# A smashed header costs that block only, is reported with the block before it,
# and the rest of the blocks are what the recorder has.  Words of a core are
# overwritten here as bugs of a program would have.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
need gcore c++

build_recorder
${CC:-cc} -O2 -o poke "$source/tests/recorder/poke.c"
record whole ./zoo 20000 report leaks
wait_for report ^ready
gcore_of whole
compare whole
mv whole.core core

# walk: blocks of the overwritten core.
walk() {
	"$build/tests/blocks/blocks" core verify >blocks 2>walk.log ||
		fail "$name: the walk ended with $?"
	sed -n 's/^used //p' blocks | sort >got
}

# smash NAME WORD=VALUE...: overwrites, walks, and mends the core again.
smash() {
	name=$1
	shift
	mend=
	for word in "$@"; do
		mend="$mend ${word%=*}=$(./poke core "${word%=*}")"
	done
	./poke core "$@"
	walk
	# shellcheck disable=SC2086
	./poke core $mend
}

# lost N: at most N used blocks are missing, and none is invented.
lost() {
	missing=$(comm -23 whole.got got | wc -l)
	extra=$(comm -13 whole.got got | wc -l)
	echo "$name: $missing missing, $extra extra; $(grep '^corruption' blocks | head -n 2)"
	[ "$missing" -le "$1" ] || {
		comm -23 whole.got got | head
		fail "$name: $missing blocks lost, may be $1"
	}
	[ "$extra" -le "${2:-0}" ] || {
		comm -13 whole.got got | head
		fail "$name: $extra blocks invented"
	}
	grep -q '^corruption' blocks || fail "$name: no corruption reported"
}

blames() {
	grep -q "^corruption 0x[0-9a-f]* [0-9]* $1 " blocks ||
		fail "$name: $1 is not the suspect"
}

plus() {
	printf '0x%x' $(($1 + $2))
}

# Two neighbours in the main arena: a ring's members.
ring() {
	sed -n "s/^leak ring $1 \([^ ]*\) .*/\1/p" report | sed -n "${2}p"
}

before=$(ring 40 3)
block=$(ring 40 4)
header=$(plus "$block" -8)
for value in 4141414141414141 0 8 29 7fffffffffff1 1000000001 10001; do
	smash "size 0x$value" "$header=$value"
	lost 1
	blames "$before"
done

# The size is wrong but possible: shorter, longer.  (Just that of two chunks
# could not be seen.)
for value in 31 41 71 91 101; do
	smash "size 0x$value" "$header=$value"
	lost 2 1
done

# Three blocks, far and near.
other=$(plus "$(ring 41 4)" -8)
third=$(plus "$(ring 70 9)" -8)
smash "three sizes" "$header=4242424242424242" "$other=4343434343434343" \
	"$third=1"
lost 3
same 3 "$(grep -c '^corruption' blocks)" "$name: corruptions"

# The bit that says that the block before is in use.
smash "in-use bit" "$header=50"
lost 0
blames "$before"

# In a thread's arena.
block=$(awk '$1 == "used" && $2 ~ /^0x7f/ && $3 == 200 { print $2 }' \
	whole.blocks | sed -n 5p)
[ -n "$block" ] || block=$(awk '$1 == "used" && $2 ~ /^0x7f/ && $3 < 300 &&
	$3 > 100 { print $2 }' whole.blocks | sed -n 50p)
smash "thread arena" "$(plus "$block" -8)=6161616161616161"
lost 1

# The last block runs into the top.
top=$(awk '$1 == "free" { last = $2 } /^used 0x7f/ { exit }
	END { print last }' whole.blocks)
smash "top" "$(plus "$top" -8)=ffffffffffffffff"
lost 0

# A link of a thread cache: written to after free.
cached=$(awk '$1 == "cached" && $3 < 200 { print $2 }' whole.blocks |
	sed -n 20,400p)
for block in $(echo "$cached" | awk 'NR % 60 == 0'); do
	smash "cached block" "$block=4141414141414141"
	lost 0
done

# Links of a free chunk.
free=$(awk '$1 == "free" && $3 > 200 && $3 < 4000 { print $2 }' whole.blocks |
	head -n 1)
smash "free block's links" "$free=4141414141414141"
lost 0
grep -q "^corruption $free" blocks || fail "$name: not the free block"
# Only who follows links sees it: the command does.
link=$(./poke core "$free")
./poke core "$free=4141414141414141"
"$corewalk" verify core >verify
./poke core "$free=$link"
grep -q "^$free .*link 0x4141414141414141 of a free block" verify ||
	fail "$name: $(cat verify)"

# The ring of arenas, and the struct of a thread cache.
state=$(sed -n 's/^allocator.*bins at 0x\([0-9a-f]*\) .*/0x\1/p' whole.blocks)
smash "ring of arenas" "$(plus "$state" 0x800)=4141414141414141"
lost 0
cache=$(sed -n 's/^metadata \([^ ]*\) .*/\1/p' whole.blocks | sed -n 2p)
smash "thread cache" "$(plus "$cache" 0x88)=4141414141414141" \
	"$(plus "$cache" 8)=0003000300030003"
lost 0 1

# Nothing is left of it.
walk
cmp -s whole.got got || fail "the core was not mended"

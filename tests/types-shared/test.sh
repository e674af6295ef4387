#!/bin/sh
# Debug info that dwz moved: within a file, to a file that several share, and
# there in the way of DWARF 5.  Types and variables are what they were.
. "$(dirname "$0")/../lib.sh"
need g++ dwz
types=$build/tests/types/types
program=$source/tests/types-ptype/many.cpp

print() {
	"$types" "$1" layouts 2>>errors | sort -u
	"$types" "$1" variables 2>>errors
}

for version in 4 5; do
	for optimise in -O0 -O1; do
		g++ -std=c++17 -gdwarf-$version $optimise -pthread \
			-o "plain$optimise" "$program"
		print "./plain$optimise" >"plain$optimise.out"
	done
	for flags in '' '-m shared' '-5 -m shared'; do
		cp plain-O0 moved-O0
		cp plain-O1 moved-O1
		# shellcheck disable=SC2086
		dwz $flags moved-O0 moved-O1 || fail "dwz $flags"
		for optimise in -O0 -O1; do
			print "./moved$optimise" >moved.out
			# The shared file has the other's types as well.
			comm -13 moved.out "plain$optimise.out" >lost
			[ ! -s lost ] || {
				head lost
				fail "lost by dwz $flags, DWARF $version"
			}
			[ "$(wc -l <moved.out)" -ge 800 ] || fail "few types"
		done
		tried=$((${tried:-0} + 1))
	done
	[ ! -s errors ] || { cat errors; fail "problems"; }
done

rm shared
print ./moved-O0 >moved.out
grep -q 'the dwz file with a part of it is missing' errors ||
	fail "a missing file is not told"
echo "$tried ways"

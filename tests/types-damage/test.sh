#!/bin/sh
# Debug info with damage of many kinds: never a crash, never without end.
. "$(dirname "$0")/../lib.sh"
damage=$build/tests/types-damage/damage
first=${FIRST:-1}
tries=${TRIES:-150}

for cc in g++ clang++; do
	command -v $cc >/dev/null || continue
	for version in 2 4 5; do
		$cc -gdwarf-$version -O1 -o $cc-$version \
			"$source/tests/types/classes.cpp"
	done
done
if command -v g++ >/dev/null; then
	g++ -gdwarf-4 -fdebug-types-section -o units \
		"$source/tests/types/classes.cpp"
	[ "$tries" -lt 1000 ] ||
		g++ -std=c++17 -g -O1 -o many -pthread \
			"$source/tests/types-ptype/many.cpp"
fi
set -- *
[ -f "$1" ] || skip "no g++, no clang++"
for file; do
	"$damage" "$file" "$first" "$tries" 2>"errors.$file" || {
		cat "errors.$file"
		fail "run: $damage $work/$file TRY 1"
	}
	rm "errors.$file"
done
echo "$tries tries from number $first of each of $# files (FIRST=, TRIES=)"

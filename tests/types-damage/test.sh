#!/bin/sh
# Debug info with damage of many kinds: never a crash, never without end.
. "$(dirname "$0")/../lib.sh"
damage=$build/tests/types-damage/damage
first=${FIRST:-1}
tries=${TRIES:-150}

for cc in g++ clang++; do
	command -v $cc >/dev/null || continue
	for version in 2 4 5; do
		$cc -gdwarf-$version -O1 -o built-$cc-$version \
			"$source/tests/types/classes.cpp"
	done
done
if command -v g++ >/dev/null; then
	g++ -gdwarf-4 -fdebug-types-section -o built-units \
		"$source/tests/types/classes.cpp"
	[ "$tries" -lt 1000 ] ||
		g++ -std=c++17 -g -O1 -o built-many -pthread \
			"$source/tests/types-ptype/many.cpp"
fi
if command -v rustc >/dev/null; then
	rustc -g -C relocation-model=static -o built-rust \
		"$source/tests/types-rust/variants.rs" 2>/dev/null
	# The standard library's own is no use here, and long.
	objcopy --remove-section=.debug_line --remove-section=.debug_ranges \
		built-rust
fi
# libdwarf, told to keep no list of what it allocates, loses some of its own
# error texts when it meets damage.  What undamaged debug info costs is held to
# be handed back by tests/unit/debug.
echo 'leak:libdwarf.so' >lost-by-libdwarf
export LSAN_OPTIONS="suppressions=$work/lost-by-libdwarf:print_suppressions=0"

set -- built-*
[ -f "$1" ] || skip "no g++, no clang++"
for file; do
	"$damage" "$file" "$first" "$tries" 2>"errors.$file" || {
		cat "errors.$file"
		fail "run: $damage $work/$file TRY 1"
	}
	rm "errors.$file"
done
# part FILE PROGRAM: damage of what a program's debug info is partly in.
part() {
	mv "$1" "$1.whole"
	"$damage" "$work/$1" "$first" "$tries" "./$2" 2>errors || {
		cat errors
		fail "run: cd $work && $damage $work/$1 TRY 1 ./$2"
	}
	parts=$((parts + 1))
}

parts=0
if command -v g++ >/dev/null; then
	for version in 4 5; do
		g++ -gdwarf-$version -gsplit-dwarf -fdebug-types-section \
			-o split-$version "$source/tests/types/classes.cpp"
		if [ $version = 4 ] && command -v dwp >/dev/null; then
			cp split-4 packed
			dwp -e split-4 -o packed.dwp
			part packed.dwp packed
		fi
		part split-$version-classes.dwo split-$version
	done
fi
if command -v g++ >/dev/null && command -v dwz >/dev/null; then
	for name in one two; do
		g++ -g -o $name "$source/tests/types/classes.cpp"
	done
	if dwz -m shared one two 2>/dev/null && [ -f shared ]; then
		part shared one
	fi
fi
echo "$parts parts, and $tries tries from number $first of each of $# files (FIRST=, TRIES=)"

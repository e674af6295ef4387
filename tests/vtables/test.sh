#!/bin/sh
# Classes of objects by their vtable pointers, against dynamic_cast and typeid:
# with debug info, without, and without any symbol.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
has_kernel_cores || skip "core_pattern is not 'core'"
need strip
vtables=$build/tests/vtables/vtables

# run_build: leaves $name.core, and what the program said in "wanted".
run_build() {
	crash "$name" ./"$name" >wanted 2>/dev/null
	"$vtables" "$name.core" <wanted >got
}

check_same() { # WHAT
	diff -u wanted got >difference || {
		cat difference
		fail "$name: $1"
	}
	[ "$(wc -l <got)" -gt 15 ] || fail "$name: $(wc -l <got) lines"
}

check_build() { # NAME COMPILER FLAGS...
	name=$1
	shift
	command -v "$1" >/dev/null || {
		echo "no $1: $name left out"
		return 0
	}
	"$@" -std=c++17 -o "$name" "$here/classes.cpp" "$here/other.cpp" ||
		fail "$name: $*"
	run_build
	check_same "with debug info"

	strip --strip-all "$name"
	run_build
	sed -i 's/^\([^ ]* [^ ]*\) [0-9]*/\1 0/' wanted
	check_same "stripped"
}

check_build gcc-0 g++ -g -O0
check_build gcc-2 g++ -gdwarf-4 -O2
check_build gcc-static g++ -g -O1 -static
check_build clang-0 clang++ -g -O0
check_build clang-2 clang++ -gdwarf-4 -O2

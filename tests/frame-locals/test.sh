#!/bin/sh
# Parameters and locals of all frames of all threads, with their values,
# against GDB's: gcc and clang, versions 4 and 5 of DWARF, -O0 and -O2.
. "$(dirname "$0")/../lib.sh"
need gcc g++ gdb

ulimit -c unlimited
[ "$(cat /proc/sys/kernel/core_pattern)" = core ] ||
	skip "core_pattern is not 'core'"

# Of what GDB knows a part is unknown to us: registers that a call does not
# preserve, which it takes to be as they are now; sums of floating point
# numbers; what was passed to a function that jumped to the frame's.
faults='^WRONG\|^ABSENT\|^MORE'
check_build() {
	name=$1 least=$2
	shift 2
	"$@" -o "$name" 2>/dev/null || fail "$name does not compile"
	rm -f core
	(./"$name" >/dev/null 2>&1) || true
	[ -f core ] || fail "$name left no core"
	gdb -nx -batch -iex 'set auto-load off' -x "$here/gdb.commands" "$name" core 2>/dev/null |
		awk -f "$here/gdb.awk" >"$name".gdb
	"$build/tests/frame-locals/locals" core >"$name".ours 2>"$name".sums
	awk -f "$here/compare.awk" "$name".gdb "$name".ours >"$name".compared
	rm core
	sums=$(tail -n 1 "$name".compared)
	set -- $sums
	! grep "$faults" "$name".compared | head -n 5 | grep . ||
		fail "$name: not what GDB says: $sums"
	[ "$2" -ge "$least" ] && [ $(($4 * 4)) -le "$2" ] || {
		grep '^UNKNOWN' "$name".compared | head -n 5
		fail "$name: too little is known: $sums"
	}
	echo "$name: $sums"
}

for version in 4 5; do
	for level in -O0 -O2; do
		check_build "gcc-$version$level" 60 gcc -gdwarf-$version \
			$level "$here/../scopes/calls.c"
		check_build "g++-$version$level" 30 g++ -gdwarf-$version \
			$level -pthread "$here/objects.cpp"
		command -v clang++ >/dev/null || continue
		check_build "clang-$version$level" 60 clang -gdwarf-$version \
			$level "$here/../scopes/calls.c"
		check_build "clang++-$version$level" 30 clang++ \
			-gdwarf-$version $level -pthread "$here/objects.cpp"
	done
done

# The same in .dwo files.  GDB 13 does not find what calls pass in those of
# clang's DWARF 5: more than it knows is no fault.
faults='^WRONG\|^ABSENT'
for version in 4 5; do
	set -- -gdwarf-$version -gsplit-dwarf -O2
	check_build "split-gcc-$version" 60 gcc "$@" \
		"$here/../scopes/calls.c"
	check_build "split-g++-$version" 30 g++ "$@" -pthread \
		"$here/objects.cpp"
	command -v clang++ >/dev/null || continue
	check_build "split-clang-$version" 60 clang "$@" \
		"$here/../scopes/calls.c"
	check_build "split-clang++-$version" 30 clang++ "$@" -pthread \
		"$here/objects.cpp"
done

faults='^WRONG\|^ABSENT\|^MORE'
# Versions 4 and 5 of DWARF are mixed in one executable.
for rustc in rustc /usr/bin/rustc; do
	command -v $rustc >/dev/null || continue
	version=rust-$($rustc --version | awk '{print $2}')
	[ ! -e "$version-O0" ] || continue
	check_build "$version-O0" 60 $rustc -g "$here/jobs.rs"
	check_build "$version-O2" 60 $rustc -g -O "$here/jobs.rs"
done

#!/bin/sh
# Parameters and locals of all frames of all threads, with their values,
# against GDB's.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
. "$here/../builds.sh"
need gcc g++ gdb

has_kernel_cores || skip "core_pattern is not 'core'"

# Of what GDB knows a part is unknown to us: registers that a call does not
# preserve, which it takes to be as they are now.
compare() { # NAME LEAST COMMAND...
	name=$1 least=$2
	shift 2
	faults='^WRONG\|^ABSENT\|^MORE'
	# GDB 13 does not find what calls pass in .dwo files of clang's DWARF 5.
	case "$*" in
	*-gsplit-dwarf*) faults='^WRONG\|^ABSENT' ;;
	esac
	"$@" -o "$name" 2>/dev/null || fail "$name does not compile"
	core_of "$name"
	gdb -nx -batch -iex 'set auto-load off' -x "$here/gdb.commands" "$name" "$name".core 2>/dev/null |
		awk -f "$here/gdb.awk" >"$name".gdb
	"$build/tests/frame-locals/locals" "$name".core >"$name".ours 2>"$name".sums
	awk -f "$here/compare.awk" "$name".gdb "$name".ours >"$name".compared
	rm "$name".core
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

compare_c() { # NAME COMPILER FLAG...
	shift
	compare "$(echo "$*" | tr ' ' .)" 60 "$@" "$here/../scopes/calls.c"
}

compare_cxx() { # NAME COMPILER FLAG...
	shift
	compare "$(echo "$*" | tr ' ' .)" 30 "$@" -pthread "$here/objects.cpp"
}

# Nothing that gcc tells of needs such a register here.
compare_odd() { # NAME COMPILER FLAG...
	shift
	compare "odd.$(echo "$*" | tr ' ' .)" 45 "$@" "$here/odd.c"
	case $1 in
	gcc) case $sums in
		*" unknown 0 "*) ;;
		*) fail "odd: not all is known: $sums" ;;
		esac ;;
	esac
}

each_build compare_c gcc clang
each_build compare_odd gcc clang
each_build compare_cxx g++ clang++

# Versions 4 and 5 of DWARF are mixed in one executable.
for rustc in rustc /usr/bin/rustc; do
	command -v $rustc >/dev/null || continue
	version=rust-$($rustc --version | awk '{print $2}')
	[ ! -e "$version-O0" ] || continue
	compare "$version-O0" 60 $rustc -g "$here/jobs.rs"
	compare "$version-O2" 60 $rustc -g -O "$here/jobs.rs"
done

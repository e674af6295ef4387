#!/bin/sh
# The planted leaks of the zoo are found, all of them, as four groups, and no
# other block: none that only a thread's storage, a private mapping, a register
# or the depths of the main stack leads to; and though freed blocks, cached ones
# too, still point to what is lost.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
need gcore c++

# Without optimisation, so that no stale word is left in a register.
c++ -std=c++17 -g -O0 -pthread -o zoo "$source/tests/programs/zoo.cpp"

begin() {
	rm -f report
	(
		ulimit -c unlimited
		exec ./zoo "${ZOO_BLOCKS:-30000}" report leaks
	) >zoo.out 2>&1 &
	pid=$!
	wait_for report ^ready
}

held() { # NAME: what is found in NAME.core against what was planted
	"$build/tests/lost/lost" "$1.core" >"$1.found"
	sed -n 's/^lost \(0x[0-9a-f]*\) .*/\1/p' "$1.found" | sort >"$1.lost"
	sed -n 's/^leak .* \(0x[0-9a-f]*\) [0-9]*$/\1/p' report |
		sort >"$1.planted"
	cmp "$1.planted" "$1.lost" || fail "$1: other blocks are lost"
	grep -e ^group -e ^rings "$1.found" | sort >"$1.groups"
	cmp - "$1.groups" <<-END || fail "$1: $(cat "$1.groups")"
		group block 1 1 1-1 120
		group chain 10 5000 500-500 56
		group ring 1 3 3-3 56
		group ring 100 2000 20-20 72
		rings 1 3
		rings 100 20
	END
}

begin
gcore_of gcore
held gcore
has_kernel_cores || exit 0
begin
kernel_core_of kernel
held kernel

#!/bin/sh
# A main arena in several pieces: because others moved the break, because brk
# could not grow.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
need c++
has_kernel_cores || skip "the kernel writes cores elsewhere"

build_recorder
${CC:-cc} -O1 -o brk "$source/tests/programs/brk.c"
for how in foreign blocked; do
	record "$how" ./brk "$how"
	wait "$pid" || :
	for core in core "core.$pid"; do
		[ ! -e "$core" ] || mv "$core" "$how.core"
	done
	compare "$how"
done

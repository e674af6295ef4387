#!/bin/sh
# Frames of all threads, against GDB's: -O0 and -O2, stripped and not.
. "$(dirname "$0")/../lib.sh"
need gcc gdb strip

ulimit -c unlimited
[ "$(cat /proc/sys/kernel/core_pattern)" = core ] ||
	skip "core_pattern is not 'core'"

check_build() {
	name=$1
	shift
	gcc -pthread "$@" -o "$name" "$here/deep.c"
	[ "$name" != stripped ] || strip "$name"
	(./"$name" >/dev/null 2>&1) || true
	mv core core."$name"
	"$build/tests/frames/print" core."$name" >ours.all
	grep -v ' end: ' ours.all | awk '{print $1, $2, $3}' >ours
	# GDB shows inlined functions and tail calls as frames too; they have
	# the stack pointer of the real one, which comes last.
	for thread in 1 2 3 4; do
		gdb -nx -batch -ex 'set backtrace past-main on' \
			-ex 'set backtrace past-entry on' \
			-ex "thread apply $thread -q frame apply all -q printf \"PC 0x%016lx %lx\\n\", \$pc, \$rsp" \
			"$name" core."$name" 2>/dev/null |
			awk -v thread="$thread" '
				/^PC / && n && $3 != stack { print thread, n - 1, pc; n++ }
				/^PC / { n = n ? n : 1; pc = $2; stack = $3 }
				END { print thread, n - 1, pc }'
	done >gdbs
	cmp -s ours gdbs || {
		diff ours gdbs | head -20
		fail "$name: frames differ from GDB's"
	}
	same 4 "$(grep -c ' end: complete' ours.all)" "complete stacks of $name"
	[ "$(wc -l <ours)" -gt 215 ] || fail "$name: too few frames"
}

check_build plain -g -O0
check_build optimised -g -O2 -fomit-frame-pointer
check_build stripped -O2

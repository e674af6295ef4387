#!/bin/sh
# A program that checks its own system calls sees nothing of being read, and
# runs on when the reader is killed before any of its steps.
# BUSY_STEP=1 kills before every step; by default before some.
. "$(dirname "$0")/../lib.sh"
need cc

${CC:-cc} -O1 -pthread -o busy "$source/tests/programs/busy.c" -lm
${CC:-cc} -O1 -shared -fPIC -o killer.so "$here/killer.c"
./busy log >busy.out 2>&1 &
pid=$!
trap 'set -- $?; set +e; kill $pid 2>/dev/null; (exit $1); finish' EXIT
until grep -qs ^ready log; do
	kill -0 $pid || fail "busy ended: $(cat busy.out)"
	sleep 0.1
done

stopped() {
	cat /proc/$pid/task/*/stat 2>/dev/null | sed 's/.*) //' |
		grep -c '^[tTZ]' || true
}

settled() { # WHAT
	for try in 1 2 3 4 5 6 7 8 9 10; do
		[ "$(stopped)" = 0 ] &&
			grep -q '^TracerPid:[[:space:]]*0$' /proc/$pid/status &&
			return
		sleep 0.1
	done
	fail "$1: a thread does not run ($try looks)"
}

# Nobody is interrupted, nor stuck.
for kind in fork copy; do
	for round in 1 2 3 4 5 6 7 8 9 10; do
		"$corewalk" hang analyze --pid $pid --snapshot $kind \
			>answer 2>notes || fail "$kind $round: $(cat notes)"
		grep -q " ms ($kind)$" notes || skip "no $kind: $(cat notes)"
	done
	settled $kind
	[ $kind = copy ] || grep -q ' 1024 kB of its memory are kept' answer ||
		fail "no word on memory kept from clones: $(cat answer)"
done
! grep -v -e ^ready -e ^alive log || fail 'it was disturbed'

# Killed: the calls that any stop interrupts may say so, and nothing else.
if ! grep -q fsanitize "$build/Makefile"; then
	step=${BUSY_STEP:-7}
	for kind in fork copy; do
		at=1
		while :; do
			status=0
			# Another shell, to say "Killed" elsewhere.
			sh -c "KILL_AT=$at LD_PRELOAD=./killer.so $corewalk \
				hang analyze --pid $pid --snapshot $kind
				exit \$?" >killed 2>&1 || status=$?
			settled "$kind, killed at $at"
			[ $status -ne 0 ] || break
			same 137 $status "status when killed at $at"
			at=$((at + step))
		done
		[ $at -gt 100 ] || fail "only $at steps ($kind)"
	done
fi
sleep 4
! grep -v -e ^ready -e ^alive -e ^interrupted log ||
	fail 'it was harmed by a kill'
[ "$(tail -n 1 log)" = alive ] || fail "the end: $(tail -n 1 log)"
# No child is left, seen or not.
children=$(cat /proc/$pid/task/*/children 2>/dev/null | wc -w)
[ "$children" -le 1 ] || fail "$children children"

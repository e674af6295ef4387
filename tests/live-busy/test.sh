#!/bin/sh
# A program that checks its own system calls sees nothing of being read, and
# all its threads move on when the reader is killed before any of its steps.
# BUSY_STEP=1 kills before every step, BUSY_ROUNDS=100 reads it 100 times each
# way, BUSY_KILLS=200 kills at as many random moments; by default some.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/live.sh"
need cc

${CC:-cc} -O1 -pthread -o busy "$source/tests/programs/busy.c" -lm
${CC:-cc} -O1 -shared -fPIC -o killer.so "$here/killer.c"
./busy log >busy.out 2>&1 &
pid=$!
trap 'set -- $?; set +e; kill $pid 2>/dev/null; (exit $1); finish' EXIT
wait_for log ^ready

rounds() {
	cat log.rounds 2>/dev/null || echo 0
}

# What its threads and children are at.
states() {
	for process in $pid $(cat /proc/$pid/task/*/children); do
		for task in /proc/"$process"/task/*; do
			echo "$task: $(sed 's/.*) //; s/ .*//' "$task/stat")" \
				"$(cat "$task/wchan") $(cat "$task/syscall")"
		done
	done 2>/dev/null
	echo "not moved: $(cat log.waiting)"
}

# Each thread has moved on since, and nobody traces or stops any.
moves_on() { # WHAT
	wanted=$(($(rounds) + 2))
	tries=0
	until [ "$(rounds)" -ge $wanted ] && is_free $pid; do
		tries=$((tries + 1))
		[ $tries -lt 1200 ] || fail "$1: a thread does not move on:" \
			"$(states)"
		sleep 0.05
	done
}

# Nobody is interrupted, nor stuck.
for kind in fork copy; do
	round=0
	while [ $round -lt "${BUSY_ROUNDS:-10}" ]; do
		round=$((round + 1))
		"$corewalk" hang analyze --pid $pid --snapshot $kind \
			>answer 2>notes || fail "$kind $round: $(cat notes)"
		grep -q " ms ($kind)$" notes || skip "no $kind: $(cat notes)"
	done
	moves_on $kind
done
! grep -v ^ready log || fail 'it was disturbed'

# killed KIND: 137 for a run that was killed, before the step KILL_AT.
killed() {
	status=0
	# Another shell, to say "Killed" elsewhere.
	sh -c "LD_PRELOAD=./killer.so $corewalk hang analyze --pid $pid \
		--snapshot $1; exit \$?" >killed 2>&1 || status=$?
	moves_on "$1, killed ${KILL_AT:+at $KILL_AT}"
	[ $status = 0 ] || same 137 $status "status ($1): $(cat killed)"
}

# The calls that any stop interrupts may say so, and nothing else.
if ! grep -q fsanitize "$build/Makefile"; then
	for kind in fork copy; do
		export KILL_AT=1
		while killed $kind && [ $status -ne 0 ]; do
			KILL_AT=$((KILL_AT + ${BUSY_STEP:-13}))
		done
		[ "$KILL_AT" -gt 100 ] || fail "only $KILL_AT steps ($kind)"
		unset KILL_AT
		# A moment of the first 40 ms.
		random=1
		for kill in $(seq "${BUSY_KILLS:-3}"); do
			random=$(((random * 1103515245 + 12345) % 2147483648))
			export KILL_AFTER=$((random / 65536 % 40000))
			killed $kind
		done
		unset KILL_AFTER
	done
fi
! grep -v -e ^ready -e ^interrupted log || fail 'it was harmed by a kill'
# No child is left, seen or not.
children=$(cat /proc/$pid/task/*/children 2>/dev/null | wc -w)
[ "$children" -le 1 ] || fail "$children children"
echo "interrupted by kills: $(grep -c ^interrupted log || true)"

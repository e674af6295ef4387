#!/bin/sh
# Processes whose system calls are filtered are copied by a clone where their
# filters allow all that it takes, and otherwise run on unharmed, too.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/live.sh"
need gcc

program=filtered
gcc -g -O1 -pthread -o filtered "$here/filtered.c"
pid=
trap 'set -- $?; set +e; kill -9 $pid 2>/dev/null; (exit $1); finish' EXIT

# The rights that reading a filter takes, and a kernel that has it read.
begin clone_logged
is_possible || skip 'no filters'
"$corewalk" summary --pid $pid --snapshot fork >answer 2>notes ||
	fail "$(cat notes)"
! grep 'cannot be read' notes || skip 'filters cannot be read here'
end

while read -r mode kind words; do
	begin "$mode"
	is_possible || continue
	for round in 1 2; do
		answers "$kind" "$words"
	done
	moves
	end
done <<'END'
mount            fork
container        fork
exact            fork
clone_logged     fork
two              fork
other_thread     fork
busy_thread      fork
main_thread      fork
strict_thread    fork
clone_kills      copy it could not be cloned: its filter of system calls kills it for clone
clone_fails      copy refuses clone
clone_traps      copy refuses clone
clone_traced     copy lets others judge clone
clone_notified   copy lets others judge clone
wait_kills       copy kills it for wait4
exit_kills       copy kills it for exit
mask_traps       copy refuses rt_sigprocmask
place            copy kills it for clone
threads_only     copy refuses clone
two_of_which_one copy kills it for wait4
which_child      copy looks at what is not known yet of wait4
dispatch         copy it has system calls given to itself
restart_fails    fork
restart_kills    fork
END

# Killed before a step of it, the rest is done by calls that are allowed, too.
grep -q fsanitize "$build/Makefile" || {
	gcc -shared -fPIC -o killer.so "$source/tests/live-busy/killer.c"
	begin exact
	export KILL_AT=0
	status=137
	while [ $status -ne 0 ]; do
		KILL_AT=$((KILL_AT + 2))
		mode="exact, killed at $KILL_AT"
		status=0
		# Another shell, to say "Killed" elsewhere.
		sh -c "LD_PRELOAD=./killer.so $corewalk hang waits --pid $pid \
			--snapshot fork; exit \$?" >killed 2>&1 || status=$?
		[ $status = 0 ] || same 137 $status "status: $(cat killed)"
		moves
		children=$(cat /proc/$pid/task/*/children)
		[ -z "$children" ] || fail "$mode: a child is left"
	done
	unset KILL_AT
	grep -q ' ms (fork)' killed || fail "not fork: $(cat killed)"
	end
}

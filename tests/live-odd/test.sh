#!/bin/sh
# Processes that are awkward to copy run on, and there is an answer or a clear
# word why not.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/live.sh"
need gcc jq

program=odd
gcc -g -O1 -pthread -o odd "$here/odd.c"
pid=
trap 'set -- $?; set +e; kill -9 $pid 2>/dev/null; (exit $1); finish' EXIT

begin faulting
is_possible && answers copy 'it may have a userfaultfd' && moves && end
begin punctual
is_possible && answers copy 'it could not be cloned' && moves && end

begin kept
answers fork
"$corewalk" leaks --pid $pid --snapshot fork >answer 2>&1 || fail 'leaks'
! grep -q '5,0[0-9]* B\|4.9 KB' answer || fail "a false leak: $(cat answer)"
moves
end

# It is told of the copy's end as of any orphan's.
begin adopts
for round in 1 2 3; do
	answers fork
done
moves
[ "$(cat /proc/$pid/task/*/children | wc -w)" = 0 ] || fail 'a child is left'
end

begin vfork
answers fork 'deep in the kernel'
moves
wait_for log ^back
moves
end

for mode in threads storming; do
	begin $mode
	for round in 1 2 3 4 5; do
		answers fork
		"$corewalk" hang waits --pid $pid --snapshot copy >answer \
			2>notes || fail "$mode: $(cat notes)"
	done
	moves
	end
done

# It becomes another while it is looked at: an answer, or none.
begin exec
num_answers=0
for round in 1 2 3 4 5 6 7 8 9 10 11 12; do
	"$corewalk" hang waits --pid $pid --snapshot fork >answer 2>notes &&
		num_answers=$((num_answers + 1))
	grep -q -e ' stood still for ' -e '^corewalk: ' notes ||
		fail "exec: $(cat notes)"
done
[ $num_answers -gt 0 ] || fail "exec, no answer at all: $(cat notes)"
runs_free $pid exec
end

# It ends while it is looked at.
for delay in 2 4 6 9; do
	begin plain
	(
		sleep 0.00$delay
		kill -9 $pid 2>/dev/null || true
	) &
	"$corewalk" hang waits --pid $pid --snapshot fork >answer 2>notes ||
		grep -q '^corewalk: ' notes || fail "killed: $(cat notes)"
	end 2>/dev/null
done

# Stopped while it is looked at: it is so afterwards, and goes on when told.
begin plain
for round in 2 3 5 8; do
	(
		sleep 0.00$round
		kill -STOP $pid
	) &
	"$corewalk" hang waits --pid $pid --snapshot fork >answer 2>notes ||
		fail "being stopped: $(cat notes)"
	wait $!
	tries=0
	until [ "$(sed 's/.*) //; s/ .*//' /proc/$pid/stat)" = T ]; do
		tries=$((tries + 1))
		[ $tries -lt 200 ] || fail 'it is not stopped any more'
		sleep 0.05
	done
	"$corewalk" hang waits --pid $pid --snapshot fork >answer 2>notes ||
		fail "stopped: $(cat notes)"
	grep -q ' ms (fork)' notes || fail "stopped, not fork: $(cat notes)"
	same T "$(sed 's/.*) //; s/ .*//' /proc/$pid/stat)" 'state'
	kill -CONT $pid
done
moves
end

# The main thread has ended: its memory is had by way of the others.
begin headless
sleep 0.1
for kind in fork copy stop; do
	"$corewalk" summary --json --pid $pid --snapshot $kind >answer.$kind \
		2>notes || fail "headless, $kind: $(cat notes)"
	[ $kind = stop ] || grep -q " ms ($kind)" notes ||
		fail "headless, not $kind: $(cat notes)"
	same $pid "$(jq .target.pid answer.$kind)" 'headless: the process'
	same "$(jq -c .used answer.fork)" "$(jq -c .used answer.$kind)" \
		"headless, $kind: blocks in use"
	moves
done
end

# Ended, and nobody asks how: its parent is another program by then.
sh -c 'sleep 0.1 & echo $!; exec sleep 60' >ended &
pid=$!
sleep 0.2
refused 'has ended, and waits for its parent' \
	"$corewalk" summary --pid "$(cat ended)"
end
if [ "$(cat /proc/2/comm 2>/dev/null)" = kthreadd ]; then
	refused 'process 2 is one of the kernel' "$corewalk" summary --pid 2
fi

# Code of 32 bits.
printf 'void _start(void) { for (;;) __asm__("int $0x80" :: "a"(29)); }\n' \
	>small.c
if gcc -m32 -ffreestanding -fno-pie -nostdlib -static -o small small.c \
	2>small.log && [ "$(id -u)" = 0 ] && ./small & then
	pid=$!
	sleep 0.2
	if kill -0 $pid 2>/dev/null; then
		refused 'is not a 64-bit one' "$corewalk" summary --pid $pid
		runs_free $pid '32 bits'
		end
	fi
fi

[ "$(id -u)" = 0 ] || exit 0

# The first of a namespace.
if unshare -p -f true 2>/dev/null; then
	rm -f log
	unshare -p -f --kill-child ./odd first "$work/log" 2>/dev/null &
	pid=$!
	wait_for log '^set up'
	mode=first
	pid=$(cat /proc/$pid/task/$pid/children)
	pid=${pid% }
	for round in 1 2 3; do
		answers fork
		moves
		children=$(cat /proc/$pid/task/*/children)
		[ -z "$children" ] || fail "first: children $children"
	done
	# Killed before a step of it: what has ended may stay, unseen.
	grep -q fsanitize "$build/Makefile" || {
		gcc -shared -fPIC -o killer.so "$source/tests/live-busy/killer.c"
		export KILL_AT=0
		status=137
		while [ $status -ne 0 ]; do
			KILL_AT=$((KILL_AT + 3))
			mode="first, killed at $KILL_AT"
			status=0
			# Another shell, to say "Killed" elsewhere.
			sh -c "LD_PRELOAD=./killer.so $corewalk hang waits \
				--pid $pid --snapshot fork; exit \$?" \
				>killed 2>&1 || status=$?
			[ $status = 0 ] ||
				same 137 $status "status: $(cat killed)"
			moves
			for child in $(cat /proc/$pid/task/*/children); do
				grep -q '^State:.*Z' /proc/"$child"/status ||
					fail "$mode: child $child"
			done
		done
		unset KILL_AT
	}
	end
fi

# A memory limit that is reached.
group=/sys/fs/cgroup/memory/corewalk-test-$$
if mkdir $group 2>/dev/null && [ -w $group/memory.limit_in_bytes ]; then
	begin plain
	echo $pid >$group/cgroup.procs
	echo 12M >$group/memory.limit_in_bytes
	answers copy 'its memory limit leaves no room'
	moves
	end
	# Our own, which a copy would exceed: said before anything is stopped.
	begin large
	echo 32M >$group/memory.limit_in_bytes
	refused 'its 0.07 GB of memory do not fit into the 0.0[23] GB' \
		sh -c 'echo $$ >$0/cgroup.procs; exec "$@"' $group \
		"$corewalk" summary --pid $pid --snapshot copy
	moves
	end
	rmdir $group
fi

# Somebody else's, and one's own without being root.
cp "$(readlink -f "$corewalk")" walker 2>/dev/null && chmod 755 walker odd . &&
	if setpriv --reuid 65534 --regid 65534 --clear-groups ./walker \
		--version >/dev/null 2>&1; then
		begin plain
		refused 'not permitted; it is that of user 0: be that one' \
			setpriv --reuid 65534 --regid 65534 --clear-groups \
			./walker summary --pid $pid
		refused 'not permitted; CAP_SYS_PTRACE is missing' \
			setpriv --bounding-set -sys_ptrace \
			--inh-caps -sys_ptrace ./walker summary --pid $pid
		moves
		end
		rm -f log
		chmod 777 .
		setpriv --reuid 65534 --regid 65534 --clear-groups \
			./odd plain "$work/log" &
		pid=$!
		wait_for log '^set up'
		mode='of nobody'
		setpriv --reuid 65534 --regid 65534 --clear-groups ./walker \
			summary --pid $pid --snapshot fork >answer 2>notes ||
			fail "by nobody: $(cat notes)"
		grep -q ' ms (fork)' notes || fail "by nobody: $(cat notes)"
		moves
		end

		rm -f log
		setpriv --reuid 65534 --regid 65534 --clear-groups \
			./odd undumpable "$work/log" &
		pid=$!
		wait_for log '^set up'
		mode='not to be looked at'
		refused 'not permitted; it is protected' \
			setpriv --reuid 65534 --regid 65534 --clear-groups \
			./walker summary --pid $pid
		answers fork
		moves
		end
	fi

#!/bin/sh
# A running process answers what its core answers, and runs on.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
. "$source/tests/live.sh"
need gcore gdb c++ jq

c++ -std=c++17 -g -O2 -pthread -o zoo "$source/tests/programs/zoo.cpp"
./zoo 2000 report leaks >zoo.out 2>&1 &
pid=$!
trap 'set -- $?; set +e; kill $pid 2>/dev/null; (exit $1); finish' EXIT
wait_for report ^ready
gcore -o core "$pid" >gcore.log 2>&1 || skip "gcore is not allowed"
mv "core.$pid" core

# What stands above the answer, and sizes of files, are of the core or process.
steady() {
	sed -e 's/^core: /TARGET: /' -e "s/^pid $pid: /TARGET: /" \
		-e 's/TARGET: zoo, pid [0-9]*/TARGET: zoo/' \
		-e 's/^\(TARGET: zoo, [0-9]* threads\),.*/\1/'
}

runs_on() { # WHAT
	runs_free "$pid" "after $1"
}

# same_answer KIND WORDS...
same_answer() {
	kind=$1
	shift
	"$corewalk" "$@" core | steady >wanted
	[ "$(wc -l <wanted)" -gt 1 ] || fail "'$*' of the core: $(cat wanted)"
	"$corewalk" "$@" --pid "$pid" --snapshot "$kind" 2>notes |
		steady >got
	diff -u wanted got >differ || {
		head -n 20 differ
		fail "'$*' of the process differs ($kind)"
	}
	runs_on "'$*' with $kind"
}

block=$("$corewalk" list --short --limit 1 --min 40 --max 40 core)
same_answer copy leaks
grep -q "^pid $pid stood still for " notes || fail "no pause: $(cat notes)"
same_answer copy summary
same_answer copy cycles --reachable
same_answer copy stat --by root
same_answer copy list --limit 30
same_answer copy object "$block"
same_answer copy path "$block"
same_answer copy verify
same_answer stop leaks
"$corewalk" summary --json --pid "$pid" 2>/dev/null |
	jq -e ".target | .kind == \"process\" and .pid == $pid" >/dev/null ||
	fail 'the target in JSON is not the process'

# --snapshot stop holds it until the answer is there.
mkfifo answer
"$corewalk" list --limit 0 --short --pid "$pid" --snapshot stop >answer &
reader=$!
exec 3<answer
read -r first <&3
case $first in
0x*) ;;
*) fail "no address: $first" ;;
esac
same t "$(sed 's/.*) //; s/ .*//' /proc/"$pid"/stat)" 'state while it is read'
kill -9 $reader
wait $reader 2>/dev/null || true
exec 3<&-
sleep 0.1
runs_on 'a killed one'

# refuses WORDS PATTERN
refuses() {
	status=0
	# shellcheck disable=SC2086
	"$corewalk" summary $1 >out 2>&1 || status=$?
	same 3 $status "status of '$1'"
	grep -q "$2" out || fail "'$1': $(cat out)"
}
refuses '--pid 4194303' 'no process 4194303'
thread=$(ls /proc/"$pid"/task | tail -n 1)
refuses "--pid $thread" "$thread is a thread of process $pid"
gdb -nx -q -batch -p "$pid" -ex "shell $corewalk summary --pid $pid \
	>traced 2>&1; echo \$? >>traced" >gdb.log 2>&1
grep -q "^corewalk: cannot stop process $pid: process [0-9]* (gdb) is tracing it" \
	traced || fail "with GDB there: $(cat traced)"
runs_on 'being refused'

# One that is stopped already stays so.
kill -STOP "$pid"
sleep 0.1
"$corewalk" summary --pid "$pid" >out 2>&1 || fail "stopped: $(cat out)"
same T "$(sed 's/.*) //; s/ .*//' /proc/"$pid"/stat)" 'state of a stopped one'
kill -CONT "$pid"
sleep 0.1
runs_on 'being continued'

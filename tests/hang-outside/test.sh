#!/bin/sh
# What threads wait for outside of their process is told with the process that
# has it in hand, and with what the arguments of their calls say, as far as
# possible in a core, too.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
need gcore cc jq pgrep

trap 'set -- $?; set +e; kill -CONT $child 2>/dev/null
	kill $child $pid 2>/dev/null; (exit $1); finish' EXIT
child=
cc -O1 -g -pthread -Wno-unused-result -o outside \
	"$source/tests/programs/outside.c"
./outside report &
pid=$!
wait_for report ^ready
child=$(cut -d' ' -f2 report)

rows() { # WORDS...
	"$corewalk" hang waits --json "$@" >waits.json 2>notes ||
		fail "$(cat notes)"
}

# What a row says of the thread of that name.
told() { # NAME FILTER
	jq -r ".rows[] | select(.name == \"$1\") | $2" waits.json
}

kill -STOP "$child"
for _ in $(seq 50); do
	grep -q '^State:.*T' "/proc/$child/status" && break
	sleep 0.1
done
rows --pid $pid
for row in 'read writes' 'write reads' 'local connected' 'tcp connected' \
	'flock locks' 'record locks' 'child child'; do
	same "${row#* } $child outside-child T" \
		"$(told "${row% *}" '.neighbours[] |
			"\(.role) \(.pid) \(.name) \(.state)"')" \
		"who is at the other end of ${row% *}"
done
same 2 "$(told poll '.neighbours | length')" 'neighbours of poll'
for name in fifo signal connect sleep; do
	same 0 "$(told $name '.neighbours | length')" "neighbours of $name"
done
same 'openat fifo, a pipe that nobody has open for writing' \
	"$(told fifo .detail)" 'what is opened'
"$corewalk" hang analyze --pid $pid >text 2>notes || fail "$(cat notes)"
grep -q "^7 of these wait for another process, PID $child outside-child (st" \
	text || fail "$(cat text)"
grep -q "^next: hang analyze --pid $child " text || fail "$(cat text)"

gcore -o core "$pid" >gcore.log 2>&1 || skip "gcore is not allowed"
"$corewalk" hang waits --json "core.$pid" >waits.json
# A core has no names of threads: they are in the order they began.
jq '.rows |= (sort_by(.tid) | [., ["outside", "read", "write", "local",
	"tcp", "flock", "record", "child", "fifo", "signal", "connect",
	"sleep", "poll"]] | transpose | map(.[0] + {name: .[1]}))' \
	waits.json >named.json
mv named.json waits.json
same 'openat fifo' "$(told fifo .detail)" 'what is opened, in a core'
same 'SIGHUP, SIGUSR1' "$(told signal .detail)" 'signals'
same 'to 127.0.0.1' "$(told connect .detail | cut -d: -f1)" 'an address'
same 'call file-lock file-lock child' "$(for name in fifo flock record child; do
	told $name .wait; done | xargs)" 'kinds'
same 100000 "$(told poll .timeout_ms)" 'a timeout'
sleep=$(told sleep .timeout_ms)
[ "$sleep" -gt 90000000 ] && [ "$sleep" -le 100000000 ] ||
	fail "a sleep of $sleep ms"
same 0 "$(jq '[.rows[].neighbours[]] | length' waits.json)" \
	'neighbours in a core'

kill -CONT "$child"
kill "$child" "$pid"
rm -f report
cc -O1 -g -pthread -o made_code "$source/tests/programs/made_code.c"
./made_code report &
pid=$!
wait_for report ^ready
"$corewalk" hang stacks --pid $pid >text 2>notes || fail "$(cat notes)"
grep -q '0x[0-9a-f]* (code of no file)$' text || fail "$(cat text)"
"$corewalk" hang analyze --pid $pid >text 2>notes || fail "$(cat notes)"
grep -q '^no deadlock, .* as far as is told: 1 thread waits for ' text ||
	fail "$(cat text)"

kill "$pid"
rm -f report
cc -O1 -g -o in_vfork "$source/tests/programs/in_vfork.c"
./in_vfork report &
pid=$!
wait_for report ^ready
child=$(pgrep -P $pid)
"$corewalk" hang analyze --pid $pid >text 2>notes || fail "$(cat notes)"
grep -q "^1 of these waits for another process, PID $child vforked: 1" text ||
	fail "$(cat text)"
grep -q 'cannot be stopped: it is deep in the kernel' text ||
	fail "$(cat text)"

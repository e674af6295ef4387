#!/bin/sh
# watch sees a list grow, says which type it is, and ends when it is told to.
. "$(dirname "$0")/../lib.sh"
need gcc jq

gcc -g -O0 -o grow "$here/grow.c"
./grow &
pid=$!
trap 'set -- $?; set +e; kill $pid 2>/dev/null; (exit $1); finish' EXIT
sleep 0.3

"$corewalk" watch --pid $pid --interval 1 --count 3 >text || fail 'watch'
same 6 "$(sed '/^ *grew/q' text | wc -l)" "lines: $(cat text)"
grep -q "^pid $pid: grow, 1 thread$" text || fail "heading: $(cat text)"
grep -q ' job$' text || fail "no job grew: $(cat text)"
grep -q '^= in [0-9]* s: used +[0-9]* blocks, +.* a second); unreachable +' \
	text || fail "sums: $(cat text)"

"$corewalk" watch --pid $pid --interval 1 --count 2 --json >json
# An object a line, and one at the end.
same 3 "$(wc -l <json)" 'lines of JSON'
jq -es 'length == 3 and .[2].looks == 2 and
	.[1].used.blocks > .[0].used.blocks + 1000 and
	.[1].unreachable.blocks > .[0].unreachable.blocks and
	(.[1].elsewhere - .[0].elsewhere | . > 100000 and . < 4000000) and
	(.[2].grew[0].type | test("job")) and
	.[2].grew[0].after.blocks > .[2].grew[0].before.blocks + 1000 and
	([.[2].grew[].unreachable] | max) > 0' json >/dev/null || fail "json: $(cat json)"

status=0
"$corewalk" watch --pid $pid --interval 1 --fail-if 'used.blocks>10' \
	>text || status=$?
same 1 $status 'status at a threshold'

# What it was at that moment is kept, and answers as it did.
status=0
"$corewalk" watch --pid $pid --interval 1 --fail-if 'used.blocks>10' \
	--save core --json >json || status=$?
same 1 $status 'status when it is saved'
"$corewalk" summary --json core >saved
same "$(jq -s '[.[] | select(.used)][-1].used.blocks' json)" "$(jq .used.blocks saved)" 'blocks'
"$corewalk" stat core >types
grep -q ' job$' types || fail "no job in the saved one: $(cat types)"
if command -v gdb >/dev/null; then
	gdb -nx -q -batch -ex bt -ex 'print g_jobs->text' ./grow core \
		>gdb.log 2>&1 || fail "gdb: $(cat gdb.log)"
	grep -q ' main ' gdb.log && grep -q '^\$1 = ' gdb.log ||
		fail "gdb: $(cat gdb.log)"
fi
status=0
"$corewalk" watch --pid $pid --save core >text 2>&1 || status=$?
same 2 $status 'status of a save without a condition'

"$corewalk" watch --pid $pid --interval 1 >text &
watcher=$!
sleep 1.5
kill -INT $watcher
wait $watcher || true
grep -q 'grew' text || fail "nothing at the end: $(cat text)"

"$corewalk" watch --pid $pid --interval 1 >text &
watcher=$!
sleep 1.5
kill $pid
wait $watcher || fail 'the end of the process is an error'
grep -q '^the end: no process' text || fail "the end: $(cat text)"

# One look: nothing to compare.  Another program: what grew is its own.
./grow 2 &
pid=$!
"$corewalk" watch --pid $pid --count 1 >text
same 3 "$(wc -l <text)" "one look: $(cat text)"
"$corewalk" watch --pid $pid --interval 1 >text || fail 'exec'
grep -q '^another program, from now on: .*/sleep$' text ||
	fail "exec: $(cat text)"
if grep -q ' job$' text; then fail "after exec: $(cat text)"; fi

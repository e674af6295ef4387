# The plugin in GDB: the same answers as the stand-alone program gives for the
# core of the same moment, GDB as it was, and errors that leave it usable.
# Sourced by the tests of each version of GDB.
steps=$source/tests/gdb
heap_gdb=$build/plugin/heap.gdb

step() {
	echo "--- $1"
}

${CC:-cc} -g -O0 -pthread -o store "$steps/store.c"
mkdir 'a folder'
cp store 'a folder/my store'

# Answers without what differs between a core and a process, or GDB and the
# shell.
plain() {
	sed -e '/^next:/d' -e 's/ *$//' -e '/"kind"/d' -e '/"path"/d' \
		-e '/^[^ ]*: store, pid/d' "$@"
}

# between FIRST LAST FILE: the lines between two that `echo` wrote.
between() {
	sed -n "/^$1\$/,/^$2\$/p" "$3" | sed '1d;$d'
}

# family_counts FIRST LAST: of these answers in JSON the kind of target and how
# many blocks, a number and its kind side by side.
family_counts() {
	sed -n 's/^  "kind": "\([a-z]*\)",$/\1/p
		s/^  {"type": "[a-z]*", "blocks": \([0-9]*\),.*/\1/p' out |
		paste - - | sed -n "$1,$2p" | xargs
}

step 'a process: its answers are those of its core, which stay the same'
cat >in <<EOF
set pagination off
source $heap_gdb
break checkpoint
run 1000 500
frame 2
thread
gcore before.core
echo stat:\\n
heap stat
echo json:\\n
heap stat -json
echo end:\\n
p \$_count
p \$_bytes
frame
gcore after.core
continue
echo later:\\n
heap stat
echo end later:\\n
gcore later.core
thread 2
up
heap stat -type item
p \$_count
thread
frame
set var g_store.items->next = (struct item *)0
echo unlinked:\\n
heap leaks -json
echo end unlinked:\\n
kill
heap stat
EOF
run_gdb -batch -x in ./store >out 2>&1
between stat: json: out | plain >got
"$corewalk" stat before.core | plain >wanted
grep -q ' 1,000 .*exact *item' wanted || fail "no items: $(cat wanted)"
diff wanted got || fail 'GDB and program differ'
between json: end: out | plain >got
"$corewalk" stat --json before.core | plain >wanted
diff wanted got || fail 'GDB and program differ in JSON'
says out '$1 = 1001'
same 2 "$(grep -c '^#2 .* visit (.*depth=1)' out)" 'frame 2 shown'
# The first note, prpsinfo, has four bytes of padding that GDB 16 leaves as its
# own memory has them.
note=$(readelf -lW before.core | awk '$1 == "NOTE" { print $2 }')
cmp -l before.core after.core |
	awk -v note=$((note)) '$1 <= note + 24 || $1 > note + 28' >changed
[ ! -s changed ] || fail 'memory or registers have changed'
same "$(wc -c <before.core)" "$(wc -c <after.core)" 'size of the cores'
between later: 'end later:' out | plain >got
"$corewalk" stat later.core | plain >wanted
grep -q ' 1,500 .*item' wanted || fail "no items later: $(cat wanted)"
diff wanted got || fail 'the process has run, the answer is old'
between unlinked: 'end unlinked:' out >got
grep -q '"blocks": 1499\>' got || fail "set var went unnoticed: $(cat got)"
says out '$3 = 1500'
same 2 "$(grep -c '^#1 .* worker' out)" 'frame 1 of thread 2 shown'
tail -n 1 out | grep -q 'open a core or attach to a process first' ||
	fail "no process: $(tail -n 1 out)"

# Of this machine it is read directly, which a process in a space of numbers of
# its own, even if one here has its number, is not shown to be.
behind_gdbserver() { # WAY, then what gdbserver is run by
	way=$1
	shift
	cat >in <<EOF
set pagination off
set remotetimeout 100
target remote | $* gdbserver --once - ./store 20000 500 2>/dev/null | tee wire
source $heap_gdb
break checkpoint
continue
frame 2
shell wc -c <wire >wire.before
hang waits
shell wc -c <wire >wire.waits
heap object g_store.items
p/x \$_ == (long)g_store.items
echo stat:\\n
heap stat
echo json:\\n
heap stat -json
echo end:\\n
shell wc -c <wire >wire.stat
heap leaks
shell wc -c <wire >wire.leaks
frame
gcore remote.core
set var g_store.items->next = (struct item *)0
echo unlinked:\\n
heap leaks -json
echo end unlinked:\\n
continue
heap stat -type item
p \$_count
kill
EOF
	run_gdb -batch -x in ./store >out 2>&1 </dev/null
	between stat: json: out | plain >got
	"$corewalk" stat remote.core | plain >wanted
	grep -q '^20,000 .*exact *item' wanted || fail "no items: $(cat wanted)"
	diff wanted got || fail "$way: GDB and program differ"
	between json: end: out | plain >got
	"$corewalk" stat --json remote.core | plain >wanted
	diff wanted got || fail "$way: GDB and program differ in JSON"
	says out '$1 = 0x1'
	grep -q '^= 2 threads: .*pause 1' out || fail "$way: hang: $(cat out)"
	same 2 "$(grep -c '^#2 .* visit (.*depth=1)' out)" "$way: frame 2"
	between unlinked: 'end unlinked:' out >got
	grep -q '"blocks": 19999\>' got ||
		fail "$way: set var went unnoticed: $(cat got)"
	says out '$2 = 20500'
	# The registers of a thread.
	[ $(($(cat wire.leaks) - $(cat wire.stat))) -lt 5000 ] ||
		fail "$way: bytes are read again"
	waits=$(($(cat wire.waits) - $(cat wire.before)))
	stat=$(($(cat wire.stat) - $(cat wire.waits)))
	echo "$way: $waits bytes on the wire for hang waits, $stat for heap stat"
	[ "$waits" -lt 300000 ] || fail "$way: $waits bytes for hang waits"
}

if command -v gdbserver >/dev/null; then
	step 'behind gdbserver on this machine: read directly'
	behind_gdbserver here env
	[ "$stat" -lt 10000 ] || fail "here: $stat bytes for heap stat"
	if unshare --pid --fork --mount-proc true 2>/dev/null; then
		step 'behind gdbserver elsewhere: only what is needed is read'
		behind_gdbserver elsewhere unshare --pid --fork --mount-proc
		[ "$stat" -gt 1000000 ] ||
			fail "elsewhere: $stat bytes for heap stat"
	else
		echo 'not tested: no process elsewhere'
	fi
else
	echo 'not tested: no gdbserver'
fi

step 'two processes: the one that is selected, each in its state'
cat >in <<EOF
set pagination off
set schedule-multiple off
source $heap_gdb
break checkpoint
run 1000 500
heap stat
add-inferior -exec ./store
inferior 2
run 1000 700
heap stat
inferior 1
heap stat
continue
heap stat
inferior 2
heap stat
continue
heap stat
inferior 1
heap stat
kill inferiors 1 2
EOF
run_gdb -batch -x in ./store >out 2>&1
same '1000 1000 1000 1500 1000 1700 1500' "$(sed -n \
	's/^ *\([0-9]*\),\([0-9]*\) .*exact *item/\1\2/p' out | xargs)" \
	'items of two processes'

step 'a family: fork, exec, a core of the same number, killed and run again'
${CC:-cc} -g -O2 -fno-inline -o family "$steps/family.c"
cat >in <<EOF
set pagination off
set detach-on-fork off
set schedule-multiple off
set follow-exec-mode new
set breakpoint always-inserted on
source $heap_gdb
break checkpoint
run
heap stat -type entry -json
gcore parent.core
inferior 2
continue
heap stat -type entry -json
inferior 1
heap stat -type entry -json
inferior 2
continue
heap stat -type item -json
add-inferior -no-connection -exec ./family
inferior 4
core-file parent.core
heap stat -type entry -json
inferior 1
heap stat -type entry -json
continue
heap stat -type entry -json
inferior 4
heap stat -type entry -json
inferior 3
heap stat -type item -json
kill
heap stat
inferior 1
heap stat -type entry -json
kill
run
heap stat -type entry -json
kill inferiors 1 5
EOF
run_gdb -batch -x in --args ./family ./store 300 5 >out 2>&1 </dev/null
same 'process 100 process 150 process 100 process 300 core 100 process 100' \
	"$(family_counts 1 6)" 'parent, child, program, and core'
same 'process 107 core 100 process 300 process 107 process 100' \
	"$(family_counts 7 11)" 'gone on, and run again'
grep -q 'open a core or attach to a process first' out || fail 'a dead one'

step 'breakpoints in code are not read as code'
gdb_breaks=$(run_gdb -batch -ex 'disassemble keep' ./family |
	sed -n 's/^.*<\(+[0-9]*\)>.*/break *(keep\1)/p')
cat >in <<EOF
set breakpoint always-inserted on
source $heap_gdb
break checkpoint
run
$gdb_breaks
heap stat -type record
kill
EOF
run_gdb -batch -x in ./family >out 2>&1 </dev/null
grep -q ' 40 .* record$' out || fail "no records: $(cat out)"

step 'over MI: a process, before and after it has run'
# stopped NUMBER: so often, as -exec-run answers before that.
stopped() {
	tries=0
	until [ "$(grep -c '^\*stopped' out)" -ge "$1" ]; do
		tries=$((tries + 1))
		[ $tries -lt 600 ] || break
		sleep 0.1
	done
}
: >out
{
	echo "-interpreter-exec console \"source $heap_gdb\""
	echo '-break-insert checkpoint'
	echo '-exec-arguments 1000 500'
	echo '-exec-run'
	stopped 1
	echo '-interpreter-exec console "heap stat"'
	echo '-interpreter-exec console "hang waits"'
	echo '-exec-continue'
	stopped 2
	echo 'heap stat'
	echo '-stack-info-frame'
	echo '-gdb-exit'
} | run_gdb -i=mi ./store >out 2>&1
same '1000 1500' "$(sed 's/\\n/\n/g' out | sed -n \
	's/^ *\([0-9]*\),\([0-9]*\) .*exact *item$/\1\2/p' | xargs)" \
	'items over MI'
grep -q '^~".*= 2 threads: .*pause 1' out || fail "hang over MI: $(cat out)"
grep -q '^\^done,frame={level="0".*func="checkpoint"' out ||
	fail "the frame over MI: $(cat out)"

step 'threads that run on are counted as not seen'
: >out
{
	echo "-interpreter-exec console \"source $heap_gdb\""
	echo '-gdb-set mi-async on'
	echo '-gdb-set non-stop on'
	echo '-break-insert checkpoint'
	echo '-exec-arguments 1000 500'
	echo '-exec-run'
	stopped 1
	echo '-interpreter-exec console "heap leaks"'
	echo '-interpreter-exec console "heap leaks -json"'
	echo '-gdb-exit'
} | run_gdb -i=mi ./store >out 2>&1
for wanted in 'not seen: 216 B of registers of threads that' \
	'\"complete\": false' '\"definite\": {\"blocks\": 0'; do
	grep -qF "$wanted" out || fail "no '$wanted': $(cat out)"
done

step 'attached: new answers when it has run, and it goes on'
${CC:-cc} -g -O0 -o grow "$source/tests/watch/grow.c"
./grow &
grower=$!
cat >in <<EOF
attach $grower
source $heap_gdb
break usleep
continue
heap stat -type job
set \$before = \$_count
continue 11
heap stat -type job
p \$_count - \$before
detach
EOF
run_gdb -batch -x in ./grow >out 2>&1
kill $grower || fail 'it did not go on'
says out '$1 = 550'

step 'cores: the one that GDB shows, also of several, also deleted ones'
cp before.core other.core
cp before.core gone.core
cat >in <<EOF
source $heap_gdb
core-file before.core
heap stat
core-file later.core
heap stat
add-inferior -exec ./store -no-connection
inferior 2
core-file other.core
heap stat
inferior 1
heap stat
inferior 2
core-file gone.core
shell rm gone.core
heap stat
inferior 1
frame 1
heap object g_store.items
p/x \$_ == (long)g_store.items
heap object g_store.items->next
p/x \$_ == (long)g_store.items->next
heap object \$rdi
p \$_corewalk_status
heap object no_such_thing
EOF
run_gdb -batch -x in './a folder/my store' >out 2>&1 || true
same '1000 1500 1000 1500 1000' "$(sed -n \
	's/^ *\([0-9]*\),\([0-9]*\) .*exact *item/\1\2/p' out | xargs)" items
grep -q '^No symbol "no_such_thing" in current context' out ||
	fail "an expression that is none: $(tail -n 1 out)"

step 'errors leave GDB as it was'
# GDB opens a truncated core only when it is the kernel's: those of gcore have
# a section table at the end.
cp before.core cut.core
case $(cat /proc/sys/kernel/core_pattern) in
core)
	(ulimit -c unlimited && ./store 1000 500 abort || :) >/dev/null 2>&1
	for core in core core.*; do
		[ ! -s "$core" ] ||
			head -c $(($(wc -c <"$core") / 2)) "$core" >cut.core
	done
	;;
esac
cat >in <<EOF
source $heap_gdb
core-file cut.core
heap stat
heap nonsense
heap stat -nonsense
heap stat -limit
heap object
heap object 0x1
heap stat -type "("
heap stat -type "it[e]m|no\\.such"
heap stat -exe /nowhere
core-file before.core
heap stat -exe /nowhere
heap stat
p 6 * 7
frame 2
EOF
run_gdb -batch -x in ./store >out 2>&1
grep -q '^corewalk: unknown command .nonsense' out || fail 'a command'
grep -q "^corewalk: .*no option '-*nonsense'" out || fail 'an option'
says out '$1 = 42'
grep -q '^#2 .* visit (' out || fail "GDB is not as it was: $(cat out)"

step 'output through GDB: pipe, logging, pages'
cat >in <<EOF
source $heap_gdb
core-file before.core
pipe heap list -limit 0 | wc -l
set logging file log
set logging redirect on
set logging enabled on
heap list -limit 0
set logging enabled off
EOF
run_gdb -batch -x in ./store >out 2>&1
lines=$("$corewalk" list --limit 0 before.core | wc -l)
says out "$lines"
same "$lines" "$(wc -l <log)" 'lines logged'
if command -v script >/dev/null; then
	cat >in <<EOF
source $heap_gdb
core-file before.core
set height 10
heap list -limit 0
q
p 6 * 7
p \$_count
quit
EOF
	export gdb_folder
	export TERM=xterm
	cat >run <<EOF
. $source/tests/gdb.sh
gdb_folder=$gdb_folder
run_gdb -iex 'set style enabled off' ./store
EOF
	script -qec 'sh run' /dev/null <in >out 2>&1
	grep -q -e '--Type <RET> for more' out || fail "no pages: $(cat out)"
	grep -q '^.*\$1 = 42' out || fail "GDB after q: $(cat out)"
	grep -q '^.*\$2 = 1001' out || fail 'variables after q'
fi

step 'Ctrl-C during a command'
# A debugger of the debugger says when: in the middle of a command.
cat >in <<EOF
source $heap_gdb
core-file before.core
heap stat
p 6 * 7
heap stat
frame 2
EOF
cat >outer <<'EOF'
set breakpoint pending on
set pagination off
handle SIGINT nostop noprint pass
break cw_progress_step
run
delete
call (int)raise(2)
continue
EOF
if [ -z "$gdb_folder" ]; then
	gdb -nx -q -batch -x outer --args gdb -nx -q -batch -x in ./store \
		>out 2>&1
	grep -q '^corewalk: .*stopped' out || fail "not stopped: $(cat out)"
	says out '$1 = 42'
	grep -q ' 1,000 .*exact *item' out || fail "the command after: $(cat out)"
	grep -q '^#2 .* visit (' out || fail "GDB is not as it was: $(cat out)"
fi

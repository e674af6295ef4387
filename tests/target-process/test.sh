#!/bin/sh
# A process as it stands and the core that gcore makes of it look the same:
# threads and their registers, modules, memory.
. "$(dirname "$0")/../lib.sh"
need cc gdb mkfifo
show=$build/tests/target/show

cc -g -O1 -pthread -Wl,--build-id "$here/../target-core/target.c" -o target
mkfifo ready
./target wait >ready &
pid=$!
# finish looks at the status that the test ends with.
trap 'set -- $?; set +e; kill $pid 2>/dev/null; (exit $1); finish' EXIT
read -r word <ready
same ready "$word" 'what the program says'
# The other threads have a last system call to go.
sleep 0.2

gdb -nx -q -batch -p $pid -ex 'gcore core' >gdb.log 2>&1 || true
[ -s core ] || skip "gdb cannot attach: $(tail -1 gdb.log)"
"$show" pid:$pid modules >modules || fail "$(cat modules)"
"$show" core modules >core-modules
cmp modules core-modules || fail 'modules differ'
"$show" pid:$pid threads >threads
"$show" core threads >core-threads
# GDB has them in another order when it attached.
same "$(cut -d' ' -f2- threads | sort)" \
	"$(cut -d' ' -f2- core-threads | sort)" 'registers'
same "$(cut -d' ' -f2- <threads | grep -c ' rip ')" 4 'number of threads'
"$show" pid:$pid vectors | cut -d' ' -f2 | sort >vectors
"$show" core vectors | cut -d' ' -f2 | sort >core-vectors
cmp vectors core-vectors || fail 'vector registers differ'

# Every segment of the core that has bytes, but for the kernel's own pages; and
# for shared memory without a name, which only root can map.
words=$("$show" core segments | awk -v user="$(id -u)" '
	$2 ~ /^[0-9a-f]+$/ && $3 ~ /s/ && user != 0 { next }
	$4 == "bytes" && $1 !~ /^ffffffff/ { print "0x" $1 }')
# shellcheck disable=SC2086
"$show" pid:$pid words $words >words
# shellcheck disable=SC2086
"$show" core words $words >core-words
# gcore reads what the process may not (PROT_NONE) as zeros.
paste words core-words | awk '$1 == "-" && $2 == "0x0000000000000000" { next }
	$1 != $2 { print; bad = 1 } END { exit bad }' || fail 'memory differs'

# Every mapping begins a segment.
"$show" pid:$pid segments | sed 's/ .*//' | sort >segments
sed 's/-.*//; s/^0*//' /proc/$pid/maps | sort >maps
missing=$(comm -13 segments maps)
[ -z "$missing" ] || fail "no segments for the mappings at $missing"

kill $pid
wait $pid 2>/dev/null || true
status=0
"$show" pid:$pid state >out 2>/dev/null || status=$?
same 3 $status 'a process that is gone'

#!/bin/sh
# The loader and GDB's commands, with a plugin that echoes: words reach it as
# they were typed, its answers reach the user as they are, and GDB stands
# where it stood.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/gdb.sh"
need_gdb

# The loader takes the plugin of its own folder.
cp "$build/.libs/corewalk-gdb.so" .
for script in heap transport heap-commands cw-commands; do
	sed "s|$build/.libs|$work|; s|$build/plugin|$work|" \
		"$build/plugin/$script.gdb" >$script.gdb
done
${CC:-cc} -g -shared -fPIC -I"$source" -D_GNU_SOURCE \
	-o corewalk-plugin.so "$here/echo.c"
${CC:-cc} -g -O0 -pthread -o frames "$here/frames.c"

cat >in <<'EOF'
source heap.gdb
source heap.gdb
set pagination off
echo no target:\n
heap -s
break checkpoint
run
frame 3
set remote exec-file /some "where" \else
heap words "a b" 'c\d' a\ b &g_list->next p+1 100% $arg0 ünïcode
heap hostile
heap value g_list->number g_array[2]+1 depth (long)&g_list==(long)&g_list
heap info inferiors
p/x $_
p $_count
p $_bytes
p $_corewalk_status
show remote exec-file
frame
thread 2
heap second
thread
pipe heap long | tail -n 1
set width 77
heap width
set width 0
heap width
shell cat /proc/$PPID/comm
heap wide
EOF
run_gdb -batch -x in ./frames >out 2>&1

says out '[heap][-s]'
says out "[heap][words][\"a b\"]['c\\d'][a\\ b][&g_list->next][p+1][100%][\$arg0][ünïcode]"
says out '%s %d 100% "quoted" \n \ $argc $arg0 \x1b[2J\x01\x7f tab	here'
says out 'Größe'
says out 'shell echo pwned'
says out 'reply {99}'
says out 'reply {4}'
says out 'reply {2}'
says out 'reply {1}'
grep -q '^\* 1 *process' out || fail "output of info inferiors"
says out "\$1 = 0x7fffdeadbeef"
says out "\$2 = 0"
says out "\$3 = 1099511627776"
says out "\$4 = 0"
says out '/some "where" \else'
same 2 "$(grep -c '^#3 .* descend (depth=2' out)" 'frames 3 shown'
says out '[heap][second]'
grep -q '^.Current thread is 2 ' out || fail "thread 2 is selected"
says out 'line 19999 of many, short'
says out 'width 77'
says out 'width 0'
says out 'gdb'
same 2000 "$(tail -n 1 out | grep -o '€' | wc -l)" 'wide characters'
says_not out 'Error in'
says_not out 'arning: the current language'

# The registers are those of the innermost frame, whatever is selected.
cat >in <<'EOF'
source heap.gdb
break checkpoint
run
printf "wanted %lx %lx\n", $rip, $rsp
up
heap registers
EOF
run_gdb -batch -x in ./frames >out 2>&1
wanted=$(sed -n 's/^wanted //p' out)
got=$(sed -n 's/^has 1 //p' out | awk '{print $17, $8}')
same "$wanted" "$got" 'rip and rsp'

# The loader and GDB's commands, with a plugin that echoes: words reach it as
# they were typed, its answers reach the user as they are, and GDB stands
# where it stood.  Sourced by the tests of each version of GDB.
steps=$source/tests/gdb-loader

# The loader takes the plugin of its own folder.
cp "$build/.libs/corewalk-gdb.so" .
for script in heap transport; do
	sed "s|$build/.libs|$work|; s|$build/plugin|$work|" \
		"$build/plugin/$script.gdb" >$script.gdb
done
# The prefix only: any word is a command of the plugin that echoes.
for script in heap-commands cw-commands; do
	sed '/^document/,$d' "$build/plugin/$script.gdb" >$script.gdb
done
${CC:-cc} -g -shared -fPIC -I"$source" -D_GNU_SOURCE \
	-o corewalk-plugin.so "$steps/echo.c"
${CC:-cc} -g -O0 -pthread -o frames "$steps/frames.c"

step() {
	echo "--- $1"
}

step 'words, answers, frames, threads'

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
grep -qF '/some "where" \else' out || fail 'the setting is not put back'
same 2 "$(grep -c '^#3 .* descend (depth=2' out)" 'frames 3 shown'
says out '[heap][second]'
grep -q '^.Current thread is 2 ' out || fail "thread 2 is selected"
says out 'line 19999 of many, short'
says out 'width 77'
says out 'width 0'
says_not out _cw_fd
same 2000 "$(tail -n 1 out | grep -o '€' | wc -l)" 'wide characters'
says_not out 'Error in'
says_not out 'arning: the current language'

step 'the registers of the innermost frame, whatever is selected'
cat >in <<'EOF'
source heap.gdb
break checkpoint
run
printf "wanted %lx %lx\n", $rip, $rsp
up
heap registers
EOF
run_gdb -batch -x in ./frames >out 2>&1
expected=$(sed -n 's/^wanted //p' out)
got=$(sed -n 's/^has 1 //p' out | awk '{print $17, $8}')
same "$expected" "$got" 'rip and rsp'

step 'frames of any language'
# name:number of DWARF, each called by the one before.
objects=
set -- in_c:0x1d in_cxx:0x21 in_rust:0x1c in_go:0x16 in_d:0x13 \
	in_fortran:0x0e in_objc:0x10 in_ada:0x0d in_pascal:0x09 checkpoint
first=$1
echo 'source heap.gdb
break checkpoint
run' >in
while [ $# -gt 1 ]; do
	name=${1%:*}
	${CC:-cc} -g -O0 -S -dA -DFUNCTION="$name" -DNEXT="${2%:*}" \
		-o "$name.s" "$steps/language.c"
	sed -i "s/\.byte\t0x[0-9a-f]*\(.*DW_AT_language\)/.byte\t${1#*:}\1/" \
		"$name.s"
	objects="$objects $name.s"
	echo "frame function $name
show language
heap $name
heap value number
p \$_bytes" >>in
	shift
done
echo "int ${first%:*}(int depth);
int checkpoint(int depth);
int checkpoint(int depth) { return depth; }
int main(void) { return ${first%:*}(0) == 0; }" >main.c
# shellcheck disable=SC2086
if ${CC:-cc} -g -O0 -o languages main.c $objects; then
	run_gdb -batch -x in ./languages >out 2>&1
	for language in c c++ rust go d fortran objective-c ada pascal; do
		says out "The current source language is \"auto; currently $language\"."
	done
	for name in c cxx rust go d fortran objc ada pascal; do
		says out "[heap][in_$name]"
	done
	same "41 42 43 44 45 46 47 48 49" \
		"$(sed -n 's/^reply {\(.*\)}/\1/p' out | xargs)" 'numbers'
	same 9 "$(grep -c '^\$[0-9]* = 1099511627776$' out)" 'variables'
	says_not out 'Error in'
	says_not out 'arning: the current language'
fi

step 'another JIT reader'
cat >reader.c <<'EOF'
#include <gdb/jit-reader.h>
GDB_DECLARE_GPL_COMPATIBLE_READER
static enum gdb_status read_it(struct gdb_reader_funcs *self,
			       struct gdb_symbol_callbacks *callbacks,
			       void *memory, long size)
{
	return GDB_FAIL;
}
static enum gdb_status unwind(struct gdb_reader_funcs *self,
			      struct gdb_unwind_callbacks *callbacks)
{
	return GDB_FAIL;
}
static struct gdb_frame_id frame_id(struct gdb_reader_funcs *self,
				    struct gdb_unwind_callbacks *callbacks)
{
	return (struct gdb_frame_id){0, 0};
}
static void destroy(struct gdb_reader_funcs *self)
{
}
struct gdb_reader_funcs *gdb_init_reader(void)
{
	static struct gdb_reader_funcs functions = {
		1, 0, read_it, unwind, frame_id, destroy};
	return &functions;
}
EOF
${CC:-cc} -shared -fPIC -o reader.so reader.c
run_gdb -batch -ex 'source heap.gdb' -ex 'break checkpoint' -ex run \
	-ex "jit-reader-load $work/reader.so" -ex up -ex 'heap zzz' -ex frame \
	./frames >out 2>&1 || true
grep -q '^corewalk cannot be loaded.*jit-reader-unload' out ||
	fail "no word about another reader: $(cat out)"
grep -q 'JIT reader already loaded' out || fail "GDB's own words"
same 2 "$(grep -c '^#1 ' out)" 'frame 1 shown'
cat >in <<EOF
source heap.gdb
break checkpoint
run
jit-reader-load $work/reader.so
jit-reader-unload
heap after
jit-reader-unload
up
heap lost
heap again
frame
EOF
run_gdb -batch -x in ./frames >out 2>&1
says out '[heap][after]'
grep -q '^corewalk was not called' out || fail 'an unloaded reader'
says out '[heap][again]'
same 2 "$(grep -c '^#1 ' out)" 'frame 1 shown'

step 'somebody has taken the name'
cat >in <<'EOF'
define heap
echo mine\n
end
source heap.gdb
heap
cw words
EOF
run_gdb -batch -x in ./frames >out 2>&1
grep -q '^corewalk: .*`heap` is somebody else' out || fail "$(cat out)"
says out mine
says out '[heap][words]'

step 'no plugin beside the loader'
mv corewalk-plugin.so away.so
run_gdb -batch -ex 'source heap.gdb' -ex 'break checkpoint' -ex run \
	-ex 'heap words' -ex 'p 6 * 7' ./frames >out 2>&1
grep -q '^corewalk cannot be loaded: .*corewalk-plugin.so' out ||
	fail "a missing plugin: $(cat out)"
says out '$1 = 42'
mv corewalk-gdb.so away-gdb.so
run_gdb -batch -ex 'source heap.gdb' -ex 'break checkpoint' -ex run \
	-ex 'heap words' -ex 'p 6 * 7' ./frames >out 2>&1 || true
grep -q 'corewalk-gdb.so.*No such file' out ||
	fail "a missing loader: $(cat out)"
says out '$1 = 42'
mv away.so corewalk-plugin.so
mv away-gdb.so corewalk-gdb.so

step 'over MI'
cat >in <<'EOF'
-interpreter-exec console "source heap.gdb"
-break-insert checkpoint
-exec-run
EOF
# -exec-run answers before the process stops.
{
	cat in
	sleep 2
	echo '-stack-select-frame 2'
	echo '-interpreter-exec console "heap value depth"'
	echo 'heap Größe "x"'
	echo '-stack-info-frame'
	echo '-gdb-exit'
} | run_gdb -i=mi ./frames >out 2>&1
mi_says() {
	grep -qE -- "$1" out || {
		cat out
		fail "no $2"
	}
}
mi_says '^~"\[heap\]\[value\]\[depth\]\\nreply \{1\}\\n"' 'value'
mi_says '^~"\[heap\]\[Gr(ö|\\303\\266)(ß|\\303\\237)e\]' 'UTF-8'
mi_says '^\^done,frame=\{level="2"' 'frame 2'

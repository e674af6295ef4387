#!/bin/sh
# A deadlocked process in namespaces of its own, below another root, with files
# that are others there or deleted: the answer is the same as outside of them.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/live.sh"
need gcc unshare ldd objcopy
[ "$(id -u)" = 0 ] || skip 'not root'
unshare -Upfmrn --mount-proc true 2>/dev/null ||
	skip 'unshare is not allowed'

gcc -g -O1 -pthread -o order "$source/examples/hang/order.c"
pids=
trap 'set -- $?; set +e; kill -9 $pids 2>/dev/null; (exit $1); finish' EXIT

# innermost PID: of its descendants, or itself.  One may end meanwhile: unshare
# has children of its own, too.
innermost() {
	pid=$1
	while child=$(cat /proc/"$pid"/task/"$pid"/children 2>/dev/null) &&
		[ -n "$child" ]; do
		pid=${child%% *}
	done
}

# begins PROGRAM...: $pid is the last process that begins by that.
begins() {
	"$@" >out 2>&1 &
	begun=$! pid=$!
	pids="$pids $pid"
	tries=0
	until grep -qs order /proc/"$pid"/comm && [ "$(num_waiting)" = 5 ]; do
		tries=$((tries + 1))
		[ $tries -lt 200 ] || fail "'$*' does not wait: $(cat out)"
		sleep 0.05
		innermost $begun
	done
	pids="$pids $pid"
}

num_waiting() {
	cat /proc/"$pid"/task/*/syscall 2>/dev/null | grep -c '^202 ' || true
}

# The answer without what is only said of processes, or only of cores.
steady() {
	sed -e 1d -e '/^note: /d' -e '/^still: /d' -e 's/ "order"//g' "$1"
}

# answers KIND WHAT
answers() {
	"$corewalk" hang analyze --pid "$pid" --snapshot "$1" \
		>answer 2>notes || fail "$2: $(cat notes)"
	! grep '^note: ' answer || fail "$2"
	steady answer >got
	diff -u wanted got || fail "$2"
	runs_free "$pid" "$2"
}

begins ./order
"$corewalk" hang analyze --pid "$pid" --snapshot copy >answer 2>notes ||
	fail "$(cat notes)"
steady answer >wanted
grep -q 'waits for mutex journal held by thread' wanted ||
	fail "outside: $(cat answer)"
kill -9 "$pid"

# A root of its own: the C library there is another file, told by its build-id.
root=$work/root
library=$(ldd order | sed -n 's/.*libc.so.6 => \([^ ]*\).*/\1/p')
for file in $library $(ldd order | sed -n 's/^[[:space:]]*\(\/[^ ]*\) .*/\1/p'); do
	mkdir -p "$root$(dirname "$file")"
	cp "$(readlink -f "$file")" "$root$file"
done
objcopy --dump-section .note.gnu.build-id=id "$root$library"
# The type, name and 16 bytes of it stay.
{
	head -c 32 id
	printf 'anyo'
} >other-id
objcopy --update-section .note.gnu.build-id=other-id "$root$library"
mkdir -p "$root/app" "$root/usr/lib/debug/app"
cp order "$root/app/order"

begins unshare -Upfmrn --kill-child chroot "$root" /app/order
answers copy 'the first of its namespaces'
answers fork 'the first of its namespaces'
grep -q ' ms (fork)' notes || fail "not fork: $(cat notes)"
mv "$root/app/order" "$root/app/gone"
rm "$root/app/gone"
rm "$root$library"
cp "$(readlink -f "$library")" "$root$library"
answers copy 'deleted files'
kill -9 "$pid"

# Debug info that is only below that root, found by its name.
objcopy --only-keep-debug order "$root/usr/lib/debug/app/order.debug"
objcopy -S -R .note.gnu.build-id \
	--add-gnu-debuglink="$root/usr/lib/debug/app/order.debug" \
	order "$root/app/order"
begins unshare -Upfmrn --kill-child chroot "$root" /app/order
answers copy 'debug info below its root'
kill -9 "$pid"
begins chroot "$root" /app/order
answers copy 'debug info below its root, alone'
kill -9 "$pid"

# Not the first: it can be cloned, and cores can be written.
begins unshare -pf --kill-child sh -c 'ulimit -c unlimited; ./order; true'
answers fork 'in a namespace'
grep -q ' ms (fork)' notes || fail "not fork: $(cat notes)"
if command -v gcore >/dev/null && gcore -o core "$pid" >gcore.log 2>&1; then
	"$corewalk" hang analyze "core.$pid" >answer 2>&1
	steady answer >got
	diff -u wanted got || fail 'a core written from outside'
fi
# In one by the kernel threads have the numbers that they have inside.
kill -ABRT "$pid"
tries=0
while [ -d /proc/"$pid" ] && [ $tries -lt 200 ]; do
	tries=$((tries + 1))
	sleep 0.05
done
for core in core core.[0-9]; do
	[ -f "$core" ] || continue
	"$corewalk" hang analyze "$core" >answer 2>&1
	# The order of threads is another.
	steady answer | sed "s/thread [0-9]/thread N/g" >got
	sed "s/thread [0-9]/thread N/g" wanted | diff -u - got || fail 'a core written inside'
done

# Threads have small numbers there, as much else is: what is held is told, and
# no more.
gcc -g -O1 -pthread -o alike "$here/alike.c"
unshare -pf --kill-child ./alike >alike.out 2>&1 &
pid=$!
pids="$pids $pid"
wait_for alike.out ^ready
innermost $pid
"$corewalk" hang locks --pid "$pid" >answer 2>notes ||
	fail "$(cat notes)"
same 'plain recursive robust' "$(sed -n 's/^mutex .* //p' answer | sort |
	tr '\n' ' ' | sed 's/ $//')" 'held mutexes'

#!/bin/sh
# The heap of Go programs: blocks and bytes in use are those that the runtime
# itself counted, for each release that can be had and however it was built; in
# the shell and in GDB.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/gdb.sh"
. "$source/tests/go.sh"
need gdb jq

# check_build "RELEASE BUILD"
check_build() {
	go_build -o heap "$here/heap.go"
	go_core heap

	"$corewalk" heap summary --json core >summary
	same "$release" "$(jq -r '.allocators[] |
		select(.name == "Go heap").version' summary |
		cut -d. -f1,2)" "$1: version"
	alloc=$(sed -n 's/^alloc //p' heap.said)
	used=$(jq .used.bytes summary)
	[ "$go_way" != external ] || [ "$used" -lt "$alloc" ] ||
		[ "$used" -ge $((alloc + 4096)) ] || return 0 # one more thread
	same "$alloc" "$used" "$1: bytes in use"

	"$build/tests/blocks/blocks" core 2>/dev/null >blocks
	sed -n 's/^class //p' heap.said | sort -n >wanted
	awk '$1 == "used" { num[$3]++ }
		END { for (size in num) print size, num[size] }' blocks |
		sort -n >got
	# The runtime counts classes up to 18 KiB one by one.
	last=$(tail -n 1 wanted | cut -d' ' -f1)
	awk -v last="$last" '$1 <= last' got | diff -u wanted - ||
		fail "$1: blocks of each size"
}

each_go_build check_build

run_gdb -batch -ex "source $build/plugin/heap.gdb" heap core \
	-ex 'heap summary' >gdb.out 2>&1 || true
grep -q 'Go heap' gdb.out || {
	cat gdb.out
	fail "no Go heap in GDB"
}
echo "as the runtime counts: $num_runs builds of $num_tested releases"

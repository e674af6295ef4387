#!/bin/sh
# The heap of Go programs: blocks and bytes in use are those that the runtime
# itself counted, for each release that can be had; in the shell and in GDB.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/gdb.sh"
. "$source/tests/go.sh"
need gdb jq
check_release() { # RELEASE
	"$go" build -o heap "$here/heap.go" || fail "Go $release does not build"
	go_core heap

	"$corewalk" heap summary --json core >summary
	same "Go heap" "$(jq -r '.allocators[0].name' summary)" "$release"
	same "$release" "$(jq -r '.allocators[0].version' summary |
		cut -d. -f1,2)" "version"
	same "$(sed -n 's/^alloc //p' heap.said)" \
		"$(jq .used.bytes summary)" "$release: bytes in use"

	"$build/tests/blocks/blocks" core 2>/dev/null >blocks
	sed -n 's/^class //p' heap.said | sort -n >wanted
	awk '$1 == "used" { num[$3]++ }
		END { for (size in num) print size, num[size] }' blocks |
		sort -n >got
	# The runtime counts classes up to 18 KiB one by one.
	last=$(tail -n 1 wanted | cut -d' ' -f1)
	awk -v last="$last" '$1 <= last' got | diff -u wanted - ||
		fail "$release: blocks of each size"
}

each_go_release check_release

run_gdb -batch -ex "source $build/plugin/heap.gdb" heap core \
	-ex 'heap summary' >gdb.out 2>&1 || true
grep -q 'Go heap' gdb.out || {
	cat gdb.out
	fail "no Go heap in GDB"
}
echo "as the runtime counts: $num_tested releases"

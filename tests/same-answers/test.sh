#!/bin/sh
# The same numbers whoever wrote the core (kernel, gcore), whatever was stripped,
# and wherever the question is asked: shell, GDB's console, MI.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
need gcore gdb c++ jq strip
! grep -q fsanitize "$build/Makefile" || skip "GDB cannot load sanitizers"

c++ -std=c++17 -g -O2 -pthread -o plain "$source/tests/programs/zoo.cpp"
strip -o stripped plain

# core_of PROGRAM
core_of() {
	rm -f report
	(
		ulimit -c unlimited
		exec ./"$1" 20000 report leaks
	) >"$1.out" 2>&1 &
	pid=$!
	wait_for report ^ready
}

numbers() {
	jq -c '[.total, .clusters, .kinds, [.groups[] |
		[.clusters, .blocks, .bytes, .head.size, .cyclic]]]'
}

wanted='[{"blocks":7004,"bytes":424288},112,'

check_core() { # PROGRAM CORE
	"$corewalk" leaks --json "$2" | numbers >shell.numbers
	case $(cat shell.numbers) in
	"$wanted"*) ;;
	*) fail "$2: $(cat shell.numbers)" ;;
	esac

	gdb -nx -q -batch -ex "source $build/plugin/heap.gdb" \
		-ex 'heap leaks -json' "$1" "$2" 2>/dev/null |
		sed -n '/^{/,$p' | numbers >console.numbers
	cmp shell.numbers console.numbers || fail "$2: GDB's console differs"

	printf '%s\n' \
		"-interpreter-exec console \"source $build/plugin/heap.gdb\"" \
		'-interpreter-exec console "heap leaks -json"' '-gdb-exit' |
		gdb -nx -q -i=mi "$1" "$2" 2>/dev/null | sed -n 's/^~//p' |
		jq -Rj 'fromjson? // empty' | sed -n '/^{/,$p' |
		numbers >mi.numbers
	cmp shell.numbers mi.numbers || fail "$2: MI differs"
	[ -f first.numbers ] || cp shell.numbers first.numbers
	cmp first.numbers shell.numbers || fail "$2 differs from the first core"
	rm "$2"
}

for program in plain stripped; do
	core_of $program
	gcore_of $program
	check_core $program $program.core
	has_kernel_cores || continue
	core_of $program
	kernel_core_of $program
	check_core $program $program.core
done

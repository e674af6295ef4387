#!/bin/sh
# What only programs of Go have, asked in GDB's console and by its machine
# interface: the same as in the shell.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/gdb.sh"
. "$source/tests/go.sh"
need_gdb
need jq
go_runs='1.26:plain 1.26:stripped'

# The heading is of the target, and what to type next is written otherwise.
plain() {
	sed -e '1d' -e '/^next:/d' -e '/--leaked/d' -e 's/(--limit 0)//' \
		-e 's/(-limit 0)//' -e 's/ *$//' "$@"
}

in_console() { # PROGRAM COMMAND
	run_gdb -batch -ex "source $build/plugin/heap.gdb" \
		-ex 'echo begin:\n' -ex "$2" "$1" core 2>gdb.log |
		sed '1,/^begin:$/d'
}

by_machine() { # PROGRAM COMMAND
	printf '%s\n' \
		"-interpreter-exec console \"source $build/plugin/heap.gdb\"" \
		"-interpreter-exec console \"$2\"" '-gdb-exit' >gdb.asked
	run_gdb -i=mi "$1" core <gdb.asked >gdb.said 2>gdb.log ||
		echo "GDB ended with $?" >>gdb.log
	sed -n 's/^~//p' gdb.said | jq -Rj 'fromjson? // empty' |
		sed -n '/^{/,$p'
}

# check PROGRAM COMMAND WORDS: as in GDB, and what the answer must have.
check() {
	in_shell=$(echo "$2" | sed 's/ -/ --/g')
	# shellcheck disable=SC2086  # several words
	"$corewalk" $in_shell core | plain >wanted
	grep -q "$3" wanted || {
		cat wanted
		fail "$run: $2: no '$3'"
	}
	in_console "$1" "$2" | plain >got
	diff wanted got || fail "$run: $2 in the console"
	# shellcheck disable=SC2086
	"$corewalk" $in_shell --json core | jq 'del(.target)' >wanted
	by_machine "$1" "$2 -json" | jq 'del(.target)' >got
	[ -s got ] || {
		cat gdb.log gdb.said
		fail "$run: $2: MI says nothing"
	}
	diff wanted got || fail "$run: $2 by MI"
}

# check_build "RELEASE BUILD"
check_build() {
	run=$1
	go_build -gcflags=-l -o leaks "$source/tests/go-leaks/leaks.go"
	go_core leaks
	check leaks 'heap gc' 'phase: none'
	check leaks 'heap profile goroutine' 'runtime.gopark'
	check leaks 'hang tasks -leaked' 'chan send), leaked: '
	check leaks 'hang tasks -labels -limit 0' 'kind=mail, request=17'
	go_build -o sampled "$source/tests/go-profile/sampled.go"
	go_core sampled
	check sampled 'heap profile' main.keepTexts
}
each_go_build check_build
echo "as in the shell: $num_runs builds of $num_tested releases"

#!/bin/sh
# Live words of stacks are what the collector went by: objects that only stacks
# hold are found there, and of those that it freed there is nothing left but
# what registers and interrupted frames happen to have.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/go.sh"
need jq

words=$build/tests/go-stack/stack_words

check_things() {
	awk -v release="$1" '
		FILENAME == "words" && $1 == "count" { count = $0; next }
		FILENAME == "words" { has[$4] = 1; if ($3 == "precise") sure[$4] = 1; next }
		$1 == "alive" { num_alive++ }
		$1 == "alive" && !($3 in has) { print "lost: " $2; bad = 1 }
		$1 == "dead" { num_dead++ }
		$1 == "dead" && $3 in sure { print "kept: " $2; bad = 1 }
		END {
			print release ": " num_alive " alive, " num_dead " dead; " count
			exit bad || num_alive < 10 || num_dead < 5
		}' words stack.said
}

check_release() { # RELEASE
	"$go" build -o stack "$here/stack.go" || fail "Go $release: no build"
	go_core stack
	"$words" core >words
	check_things "$release" || fail "$release: words of stacks"
	grep -q ' lost 0$' words || fail "$release: a stack was lost"
	"$corewalk" hang tasks --json --limit 0 core >tasks.json
	jq -e '[.rows[] | select(.status == "runnable" and
		(.frames | index("runtime.asyncPreempt")))] | length > 0' \
		tasks.json >/dev/null ||
		fail "$release: none was stopped by a signal"
}

each_go_release check_release
echo "as the collector goes: $num_tested releases"

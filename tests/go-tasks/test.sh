#!/bin/sh
# Goroutines of Go programs: number, function and stack as the program's own
# traceback has them, however it was built.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/go.sh"
need jq

count_in() {
	jq --arg name "$1" '[.rows[] |
		select(.frames | index($name))] | length' tasks.json
}

# check_build "RELEASE BUILD"
check_build() {
	go_build -o tasks "$here/tasks.go"
	go_core tasks
	"$corewalk" hang tasks --json --limit 0 core >tasks.json
	for row in main.receiver:30 main.sender:3 main.chooser:4 \
		main.nobody:2 main.forever:2 main.signaled:8 main.caller:1; do
		same "${row#*:}" "$(count_in "${row%:*}")" \
			"$1: goroutines in ${row%:*}"
	done

	# The traceback shows the same frames, inlined calls too; the first
	# goroutine it shows twice, from where the signal came.
	from_traceback tasks.said | grep ' main\.' | sort -u >told
	[ "$(wc -l <told)" -gt 70 ] || fail "$1: no traceback"
	jq -r '.rows[] | "\(.id) \(.frames | join(" "))"' tasks.json |
		grep ' main\.' | sort >ours
	diff told ours || fail "$1: frames"
	"$corewalk" hang tasks core >text
	grep -q '^30 goroutines, waiting (chan receive): ' text ||
		fail "$1: the largest group"
	grep -q 'begun by main.start at tasks.go:' text ||
		fail "$1: who began them"
	[ "$(jq '[.rows[] | select(.reason == "chan receive")] | length' \
		tasks.json)" -ge 30 ] || fail "$1: reasons"
}

each_go_build check_build
echo "goroutines as told: $num_runs builds of $num_tested releases"

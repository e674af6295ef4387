#!/bin/sh
# Goroutines of Go programs: number, function and stack as the program's own
# traceback has them.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/go.sh"
need jq

count_in() {
	jq --arg name "$1" '[.rows[] |
		select(.frames | index($name))] | length' tasks.json
}

check_release() { # RELEASE
	"$go" build -o tasks "$here/tasks.go" ||
		fail "Go $release: no build"
	go_core tasks
	"$corewalk" hang tasks --json --limit 0 core >tasks.json
	for row in main.receiver:30 main.sender:3 main.chooser:4 \
		main.nobody:2 main.forever:2 main.signaled:8 main.caller:1; do
		same "${row#*:}" "$(count_in "${row%:*}")" \
			"$release: goroutines in ${row%:*}"
	done

	# The traceback shows the same frames, inlined calls too; the first
	# goroutine it shows twice, from where the signal came.
	from_traceback tasks.said | grep ' main\.' | sort -u >told
	[ "$(wc -l <told)" -gt 70 ] || fail "$release: no traceback"
	jq -r '.rows[] | "\(.id) \(.frames | join(" "))"' tasks.json |
		grep ' main\.' | sort >ours
	diff told ours || fail "$release: frames"
	"$corewalk" hang tasks core >text
	grep -q '^30 goroutines, waiting (chan receive): ' text ||
		fail "$release: the largest group"
	grep -q 'begun by main.start at tasks.go:' text ||
		fail "$release: who began them"
}

each_go_release check_release
echo "goroutines as told, $num_tested releases"

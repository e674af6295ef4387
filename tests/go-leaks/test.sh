#!/bin/sh
# Goroutines that are leaked: all that the program lost, by ten kinds of waiting,
# and none that somebody could wake; suspect those that only the other end of
# their connection could; for each release.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/go.sh"
need jq

# verdicts PREFIX: "main.PREFIX… VERDICT" of goroutines in such functions.
verdicts() {
	jq -r --arg prefix "main.$1" '.rows[] |
		(.frames | map(select(startswith($prefix) and
			(contains(".func") | not)))[0]) as $name |
		select($name) | "\($name) \(.leaked)"' tasks.json | sort
}

# check_build "RELEASE BUILD"
check_build() {
	go_build -gcflags=-l -tags netgo -o leaks "$here/leaks.go"
	go_core leaks
	"$corewalk" hang tasks --json --limit 0 core >tasks.json
	sed -n 's/^func \(leak[A-Z][A-Za-z]*\)(.*/main.\1 proven/p' \
		"$here/leaks.go" | sort >wanted
	verdicts leak | diff -u wanted - || fail "$1: leaked ones"
	sed -n 's/^func \(live[A-Z][A-Za-z]*\)(.*/main.\1 no/p' \
		"$here/leaks.go" | sort >wanted
	verdicts live | diff -u wanted - || fail "$1: living ones"
	sed -n 's/^func \(suspect[A-Z][A-Za-z]*\)(.*/main.\1 suspect/p' \
		"$here/leaks.go" | sort >wanted
	verdicts suspect | diff -u wanted - || fail "$1: suspect ones"
	same "$(wc -l <wanted)" "$(jq .suspects tasks.json)" \
		"$1: number of suspect ones"
	same no "$(jq -r '.rows[] | select(.id == 1).leaked' tasks.json)" \
		"$1: main()"
	same "$(grep -c '^func leak[A-Z]' "$here/leaks.go")" \
		"$(jq .leaked tasks.json)" "$1: number of leaked ones"
	# Three loads, of 64 KB, hang on one goroutine each.
	same 'proven proven suspect' "$(jq -r '[.rows[] |
		select((.retained // 0) > 65536).leaked] | sort | join(" ")' \
		tasks.json)" "$1: who retains them"
	[ "$(jq .retained_by_suspects tasks.json)" -lt 70000 ] ||
		fail "$1: what suspect ones retain"
	same 'kind=mail request=17' "$(jq -r '[.rows[].labels |
		select(. != []) | map("\(.key)=\(.value)") | join(" ")] |
		sort | .[0]' tasks.json)" "$1: labels"
	same "worker=file 1 $(jq '[.rows[] |
		select(.labels != [] and .leaked == "proven").retained |
		select(. > 20000)] | add' tasks.json)" "$(jq -r '.labels[] |
		"\(.labels) \(.goroutines) \(.retained)"' tasks.json)" \
		"$1: what those with labels retain"
	"$corewalk" hang tasks --leaked --limit 0 core >text
	grep -q '^1 goroutine, waiting (chan send), leaked: ' text ||
		fail "$1: text"
	if grep -q 'main.live\|main.suspect' text; then
		fail "$1: --leaked shows others"
	fi
	"$corewalk" hang tasks --labels --limit 0 core >text
	grep -q '^4 goroutines are perhaps leaked, with 66[0-9.]* KB of ' text ||
		fail "$1: text of suspect ones: $(grep perhaps text)"
	grep -q '^1 goroutine, waiting (IO wait), perhaps leaked: ' text ||
		fail "$1: text of a suspect one"
	grep -q '^  labels of [0-9]*: kind=mail, request=17$' text ||
		fail "$1: --labels"
	grep -q '^leaked with worker=file: 1 goroutine, retaining ' \
		text || fail "$1: sums of --labels"
	"$corewalk" hang deadlocks core >text
	sed -n '/^perhaps leaked: .* could wake 4 goroutines/,/^=/p' text |
		grep -c '^  goroutine [0-9]* waits for ' >got
	same 4 "$(cat got)" "$1: suspect ones of hang deadlocks"
	same 4 "$("$corewalk" hang analyze --json core | jq .suspects)" \
		"$1: suspect ones of hang analyze"
	[ "$go_way" = plain ] || return 0
	jq -r '.rows[].waits_for_name // "" | select(startswith("main.")) |
		sub(" .*"; "")' tasks.json | sort -u >got
	printf 'main.global%s\n' Chan Cond Group Mutex | diff -u - got ||
		fail "$1: names of what they wait for"
}
each_go_build check_build
echo "as told: $num_runs builds of $num_tested releases"

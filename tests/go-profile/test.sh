#!/bin/sh
# heap profile: `go tool pprof -top` prints of ours what it prints of those that
# the program itself wrote a moment before, for each release; and who holds most.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/go.sh"
need jq

# top VALUE FILE: flat, cumulative and function.  What main() does now differs
# from then, when it wrote profiles.
top() {
	ignored='none of these'
	[ "$1" != goroutine ] || ignored='main\.main$'
	# The runtime waits for locks of its own at any time.
	[ "$1" != contentions ] || ignored='^runtime\.'
	"$pprof" -top -nodecount=100000 -nodefraction=0 -unit=B \
		-sample_index="$1" -ignore="$ignored" "$2" 2>pprof.log |
		awk 'rows { $2 = $3 = $5 = ""; print } /flat%/ { rows = 1 }' |
		sort
}

compare() {
	"$corewalk" heap profile "$1" --pprof ours core >text
	top "$2" "$3.told" >wanted
	top "$2" ours >got
	[ "$(wc -l <wanted)" -ge 2 ] || {
		cat pprof.log
		fail "$release $go_way: nothing told for $1"
	}
	diff -u wanted got || fail "$release $go_way: $1"
}

# check_build "RELEASE BUILD"
check_build() {
	go_build -o sampled "$here/sampled.go"
	# From 1.25 on it is built when it is first asked for.
	"$go" tool pprof -top sampled >pprof.log 2>&1 || true
	pprof=$("$go" tool -n pprof)
	go_core sampled
	compare inuse_space inuse_space heap
	compare inuse_objects inuse_objects heap
	compare alloc_space alloc_space heap
	compare alloc_objects alloc_objects heap
	compare goroutine goroutine goroutine
	compare block contentions block
	compare mutex contentions mutex
	"$corewalk" heap profile --json --limit 0 core >profile.json
	same main.grow "$(jq -r '.rows[0].function' profile.json)" \
		"$1: who has most in use"
	"$corewalk" heap stat --by site --json --limit 0 core >sites.json
	same "$(sed -n 's/^records //p' sampled.said)" "$(jq '[.rows[] |
		select(.type | startswith("main.grow at ")) | .blocks] |
		add' sites.json)" "$1: records that were sampled"
	example=$(jq -r '[.rows[] | select(.type | startswith("main.grow "))][0]
		.example' sites.json)
	same 'main.grow main.main runtime.main' "$("$corewalk" heap object \
		"$example" --json core | jq -r '.allocated_by | join(" ")')" \
		"$1: who allocated an object"
	same "$(jq .total profile.json)" "$(jq '[.rows[].flat] | add' \
		profile.json)" "$1: sum"
	"$corewalk" heap summary --json core >summary.json
	"$corewalk" heap profile reachable_space --json --pprof ours \
		core >profile.json
	# Without symbols a variable has the name of its module.
	holder=main.records
	[ "$go_way" = plain ] || holder=sampled
	same "main.record $holder" "$(jq -r '.stacks[0].frames |
		join(" ")' profile.json)" "$1: who holds most"
	same 20000 "$(jq '.stacks[0].blocks' profile.json)" \
		"$1: how many are held"
	same "$(jq .reachable.bytes summary.json)" "$(jq .total \
		profile.json)" "$1: all that is held"
	top reachable_objects ours >got
	grep -q '^20000B  *20000B .*main\.record *$' got || fail "$1: $(cat got)"
}
each_go_build check_build
echo "as told: $num_runs builds of $num_tested releases"

#!/bin/sh
# Each command's JSON is one object, with the fields that are promised, and
# its sums add up.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/command/core.sh"
need jq
make_core

# check NAME EXPRESSION: which must be true of NAME.json.
check() {
	[ "$(jq -r "$2" "$1.json" 2>&1)" = true ] ||
		{ head -c 2000 "$1.json"; fail "$1: not so: $2"; }
}

# answer NAME WORDS...: to NAME.json, with the fields that all have.
answer() {
	name=$1
	shift
	"$corewalk" "$@" --json core >"$name.json" || fail "'$*' fails"
	jq -e . "$name.json" >/dev/null || fail "$name: no JSON"
	same 1 "$(jq -s length "$name.json")" "objects of $name"
	check "$name" '(.corewalk|type)=="string" and (.command|type)=="string"'
	check "$name" '.target|(.kind=="core" and .arch=="x86-64" and .pid>0
		and (.exe|endswith("/planted")) and (.path|type)=="string")'
	check "$name" '.complete==(.gaps|length==0)'
	check "$name" '[.. | .address? | select(. != null)
		| test("^0x[0-9a-f]+$")] | all'
}
count='has("blocks") and has("bytes")'

answer analyze analyze
check analyze '.total == ([.places[].bytes]|add)'

answer summary summary
check summary '[.allocators[]|has("name") and has("version")
	and has("evidence") and has("regions") and has("bytes")
	and has("coverage")] | all and length==1'
check summary "[.used,.free,.cached,.reachable,.weak,.unreachable,.typed,
	.unknown | $count] | all"
check summary '.used.bytes == .reachable.bytes + .weak.bytes
	+ .unreachable.bytes'
check summary '.used.blocks == .typed.blocks + .unknown.blocks'
check summary '.allocators[0].coverage <= 1'

answer memory memory
check memory '.total == ([.rows[].bytes]|add)'

answer stat stat --limit 0
check stat '[.rows[]|has("type") and has("blocks") and has("bytes")
	and has("retained") and (.confidence|IN("exact","derived","likely",
	"none"))] | all'
check stat '.total.bytes == ([.rows[].bytes]|add)'
answer stat-size stat --by size --limit 0
check stat-size '.total.blocks == ([.rows[].blocks]|add)'
answer stat-root stat --by root --limit 0
check stat-root '.total.bytes == ([.rows[].bytes]|add)'
same "$(jq .used.bytes summary.json)" "$(jq .total.bytes stat.json)" \
	"used bytes of stat and summary"
same "$(jq .used.bytes summary.json)" "$(jq .total.bytes stat-root.json)" \
	"used bytes of stat --by root and summary"

answer list list --limit 0
check list '.total.blocks == (.rows|length)'
check list '.total.bytes == ([.rows[].size]|add)'
check list '[.rows[]|.state=="used"] | all'
answer list-item list --limit 0 --type '^item$'
check list-item '.total.blocks >= 100'

answer verify verify
check verify '.rows == [] and .total == 0'

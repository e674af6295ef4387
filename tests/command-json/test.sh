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
check summary '.code_read | .functions > 3 and .bytes > 100
	and .undecoded_bytes == 0 and .undescribed_bytes > 0'

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

item=$("$corewalk" list --type '^item$' --short --limit 1 core)
answer object object "$item"
check object '.size>=40 and .state=="used" and .allocator=="glibc malloc"
	and .type=="item" and (.confidence|IN("exact","derived","likely"))
	and has("provenance") and .reachable=="yes"'
check object '[.fields[]|has("offset") and has("name") and has("type")
	and has("value")] | all and length==6'
check object '.fields[]|select(.name=="weight")|.value=="42"'
check object '.incoming|length>0'
check object 'has("outgoing")'

answer refs refs "$item"
check refs '.num_incoming == (.incoming|length)'

answer path path "$item"
check path '.paths|length==1'
check path '.paths[0].root|.kind=="global" and (.name|startswith("g_"))
	and .module=="planted" and has("thread") and has("frame")'
check path '[.paths[0].steps[]|has("address") and .type=="item"
	and has("field")] | all'
check path '.paths[0].text|startswith("g_")'

answer leaks leaks --limit 0
check leaks '.total.blocks == ([.groups[].blocks]|add)'
check leaks '.total.bytes == ([.groups[].bytes]|add)'
check leaks '.total.bytes == (.kinds|.definite.bytes + .indirect.bytes
	+ .possible.bytes + .weak.bytes)'
check leaks '.clusters == ([.groups[].clusters]|add)'
check leaks '[.groups[]|has("signature") and has("clusters")
	and (.head|has("type") and has("size")) and has("cyclic")
	and has("owning") and has("example")
	and ([.members[]|has("type") and has("blocks") and has("bytes")]|all)]
	| all'
# As planted: chains, rings, texts.
check leaks '[.groups[]|select(.shape=="chain" and .clusters==10
	and .blocks==200)]|length==1'
check leaks '[.groups[]|select(.cyclic and .clusters==3
	and .blocks==6)]|length==1'
same "$(jq .unreachable.blocks summary.json)" \
	"$(jq .total.blocks leaks.json)" "blocks of leaks and summary"

answer cycles cycles
check cycles '.groups|length==1'
check cycles '.groups[0]|.cycles==3 and .blocks==6 and .reachable==false
	and has("signature") and has("bytes") and has("owning")
	and has("refcounts") and (.example|length==2)'
check cycles '[.groups[0].ring[]|has("type") and has("field") and has("to")]
	| all and length==2'
answer cycles-reachable cycles --reachable
check cycles-reachable '.groups[0]|.cycles==4 and .reachable
	and .ring[0].type=="pair" and .ring[0].field==".other"
	and .ring[0].to=="pair"'

answer search search 0x5eed5eed
check search '.total==1 and .rows[0].field=="g_table.magic"'

answer dominators dominators --limit 0
check dominators '[.rows[]|has("what") and .kind=="block" and has("address")
	and has("type") and has("blocks") and has("retained")
	and has("share")] | all'
same "$(jq .reachable.bytes summary.json)" \
	"$(jq '[.rows[].retained]|add' dominators.json)" \
	"what the top retains is what is reachable"
answer stat-retained stat --sort retained --limit 0
check stat-retained '[.rows[]|.retained>=0] | all'

"$corewalk" leaks --json --output file.json core
jq -e .groups file.json >/dev/null || fail "--output with --json"

#!/bin/sh
# Goroutines that wait for each other, for themselves and for what nobody will do,
# as their functions' names tell it; with inlining, and without and stripped; and a
# ring through Go's and C's locks.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
. "$source/tests/go.sh"
need gcc jq

begin() { # PROGRAM
	rm -f ready
	"./$1" ready &
	pid=$!
	wait_for ready ^ready
}
trap 'set -- $?; set +e; kill $pid 2>/dev/null; (exit $1); finish' EXIT

# The planted function that each goroutine is in, by its number.
functions() {
	"$corewalk" hang tasks --json --limit 0 --pid $pid 2>notes |
		jq '[.rows[] | {key: "\(.id)", value: (.frames |
			map(select(test("^main.(ring|self|lost|free|holder|" +
			"writer|conditional|server)[A-Za-z]*[0-9]?$")))[-1] //
			"")}] | from_entries'
}

rings() {
	"$corewalk" hang deadlocks --json --pid $pid 2>notes |
		jq -r --argjson in "$1" '.cycles[].threads |
			map($in["\(.goroutine)"] | ltrimstr("main.")) |
			sort | join(" ")' | sort
}

check_waits() { # NAME
	begin waits
	in=$(functions)
	grep -o '^func [(a-z *)]*\(ring\|self\)[A-Za-z0-9]*' "$here/waits.go" |
		sed 's/.* //' | awk '{ ring = $0; sub(/[0-9]$/, "", ring)
			of[ring] = of[ring] (of[ring] ? " " : "") $0 }
		END { for (ring in of) print of[ring] }' | sort >wanted
	rings "$in" | diff -u wanted - || fail "$1: rings"
	"$corewalk" hang waits --json --limit 0 --pid $pid 2>notes >waits.json
	# Rings of channels are leaked, too.
	jq -r --argjson in "$in" '.rows[] | select(.leaked) |
		$in["\(.goroutine)"]' waits.json | sort >got
	printf 'main.%s\n' lostReceive lostSend ringGroup0 ringGroup1 \
		ringPipe0 ringPipe1 selfLock | diff -u - got ||
		fail "$1: leaked"
	jq -r --argjson in "$in" '.rows[] | select(.goroutine) |
		select($in["\(.goroutine)"] |
			test("free|holder|writer|cond|server")) |
		"\($in["\(.goroutine)"]) \(.wait) \(
			$in["\(.owner_goroutine)"] // "-") \(
			.owner_inferred)"' waits.json | sort >got
	diff -u - got <<-'EOF' || fail "$1: others"
		main.conditional condition - false
		main.freeBehindHolder mutex main.holder true
		main.freeBehindWriter rwlock-read main.writer true
		main.holder sleep - false
		main.server channel - false
		main.writer sleep - false
	EOF
	end_program
}

tests_release() {
	"$go" build -o waits "$here/waits.go" || fail "Go $release: no build"
	check_waits "$release"
	"$go" build -gcflags=-l -ldflags='-s -w' -o waits "$here/waits.go" ||
		fail "Go $release: no build without inlining"
	check_waits "$release, stripped"
	# The parts of Go that it takes are compiled once a release.
	[ "$release" = 1.24 ] || return 0
	CGO_ENABLED=1 "$go" build -o mixed "$here/mixed.go" ||
		fail "Go $release: no build with C"
	begin mixed
	"$corewalk" hang deadlocks --json --pid $pid 2>notes >mixed.json
	# T2 -> T1 -> G1 -> G2 -> T2
	same '2 2 4 mutex goroutine mutex thread' "$(jq -r '.cycles[0].threads |
		(map(select(.tid)) | length) as $threads |
		(map(select(.goroutine)) | length) as $goroutines |
		(map(.wait == "mutex" and .tid != null) | index(true)) as $i |
		(.[$i:] + .[:$i] | map(.wait) | join(" ")) as $kinds |
		"\($threads) \($goroutines) \(length) \($kinds)"' mixed.json)" \
		"$release: a ring of both"
	end_program
}
each_go_release tests_release

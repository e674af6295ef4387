#!/bin/sh
# Types of Go's objects are those that the program itself says, and nearly all
# bytes have one.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/go.sh"
need jq

# Objects that the program told the type of.
check_objects() {
	sed -n 's/^object //p' types.said >told
	[ "$(wc -l <told)" -gt 10 ] || fail "$1: the program told nothing"
	while read -r address name; do
		"$corewalk" heap object --json "$address" core >object
		same "$name" "$(jq -r .type object | sed 's, \[[0-9]*\]$,,')" "$1: type of $address"
	done <told
}

check_shares() {
	"$corewalk" heap summary --json core >summary
	jq -e '.typed.bytes >= 0.98 * .used.bytes' summary >/dev/null || {
		"$corewalk" heap summary core
		fail "$1: few bytes have a type"
	}
}

check_release() { # RELEASE
	"$go" build -o types "$here/types.go" || fail "Go $release: no build"
	go_core types
	check_objects "$release"
	check_shares "$release"
}

each_go_release check_release
echo "types as told, $num_tested releases"

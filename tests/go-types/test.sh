#!/bin/sh
# Types of Go's objects are those that the program itself says, and nearly all
# bytes have one: also where debug info and symbols are gone.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/go.sh"
need jq

# Objects that the program told the type of; without debug info some may have
# none, but no other one.
check_objects() {
	sed -n 's/^object //p' types.said >told
	[ "$(wc -l <told)" -gt 10 ] || fail "$1: the program told nothing"
	while read -r address name; do
		"$corewalk" heap object --json "$address" core >object
		type=$(jq -r .type object | sed 's, \[[0-9]*\]$,,')
		# Up to 1.20 generic functions allocate what stands for several.
		case $2:$type in stripped:null | stripped:*go.shape.*) continue ;; esac
		same "$name" "$type" "$1: type of $address"
	done <told
}

check_shares() { # NAME SHARE
	"$corewalk" heap summary --json core >summary
	jq -e --argjson share "$2" '.typed.bytes >= $share * .used.bytes' summary >/dev/null || {
		"$corewalk" heap summary core
		fail "$1: few bytes have a type"
	}
}

check_release() { # RELEASE
	"$go" build -o types "$here/types.go" || fail "Go $release: no build"
	go_core types
	check_objects "$release" described
	check_shares "$release" 0.98
	"$go" build -ldflags='-s -w' -o types "$here/types.go"
	go_core types
	check_objects "$release" stripped
	check_shares "$release, stripped" 0.95
}

each_go_release check_release
echo "types as told, $num_tested releases"

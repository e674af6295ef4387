#!/bin/sh
# What is known of each release, for programs without debug info, is what the
# debug info and symbols of a program of it say.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/go.sh"

check_release() { # RELEASE
	"$go" build -o heap "$source/tests/go-heap/heap.go" ||
		fail "Go $release: no build"
	go_core heap
	"$build/tests/go-release/release_row" core >row
	table=$source/golang/release_$(echo "$release" | tr . _).inc
	[ -z "${UPDATE_GOLDEN:-}" ] || cp row "$table"
	diff -u "$table" row || fail "$release: not as in its table"
}

each_go_release check_release
echo "tables are right: $num_tested releases"

#!/bin/sh
# What nodes of containers lead to has a type where they are in chunks of memory
# resources, and what a shared_ptr to a member shares.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
. "$source/tests/builds.sh"
need jq g++
has_kernel_cores || skip "core_pattern is not 'core'"

check_build() { # NAME COMPILER FLAG...
	name=$1
	shift
	"$@" -std=c++17 -o values "$here/values.cpp" || fail "$name"
	core_of values
	"$corewalk" stat --json --limit 0 values.core >stat.json
	same 1200 "$(jq '[.rows[] | select(.type == "char") | .blocks] | add' \
		stat.json)" "$name: texts"
	same 300 "$(jq '[.rows[] | select(.type |
		startswith("std::_Sp_counted_ptr_inplace<item")) | .blocks] |
		add' stat.json)" "$name: items that are shared"
}

each_build check_build g++ ''

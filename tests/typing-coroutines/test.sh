#!/bin/sh
# Frames of coroutines have the type that their functions' debug info says, and
# so has what only they hold.  clang 14 does not describe its frames.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
. "$source/tests/builds.sh"
need jq g++
has_kernel_cores || skip "core_pattern is not 'core'"

count() { # PATTERN
	jq --arg type "$1" '[.rows[] | select(.type | test($type)) |
		.blocks] | add // 0' stat.json
}

check_build() { # NAME COMPILER FLAG...
	name=$1
	shift
	"$@" -std=c++20 -o frames "$here/frames.cpp" || fail "$name"
	core_of frames
	"$corewalk" stat --json --limit 0 frames.core >stat.json
	same 20 "$(count 'wait_with.*Frame$')" "$name: frames"
	same 40 "$(count '^held$')" "$name: what frames hold"
}

each_build check_build g++ ''

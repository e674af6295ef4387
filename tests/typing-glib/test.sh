#!/bin/sh
# GLib's containers and what is in them, where the library has no debug info:
# its lists and strings by what headers declare, its hash tables by themselves,
# what is in both by what the code does with the same member's elements.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
. "$source/tests/builds.sh"
. "$source/tests/typing-glib/counts.sh"
need jq pkg-config
has_kernel_cores || skip "core_pattern is not 'core'"
flags=$(pkg-config --cflags --libs glib-2.0 2>/dev/null) ||
	skip "no libglib2.0-dev"

check_build() { # NAME COMPILER FLAG...
	build_name=$1
	shift
	# shellcheck disable=SC2086
	"$@" -o containers "$here/containers.c" $flags
	check_counts "slices by $build_name"
	export G_SLICE=always-malloc
	check_counts "blocks by $build_name"
	unset G_SLICE
}

each_build check_build gcc clang

#!/bin/sh
# GLib's containers with the library of Debian trixie, which has no slices, and
# the C library that it needs.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
. "$source/tests/builds.sh"
. "$source/tests/typing-glib/counts.sh"
need jq pkg-config
has_kernel_cores || skip "core_pattern is not 'core'"
flags=$(pkg-config --cflags glib-2.0 2>/dev/null) || skip "no libglib2.0-dev"

mkdir -p "$build/tests/fetched"
for package in libc6 libglib2.0-0t64; do
	folder=$build/tests/fetched/$package-trixie
	flock "$folder.lock" "$source/tests/fetch" trixie "$package" \
		"$folder" >fetch.log 2>&1 || skip "$(tail -n 1 fetch.log)"
done
c=$(dirname "$(find "$build/tests/fetched/libc6-trixie" -name libc.so.6)")
glib=$(dirname "$(find "$folder" -name libglib-2.0.so.0)")

# shellcheck disable=SC2086
gcc -g -O2 -o containers "$source/tests/typing-glib/containers.c" $flags \
	"$glib/libglib-2.0.so.0" -Wl,--allow-shlib-undefined \
	"-Wl,--dynamic-linker=$c/ld-linux-x86-64.so.2" \
	"-Wl,-rpath,$c:$glib:/usr/lib/x86_64-linux-gnu" \
	-Wl,--disable-new-dtags
check_counts "GLib of trixie"

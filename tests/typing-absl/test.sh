#!/bin/sh
# What the rules find in containers of Abseil, against what the program prints
# of them itself.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
. "$source/tests/builds.sh"
need jq g++
has_kernel_cores || skip "core_pattern is not 'core'"

folder=$build/tests/fetched/absl
mkdir -p "$build/tests/fetched"
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
flock "$folder.lock" "$source/tests/fetch" --with-dependencies "$suite" \
	libabsl-dev "$folder" >fetch.log 2>&1 ||
	skip "no Abseil: $(tail -n 1 fetch.log)"
libraries=$(echo "$folder"/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH="$libraries"

check_build() { # NAME COMPILER FLAG...
	name=$1
	shift
	"$@" -std=c++17 -I"$folder/usr/include" -o containers \
		"$here/containers.cpp" -L"$libraries" -labsl_raw_hash_set \
		-labsl_hash -labsl_city -labsl_low_level_hash \
		-labsl_raw_logging_internal \
		-Wl,--allow-shlib-undefined || fail "$name"
	core_of containers
	LC_ALL=C sort containers.out >wanted
	"$build/tests/cxx/parts" containers.core | LC_ALL=C sort >got
	diff -u wanted got >difference || {
		head -n 40 difference
		fail "$name: $(grep -c '^[-+]' difference) lines differ"
	}
	[ "$(wc -l <got)" -gt 1000 ] || fail "$name: $(wc -l <got) lines"
}

each_build check_build g++ ''

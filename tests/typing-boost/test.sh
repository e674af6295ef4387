#!/bin/sh
# What values in boost::optional lead to has a type, and what the rules find in
# containers is what the program prints of them itself, in the builds of Boost
# that Debian has.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
. "$source/tests/builds.sh"
need jq g++
has_kernel_cores || skip "core_pattern is not 'core'"

folder=$build/tests/fetched/boost
mkdir -p "$build/tests/fetched"
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
flock "$folder.lock" "$source/tests/fetch" "$suite" libboost1.74-dev "$folder" \
	>fetch.log 2>&1 || skip "no Boost: $(tail -n 1 fetch.log)"

count() { # PATTERN
	jq --arg type "$1" '[.rows[] | select(.type | test($type)) |
		.blocks] | add // 0' stat.json
}

check_build() { # NAME COMPILER FLAG...
	name=$1
	shift
	"$@" -std=c++17 -I"$folder/usr/include" -o values "$here/values.cpp" ||
		fail "$name"
	core_of values
	"$corewalk" stat --json --limit 0 values.core >stat.json
	same 120 "$(count '^item$')" "$name: items"
	same 70 "$(count '^leaf$')" "$name: what values lead to"
	same 100 "$(count '^char')" "$name: texts in values"
	empty=$("$corewalk" list --type '^item$' --short --limit 2 values.core |
		tail -n 1)
	"$corewalk" object "$empty" values.core >object
	same 3 "$(grep -c 'no value' object)" "$name: values that are not there"

	"$@" -std=c++17 -isystem "$folder/usr/include" -o containers \
		"$here/containers.cpp" || fail "$name"
	core_of containers
	LC_ALL=C sort containers.out >wanted
	"$build/tests/cxx/parts" containers.core | grep -v "^g_static: " |
		LC_ALL=C sort >got
	diff -u wanted got >difference || {
		head -n 40 difference
		fail "$name: $(grep -c '^[-+]' difference) lines differ"
	}
	[ "$(wc -l <got)" -gt 1000 ] || fail "$name: $(wc -l <got) lines"
}

each_build check_build g++ ''

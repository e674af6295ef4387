#!/bin/sh
# What the rules find in containers of Qt 5, against what the program prints of
# them itself; and no block of the program's without a type.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
. "$source/tests/builds.sh"
need jq g++
has_kernel_cores || skip "core_pattern is not 'core'"

fetched=$build/tests/fetched
mkdir -p "$fetched"
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
fetch() { # FOLDER ARGUMENT...
	folder=$fetched/$1
	shift
	flock "$folder.lock" "$source/tests/fetch" "$@" "$folder" \
		>fetch.log 2>&1 || skip "no Qt: $(tail -n 1 fetch.log)"
}
fetch qt "$suite" qtbase5-dev
fetch qt-core --with-dependencies "$suite" libqt5core5a
headers=$(echo "$fetched"/qt/usr/include/*/qt5)
libraries=$(echo "$fetched"/qt-core/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH="$libraries"

check_build() { # NAME COMPILER FLAG...
	name=$1
	shift
	"$@" -std=c++17 -fPIC -I"$headers" -I"$headers/QtCore" -o containers \
		"$here/containers.cpp" -L"$libraries" -l:libQt5Core.so.5 \
		-Wl,--allow-shlib-undefined || fail "$name"
	core_of containers
	LC_ALL=C sort containers.out >wanted
	"$build/tests/cxx/parts" containers.core |
		grep -v '^g_\(stack\|list_more\|queue\|set\|hash_multi\|map_multi\): ' |
		LC_ALL=C sort >got
	diff -u wanted got >difference || {
		head -n 40 difference
		fail "$name: $(grep -c '^[-+]' difference) lines differ"
	}
	[ "$(wc -l <got)" -gt 1000 ] || fail "$name: $(wc -l <got) lines"
}

each_build check_build g++ ''

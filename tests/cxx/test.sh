#!/bin/sh
# What the rules find in containers of libstdc++ and libc++, against what the
# program prints of them itself.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
. "$source/tests/builds.sh"
need jq
has_kernel_cores || skip "core_pattern is not 'core'"
parts=$build/tests/cxx/parts

# check_build NAME COMPILER FLAG...: cores and reports are of "containers"
check_build() {
	name=$1
	shift
	"$@" -std="${standard:-c++17}" -o containers "$here/containers.cpp" ||
		fail "$name: $*"
	core_of containers
	LC_ALL=C sort containers.out >wanted
	"$parts" containers.core |
		sed 's/^\(g_variant_.: .\): .*/\1/; /: holds /d; /^g_path.* [0-9]*$/d' | LC_ALL=C sort >got
	diff -u wanted got >difference || {
		head -40 difference
		fail "$name: $(grep -c '^[-+]' difference) lines differ"
	}
	[ "$(wc -l <got)" -gt 1000 ] || fail "$name: $(wc -l <got) lines"
}

has_libcxx() {
	echo '#include <vector>' | clang++ -stdlib=libc++ -fsyntax-only \
		-x c++ - 2>/dev/null
}

# clang leaves a class out that the library has an instance of.
narrow() {
	clang++ -DWITHOUT_WIDE "$@"
}

libcxx() {
	clang++ -stdlib=libc++ "$@"
}

command -v clang++ >/dev/null || unset -f narrow libcxx
has_libcxx || unset -f libcxx
each_build check_build g++ narrow
each_build check_build '' libcxx
standard=c++23
check_build newer g++ -gdwarf-4 -O2
standard=c++17
check_build older g++ -g -O1 -D_GLIBCXX_USE_CXX11_ABI=0

check_build plain g++ -g -O0

# Types of blocks: counts, and names in text and in JSON.
full='std::_Rb_tree_node<std::pair<int const, std::__cxx11::basic_string<char,'
"$corewalk" stat --json --limit 0 containers.core >stat.json
grep -qF "$full" stat.json || fail "no full names in JSON"
"$corewalk" stat --limit 0 --type '^std::_Rb_tree_node<.*int const, std::string' \
	containers.core >stat
same 41 "$(awk '/_Rb_tree_node<std::pair<int const, std::string>>/ {
	print $1 }' stat)" "nodes of g_map and g_map_one"

# What libstdc++ keeps for exceptions, in a library of its own and in the
# program.
pool_of() {
	"$corewalk" stat --json --limit 0 "$1" |
		jq "[.rows[] | select(.type == \"exceptions' emergency pool\") |
			.blocks] | add // 0"
}
same 1 "$(pool_of containers.core)" "emergency pools"
g++ -std=c++17 -O2 -static-libstdc++ -o containers "$here/containers.cpp"
core_of containers
same 1 "$(pool_of containers.core)" "emergency pools of a static library"

# Damaged containers are no parts, but no crash and no endless walk either.
if command -v python3 >/dev/null; then
	for seed in 1 2 3 4 5 6 7 8 9 10; do
		python3 "$here/damage.py" containers.core damaged.core $seed
		timeout 60 "$parts" damaged.core >/dev/null ||
			fail "damaged, seed $seed: exit status $?"
	done
else
	echo "no python3: damage left out"
fi

#!/bin/sh
# Blocks that the locals of a frame hold have paths with the local's name, and
# the function's, also when it was inlined.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
. "$source/tests/builds.sh"
need gcc

ulimit -c unlimited
has_kernel_cores || skip "core_pattern is not 'core'"

# names CORE: the names of the roots of paths to nodes, and their frames.
names() {
	"$corewalk" list --short --min 40 --max 40 --limit 0 "$1" | while read -r address; do
		"$corewalk" path "$address" --json "$1"
	done | tr -d '\n' | grep -o '"root": *{[^}]*}' |
		sed 's/.*"name": "\([^"]*\)".*"frame": \(.*\)}/\1 \2/' | sort -u
}

check_name() {
	grep -qxF "$1" names || fail "$name: no '$1' in $(cat names)"
}

check_build() { # NAME COMPILER FLAG...
	name=$1
	shift
	"$@" -pthread -o threads "$here/names.c"
	rm -f core
	(./threads threads >/dev/null 2>&1) || true
	names core >names
	# Optimised, abort() saves a register that has it, too.
	case $name in
	*-O0*) check_name 'thread 1 main()::graph.nodes[17] "main"' ;;
	esac
	check_name 'thread 2 inner()::pair.first "inner"'
	rm core
}

each_build check_build gcc clang

# With one thread it need not be said which.
gcc -g -O0 -pthread -o threads "$here/names.c"
(./threads >/dev/null 2>&1) || true
names core >names
check_name 'main()::graph.nodes[17] "main"'
check_name 'crash()::list "crash"'
rm core

# Of a very deep stack both ends count, and it is said what does not.
name=tall
gcc -g -O0 -o tall "$here/tall.c"
(./tall >/dev/null 2>&1) || true
names core >names
check_name 'main()::outermost "main"'
check_name 'down()::innermost "down"'
"$corewalk" stat core >stat
grep -q 'those of 1[4-6],... frames in the middle' stat ||
	fail "no word of frames that are left out"
grep -q '^ *3 .* exact *node$' stat || fail "nodes without a type"
rm core

# Globals in pieces.
if command -v clang >/dev/null; then
	for version in 4 5; do
		name=pieces-$version
		clang -O2 -gdwarf-$version -o $name "$here/pieces.c"
		(./$name >/dev/null 2>&1) || true
		readelf --debug-dump=info $name 2>/dev/null |
			grep -q 'DW_OP_piece' || skip "clang makes no pieces"
		block=$("$corewalk" list --short core | head -n 1)
		"$corewalk" path "$block" core | grep -qx items.first ||
			fail "no items.first"
		"$corewalk" stat core | grep -q '^ *3 .* exact *item$' ||
			fail "not all items have a type"
		rm core
	done
fi

# Debug info that is not where the program says leaves types out, and is named.
rm -f core
gcc -g -gsplit-dwarf -O0 -c -o tall.o "$here/tall.c"
gcc -o tall tall.o
rm -f ./*.dwo
(./tall >/dev/null 2>&1) || true
"$corewalk" stat core >stat
grep -q 'types may be missing: debug info of tall: ' stat ||
	fail "no word of the missing .dwo: $(tail -n 3 stat)"

#!/bin/sh
# Functions, blocks and inlined calls of files, counted by readelf; versions 2
# to 5 of DWARF, by gcc and clang; what they take and give.
. "$(dirname "$0")/../lib.sh"
need gcc readelf
functions=$build/tests/scopes/functions

# Of all DIEs below compile units, those that say which code they have.
count_readelf() {
	readelf --debug-dump=info "$1" 2>/dev/null | awk '
		/Abbrev Number/ { tag = $NF; done = 0 }
		/DW_AT_(low_pc|ranges) / && !done { n[tag]++; done = 1 }
		END { print n["(DW_TAG_subprogram)"] + 0,
			n["(DW_TAG_inlined_subroutine)"] + 0,
			n["(DW_TAG_lexical_block)"] + 0 }'
}

count_ours() {
	awk '/^FUNCTION / { functions++ }
		/^  SCOPE [0-9]+ inlined .*\[/ { inlined++ }
		/^  SCOPE [0-9]+ block .*\[/ { blocks++ }
		END { print functions + 0, inlined + 0, blocks + 0 }' "$1"
}

# An outline is what the function is, but for what is no pointer; functions
# within functions may come in another order.
check_outlines() {
	"$functions" "$1" outlines | sort >outlines
	"$functions" "$1" same | sort >functions
	[ -s outlines ] || fail "$1: no outlines"
	cmp -s outlines functions || {
		diff outlines functions | head -n 5
		fail "outlines of $1"
	}
}

prototype() {
	"$functions" "$1" named "$2" | sed 's/long int/long/g; s/ restrict//g'
}

check_build() {
	name=$1
	shift
	"$@" -o "$name" "$here/calls.c"
	"$functions" "$name" 2>"$name".problems |
		sed 's/long int/long/g' >"$name".ours
	[ ! -s "$name".problems ] || fail "$name: $(cat "$name".problems)"
	same "$(count_readelf "$name")" "$(count_ours "$name".ours)" \
		"functions, inlined calls, blocks of $name"
	grep -q '^FUNCTION [0-9a-f]* descend -> long$' "$name".ours ||
		fail "$name: no descend()"
	for wanted in 'parameter0 level : long ' \
		'parameter1 scale : double ' 'parameter2 small : float ' \
		'local : node \[' 'values : double \[3\] \['; do
		grep -q "LOCAL 0 $wanted" "$name".ours ||
			fail "$name: no '$wanted'"
	done
	same "PROTOTYPE descend long (long, double, float)" \
		"$(prototype "$name" descend)" "$name"
	same "PROTOTYPE nothing none" "$(prototype "$name" nothing)" "$name"
	check_outlines "$name"
}

for version in 2 3 4 5; do
	for level in -O0 -O2; do
		check_build "gcc-$version$level" \
			gcc -gdwarf-$version -gno-strict-dwarf $level
		command -v clang >/dev/null &&
			check_build "clang-$version$level" \
				clang -gdwarf-$version $level
	done
done

# What is only declared; what was inlined, and from where.
for name in gcc-4-O2 gcc-5-O2; do
	same "PROTOTYPE malloc void * (size_t)" \
		"$(prototype $name malloc)" $name
	same "PROTOTYPE printf int (const char *) ..." \
		"$(prototype $name printf)" $name
	grep -q 'SCOPE [0-9]* inlined 0 node_new [1-9]' $name.ours ||
		fail "$name: nothing inlined"
	grep -q 'FUNCTION [0-9a-f]* noreturn give_up -> void' $name.ours ||
		fail "$name: give_up() returns"
	grep -q 'CALL [0-9a-f]* sum_of [1-9a-f].* r5 r4 r1 r2' $name.ours ||
		fail "$name: no call of sum_of()"
	grep -q 'LOCAL [0-9]* constant : const int .*\(constant of 4\|\[\)' \
		$name.ours || fail "$name: the constant is nowhere"
done

# In .dwo files and a .dwp they are the same; but for numbers of addresses and
# of types in expressions, and for what gcc says less or counts wrong in DWARF 4.
without_expressions() {
	"$functions" "$1" 2>&1 | sed '/^  LOCAL/s/ *\(\[.*\)*$//'
}

for version in 4 5; do
	for level in -O0 -O2; do
		for cc in gcc clang; do
			command -v $cc >/dev/null || continue
			$cc -gdwarf-$version $level -o whole "$here/calls.c"
			$cc -gdwarf-$version $level -gsplit-dwarf -o split \
				"$here/calls.c"
			without_expressions whole >whole.ours
			without_expressions split >split.ours
			cmp -s whole.ours split.ours || {
				diff whole.ours split.ours | head -n 5
				fail "$cc -gdwarf-$version $level -gsplit-dwarf"
			}
			same "PROTOTYPE descend long (long, double, float)" \
				"$(prototype split descend)" "split by $cc"
			check_outlines split
		done
	done
done
if command -v dwp >/dev/null; then
	gcc -gdwarf-4 -gsplit-dwarf -O2 -o split "$here/calls.c"
	"$functions" split >split.ours
	dwp -e split -o split.dwp
	rm -f split-calls.dwo
	"$functions" split | cmp - split.ours || fail "a .dwp file"
fi

# Of a program with templates, lambdas and inlined calls in all units.
cpp=$here/../types-ptype/many.cpp
for cc in g++ clang++; do
	command -v $cc >/dev/null || continue
	for flags in '-O0 -gdwarf-4' '-O2 -gdwarf-5' '-O2 -gdwarf-4 -flto'; do
		# shellcheck disable=SC2086
		$cc -std=c++17 $flags -o many "$cpp" -pthread
		check_outlines many
	done
done

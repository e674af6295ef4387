#!/bin/sh
# Types and variables of two small programs: the same from every compiler,
# DWARF version and optimisation.
. "$(dirname "$0")/../lib.sh"
types=$build/tests/types/types

# Compilers name the base types differently, DWARF 2 and 3 know no &&, and
# addresses are the linker's.
plain() {
	sed -e 's/long long unsigned int/unsigned long long/' \
		-e 's/long unsigned int/unsigned long/' \
		-e 's/_vptr\$/_vptr./' -e 's/Node \*, 3/Node*, 3/' \
		-e 's/short int/short/g' -e 's/long int/long/g' \
		-e 's/\<_Bool\>/bool/' \
		-e 's/volatile const/const volatile/' -e 's/ &&$/ \&/' \
		-e 's/^\(tls \)\{0,1\}0x[0-9a-f]* /\1/'
}

# Each type with its members on a line, in no order that a compiler chose.
print() {
	"$types" "$1" layouts | plain |
		awk '/^TYPE/ { if (line) print line; line = $0; next }
			{ line = line "\n" $0 } END { print line }' RS='\n' |
		awk '/^TYPE/ { n = $0; sub(/^TYPE [a-z]+ [0-9]+ /, "", n) }
			{ printf "%s\t%05d\t%s\n", n, NR, $0 }' |
		LC_ALL=C sort | cut -f3-
	"$types" "$1" arguments 'app::Vector<app::Node*, 3>' \
		'app::Vector<app::Node *, 3>' \
		'app::Pack<int, app::Node>' | plain
	"$types" "$1" variables | plain | LC_ALL=C sort
}

check() {
	golden=$here/$1.golden
	print "$2" >got
	if [ -n "${UPDATE_GOLDEN:-}" ] && [ ! -f updated-"$1" ]; then
		cp got "$golden"
		: >updated-"$1"
	fi
	diff -u "$golden" got || fail "$1 by $3"
}

# The linker's symbols say where variables are.
addresses() {
	"$types" c variables | awk '$1 ~ /^0x/ && $3 !~ /[(:]/ {
		print substr($1, 3), $3 }' | sort >ours
	nm c | sed 's/^0*//; s/ . / /' | sort | comm -13 - ours >wrong
	if [ ! -s ours ] || [ -s wrong ]; then
		cat wrong
		fail "addresses by $1"
	fi
}

# Puts the .dwo files into .dwp files.  binutils' dwp knows DWARF 4, LLVM's no
# type units (and may never end).
pack() {
	case $1 in
	*-gdwarf-4*split*) pack=dwp ;;
	*types-section*) return 1 ;;
	*split*) pack=llvm-dwp ;;
	*) return 1 ;;
	esac
	command -v $pack >/dev/null || return 1
	for program in c cpp; do
		timeout 5 $pack -e $program -o $program.dwp || return 1
	done
	rm ./*.dwo
}

tried=0
for cc in gcc clang; do
	command -v $cc >/dev/null || continue
	for flags in '-gdwarf-2 -gno-strict-dwarf' -gdwarf-3 -gdwarf-4 \
		-gdwarf-5 '-gdwarf-4 -fdebug-types-section' \
		'-gdwarf-5 -fdebug-types-section' '-gdwarf-5 -gz' \
		'-gdwarf-4 -gsplit-dwarf' '-gdwarf-5 -gsplit-dwarf' \
		'-gdwarf-4 -gsplit-dwarf -fdebug-types-section' \
		'-gdwarf-5 -gsplit-dwarf -fdebug-types-section'; do
		case "$cc$flags" in
		clang*gno-strict*) flags=-gdwarf-2 ;;
		esac
		for optimise in -O0 -O2; do
			# shellcheck disable=SC2086
			$cc $flags $optimise -o c "$here/shapes.c"
			check shapes c "$cc $flags $optimise"
			# shellcheck disable=SC2086
			$cc -x c++ $flags $optimise -o cpp \
				"$here/classes.cpp" -lstdc++
			check classes cpp "$cc $flags $optimise"
			tried=$((tried + 1))
			case $flags in
			*split*) addresses "$cc $flags $optimise" ;;
			esac
			pack "$flags" || continue
			check shapes c "$cc $flags $optimise, packed"
			check classes cpp "$cc $flags $optimise, packed"
			tried=$((tried + 1))
			rm ./*.dwp
		done
	done
done
[ $tried -gt 0 ] || skip "no gcc, no clang"
# The .dwo file of another unit, then none.
gcc -g -gsplit-dwarf -o c "$here/shapes.c"
g++ -g -gsplit-dwarf -o other "$here/classes.cpp"
mv other-classes.dwo c-shapes.dwo
"$types" c layouts 2>&1 |
	grep -q '^debug info of c: 1 units whose .dwo files are of another b' ||
	fail "a .dwo file of another build"
rm c-shapes.dwo
"$types" c layouts 2>&1 |
	grep -q '^debug info of c: 1 units whose .dwo files are not found$' ||
	fail "a missing .dwo file"
# gcc's type units name what is within a class without what is around it.
for version in 4 5; do
	g++ -std=c++17 -gdwarf-$version -fdebug-types-section -pthread \
		-o units "$source/tests/types-ptype/many.cpp"
	"$types" units layouts >layouts
	! grep ' : __\(mutex_base\|atomic_base<.*>\)::' layouts ||
		fail "names in type units of DWARF $version"
	grep -q '_M_mutex : std::__mutex_base::__native_type' layouts ||
		fail "no names in type units of DWARF $version"
done
echo "$tried combinations, one golden"

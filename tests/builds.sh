# Sourced by tests of what debug info says, after tests/lib.sh.
#
# each_build CHECK GCC CLANG	calls CHECK NAME COMPILER FLAG... for the ways
#				to write one thing down: both compilers, DWARF
#				4 and 5, -O0 and -O2, split and not, types in
#				sections of their own, compressed by dwz; a
#				compiler may be a function, and '' is none
# core_of PROGRAM		runs ./PROGRAM, which aborts: its core is in
#				PROGRAM.core, what it prints in PROGRAM.out
#
# Some of them, in which each flag is there twice, stand for all; BUILDS=all
# takes all (`make matrix`).

each_build() {
	each_check=$1 each_gcc=$2 each_clang=$3 each_number=0
	for each_compiler in "$each_gcc" "$each_clang"; do
		for each_version in 4 5; do
			for each_level in -O0 -O2; do
				for each_split in -gno-split-dwarf -gsplit-dwarf; do
					build_if_wanted "$each_compiler" \
						-gdwarf-$each_version \
						$each_level $each_split
				done
			done
		done
	done
	[ "${BUILDS:-}" = all ] || return 0
	for each_version in 4 5; do
		one_build "$each_gcc" -gdwarf-$each_version -O2 \
			-fdebug-types-section
		one_build "$each_clang" -gdwarf-$each_version -O2 \
			-fdebug-types-section
		! command -v dwz >/dev/null ||
			one_build packed "$each_gcc" -gdwarf-$each_version -O2
	done
}

build_if_wanted() {
	each_number=$((each_number + 1))
	case ${BUILDS:-}:$each_number in
	all:* | :1 | :8 | :11 | :14) one_build "$@" ;;
	esac
}

one_build() { # COMPILER FLAG...
	one_compiler=$1
	[ "$1" != packed ] || one_compiler=$2
	[ -n "$one_compiler" ] || return 0
	command -v "$one_compiler" >/dev/null || {
		echo "no $one_compiler: $* left out"
		return 0
	}
	$each_check "$*" "$@"
	# What matrix-sums counts.
	echo "passed: $*"
}

# packed COMPILER ARGUMENT...: and what it makes with -o is compressed by dwz.
packed() {
	"$@" || return
	while [ "$1" != -o ]; do
		shift
	done
	dwz "$2"
}

core_of() {
	crash "$1" ./"$1" >"$1.out" 2>/dev/null
}

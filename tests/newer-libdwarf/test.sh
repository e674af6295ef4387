#!/bin/sh
# The same with the libdwarf of Debian 13, whose interface differs: it builds
# without warnings, and what it reads is the same.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/newer.sh"
fetch_newer libdwarf-dev libdwarf/libdwarf.h libdwarf1 libdwarf.so.1

mkdir objects
for file in "$source"/dwarf/*.c; do
	$cc -std=gnu11 -Wall -Wextra -Werror -Wno-unused-parameter \
		-D_GNU_SOURCE -g -fPIC -I"$headers" -I"$source" -I"$build" \
		-c -o "objects/$(basename "$file" .c).o" "$file"
done

# The objects come before the archive, which then gives only the rest.
link() {
	$cc -std=gnu11 -D_GNU_SOURCE -g -I"$headers" -I"$source" -I"$build" \
		-o "$1" "$2" objects/*.o "$build/.libs/libcorewalk.a" \
		"$library" -Wl,-rpath,"$(dirname "$library")" \
		-lelf -liberty -llzma -lcapstone -lpthread
}

link debug "$source/tests/unit/debug.c"
ldd ./debug | grep -q "$library" || skip "the library does not run here"
./debug || fail "tests/unit/debug with the newer libdwarf"

link types "$source/tests/types/types.c"
for flags in -gdwarf-2 -gdwarf-4 -gdwarf-5 \
	'-gdwarf-4 -fdebug-types-section' '-gdwarf-5 -gz'; do
	# shellcheck disable=SC2086
	$cc $flags -o shapes "$source/tests/types/shapes.c"
	for what in layouts variables; do
		./types shapes $what >newer
		"$build/tests/types/types" shapes $what >machine
		diff -u machine newer || fail "$what with $flags"
	done
done
link functions "$source/tests/scopes/functions.c"
for flags in '-gdwarf-2 -O2' '-gdwarf-4 -O2' '-gdwarf-5 -O2'; do
	for compiler in $cc clang; do
		command -v $compiler >/dev/null || continue
		# shellcheck disable=SC2086
		$compiler $flags -o calls "$source/tests/scopes/calls.c"
		./functions calls >newer
		"$build/tests/scopes/functions" calls >machine
		diff -u machine newer | head -n 20 >differences
		[ ! -s differences ] || {
			cat differences
			fail "functions with $flags of $compiler"
		}
	done
done
link damage "$source/tests/types-damage/damage.c"
./damage shapes 1 "${TRIES:-100}" 2>/dev/null || fail "damaged files"
echo "as with the machine's own: $(basename "$(readlink "$library")")"

#!/bin/sh
# The same with the capstone of Debian 13: it builds without warnings, and what
# it reads is the same.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/newer.sh"
fetch_newer libcapstone-dev capstone/capstone.h libcapstone5 libcapstone.so.5

$cc -std=gnu11 -Wall -Wextra -Werror -Wno-unused-parameter -D_GNU_SOURCE -g \
	-fPIC -I"$headers" -I"$source" -I"$build" -c -o instruction.o \
	"$source/code/instruction.c"

# The object comes before the archive, which then gives only the rest.
for name in unit/instruction mined/mined; do
	$cc -std=gnu11 -D_GNU_SOURCE -g -I"$headers" -I"$source" -I"$build" \
		-o "${name##*/}" "$source/tests/$name.c" instruction.o \
		"$build/.libs/libcorewalk.a" "$library" \
		-Wl,-rpath,"$(dirname "$library")" \
		-ldwarf -lelf -liberty -llzma -lpthread
done
./instruction

# The program's own code, by both.
./mined ./mined all | sort >by-newer
"$build/tests/mined/mined" ./mined all | sort >by-ours
[ "$(wc -l <by-ours)" -gt 100 ] || fail "nothing is found in ./mined"
cmp -s by-ours by-newer || {
	diff by-ours by-newer | head -n 40
	fail "what is found differs"
}

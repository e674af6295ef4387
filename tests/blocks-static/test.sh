#!/bin/sh
# The main arena of a static program: it begins where thread-local storage
# ends, in the middle of a page.  The program's own list is the oracle.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
has_libc_archive() {
	echo 'int main(void) { return 0; }' | ${CC:-cc} -static -x c -o none - \
		2>/dev/null
}
has_libc_archive || skip "no static libc"
has_kernel_cores || skip "the kernel writes cores elsewhere"

${CC:-cc} -O1 -static -o static "$source/tests/programs/static.c"
crash static ./static >list 2>/dev/null
"$build/corewalk" heap verify static.core >verify ||
	fail "$(cat verify)"
grep -q '^no corruption' verify || fail "$(cat verify)"
"$build/tests/blocks/blocks" static.core 2>walk | sed -n 's/^used //p' |
	sort >got
sed -n 's/^used //p' list | sort >wanted
[ "$(wc -l <wanted)" -gt 10000 ] || fail "the program printed no list"
missing=$(comm -13 got wanted | head -n 3)
[ -z "$missing" ] || fail "used blocks are missing: $missing"
# What the program does not know is libc's own: a handful.
others=$(comm -23 got wanted | wc -l)
[ "$others" -lt 20 ] || fail "$others blocks that nobody asked for"

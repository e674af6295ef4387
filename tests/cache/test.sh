#!/bin/sh
# What code says is kept from run to run: the second is told the same without
# reading it.  Damaged files and those of others are as good as none and made
# anew; where nothing can be kept, nothing is.
. "$(dirname "$0")/../lib.sh"
. "$here/../recorder.sh"
has_kernel_cores || skip "core_pattern is not 'core'"
mined=$build/tests/mined/mined

${CC:-cc} -g -O1 -Wl,--build-id "$here/kept.c" -o kept
crash kept ./kept >/dev/null 2>&1
"$mined" kept.core all | sort >wanted
grep -q 'field box.content  *toy ' wanted || fail "$(cat wanted)"

# count KEPT|READ: whether the code was, and that the answer is the same.
count() {
	"$mined" kept.core count >said
	case $1 in
	KEPT) grep -q '^kept: ' said || fail "$2: the code was read" ;;
	READ) ! grep -q '^kept: ' said || fail "$2: the code was not read" ;;
	esac
	"$mined" kept.core all | sort | cmp -s - wanted || fail "$2: it differs"
}

COREWALK_CACHE=$work/kept.d
count READ "nothing is there"
count KEPT "the second run"
file=$(echo "$COREWALK_CACHE"/*.cache)
[ -f "$file" ] || fail "not one file: $file"
inode=$(stat -c %i "$file")

# The program itself: uses it, does not when told so.
"$corewalk" stat kept.core >by-cache
grep -qw toy by-cache || fail "$(cat by-cache)"
rm -r "$COREWALK_CACHE"
"$corewalk" stat --no-cache kept.core | cmp -s - by-cache ||
	fail "--no-cache differs"
[ ! -e "$COREWALK_CACHE" ] || fail "--no-cache keeps"
"$corewalk" stat kept.core | cmp -s - by-cache || fail "made anew, it differs"
[ -e "$COREWALK_CACHE" ] || fail "the program does not keep"
rm -r "$COREWALK_CACHE"
count READ "removed"
file=$(echo "$COREWALK_CACHE"/*.cache)
cp "$file" good
size=$(wc -c <good)

# Each byte in turn; then cut off; then more than there was.
at=0
while [ $at -lt "$size" ]; do
	cp good "$file"
	printf '\377\177' |
		dd of="$file" bs=1 seek=$at conv=notrunc 2>/dev/null
	count READ "damaged at $at"
	count KEPT "mended at $at"
	at=$((at + 1 + size / 6))
done
for length in 0 40 $((size - 1)); do
	head -c "$length" good >"$file"
	count READ "cut to $length"
done
{
	cat good
	echo
} >"$file"
count READ "longer"

# No file, not ours to read or write.
rm "$file"
mkdir "$file"
count READ "a folder of that name"
rmdir "$file"
mkfifo "$file"
count READ "a pipe of that name"
count KEPT "instead of a pipe"
rm "$file"
ln -s "$work/good" "$file"
count READ "a link"
[ ! -L "$file" ] || fail "the link is still there"
cmp -s good "$file" || fail "what is written differs from run to run"
if [ "$(id -u)" = 0 ]; then
	chown 12345 "$file"
	count READ "somebody else's file"
	chown 12345 "$COREWALK_CACHE"
	count READ "somebody else's folder"
	chown 0 "$COREWALK_CACHE"
fi
rm -r "$COREWALK_CACHE"
COREWALK_CACHE=/proc/self/nowhere
count READ "a folder that cannot be made"
COREWALK_CACHE=
count READ "none wanted"

# Two, and two more, at once.
COREWALK_CACHE=$work/kept.d
for i in 1 2 3 4; do
	"$mined" kept.core all | sort >at-once.$i &
done
wait
for i in 1 2 3 4; do
	cmp -s wanted at-once.$i || fail "of four at once one differs"
done
count KEPT "after four at once"
[ "$(ls "$COREWALK_CACHE" | wc -l)" = 1 ] || fail "left: $(ls kept.d)"

# The oldest go when there is too much: 256 MB.
for i in 1 2 3 4 5; do
	truncate -s 60M "$COREWALK_CACHE/old-$i.cache"
	touch -d "2020-01-0$i" "$COREWALK_CACHE/old-$i.cache"
done
touch -d 2020-01-01 "$COREWALK_CACHE/left.new"
rm "$COREWALK_CACHE"/evidence-*
count READ "removed again"
[ "$(cd "$COREWALK_CACHE" && echo old-*)" = \
	"old-2.cache old-3.cache old-4.cache old-5.cache" ] ||
	fail "left: $(ls "$COREWALK_CACHE")"
[ ! -e "$COREWALK_CACHE/left.new" ] || fail "what was left behind is there"

#!/bin/sh
# Each way in which a file is no core that we can read has a line of its own,
# and is CW_ERROR_TARGET.
. "$(dirname "$0")/../lib.sh"
need cc python3 gdb
show=$build/tests/target/show

# wants FILE WORDS: one line, with these words, and status 3.
wants() {
	status=0
	"$show" "$1" >out 2>&1 || status=$?
	same 3 "$status" "status of $1 ($(cat out))"
	same 1 "$(wc -l <out)" "lines about $1"
	grep -qF "$2" out || fail "$1: wanted '$2', got '$(cat out)'"
}

# patch FILE OFFSET HEX: writes bytes into a file.
patch() {
	python3 -c '
import sys
with open(sys.argv[1], "r+b") as f:
    f.seek(int(sys.argv[2], 0))
    f.write(bytes.fromhex(sys.argv[3]))' "$@"
}

echo 'int main(void) { return 0; }' >a.c
cc a.c -o exe
cc -no-pie a.c -o exe-fixed
cc -shared -fPIC a.c -o lib.so
cc -c a.c -o a.o
gdb -nx -q -batch -ex 'break main' -ex run -ex 'gcore good' ./exe \
	>gdb.log 2>&1
[ -s good ] || fail "gdb made no core: $(cat gdb.log)"
"$show" good state >/dev/null || fail "the good core does not open"

wants missing 'No such file'
mkdir folder
wants folder 'it is a directory'
: >empty
wants empty 'it is empty'
mkfifo fifo
wants fifo 'not a regular file'
wants a.c 'not an ELF file'
printf '\177EL' >short
wants short 'not an ELF file'
head -c 20 good >short
wants short 'ends within its ELF header'
head -c 60 good >short
wants short 'ends within its ELF header'
head -c 100 good >short
wants short 'ends within its program headers'
wants exe 'executable or shared object, not a core'
wants exe-fixed 'an executable, not a core'
wants lib.so 'shared object, not a core'
wants a.o 'an object file, not a core'
for tool in gzip xz zstd; do
	if command -v $tool >/dev/null; then
		$tool -c good >packed
		wants packed "compressed with $tool"
	fi
done

cp good bad && patch bad 18 b700 && wants bad 'machine aarch64'
cp good bad && patch bad 18 0300 && patch bad 4 01 && wants bad 'machine i386'
cp good bad && patch bad 4 01 && wants bad '32-bit'
cp good bad && patch bad 5 02 && patch bad 18 0016 && wants bad 'machine s390'
cp good bad && patch bad 18 efbe && wants bad 'machine number 48879'
cp good bad && patch bad 32 ffffffffffffffff && wants bad 'program headers'
cp good bad && patch bad 56 0000 && wants bad 'no program headers'
cp good bad && patch bad 54 0100 && wants bad 'header is damaged'
# All PT_LOAD become PT_NULL.
cp good bad
python3 - bad <<'END'
import struct, sys
with open(sys.argv[1], "r+b") as f:
    data = bytearray(f.read())
    for i in range(struct.unpack_from("<H", data, 56)[0]):
        if struct.unpack_from("<I", data, 64 + 56 * i)[0] == 1:
            struct.pack_into("<I", data, 64 + 56 * i, 0)
    f.seek(0)
    f.write(data)
END
wants bad 'holds no memory'

# Root may read everything: be somebody else, in a folder that all may enter.
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	folder=$(mktemp -d)
	chmod 755 "$folder"
	cp good "$folder/core"
	chmod 0 "$folder/core"
	# libtool's wrapper will not do: the program as that user.
	"$build/libtool" --mode=install cp "$show" "$folder/show" >/dev/null
	setpriv --reuid 65534 --clear-groups "$folder/show" \
		"$folder/core" >out 2>&1 || true
	rm -rf "$folder"
	grep -q 'Permission denied' out || fail "no permission: $(cat out)"
fi
# Cut off anywhere behind the program headers it opens, and says so.
size=$(stat -c %s good)
for part in 1 3 5 7 9; do
	head -c $((size * part / 10)) good >cut
	"$show" cut state >out || fail "cut at $part tenths: $(cat out)"
	grep -qx 'truncated 1' out || fail "cut at $part tenths: not noticed"
	"$show" cut segments | grep -q 'not in the truncated core' ||
		fail "cut at $part tenths: no gap"
done

#!/bin/sh
# Which files are modules, and when a file on this machine is used for what the
# core leaves out.
. "$(dirname "$0")/../lib.sh"
need cc gdb readelf python3
show=$build/tests/target/show

id=-Wl,--build-id
build_all() {
	cc -g $id -shared -fPIC "$here/library.c" -o library.so
	cc -g $id -shared -fPIC -DOPENED "$here/library.c" -o opened.so
	cp opened.so flat.so
	cc -g $id "$here/main.c" ./library.so -o main
}
core_make() {
	rm -f core
	gdb -nx -q -batch -ex run -ex 'gcore core' ./main >gdb.log 2>&1
	[ -s core ] || fail "gdb made no core: $(cat gdb.log)"
}
# field MODULE NUMBER
field() {
	grep "^$1 " modules | cut -d' ' -f"$2"
}
# gap_of MODULE: what the text of the module has.
gap_of() {
	"$show" "$@" core segments >segments 2>&1
	grep 'library.so' segments | grep ' r-x' | head -1
}

build_all
core_make
"$show" core modules >modules
same main "$(head -1 modules | cut -d' ' -f1)" 'first module'
same exe "$(field main 5)" 'the executable'
same lib "$(field library.so 5)" 'a library'
same "$PWD/main" "$(field main 8)" 'file of the executable'
same "$PWD/opened.so" "$(field opened.so 8)" 'file of an opened library'
same '' "$(field flat.so 1)" 'a library mapped to be read'
same 2/2 "$(field main 7)" 'TLS of the executable'
same 8/8 "$(field library.so 7)" 'TLS of a library'
gap_of | grep -q ' r-xpf bytes ' || fail "text is not from the file"
"$show" core state | grep '^warning' && fail 'a warning about nothing'

# Every module that GDB has, at its bias.
gdb -nx -q -batch -ex 'info proc mappings' main core 2>/dev/null |
	awk '$4 == "0x0" && $5 ~ /\.so|main$/ { print $1, $5 }' >mappings
while read -r start path; do
	name=$(basename "$path")
	[ "$name" != flat.so ] || continue
	same "$((start))" "$((0x$(field "$name" 2)))" "start of $path"
done <mappings

# The library is gone.
mv library.so away.so
"$show" core modules >modules
same - "$(field library.so 8)" 'file of a missing library'
grep '^library.so ' modules | grep -q 'No such file' || fail 'why is it missing'
"$show" core state | grep -q '^warning.*library.so.*No such file' ||
	fail 'no warning of the missing library'
"$show" core segments | grep 'library.so' | grep -q 'mapped file is not here' ||
	fail 'the gap does not tell that the file is missing'

# It comes back below a sysroot, with everything else that is needed.
mkdir -p "root$PWD"
cp main opened.so "root$PWD"
cp away.so "root$PWD/library.so"
"$show" --sysroot "$PWD/root" core modules >modules
same "$PWD/root$PWD/library.so" "$(field library.so 8)" 'below the sysroot'
same "$PWD/root$PWD/main" "$(field main 8)" 'the executable below the sysroot'

# Another build of it.
cc -g -O2 $id -shared -fPIC "$here/library.c" -o library.so
"$show" core modules >modules
same - "$(field library.so 8)" 'file of another build'
grep '^library.so ' modules | grep -q 'another build' || fail 'which build'
"$show" core segments | grep 'library.so' | grep -q 'is another build' ||
	fail 'the gap does not tell that the file is another build'
mv away.so library.so

# --exe: another place is fine, another program is not.
mv main elsewhere
"$show" --exe elsewhere core modules >modules
same elsewhere "$(field main 8)" '--exe'
status=0
"$show" --exe library.so core state >out || status=$?
same 3 $status '--exe with another program'
same 1 "$(wc -l <out)" '--exe with another program: lines'
grep -q "'library.so' does not match 'core'" out || fail "got $(cat out)"
status=0
"$show" --exe nothing core state >out || status=$?
same 3 $status '--exe with a missing file'
mv elsewhere main

# Without build-ids headers and first pages are compared.
id=-Wl,--build-id=none
build_all
core_make
"$show" core modules >modules
same "$PWD/library.so" "$(field library.so 8)" 'the same, without a build-id'
"$show" core state |
	grep -q "^warning no build-id .*library.so' is the same build" ||
	fail 'no warning that nothing but headers was compared'
sed 's/8192/16384/' "$here/library.c" >other.c
cc -g $id -shared -fPIC other.c -o library.so
"$show" core modules >modules
same - "$(field library.so 8)" 'another one, without a build-id'

# A core without NT_FILE: by ELF headers in memory and the dynamic linker.
id=-Wl,--build-id
build_all
core_make
"$show" core modules | cut -d' ' -f1-7 | sort >with
python3 - core <<'END'
import sys
data = bytearray(open(sys.argv[1], "rb").read())
at = data.index(b"ELIF")
data[at:at + 4] = b"NONE"
open(sys.argv[1], "wb").write(data)
END
"$show" core modules | cut -d' ' -f1-7 | sort >without
cmp with without || fail "modules differ without NT_FILE: $(cat without)"

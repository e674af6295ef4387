#!/bin/sh
# Symbols are those of nm, wherever they are kept, and GDB names the same
# places.
. "$(dirname "$0")/../lib.sh"
need cc gdb nm objcopy xz strip readelf
show=$build/tests/target/show

cc -g -O1 -rdynamic -Wl,--build-id "$here/names.c" -o whole
cp whole names
gdb -nx -q -batch -ex run -ex 'gcore core' ./names >gdb.log 2>&1
[ -s core ] || fail "gdb made no core: $(cat gdb.log)"

# nm_symbols FLAGS FILE: "address size name" of what has a size.
nm_symbols() {
	nm -S "$@" | awk 'NF == 4 && $3 ~ /[TtDdBbRrVWwiuv]/ {
		sub(/@.*/, "", $4); print $1, $2, $4 }' | sort -u
}

# all_there MODULE NM-FLAGS FILE [SHOW-FLAGS]: all of nm's and no others.
all_there() {
	module=$1
	nm_symbols $2 "$3" >wanted
	shift 3
	"$show" "$@" core symbols "$module" >all
	awk '$2 !~ /^0*$/ { print $1, $2, $4 }' all | sort -u >got
	[ "$(wc -l <wanted)" -ge 4 ] || fail "nm shows too little"
	missing=$(comm -23 wanted got | head -3)
	[ -z "$missing" ] || fail "$module: missing: $missing"
}
no_others() {
	others=$(comm -13 wanted got | head -3)
	[ -z "$others" ] || fail "not in nm: $others"
}

all_there names -a names
no_others
grep -q ' tls in_tls' all || fail 'in_tls is not a TLS symbol'

# What they name.
function=0x$("$show" core find local_function | cut -d' ' -f2)
same local_function+0 "$("$show" core at "$function")"
same local_function+1 "$("$show" core at $((function + 1)))"
function=0x$("$show" core find exported_function | cut -d' ' -f2)
same exported_function+2 "$("$show" core at $((function + 2)))"
object=0x$("$show" core find local_object | cut -d' ' -f2)
same local_object+39 "$("$show" core at $((object + 39)))"
same -+0 "$("$show" core at 0x10)"
same 'no_such_name 0 0' "$("$show" core find no_such_name)"

# The places that GDB knows, in libc too: a name may be another of the same.
libc=0x$("$show" core modules | grep '^libc' | cut -d' ' -f4)
{
	nm -D "$(realpath /lib/x86_64-linux-gnu/libc.so.6)" |
		awk '$2 ~ /[TWi]/ { print $1 }' | sort -u | awk 'NR % 20 == 0'
} | while read -r at; do
	echo $((libc + 0x$at + 2))
done >places
sed 's/^/info symbol /' places | sed "s/\$//" >gdb.script
gdb -nx -q -batch -x gdb.script names core 2>/dev/null |
	sed -n 's/ in section .*//p' | sed 's/^.* + //' >gdb.offsets
# shellcheck disable=SC2046
"$show" core at $(cat places) | sed 's/.*+//' >my.offsets
same "$(wc -l <places)" "$(wc -l <gdb.offsets)" "number of GDB's answers"
cmp gdb.offsets my.offsets || fail "offsets into symbols differ from GDB's"

# Stripped: what is exported is left.
strip names
all_there names -D names
no_others
! grep -q local_function all || fail 'a stripped file has a local function'
"$show" core debug | grep -qx 'names -' || fail 'debug info from nowhere'

# A separate file, by build-id.
id=$(readelf -n whole | sed -n 's/.*Build ID: //p')
rest=${id#??}
folder=debug/.build-id/${id%"$rest"}
mkdir -p "$folder"
objcopy --only-keep-debug whole "$folder/$rest.debug"
all_there names -a whole --debug-dir "$PWD/debug"
"$show" --debug-dir "$PWD/debug" core debug |
	grep -qx "names $PWD/$folder/$rest.debug" || fail 'debug file by build-id'

# A separate file, by link; one of another build is not used.
mv "$folder/$rest.debug" names.debug
objcopy --add-gnu-debuglink=names.debug names
all_there names -a whole
mkdir .debug
mv names.debug .debug
all_there names -a whole
"$show" core debug | grep -qx "names $PWD/.debug/names.debug" ||
	fail 'debug file by link'
cc -g -O0 -rdynamic -Wl,--build-id "$here/names.c" -o other
objcopy --only-keep-debug other .debug/names.debug
all_there names -D names
no_others
rm .debug/names.debug

# The table of functions that distributions compress into the file.
nm -D whole --format=posix --defined-only | awk '{ print $1 }' | sort >dynamic
nm whole --format=posix --defined-only |
	awk '$2 ~ /[Tt]/ { print $1 }' | sort >functions
comm -13 dynamic functions >keep
objcopy --only-keep-debug whole mini.debug
objcopy -S --remove-section .gdb_index --remove-section .comment \
	--keep-symbols=keep mini.debug mini
xz -k mini
cp whole names
strip names
objcopy --add-section .gnu_debugdata=mini.xz names
"$show" core symbols names | grep -q ' local_function$' ||
	fail 'a function of .gnu_debugdata is missing'

# Compressed sections.
objcopy --compress-debug-sections=zlib-gabi whole names
readelf -SW names | grep -q ' C ' || skip "no compressed section by objcopy"
objcopy -O binary --only-section=.debug_info \
	--set-section-flags .debug_info=alloc whole wanted
"$show" core section .debug_info >got
cmp wanted got || fail '.debug_info is not the one that was compressed'

#!/bin/sh
# The screens of examples/hang/README.md are what the program answers today.
# UPDATE_GOLDEN=1 writes them anew.
. "$(dirname "$0")/../lib.sh"
need gcc gcore
readme=$source/examples/hang/README.md

for name in three order wakeup orphan; do
	gcc -g -O0 -pthread -o $name "$source/examples/hang/$name.c"
	./$name &
	pid=$!
	sleep 0.6
	gcore -o $name "$pid" >gcore.log 2>&1 || {
		kill "$pid"
		skip "gcore is not allowed"
	}
	kill "$pid"
	mv "$name.$pid" $name.core
done

run_screens "$readme" >README.md

# Numbers of processes, sizes and addresses are of one run; the frames of the C
# library are those of one release.
steady() {
	sed -e 's/pid [0-9]*, /pid N, /' -e 's/, [0-9.]* [KM]B$/, N MB/' \
		-e 's/TID [0-9]*/TID N/' -e 's/0x[0-9a-f]*/0xN/g' \
		-e 's/^\( *[0-9]*\)  *[0-9][0-9]*  /\1 N /' \
		-e '/^ *#[0-9]/!b' -e '/\.c:[0-9]*$/!d' \
		-e '/wakeup\.c/!d' "$1" | sed 's/  */ /g; s/^ *TID/TID/'
}
if [ "${UPDATE_GOLDEN:-}" ]; then
	cp README.md "$readme"
	exit 0
fi
steady "$readme" >wanted
steady README.md >got
diff wanted got || fail 'the program answers otherwise now'

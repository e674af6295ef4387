#!/bin/sh
# The screens of examples/hang/README.md are what the program answers today.
# UPDATE_GOLDEN=1 writes them anew.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/go.sh"
need gcc gcore
readme=$source/examples/hang/README.md

# The numbers of frames are those of one release.
if go_release 1.24; then
	"$go" build -o crossed "$source/examples/hang/crossed.go"
	names='three order wakeup orphan crossed'
else
	echo "SKIPPED: Go 1.24: $(tail -n 1 fetch.log)"
	sed '/^## \[crossed.go/,$d' "$readme" >README.without
	readme=README.without
	names='three order wakeup orphan'
fi
for name in $names; do
	[ $name = crossed ] ||
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
		-e 's/, [0-9.]* GB$/, N MB/' \
		-e '/^ *#[0-9]/!b' -e '/\.go:[0-9]*$/b' -e '/\.c:[0-9]*$/!d' \
		-e '/wakeup\.c/!d' "$1" | sed 's/  */ /g; s/^ *TID/TID/'
}
if [ "${UPDATE_GOLDEN:-}" ] && [ "$readme" != README.without ]; then
	cp README.md "$readme"
	exit 0
fi
# How many goroutines and threads the runtime has of its own, and the order of
# all, is of one run.
all_steady() {
	sed '/^## \[crossed.go/,$d' "$1" >"$1.c"
	sed -n '/^## \[crossed.go/,$p' "$1" >"$1.go"
	steady "$1.c"
	steady "$1.go" | sed 's/goroutine [0-9]*/goroutine N/g; s/[0-9]* threads/N threads/; s/: [0-9]*$/: N/' |
		grep -v -e "runtime's own" -e 'begun by runtime' -e '(GC ' \
			-e '(force gc' -e '(finalizer' -e 'goroutines in' | sort
}
cp "$readme" README.wanted
all_steady README.wanted >wanted
all_steady README.md >got
diff wanted got || fail 'the program answers otherwise now'

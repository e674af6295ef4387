#!/bin/sh
# The screens of examples/go/README.md are what the program answers today.
# UPDATE_GOLDEN=1 writes them anew.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/go.sh"
readme=$source/examples/go/README.md

go_release 1.24 || skip "no Go: $(tail -n 1 fetch.log)"
for name in blocked context deadlock cache closure listener timer rename \
	finalizer; do
	"$go" build -o $name "$source/examples/go/$name.go" \
		"$source/examples/go/crash.go" || fail "$name: no build"
	go_core $name
	mv core $name.core
done
run_screens "$readme" >README.md

# Numbers, sizes and addresses are of one run; what differs in width differs in
# spaces.
steady() {
	sed -E -e 's/0x[0-9a-f]+/0xN/g' -e 's/[0-9][0-9.,]*( [KM]?B)?/N/g' \
		-e 's/(N, )+N$/N/' -e 's/ +/ /g' -e 's/^ //' "$1"
}
if [ "${UPDATE_GOLDEN:-}" ]; then
	cp README.md "$readme"
	exit 0
fi
steady "$readme" >wanted
steady README.md >got
diff wanted got || fail 'the program answers otherwise now'

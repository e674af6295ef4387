#!/bin/sh
# heap gc: what the runtime itself told a moment before, for each release.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/go.sh"
need jq

# told NAME: the program's own figure.
told() { sed -n "s/^$1 //p" collected.said; }

tests_release() {
	"$go" build -o collected "$here/collected.go" ||
		fail "Go $release: no build"
	go_core collected
	"$corewalk" heap gc --json core >gc.json
	for row in alloc:.heap.alloc in_use:.heap.in_use idle:.heap.idle \
		stacks:.heap.stacks \
		objects:.heap.objects total_alloc:.heap.total_alloc \
		mallocs:.heap.mallocs frees:.heap.frees next:.heap.next \
		num:.collections.num forced:.collections.forced \
		pause:.collections.pauses[0] \
		pause_total:.collections.pause_total; do
		same "$(told "${row%%:*}")" "$(jq "${row#*:}" gc.json)" \
			"$release: ${row%%:*}"
	done
	# Too large for jq to the last digit.
	last=$(told last)
	same "${last%??????}" "$(jq '.collections.last / 1000000 | floor' \
		gc.json)" "$release: last"
	# The scavenger gives back more in the meantime.
	[ "$(jq .heap.released gc.json)" -ge "$(told released)" ] ||
		fail "$release: released"
	same off "$(jq -r .collections.phase gc.json)" "$release: phase"
	same 8 "$(jq .finalizers.queued gc.json)" "$release: finalizers"
	same main.blocked "$(jq -r .finalizers.function gc.json)" \
		"$release: what finalizers wait for"
	same "$(jq .heap.alloc gc.json)" "$(jq '[.spans[].used] | add' gc.json)" \
		"$release: spans' objects"
	same "$(jq .heap.in_use gc.json)" \
		"$(jq '[.spans[].bytes] | add' gc.json)" "$release: spans"
	same true "$(jq 'all(.spans[]; .used + .free + .rest == .bytes)' \
		gc.json)" "$release: used, free and rest"
	"$corewalk" heap gc core >text
	grep -q '^8 finalizers queued, behind one that waits (chan receive):' \
		text || fail "$release: no finalizer that blocks"
	grep -q '  #.* main.blocked at collected.go:' text ||
		fail "$release: not where it blocks"
}
each_go_release tests_release

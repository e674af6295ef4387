#!/bin/sh
# heap gc: what the runtime itself told a moment before, for each release.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/go.sh"
need jq

# told NAME: the program's own figure.
told() { sed -n "s/^$1 //p" collected.said; }

# check_build "RELEASE BUILD"
check_build() {
	go_build -o collected "$here/collected.go"
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
			"$1: ${row%%:*}"
	done
	# Too large for jq to the last digit.
	last=$(told last)
	same "${last%??????}" "$(jq '.collections.last / 1000000 | floor' \
		gc.json)" "$1: last"
	# The scavenger gives back more in the meantime.
	[ "$(jq .heap.released gc.json)" -ge "$(told released)" ] ||
		fail "$1: released"
	same off "$(jq -r .collections.phase gc.json)" "$1: phase"
	same 8 "$(jq .finalizers.queued gc.json)" "$1: finalizers"
	same main.blocked "$(jq -r .finalizers.function gc.json)" \
		"$1: what finalizers wait for"
	same "$(jq .heap.alloc gc.json)" "$(jq '[.spans[].used] | add' gc.json)" \
		"$1: spans' objects"
	same "$(jq .heap.in_use gc.json)" \
		"$(jq '[.spans[].bytes] | add' gc.json)" "$1: spans"
	same true "$(jq 'all(.spans[]; .used + .free + .rest == .bytes)' \
		gc.json)" "$1: used, free and rest"
	"$corewalk" heap gc core >text
	grep -q '^8 finalizers queued, behind one that waits (chan receive):' \
		text || fail "$1: no finalizer that blocks"
	grep -q '  #.* main.blocked at collected.go:' text ||
		fail "$1: not where it blocks"
}
each_go_build check_build
echo "as told: $num_runs builds of $num_tested releases"

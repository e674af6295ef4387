#!/bin/sh
# A core that ends early is walked as far as it goes: what is there is found
# exactly, and nothing is invented.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
need gcore c++

build_recorder
record whole ./zoo 10000 report
wait_for report ^ready
gcore_of whole
compare whole
mv whole.core core

size=$(stat -c %s core)

for percent in 99 95 90 80 60 40 20 10 5 2 1; do
	bytes=$((size / 100 * percent + 7))
	head -c "$bytes" core >cut
	"$build/tests/blocks/blocks" cut verify >blocks 2>walk.log ||
		fail "$percent %: $(tail -n 1 walk.log)"
	sed -n 's/^used //p' blocks | sort >got
	extra=$(comm -13 whole.got got | wc -l)
	echo "$percent %: $(wc -l <got) used, $extra not so," \
		"$(grep -c ^hole blocks) holes"
	# Whether the last block before a hole is free is written behind it;
	# what a lost cache held looks used.
	[ "$extra" -le 600 ] || fail "$percent %: $extra blocks invented"
	case $percent in
	99 | 95) [ "$(wc -l <got)" -gt 5000 ] || fail "hardly any blocks" ;;
	esac
done

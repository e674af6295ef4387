#!/bin/sh
# The zoo's blocks with other versions of glibc, fetched and run aside: newer
# ones changed thread caches (2.42), fastbins and mmapped blocks (2.43).
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
need gcore c++

build_recorder
num_tested=0
for suite in trixie sid; do
	folder=$build/tests/fetched/libc6-$suite
	"$source/tests/fetch" "$suite" libc6 "$folder" >fetch.log 2>&1 || {
		tail -n 1 fetch.log
		continue
	}
	loader=$(find "$folder" -name ld-linux-x86-64.so.2 | head -n 1)
	libc=$(find "$folder" -name libc.so.6 | head -n 1)
	[ "$(readlink "$loader" | cut -c1)" != / ] ||
		loader=$(dirname "$libc")/ld-linux-x86-64.so.2
	version=$(grep -ao 'stable release version [0-9.]*[0-9]' "$libc" |
		head -n 1 | sed 's/.* //')

	# A program run by its loader: no preload of the outer shell's.
	rm -f report
	(
		ulimit -c unlimited
		RECORD=$work/$suite.record exec "$loader" --library-path \
			"$(dirname "$libc"):/usr/lib/x86_64-linux-gnu" \
			--preload "$work/recorder.so" ./zoo 30000 report leaks
	) >"$suite.out" 2>&1 &
	pid=$!
	wait_for report ^ready
	gcore_of "$suite"
	compare "$suite"
	grep -q "^allocator glibc malloc $version " "$suite.blocks" ||
		fail "$suite: not recognised as $version"
	same 5 "$(grep -c ^metadata "$suite.blocks")" "$suite: thread caches"
	forget "$suite"
	num_tested=$((num_tested + 1))
done
[ $num_tested -gt 0 ] || skip "no other glibc could be fetched"

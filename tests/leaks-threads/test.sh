#!/bin/sh
# Stacks of threads that have ended hold nothing any more, though glibc keeps
# them mapped; what such a thread returned is held until it is joined.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
need gcore cc

cc -g -O0 -pthread -o threads "$here/threads.c"
./threads report >threads.out 2>&1 &
pid=$!
wait_for report ^ready
gcore_of threads
"$build/tests/lost/lost" threads.core >found
sed -n 's/^lost \(0x[0-9a-f]*\) .*/\1/p' found | sort >lost
sed -n 's/^lost //p' report | sort >wanted
cmp wanted lost || fail "lost: $(cat lost); $(cat report)"

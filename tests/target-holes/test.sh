#!/bin/sh
# A sparse core: all answers are those of the same core in full, and its holes
# take no memory to be looked at.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
need cc jq python3
has_kernel_cores || skip "the kernel writes cores elsewhere"

# core_of FLAG...: the core of such a program is in "sparse".
core_of() {
	cc -g -O1 -pthread "$@" -o holes "$here/holes.c"
	crash holes ./holes >/dev/null 2>&1
	mv holes.core sparse
}

core_of
[ "$(du -k sparse | cut -f1)" -lt 300000 ] ||
	skip "the file system has no holes"
[ "$(stat -c %s sparse)" -gt 1000000000 ] ||
	fail "the core is small: $(stat -c %s sparse)"

[ "$(df -k --output=avail . | tail -1)" -gt 2500000 ] || skip "no space"
cp --sparse=never sparse full

# peak KB FILE WORDS...: what the program takes of memory at most, in its file.
peak() {
	python3 - "$@" <<'END'
import resource, subprocess, sys
most, out, words = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
status = subprocess.call(words, stdout=open(out, "w"),
                         stderr=open(out + ".err", "w"))
used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
if status > 1 or used > most:
    sys.exit("%s: status %d, %d KB" % (words, status, used))
END
}

# The name of the file is the only thing that may differ.
same_answer() { # FILE WORDS...
	out=$1
	shift
	mv sparse core
	peak 200000 "$out.sparse" "$corewalk" "$@" --json core || fail "$*"
	mv core sparse
	mv full core
	"$corewalk" "$@" --json core >"$out.full" 2>/dev/null || :
	mv core full
	cmp "$out.sparse" "$out.full" || fail "$*: the answers differ"
	[ -s "$out.sparse" ] || fail "$*: no answer"
}

same_answer summary heap summary
same_answer leaks heap leaks
same_answer stat heap stat
same_answer hang hang analyze
same_answer needle heap search '"needle"'

# Zeros of holes are hits as any are, and are counted without a look at them.
peak 200000 zeros "$corewalk" heap search --json 0 sparse
total=$(jq .total zeros)
[ "$total" -gt 100000000 ] || fail "$total zeros"

core_of -DEMPTY='(8<<20)' -DHOLE='(4<<20)' -DNUM_THREADS=4
cp --sparse=never sparse full
same_answer word heap search --width 8 0
same_answer byte heap search --width 1 --limit 3 0
same_answer anywhere heap search --everywhere --width 8 --limit 100000 0

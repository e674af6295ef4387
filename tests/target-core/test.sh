#!/bin/sh
# Cores of one program, by the kernel with several filters and by gcore: the
# segments are those of readelf, registers and memory those of GDB.
. "$(dirname "$0")/../lib.sh"
need cc gdb readelf python3
show=$build/tests/target/show

cc -g -O1 -pthread -Wl,--build-id "$here/target.c" -o target

# Bytes in the core: every PT_LOAD of readelf with bytes is there as they are.
segments_agree() {
	readelf -lW "$1" | sed -n 's/^ *LOAD *//p' >loads
	"$show" "$1" segments >segments
	python3 - loads segments <<'END'
import sys
mine = [l.split(" ") for l in open(sys.argv[2])]
mine = [(int(l[0], 16), int(l[1], 16), l[2], l[3]) for l in mine]
end = 0
for s in mine:
    assert s[0] >= end and s[0] < s[1], ("order", s)
    end = s[1]
for line in open(sys.argv[1]):
    words = line.split()
    start, file_size, size = (int(words[i], 16) for i in (1, 3, 4))
    flags = "".join(words[5:-1])
    covered = dumped = 0
    for s in mine:
        if s[0] >= start and s[1] <= start + size:
            covered += s[1] - s[0]
            if s[3] == "bytes" and "f" not in s[2]:
                dumped += s[1] - s[0]
            for letter, wanted in zip(s[2][:3], "RWE"):
                assert (letter != "-") == (wanted in flags), (line, s)
    assert covered == size, ("size", line, covered)
    assert dumped == file_size, ("bytes", line, dumped)
END
}

# Registers of all threads, at GDB's words.
registers_agree() {
	gdb -nx -q -batch -ex 'thread apply all info registers' target "$1" \
		>gdb.out 2>gdb.err
	"$show" "$1" threads >threads
	python3 - gdb.out threads <<'END'
import re, sys
gdbs, tid = {}, None
for line in open(sys.argv[1]):
    found = re.match(r"Thread (\d+) .*LWP (\d+)", line)
    if found:
        number, tid = found.groups()
        gdbs[tid] = {"number": number}
    words = line.split()
    if tid and len(words) >= 3 and words[1].startswith("0x"):
        gdbs[tid][words[0]] = int(words[1], 16)
mine = {}
for line in open(sys.argv[2]):
    number, tid, register, value = line.split()
    mine.setdefault(tid, {"number": number})[register] = int(value, 16)
assert len(mine) == 4 and mine.keys() == gdbs.keys(), (mine.keys(), gdbs.keys())
for tid, registers in mine.items():
    # Some GDBs do not show fs_base, gs_base and orig_rax of cores.
    assert len(registers.keys() & gdbs[tid].keys()) >= 25, gdbs[tid]
    for name, value in registers.items():
        if name in gdbs[tid]:
            assert gdbs[tid][name] == value, (tid, name, value, gdbs[tid][name])
END
}

# Words at the start of every segment that has bytes.
memory_agrees() {
	words=$("$show" "$1" segments |
		awk '$4 == "bytes" && $1 !~ /^ffffffff/ { print "0x" $1 }')
	for word in $words; do
		echo "x/8gx $word"
	done >gdb.script
	gdb -nx -q -batch -x gdb.script target "$1" 2>gdb.err |
		sed -n 's/^0x[0-9a-f]*[^:]*:\t//p' | tr '\t' '\n' >gdb.words
	# shellcheck disable=SC2086
	"$show" "$1" words $words >my.words
	same $(($(wc -l <gdb.script) * 8)) "$(wc -l <gdb.words)" "GDB's words"
	cmp gdb.words my.words || fail "memory of $1 differs from GDB's"
}

# Bias of every shared object: GDB says where .text is.
modules_agree() {
	gdb -nx -q -batch -ex 'info sharedlibrary' target "$1" 2>gdb.err |
		awk '/^0x/ { print $1, $NF }' >gdb.libraries
	[ -s gdb.libraries ] || fail "GDB sees no libraries in $1"
	"$show" "$1" modules >modules
	while read -r text path; do
		line=$(grep "^$(basename "$(realpath "$path")") " modules) ||
			fail "$path is no module of $1"
		bias=$(echo "$line" | cut -d' ' -f4)
		offset=$(readelf -SW "$path" |
			sed -n 's/.* \.text *[A-Z]* *\([0-9a-f]*\) .*/\1/p')
		same "$((text))" "$((0x$bias + 0x$offset))" ".text of $path"
		id=$(readelf -n "$path" | sed -n 's/.*Build ID: //p')
		same "$id" "$(echo "$line" | cut -d' ' -f6)" "build-id of $path"
	done <gdb.libraries
	same target "$(sed -n '1s/ .*//p' modules)" 'first module'
	grep -q '^target .* exe ' modules || fail "no executable in $1"
	grep -q '^\[vdso\]' modules || fail "no vdso in $1"
}

all_agree() {
	segments_agree "$1"
	registers_agree "$1"
	modules_agree "$1"
	memory_agrees "$1"
	grep -qE '^[^ ]+ [^ ]+ rw.s- bytes /dev/zero' segments ||
		fail "$1: shared memory is not known as such"
}

gdb -nx -q -batch -ex 'handle SIGSEGV stop nopass' -ex run -ex 'gcore gcore' \
	./target >gdb.log 2>&1
[ -s gcore ] || fail "gdb made no core: $(cat gdb.log)"
all_agree gcore
"$show" gcore state | grep -qx 'signal 11' || fail "gcore: not signal 11"
"$show" gcore state | grep -qx 'fault 123458' || fail "gcore: fault address"

case $(cat /proc/sys/kernel/core_pattern) in
core) ;;
*) skip "no core by the kernel: core_pattern is not 'core'" ;;
esac
ulimit -c unlimited 2>/dev/null || skip "no core by the kernel: ulimit -c"
num_cores=0
# Default; anonymous only; with ELF headers left out; everything.
for filter in 0x33 0x03 0x23 0xff; do
	rm -f core core.*
	{
		(echo $filter >/proc/self/coredump_filter && exec ./target) ||
			true
	} >/dev/null 2>&1
	for core in core core.[0-9]*; do
		[ -s "$core" ] || continue
		num_cores=$((num_cores + 1))
		segments_agree "$core"
		registers_agree "$core"
		"$show" "$core" state >state
		grep -qx 'signal 11' state || fail "$filter: not signal 11"
		grep -qx 'fault 123458' state || fail "$filter: fault address"
		grep -qx "exe $PWD/target" state || fail "$filter: executable"
		# Writable data is dumped with all of them: enough to know files.
		modules_agree "$core"
		memory_agrees "$core"
	done
done
[ $num_cores -gt 0 ] || skip "no core by the kernel: none was written"

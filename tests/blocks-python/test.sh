#!/bin/sh
# CPython's own allocator: blocks of each size, used and free, against what it
# says itself; and objects by type against what the collector has.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
need jq
has_kernel_cores || skip "core_pattern is not 'core'"

# "SIZE USED AVAILABLE" of each size class.
by_python() {
	awk '$1 ~ /^[0-9]+$/ && NF == 5 { print $2, $4, $5 }' python.err
}

# A class that nothing is left of may have pools that are not counted.
by_us() {
	"$build/tests/blocks/blocks" python.core 2>walk |
		awk '$1 == "used" && $3 % 8 == 0 && $3 <= 512 { used[$3]++ }
		END { for (size in used) print size, used[size] }' |
		sort -n
}

python_core_of() { # COMMAND...
	crash python "$@" >out 2>python.err
}

check_python() { # NAME COMMAND...
	name=$1
	shift
	python_core_of "$@" -S "$here/objects.py" counts
	[ -s counts ] || fail "$name: $(cat out python.err)"
	"$corewalk" summary --json python.core >summary.json
	jq -e '.allocators[] | select(.name == "CPython pymalloc") |
		.coverage == 1' summary.json >/dev/null ||
		fail "$name: $(jq -c .allocators summary.json)"

	# Those of malloc() are 8 more than a multiple of 16.
	by_us | awk '$1 % 16 == 0' >got
	by_python | awk '$2 > 0 { print $1, $2 }' >wanted
	[ "$(wc -l <wanted)" -ge 20 ] || fail "$name: $(cat python.err)"
	diff -u wanted got || fail "$name: used blocks of each size"

	"$corewalk" stat --json --limit 0 python.core |
		jq -r '.rows[] | select(.type | startswith("Python ")) |
			"\(.type | sub("^Python (.*[.])?"; "")) \(.blocks)"' |
		awk '{ num[$1] += $2 } END { for (i in num) print i, num[i] }' \
			>by-type
	# Not all of these are tracked.
	awk 'FILENAME == ARGV[1] { got[$1] = $2; next }
		$1 ~ /^(dict|frame|tuple)$/ ? got[$1] < $2 : got[$1] != $2 {
			print $1 ": " got[$1] + 0 ", not " $2
		}' by-type counts >differ
	[ ! -s differ ] || fail "$name: objects by type: $(cat differ)"
	# What the interpreter is doing has some more; where it has debug info,
	# a few are what their pointers are declared to be.
	while read -r _ what kind num; do
		got=$("$corewalk" stat --json --limit 0 python.core |
			jq --arg type "Python $what $kind" '[.rows[] |
				select(.type == $type) | .blocks] | add // 0')
		[ $((got * 100)) -ge $((num * 99)) ] && [ "$got" -le $((num + 5)) ] ||
			fail "$name: $got blocks of $what $kind, not $num"
	done <counts.storages
	echo "$name: $(wc -l <wanted) sizes, $(wc -l <counts) types"
	num_tested=$((${num_tested:-0} + 1))
}

# The other pools are what they were, and of the one nothing is free.
check_smashed() { # PYTHON WHERE
	python_core_of "$1" -S "$here/objects.py" counts smash "$2"
	read -r pool size <counts
	"$build/tests/blocks/blocks" python.core >blocks 2>walk
	wanted=$(printf 'corruption 0x%x %d' "$pool" "$size")
	grep -q "^$wanted .* the header of a pool makes no sense" blocks ||
		fail "smashed: no '$wanted' in $(grep -v used blocks | tail -n 20)"
	lost=$(awk '$1 == "unknown" { print $2 }' blocks)
	[ "$lost" -ge $((size - 48)) ] && [ "$lost" -le $((size + 48)) ] ||
		fail "smashed: $lost bytes are unknown, not $size"
	[ "$(grep -c '^used ' blocks)" -gt 20000 ] ||
		fail "smashed: $(tail blocks)"
	"$corewalk" verify python.core >verify
	grep -q 'the header of a pool' verify || fail "$(cat verify)"
}

for python in /usr/bin/python3 ${PYTHONS:-}; do
	[ ! -x "$python" ] || check_python "$python" "$python"
done
for where in first between last; do
	[ ! -x /usr/bin/python3 ] || check_smashed /usr/bin/python3 $where
done

folder=$build/tests/fetched/python3.13
if "$source/tests/fetch" --with-dependencies trixie python3.13-minimal \
	"$folder" >fetch.log 2>&1; then
	loader=$(find "$folder" -name ld-linux-x86-64.so.2 | head -n 1)
	libraries=$folder/usr/lib/x86_64-linux-gnu
	export PYTHONHOME="$folder/usr"
	check_python python3.13 "$loader" --library-path "$libraries" \
		"$folder/usr/bin/python3.13"
else
	tail -n 1 fetch.log
fi
[ "${num_tested:-0}" -gt 0 ] || skip "no python3"

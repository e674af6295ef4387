#!/bin/sh
# Code that is none: random bytes, jumps to everywhere, nothing but calls.
# Never a crash, never without end, and what was not decoded is counted.
. "$(dirname "$0")/../lib.sh"
need objcopy
mined=$build/tests/mined/mined
tries=${TRIES:-24}
cc=$(command -v gcc || command -v clang) || skip "no gcc, no clang"

"$cc" -g -O2 -no-pie "$source/tests/mined/idioms.c" -o whole
objcopy -O binary --only-section=.text whole text
size=$(wc -c <text)

# bytes TRY: as many bytes of code as there are, of the kind that TRY says.
bytes() {
	LC_ALL=C awk -v try="$1" -v size="$size" 'BEGIN {
		srand(try)
		while (n < size) {
			kind = try % 3
			if (kind == 0) {
				put(int(rand() * 256))
			} else if (kind == 1) {
				# jne, jmp, je: short and near, with mov between
				put(rand() < .5 ? 117 : rand() < .5 ? 235 : 116)
				put(int(rand() * 256))
				put(72); put(139); put(64 + int(rand() * 64))
				put(8 * int(rand() * 8))
			} else {
				put(rand() < .5 ? 232 : 233)
				put(int(rand() * 256)); put(int(rand() * 8))
				put(0); put(0)
			}
		}
	}
	function put(byte) {
		if (n++ < size)
			printf "\\%03o", byte
	}'
}

for try in $(seq 1 "$tries"); do
	# shellcheck disable=SC2059
	printf "$(bytes "$try")" >code
	[ "$(wc -c <code)" = "$size" ] || fail "no code made"
	objcopy --update-section .text=code whole damaged
	status=0
	timeout 20 "$mined" damaged all >got 2>errors || status=$?
	[ $status = 0 ] || {
		cat errors
		fail "try $try: status $status"
	}
	"$mined" damaged count | sed -n 2p >>counts
done

# "375739 bytes of code, 0 not decoded: ...": together what there is.
"$mined" whole count | sed -n 2p >whole-count
grep -q 'code, 0 not decoded' whole-count || fail "$(cat whole-count)"
awk 'NR == FNR { all = $1; next } { lost += $1 + $5 != all; some += $5 > 0 }
	END { exit lost || !some }' whole-count counts ||
	fail "not all is counted: $(cat whole-count counts)"

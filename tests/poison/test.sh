#!/bin/sh
# Words claimed dead are overwritten in live programs; nobody may notice.
#
# With POISON_ALL=1 (make poison): more programs, and more stops of each.
. "$(dirname "$0")/../lib.sh"
need g++ xz

poison=$build/tests/poison/poison
all=${POISON_ALL:-}
total_words=0
total_own=0

# undisturbed INPUT PROGRAM...: what it writes, into "wanted".
undisturbed() {
	input=$1
	shift
	"$@" <"$input" >wanted 2>&1 || fail "$1 fails undisturbed"
}

# poisoned NAME STOPS MICROSECONDS INPUT PROGRAM...: rounds with other seeds
# until it was stopped that often in all.
poisoned() {
	name=$1 wanted_stops=$2 delay=$3 input=$4
	shift 4
	undisturbed "$input" "$@"
	stops=0 words=0 frames=0 own=0 seed=0
	while [ "$stops" -lt "$wanted_stops" ]; do
		seed=$((seed + 1))
		[ $seed -lt 60 ] || fail "$name: only $stops stops"
		"$poison" $seed $((wanted_stops - stops)) "$delay" "$@" \
			<"$input" >got 2>err || fail "$name, seed $seed: $(tail -n 2 err)"
		grep -v '^stops ' err >>got || true
		cmp -s wanted got || {
			diff wanted got | head -n 5
			fail "$name, seed $seed: its output has changed"
		}
		read -r _ new_stops _ new_frames _ new_words _ _ _ new_own <<-END
			$(grep '^stops ' err)
		END
		stops=$((stops + new_stops))
		frames=$((frames + new_frames))
		words=$((words + new_words))
		own=$((own + new_own))
	done
	echo "$name: $stops stops, $frames frames, $words words, $own of them slots of their own, no change"
	[ "$words" -gt "$stops" ] || fail "$name: next to nothing is claimed"
	total_words=$((total_words + words))
	total_own=$((total_own + own))
}

# noticed INPUT PROGRAM...: all saved registers overwritten, dead or not.
noticed() {
	input=$1
	shift
	undisturbed "$input" "$@"
	if "$poison" 1 5 3000 -a "$@" <"$input" >got 2>err &&
		cmp -s wanted got; then
		fail "live words are overwritten, and nobody notices"
	fi
}

g++ -std=c++17 -O2 -o throws "$here/throws.cpp"
seq 1 200000 >numbers

noticed /dev/null ./throws 20000
num=10
[ -z "$all" ] || num=40
poisoned "throws by g++" $num 8000 /dev/null ./throws 20000
# Stripped, as Debian has it.
poisoned xz $num 8000 numbers xz -T1 -6 -c

[ $total_own -gt 0 ] || fail "no slots but those of saved registers"

if [ -n "$all" ]; then
	need clang++ lua5.4 python3 sqlite3
	clang++ -std=c++17 -O2 -o throws-clang "$here/throws.cpp"
	poisoned "throws by clang++" $num 8000 /dev/null ./throws-clang 20000
	poisoned lua $num 8000 /dev/null lua5.4 "$here/texts.lua"
	poisoned python $num 5000 /dev/null python3 "$here/texts.py"
	poisoned sqlite $num 2000 "$here/table.sql" sqlite3 :memory:
	poisoned sort $num 5000 numbers sort -R --random-source=numbers
	echo "$total_words words in all"
fi

#!/bin/sh
# What GDB says of a type's layout, for types drawn at random from a program
# that uses much of the C++ library, and from the C library.
. "$(dirname "$0")/../lib.sh"
need gdb
types=$build/tests/types/types
seed=${SEED:-1}
num=${NUM:-150}
echo "seed $seed, $num types of each program (SEED=, NUM=)"

# Types whose names stand for one type, have members, and can be typed in.
draw() {
	awk '
	/^TYPE/ {
		kind = $2
		name = $0
		sub(/^TYPE [a-z]+ [0-9]+ /, "", name)
		count[name]++
		kinds[name] = kind
		next
	}
	!/ <(virtual )?base> : / { has_members[name] = 1 }
	END {
		for (name in count)
			if (count[name] == 1 && has_members[name] &&
			    name !~ /[({]|^typedef /)
				print kinds[name] "\t" name
	}' layouts | sort |
		awk -v seed="$seed" 'BEGIN { srand(seed) }
			{ print rand() "\t" $0 }' |
		sort | head -n "$num" | cut -f2-
}

one_line_a_type() {
	awk '/^TYPE/ { if (line) print line; line = $0; next }
		{ line = line " |" $0 } END { print line }' "$1" | sort
}

compare() {
	"$types" "$1" layouts >layouts
	draw >drawn
	[ "$(wc -l <drawn)" -ge 50 ] || fail "only $(wc -l <drawn) types in $1"
	awk -F '\t' '
	BEGIN {
		print "set prompt"
		print "set width 0"
		print "set print type nested-type-limit 0"
		print "echo \\n"
	}
	{
		print "echo @ " $2 "\\n"
		print "ptype /o " $1 " " $2
		print "ptype /o " $2
	}' drawn >commands
	gdb -nx -q "$1" <commands >gdb.out 2>gdb.err
	awk -f "$here/ptype.awk" gdb.out >gdb.all
	awk -v drawn=drawn -f "$here/ours.awk" layouts >ours.all
	one_line_a_type gdb.all | grep ' total ' >gdb
	one_line_a_type ours.all >ours
	answered=$(wc -l <gdb)
	[ $((answered * 100)) -ge $(($(wc -l <drawn) * 90)) ] ||
		fail "GDB knows only $answered of $(wc -l <drawn) in $1"
	comm -23 gdb ours >differ
	if [ -s differ ]; then
		comm -3 gdb ours | head -n 20
		fail "layouts that differ from GDB's in $1"
	fi
	echo "$answered layouts as GDB has them: $(basename "$1")"
}

for cc in g++ clang++; do
	if ! command -v $cc >/dev/null; then
		echo "no $cc: not tried"
		continue
	fi
	for flags in -gdwarf-4 -gdwarf-5 '-gdwarf-5 -gsplit-dwarf' \
		'-gdwarf-5 -fdebug-types-section'; do
		program=$cc$(echo "$flags" | tr -d ' ')
		# shellcheck disable=SC2086
		$cc -std=c++17 $flags -o "$program" "$here/many.cpp" -pthread
		compare "./$program"
	done
done

id=$(readelf -n "$(ldd "$build/tests/types/types" |
	sed -n 's/.*=> \(.*libc\.so\.6\) .*/\1/p')" 2>/dev/null |
	sed -n 's/.*Build ID: //p')
file=/usr/lib/debug/.build-id/$(echo "$id" | cut -c1-2)/$(echo "$id" |
	cut -c3-).debug
if [ -n "$id" ] && [ -f "$file" ]; then
	ln -s "$file" libc.debug
	compare ./libc.debug
else
	echo "no debug info of libc: not tried"
fi

#!/bin/sh
# Every thread of a program that knows what its threads wait for, with all
# symbols, without, and without shared libraries; running, and as a core.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
need gcore cc jq strip

cc -g -O1 -pthread -o plain "$source/tests/programs/hang.c"
strip -o stripped plain
cc -O2 -static -pthread -o static "$source/tests/programs/hang.c"
strip static
trap 'set -- $?; set +e; kill $pid 2>/dev/null; (exit $1); finish' EXIT

begin() { # PROGRAM WORDS...
	rm -f report
	program=$1
	shift
	"./$program" report "$@" >"$program.out" 2>&1 &
	pid=$!
	wait_for report ^ready
}

rows() { # WORDS...
	"$corewalk" hang waits --limit 0 --json "$@" |
		jq -r '.rows[] | "\(.tid) \(.wait) \(.object // "0x0")" +
			" \(.owner // 0)"' | sort
}

# Which threads are in rings: one line a ring, its lowest TID first.
rings() { # WORDS...
	"$corewalk" hang deadlocks --json "$@" |
		jq -r '.cycles[].threads | [.[].tid] | sort | join(" ")' | sort
}

check() { # NAME WORDS...
	name=$1
	shift
	rows "$@" 2>notes >got
	# Of a join the object is the thread, and not the word waited at.
	grep -v ^ready report | sed 's/ join 0x[0-9a-f]*/ join 0x0/' |
		sort >wanted
	sed -i 's/ join 0x[0-9a-f]*/ join 0x0/' got
	diff wanted got >differ || { cat differ; fail "$name: waits"; }
	rings "$@" 2>notes >rings
	same "$wanted_rings" "$(cat rings)" "$name: rings"
	same "$wanted_orphans" "$("$corewalk" hang deadlocks --json "$@" 2>notes |
		jq -r '.orphans[].tid')" "$name: orphans"
	"$corewalk" hang analyze "$@" >text 2>notes || fail "$name: analyze"
	"$corewalk" hang stacks --limit 0 "$@" >stacks 2>notes ||
		fail "$name: stacks"
	same "$(wc -l <wanted)" "$(awk '/^[0-9,]* threads?[ ,]/ {n += $1}
		END {print n}' stacks)" "$name: threads with stacks"
	"$corewalk" hang stacks --tree --json "$@" >tree 2>notes
	same "$(wc -l <wanted)" "$(jq '[.nodes[] | select(.parent == 0) |
		.threads] | add' tree)" "$name: threads in the tree"
}

# What is behind descriptors, and whether anything runs, a process tells.
check_process() { # NAME
	rows=$("$corewalk" hang waits --limit 0 --json --pid $pid 2>notes)
	for kind in read poll select; do
		same true "$(echo "$rows" | jq "[.rows[] |
			select(.wait == \"$kind\") | .descriptors[0].is |
			startswith(\"pipe:\")] | length > 0 and all")" \
			"$1: what is behind $kind"
	done
	same still "$("$corewalk" hang analyze --json --pid $pid 2>notes |
		jq -r .activity.verdict)" "$1: verdict"
}

both() { # NAME
	check "$1, running" --pid $pid
	check_process "$1"
	gcore -o core "$pid" >gcore.log 2>&1 || skip "gcore is not allowed"
	end_program
	check "$1, core" "core.$pid"
	rm "core.$pid"
}

for program in plain stripped static; do
	begin $program all
	# The owners say who waits for whom.
	wanted_rings=$(awk '$2 == "mutex" { to[$1] = $4 } END {
		for (a in to) {
			b = to[a]; c = to[b]
			if (b == a) print a
			else if (c == a && a < b) print a, b
			else if (to[c] == a && a < b && a < c)
				print a, (b < c ? b " " c : c " " b)
		} }' report | sort)
	same 3 "$(echo "$wanted_rings" | wc -l)" 'planted rings'
	wanted_orphans=$(awk '{ is[$1] = 1; to[$1] = $4 } END {
		for (a in to) if (to[a] && !is[to[a]]) print a }' report)
	[ "$wanted_orphans" ] || fail "no orphan planted"
	both "$program"
	grep -q '^head blocker: .* (sleep) holds up 6 threads' text ||
		fail "$program: $(cat text)"

	begin $program healthy
	wanted_rings=
	wanted_orphans=
	both "$program, healthy"
	grep -q '^no deadlock' text || fail "healthy: $(cat text)"
done

# What is alike is told once, and each with --limit 0.
begin plain rings 300
tries=0
until "$corewalk" hang deadlocks --json --pid $pid 2>notes >many.json &&
	[ "$(jq '.cycles | length' many.json)" = 300 ]; do
	tries=$((tries + 1))
	[ $tries -lt 100 ] || fail "300 rings: $(jq '.cycles | length' many.json)"
	sleep 0.1
done
"$corewalk" hang analyze --pid $pid >many 2>notes
same 1 "$(grep -c '^deadlock: 2 threads wait in a ring' many)" 'rings alike'
grep -q '^  and 299 alike: threads ' many || fail "alike: $(cat many)"
same 300 "$("$corewalk" hang deadlocks --limit 0 --pid $pid 2>notes |
	grep -c '^deadlock: ')" 'each ring'
same '580 more (--limit 0)' "$("$corewalk" hang locks --pid $pid 2>notes |
	grep more)" 'locks left out'
end_program

sh -c 'while :; do :; done' &
pid=$!
same busy "$("$corewalk" hang analyze --json --pid $pid 2>notes |
	jq -r .activity.verdict)" 'verdict of what runs'
end_program

#!/bin/sh
# Who holds absl's locks, readers and writers too: with absl itself, against what
# the program says.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
need g++ jq
trap 'set -- $?; set +e; kill $pid 2>/dev/null; (exit $1); finish' EXIT

folder=$build/tests/fetched/absl
mkdir -p "$build/tests/fetched"
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
flock "$folder.lock" "$source/tests/fetch" "$suite" libabsl-dev "$folder" \
	>fetch.log 2>&1 || skip "no absl: $(tail -n 1 fetch.log)"

for level in -O0 -O2; do
	g++ -std=c++17 -g $level -pthread -I"$folder/usr/include" -o locks \
		"$here/locks.cpp" -Wl,--start-group \
		"$folder"/usr/lib/x86_64-linux-gnu/libabsl_*.a -Wl,--end-group
	rm -f report
	./locks >report &
	pid=$!
	wait_for report ^ready
	grep -v ^ready report | sed 's/(nil)/0x0/' | sort >wanted
	"$corewalk" hang waits --limit 0 --json --pid $pid >json 2>notes
	jq -r '.rows[] | "\(.tid) \(.wait) \(.object // "0x0")" +
		" \(.owner // 0)"' json | sort >got
	diff wanted got >differ || { cat differ; fail "$level: waits"; }
	same 5 "$(jq '[.rows[] | select(.owner_inferred)] | length' json)" \
		"$level: inferred"
	same 1 "$("$corewalk" hang deadlocks --json --pid $pid 2>notes |
		jq '.cycles | length')" "$level: rings"
	end_program
done

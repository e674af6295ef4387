#!/bin/sh
# Who holds locks that do not tell it: by guards in frames, against what the
# programs say themselves.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
need gcore g++ jq
trap 'set -- $?; set +e; kill $pid 2>/dev/null; (exit $1); finish' EXIT

core_of() { # PROGRAM
	rm -f report
	"./$1" >report &
	pid=$!
	wait_for report ^ready
	gcore -o "$1.core" $pid >gcore.log 2>&1 || skip "gcore is not allowed"
	kill $pid
	mv "$1.core.$pid" "$1.core"
}

waits() { # PROGRAM
	"$corewalk" hang waits --limit 0 --json "$1.core" 2>notes
}

check_cxx() { # NAME COMPILER WORDS...
	name=$1
	shift
	"$@" -std=c++17 -g -pthread -o "$name" "$here/guards.cpp"
	core_of "$name"
	grep -v '^ready\|^quiet' report | sed 's/(nil)/0x0/' | sort >wanted
	waits "$name" | jq -r '.rows[] | "\(.tid) \(.wait) \(.object // "0x0")" +
		" \(.owner // 0)"' | sort >got
	diff wanted got >differ || { cat differ; fail "$name: waits"; }
	same 2 "$("$corewalk" hang deadlocks --json "$name.core" 2>notes |
		jq '.cycles | length')" "$name: rings"
	waits "$name" | jq -r '.rows[] | select(.owner_inferred) | .wait' |
		sort | uniq -c | sed 's/^ *//' >inferred
	printf '4 lock\n2 rwlock-write\n' >wanted
	diff wanted inferred >differ || { cat differ; fail "$name: inferred"; }
	"$corewalk" hang locks --limit 0 --json "$name.core" >locks 2>notes
	for lock in $(sed -n 's/^quiet//p' report); do
		same "$(awk '$2 == "sleep" { print $1 }' report | head -n 1)" \
			"$(jq -r ".rows[] | select(.address == \"$lock\") |
			select(.waiters == []) | .owner" locks)" \
			"$name: held, and nobody waits"
	done
	"$corewalk" hang deadlocks "$name.core" >text 2>notes
	grep -q '(inferred)' text || fail "$name: not said to be inferred"
	rm "$name.core"
}

check_cxx guards-plain g++ -O0
check_cxx guards-optimised g++ -O1
if command -v clang++ >/dev/null; then
	check_cxx guards-clang clang++ -O0
fi

if command -v rustc >/dev/null; then
	rustc -g -o guards-rust "$here/guards.rs"
	core_of guards-rust
	awk '$1 == "is" { is[$2] = $3 }
		$1 ~ /^[0-9]+$/ { what[$1] = $2; to[$1] = $3 }
		END { for (tid in what) print tid, what[tid],
			(to[tid] in is ? is[to[tid]] : 0) }' report | sort >wanted
	waits guards-rust | jq -r '.rows[] | "\(.tid) \(.wait) \(.owner // 0)"' |
		sort >got
	diff wanted got >differ || { cat differ; fail "Rust: waits"; }
	same 1 "$("$corewalk" hang deadlocks --json guards-rust.core 2>notes |
		jq '.cycles | length')" "Rust: rings"
	same 0 "$("$corewalk" hang deadlocks --json guards-rust.core 2>notes |
		jq '.orphans | length')" "Rust: orphans"
fi

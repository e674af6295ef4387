#!/bin/sh
# Who holds parking_lot's locks, readers and writers too: with the library
# itself, against what the program says; and a lost wakeup.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
need cargo gcore jq
trap 'set -- $?; set +e; kill $pid 2>/dev/null; (exit $1); finish' EXIT

folder=$build/tests/fetched/parking-lot
mkdir -p "$build/tests/fetched"
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
flock "$folder.lock" "$source/tests/fetch" --with-dependencies "$suite" \
	librust-parking-lot-dev "$folder" >fetch.log 2>&1 ||
	skip "no parking_lot: $(tail -n 1 fetch.log)"
mkdir .cargo
cat >.cargo/config.toml <<END
[source.crates-io]
replace-with = "fetched"
[source.fetched]
directory = "$folder/usr/share/cargo/registry"
END
cat >Cargo.toml <<END
[package]
name = "locks"
version = "0.0.0"
edition = "2021"
[[bin]]
name = "locks"
path = "$here/locks.rs"
[dependencies]
parking_lot = "*"
[profile.release]
debug = true
END

begin() { # WORD
	rm -f report
	"target/$kind/locks" "$1" >report &
	pid=$!
	wait_for report ^ready
}

# What the program says, and what we say; of a lock around another one, where
# that begins is the library's own.
compare_waits() { # NAME WORDS...
	name=$1
	shift
	"$corewalk" hang waits --limit 0 --json "$@" >json 2>notes ||
		fail "$name: $(cat notes)"
	jq -r '.rows[] | "\(.tid) \(.wait) \(.object // "0x0")" +
		" \(.owner // 0)"' json | sort >got
	awk '$1 == "is" { is[$2] = $3 }
		$1 ~ /^[0-9]+$/ { what[$1] = $2 " " $3; to[$1] = $4 }
		END { for (tid in what) print tid, what[tid],
			(to[tid] in is ? is[to[tid]] : 0) }' report |
		sort >wanted
	around=$(sed -n 's/ lock-around .*//p' wanted)
	sed -i 's/ lock-around / lock /' wanted
	[ -z "$around" ] || sed -i "/^$around /s/0x[0-9a-f]*/around/" wanted got
	# Optimised code may say less, but nothing that is wrong.
	if [ "$kind" = release ]; then
		awk 'NR == FNR { owner[$1] = $4; next }
			{ $4 = $4 && owner[$1] == 0 ? 0 : $4; print }' \
			got wanted >less
		mv less wanted
	fi
	diff wanted got >differ || { cat differ; fail "$name: waits"; }
	same "$(awk '$4' got | wc -l)" "$(jq '[.rows[] |
		select(.owner_inferred)] | length' json)" "$name: inferred"
	"$corewalk" hang deadlocks --json "$@" 2>notes |
		jq -r '.cycles[].threads | length' | sort | tr '\n' ' ' >rings
}

for kind in debug release; do
	profile=dev
	[ $kind = debug ] || profile=release
	cargo build --offline --quiet --profile $profile 2>cargo.log ||
		fail "$kind: $(tail -n 3 cargo.log)"
	begin all
	compare_waits "$kind" --pid $pid
	case $kind in
	debug) same '2 2 3 ' "$(cat rings)" "$kind: rings" ;;
	release) grep -q '2 .*3 ' rings || fail "$kind: rings $(cat rings)" ;;
	esac
	gcore -o core $pid >gcore.log 2>&1 || skip "gcore is not allowed"
	end_program
	compare_waits "$kind, core" "core.$pid"
	rm "core.$pid"

	for mode in healthy lost; do
		begin $mode
		wanted='0 0'
		[ $mode = healthy ] || wanted='0 1'
		same "$wanted" "$("$corewalk" hang deadlocks --json \
			--pid $pid 2>notes | jq -r '"\(.cycles | length)" +
			" \(.lost_wakeups | length)"')" "$kind, $mode"
		end_program
	done
done

# Sourced by the tests of running processes, after tests/lib.sh.

# num_stopped PID: of its threads; a main thread may have ended before others.
num_stopped() {
	cat /proc/"$1"/task/*/stat 2>/dev/null | sed 's/ (.*) / /' |
		awk -v pid="$1" '$2 ~ /[tTZ]/ { num++ }
			$2 == "Z" && $1 == pid { has_ended = 1 }
			END { print num - (has_ended && NR > 1) }'
}

# is_free PID: nobody traces it, and no thread of it stands still.
is_free() {
	[ "$(num_stopped "$1")" = 0 ] &&
		grep -q '^TracerPid:[[:space:]]*0$' /proc/"$1"/status
}

# runs_free PID WHAT: it is, or is so soon.
runs_free() {
	tries=0
	until is_free "$1"; do
		tries=$((tries + 1))
		[ $tries -lt 600 ] || fail "$2: it is not free:" \
			"$(head -n 9 /proc/"$1"/status)"
		sleep 0.05
	done
}

# begin MODE: $pid is a process of ./$program that is set up so.
begin() {
	mode=$1
	rm -f log
	"./$program" "$mode" "$work/log" &
	pid=$!
	wait_for log '^set up'
}

is_possible() {
	! grep -q ^absent log || {
		echo "not tested: $mode"
		end
		return 1
	}
}

# answers KIND [WORDS]: it is answered that way, and the notes have the words.
answers() {
	"$corewalk" summary --pid $pid --snapshot fork >answer 2>notes ||
		fail "$mode: $(cat notes)"
	grep -q " ms ($1[:)]" notes || fail "$mode, not $1: $(cat notes)"
	[ $# = 1 ] || grep -q "$2" answer notes ||
		fail "$mode, no '$2': $(cat answer notes)"
}

moves() {
	runs_free $pid "$mode"
	num=$(grep -c ^moves log)
	tries=0
	until [ "$(grep -c ^moves log)" -gt $((num + 1)) ]; do
		tries=$((tries + 1))
		[ $tries -lt 600 ] || fail "$mode: it does not move on"
		sleep 0.05
	done
	! grep -v -e ^ready -e '^set up' -e ^moves -e ^back log ||
		fail "$mode: it was harmed"
}

end() {
	kill -9 $pid 2>/dev/null || true
	wait $pid 2>/dev/null || true
}

# refused WORDS PROGRAM...: what it says, when it reads nothing.
refused() {
	wanted=$1
	shift
	status=0
	"$@" >answer 2>notes || status=$?
	same 3 $status "status of '$wanted'"
	grep -q "$wanted" notes || fail "no '$wanted': $(cat notes)"
}

# Sourced by the tests of running processes, after tests/lib.sh.

# num_stopped PID: of its threads.
num_stopped() {
	cat /proc/"$1"/task/*/stat 2>/dev/null | sed 's/.*) //' |
		grep -c '^[tTZ]' || true
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

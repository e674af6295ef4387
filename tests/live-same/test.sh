#!/bin/sh
# A running program in C, C++, Rust or Go answers, however it is read, what its
# core answers.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
. "$source/tests/live.sh"
. "$source/tests/go.sh"
need gcore c++ cc jq

pid=
trap 'set -- $?; set +e; kill $pid 2>/dev/null; (exit $1); finish' EXIT

# What stands above the answer is of the core or process, names of threads are
# not in cores, nor what is behind a descriptor and who is at its other end;
# only of what runs there is a second look.  The kernel knows which file a
# process maps, so nothing need be said of a missing build-id.  How long a sleep
# still lasts changes whenever it is interrupted.
steady() {
	sed -e '/ for another process, /d' -e 's/analyze --pid [0-9]* · hang //' \
		-e "s/^core.$pid: /TARGET: /" -e "s/^pid $pid: /TARGET: /" \
		-e 's/^\(TARGET: [a-z]*\), pid [0-9]*/\1/' \
		-e 's/\(thread [0-9]*\) "[^"]*"/\1/g' \
		-e 's/\(threads\?\) "[^"]*"/\1/g' \
		-e 's/^\(TARGET: [a-z]*, [0-9]* threads\?\),.*/\1/' \
		-e '/^\(busy\|still\): /d' -e '/^note: no build-id shows /d'
}

# answer TARGET...: of $words.
answer() {
	case $words in
	*--json*)
		# shellcheck disable=SC2086
		"$corewalk" $words "$@" 2>notes |
			jq -c '.rows[] | del(.name, .neighbours, .timeout_ms,
				.descriptors[]?.is)' | sort
		;;
	*)
		# shellcheck disable=SC2086
		"$corewalk" $words "$@" 2>notes | steady
		;;
	esac
}

# check PROGRAM WORDS...: the commands of the standard input.
check() {
	rm -f report
	program=$1
	shift
	"./$program" "$@" >"$program.out" 2>&1 &
	pid=$!
	wait_for report ^ready
	sleep 0.2
	gcore -o core $pid >gcore.log 2>&1 || skip 'gcore is not allowed'
	while read -r words; do
		answer core.$pid >wanted
		[ "$(wc -l <wanted)" -gt 1 ] ||
			fail "$program: '$words' of the core: $(cat wanted notes)"
		for kind in fork copy stop; do
			answer --pid $pid --snapshot $kind >got
			diff wanted got >differ || {
				head -n 20 differ
				fail "$program: '$words' differs ($kind)"
			}
		done
	done
	runs_free $pid "$program"
	rm core.$pid
	kill $pid
	wait $pid 2>/dev/null || true
	echo "same: $program"
}

cc -g -O1 -pthread -o hangs "$source/tests/programs/hang.c"
check hangs report all <<-END
	hang analyze
	hang waits --limit 0 --json
	hang locks --json
	hang deadlocks
	hang stacks
	summary
	leaks
END

cc -g -O1 -o across "$here/across.c"
check across <<-END
	stat
END

c++ -std=c++17 -g -O2 -pthread -o zoo "$source/tests/programs/zoo.cpp"
check zoo 1000 report leaks <<-END
	leaks
	stat
	cycles
	hang stacks
END

if command -v rustc >/dev/null 2>&1; then
	rustc -g -O -o rust "$here/same.rs" >rustc.log 2>&1 ||
		fail "rustc: $(cat rustc.log)"
	check rust <<-END
		leaks
		stat
		cycles
		hang deadlocks
		hang stacks
	END
else
	echo 'not tested: no rustc'
fi

if go_release 1.26; then
	"$go" build -o go "$here/same.go" || fail 'go build'
	check go <<-END
		stat
		summary
		hang tasks
		hang analyze
	END
else
	echo 'not tested: no Go'
fi

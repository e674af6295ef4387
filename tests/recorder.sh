# Sourced by tests that hold blocks against a recorder, after tests/lib.sh.
#
# build_recorder		recorder.so, live and zoo, in the work folder
# record NAME COMMAND...	runs it under the recorder, in the background;
#				its pid is in $pid, the record in NAME.record
# gcore_of NAME			core of $pid in NAME.core, then ends it
# kernel_core_of NAME		as above by SIGABRT and the kernel; fails when
#				the kernel does not write cores into the folder
# crash NAME COMMAND...		runs it until it aborts; its core is NAME.core
# compare NAME			used blocks of NAME.core against NAME.record
# forget NAME			deletes both

pid=

build_recorder() {
	# Cores and all that is in them belong to the test alone.
	${CC:-cc} -O2 -shared -fPIC -o recorder.so \
		"$source/tests/recorder/recorder.c"
	${CC:-cc} -O2 -o live "$source/tests/recorder/live.c"
	${CXX:-c++} -std=c++17 -O2 -g -pthread -o zoo \
		"$source/tests/programs/zoo.cpp"
}

record() {
	record_name=$1
	shift
	(
		ulimit -c unlimited
		RECORD=$work/$record_name.record LD_PRELOAD=$work/recorder.so \
			exec "$@"
	) >"$record_name.out" 2>&1 &
	pid=$!
}

end_program() {
	kill -9 "$pid" 2>/dev/null || :
	wait "$pid" 2>/dev/null || :
}

gcore_of() {
	gcore -o "$1.gcore" "$pid" >"$1.gcore.log" 2>&1 ||
		skip "gcore is not allowed"
	mv "$1.gcore.$pid" "$1.core"
	end_program
}

has_kernel_cores() {
	[ "$(cat /proc/sys/kernel/core_pattern)" = core ]
}

take_core() {
	for core in core core.[0-9]*; do
		[ ! -e "$core" ] || mv "$core" "$1.core"
	done
	[ -e "$1.core" ] || fail "the kernel wrote no core"
}

kernel_core_of() {
	kill -ABRT "$pid"
	wait "$pid" 2>/dev/null || :
	take_core "$1"
}

crash() {
	crash_name=$1
	shift
	(ulimit -c unlimited && exec "$@") || :
	take_core "$crash_name"
}

compare() {
	./live "$1.record" | sort >"$1.wanted"
	"$build/tests/blocks/blocks" "$1.core" >"$1.blocks" 2>"$1.walk"
	sed -n 's/^used //p' "$1.blocks" | sort >"$1.got"
	cmp -s "$1.wanted" "$1.got" || {
		diff "$1.wanted" "$1.got" | head -n 20
		fail "$1: used blocks are not what the recorder has"
	}
	[ -s "$1.got" ] || fail "$1: no blocks at all"
	grep -q '^unknown 0$' "$1.blocks" || fail "$1: not all is explained"
	! grep '^corruption' "$1.blocks" || fail "$1: corruption"
	printf '%s: %s blocks, %s, %s\n' "$1" "$(wc -l <"$1.got")" \
		"$(sed -n 's/^count cached \([0-9]*\) .*/\1 cached/p' \
			"$1.blocks")" \
		"$(grep -o '^allocator.*regions [0-9]*' "$1.blocks")"
}

forget() {
	rm -f "$1.core" "$1.record" "$1.blocks"
}

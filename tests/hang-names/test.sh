#!/bin/sh
# Locks are called by where they are, whatever the members of locks are called,
# and whatever the names of what they are in.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/go.sh"
need jq
pid=
trap 'set -- $?; set +e; kill $pid 2>/dev/null; (exit $1); finish' EXIT

# check PROGRAM: standard input has the names that it has for locks.
check() {
	rm -f ready.out
	"./$1" >ready.out &
	pid=$!
	wait_for ready.out ^ready
	"$corewalk" hang waits --limit 0 --json --pid $pid >json 2>notes ||
		fail "$1: $(cat notes)"
	jq -r '.rows[] | select(.object_name) | select(.wait != "futex") |
		.object_name | sub(" \\(.*"; "")' json | sort >got
	sort | diff -u - got || fail "$1"
	kill $pid
	num_named=$((num_named + 1))
}
num_named=0

for compiler in g++ clang++; do
	command -v $compiler >/dev/null || {
		echo "no $compiler"
		continue
	}
	$compiler -std=c++17 -g -pthread -o names-$compiler "$here/names.cpp"
	check names-$compiler <<-END
		g_own._M_lock
		g_own.inner[1].__data
		g_own.mu_
		g_own.raw
		g_pool->_M_lock
		g_pool->inner[1].__data
		g_pool->mu_
		g_pool->raw
		mu_
	END
done

if command -v rustc >/dev/null; then
	rustc -g -o names-rust "$here/names.rs" 2>rustc.log ||
		fail "$(cat rustc.log)"
	check names-rust <<-END
		names::DATA
		names::STORE
		names::STORE.data.value.inner
		names::STORE.data.value.state
	END
else
	echo "no rustc"
fi

check_go() { # RELEASE
	"$go" build -o "names-$1" "$here/names.go" || fail "Go $1: no build"
	check "names-$1" <<-END
		main.alone
		main.heap->inner.mu
		main.heap->inner.state
		main.heap->inner.v
		main.heap->inner.w
		main.mu
		main.state
		main.static->mu
		main.static->state
		main.static->v
		main.static->w
		main.w
	END
}
each_go_release check_go
echo "named as they are: $num_named programs"

#!/bin/sh
# Words that are pointers, and what is reachable, are those that Go's collector
# finds: object for object, held against the runtime's own dump of its heap and
# against garbage that the program planted after a collection.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/go.sh"
need jq gcore

check_pointers() {
	"$build/tests/go-marks/marks" core marks.dump >compared || {
		tail -n 3 compared
		fail "$1: no heap dump"
	}
	grep -q '^objects [1-9]' compared || fail "$1: no objects in the dump"
	! grep -E '^(pointers|gone)' compared || fail "$1: pointers of objects"
}

# Objects are told by where they begin, blocks by their headers.
check_garbage() {
	sed -n 's/^garbage //p' marks.said >planted
	[ "$(wc -l <planted)" = 500 ] || fail "$1: no garbage planted"
	"$corewalk" heap list --unreachable --short --limit 0 core >lost
	awk 'NR == FNR { lost[$1]; next }
		$1 in lost { delete lost[$1]; next }
		{
			last = substr($1, length($1))
			before = substr($1, 1, length($1) - 1) (last == 8 ? 0 : last)
		}
		before in lost { delete lost[before]; next }
		{ print "planted, not lost", $1 }
		END {
			for (address in lost) print "lost, not planted", address
		}' lost planted >differences
	[ ! -s differences ] || {
		cat differences
		fail "$1: garbage"
	}
}

# The collector itself, run after the core was written, frees what is lost in
# the core.
check_collection() {
	rm -f go-on gc.*
	mkfifo go-on
	./marks wait <>go-on >/dev/null 2>marks.said &
	pid=$!
	while ! grep -q ready marks.said; do sleep 0.1; done
	sleep 0.2 # until it waits
	status=0
	gcore -o gc "$pid" >gcore.log 2>&1 || status=$?
	echo >go-on
	wait "$pid"
	[ $status = 0 ] || {
		echo "SKIPPED: gcore: $(tail -n 1 gcore.log)"
		return 0
	}
	"$build/tests/go-marks/marks" "gc.$pid" after.dump |
		sed -n 's/^new //p' | sort >collected
	"$corewalk" heap list --unreachable --short --limit 0 "gc.$pid" |
		sort >lost
	rm "gc.$pid"
	[ "$(wc -l <collected)" -gt 2000 ] || fail "$1: nothing was collected"
	diff -u collected lost >differences || {
		head -n 20 differences
		fail "$1: collected, and lost in the core"
	}
}

# By what they are held, and what is said of garbage and of finalizers.
check_words() {
	"$corewalk" heap leaks core | grep -q 'unreachable yet not collected' ||
		fail "$1: garbage is called a leak"
	same 10 "$("$corewalk" heap cycles --reachable --json --limit 0 core |
		jq '[.groups[].finalized] | add')" "$1: rings with finalizers"
	"$corewalk" heap stat --by root --limit 0 core >roots
	for name in main.texts main.hugest finalizer 'goroutines of main.block.func1'; do
		grep -q " $name\$" roots || {
			cat roots
			fail "$1: nothing is held by $name"
		}
	done
}

check_release() { # RELEASE
	case $release in
	1.19 | 1.2[0-3]) file=strong.go ;;
	*) file=weak.go ;;
	esac
	"$go" build -o marks "$here/marks.go" "$here/$file" ||
		fail "Go $release: no build"
	go_core marks
	check_pointers "$release"
	check_garbage "$release"
	check_words "$release"
	[ "$num_tested" != 0 ] || check_collection "$release"
}

each_go_release check_release
echo "as the collector finds: $num_tested releases"

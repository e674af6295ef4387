#!/bin/sh
# Words that are pointers, and what is reachable, are those that Go's collector
# finds: object for object, held against the runtime's own dump of its heap and
# against garbage that the program planted after a collection; bytes are those
# that the runtime counts.  A core is as good as another: the kernel's and
# gcore's of one process that stands still say the same.
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

# What the runtime counted before and after garbage was planted.  With C there
# is one more thread, which is begun at the end.
check_bytes() {
	reachable=$(sed -n 's/^reachable //p' marks.said)
	alloc=$(sed -n 's/^alloc //p' marks.said)
	"$corewalk" heap summary --json core >summary
	more=0
	[ "$go_way" != external ] || more=$(jq .used.bytes-"$alloc" summary)
	[ "$more" -ge 0 ] && [ "$more" -lt 4096 ] || fail "$1: $more bytes more"
	alloc=$((alloc + more)) reachable=$((reachable + more))
	same "$alloc $reachable 0 $((alloc - reachable))" "$(jq -r '[.used,
		.reachable, .weak, .unreachable] | map(.bytes) | join(" ")' \
		summary)" "$1: bytes used, reachable, weak and unreachable"
	same 500 "$(jq .unreachable.blocks summary)" "$1: garbage"
	"$corewalk" heap summary core |
		sed -n 's/^taken for pointers .*: \([0-9,]*\) word.*/\1/p' |
		tr -d , >words
	[ -s words ] || echo 0 >words
	same "$(cat words) 0" "$(jq -r '.conservative |
		"\(.words) \(.blocks)"' summary)" "$1: words without a map"
}

# What of answers is not of a core's file, in which threads are numbered.
answers() {
	for words in summary 'list --limit 0' 'list --unreachable --limit 0' \
		'stat --limit 0' 'stat --by root --limit 0' 'leaks --limit 0' \
		'gc --limit 0' 'profile --limit 0' 'hang tasks --limit 0'; do
		echo "$words"
		# shellcheck disable=SC2086  # several words
		"$corewalk" $words --json "$1" | jq 'del(.target)' |
			sed 's/"thread [0-9]*/"thread/'
	done
}

check_cores() {
	rm -f go-on gc.* marks.said
	mkfifo go-on
	(ulimit -c unlimited && exec ./marks die) \
		<>go-on >/dev/null 2>marks.said &
	pid=$!
	wait_for marks.said ready
	kill -STOP "$pid"
	status=0
	gcore -o gc "$pid" >gcore.log 2>&1 || status=$?
	rm -f core core.*
	kill -ABRT "$pid"
	kill -CONT "$pid"
	wait "$pid" 2>/dev/null || true
	[ $status = 0 ] || {
		echo "SKIPPED: gcore: $(tail -n 1 gcore.log)"
		return 0
	}
	[ -e core ] || mv "core.$pid" core
	answers "gc.$pid" >ours.gcore
	answers core >ours.kernel
	diff ours.gcore ours.kernel >differences || {
		head -n 20 differences
		fail "$1: gcore's core and the kernel's"
	}
	check_garbage "$1"
	rm "gc.$pid"
}

# The collector itself, run after the core was written, frees what is lost in
# the core.
check_collection() {
	rm -f go-on gc.* marks.said
	mkfifo go-on
	./marks wait <>go-on >/dev/null 2>marks.said &
	pid=$!
	wait_for marks.said ready
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
	"$corewalk" heap leaks core | grep -q 'not collected' ||
		fail "$1: garbage is called a leak"
	same 10 "$("$corewalk" heap cycles --reachable --json --limit 0 core |
		jq '[.groups[].finalized] | add')" "$1: rings with finalizers"
	"$corewalk" heap stat --by root --limit 0 core >roots
	# Variables have names only with symbols.
	names='main.texts main.hugest'
	[ "$go_way" = plain ] || names=
	for name in $names finalizer 'goroutines of main.block.func1'; do
		grep -q " $name\$" roots || {
			cat roots
			fail "$1: nothing is held by $name"
		}
	done
}

# check_build "RELEASE BUILD"
check_build() {
	case $release in
	1.19 | 1.2[0-3]) file=strong.go ;;
	*) file=weak.go ;;
	esac
	go_build -o marks "$here/marks.go" "$here/$file"
	go_core marks
	check_pointers "$1"
	check_garbage "$1"
	check_bytes "$1"
	check_words "$1"
	# Each takes seconds.
	case $num_runs:${GO_BUILDS:+all} in
	0: | *:all)
		check_collection "$1"
		check_cores "$1"
		;;
	esac
}

each_go_build check_build
echo "as the collector finds: $num_runs builds of $num_tested releases"

# Sourced by every tests/NAME/test.sh.
#
# Each test works in a folder of its own, tests/work/NAME below the build
# folder, which is emptied first and left behind when the test fails.
#
#   $source       top of the source tree        $build   top of the build tree
#   $corewalk     the program                   $work    this test's folder
#   $here         the folder of test.sh
#
# Exit status: 0 passed, 77 skipped, anything else failed.

set -eu
export LC_ALL=C.UTF-8
# What one run finds out shall not be what the next is told.
export COREWALK_CACHE=
unset DEBUGINFOD_URLS
here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)
build=${builddir:-$source/build}
build=$(cd "$build" && pwd)
work=$build/tests/work/$(basename "$here")
corewalk=$build/corewalk
rm -rf "$work"
mkdir -p "$work"
cd "$work"

finish() {
	status=$?
	case $status in
	0) cd / && rm -rf "$work" ;;
	77) ;;
	*)
		echo "left behind: $work"
		echo "run again:   builddir=$build $here/test.sh"
		;;
	esac
}
trap finish EXIT

fail() {
	echo "FAILED: $*"
	exit 1
}

skip() {
	echo "SKIPPED: $*"
	exit 77
}

# need TOOL...: skips the test by the name of the tool that is missing.
need() {
	for tool in "$@"; do
		command -v "$tool" >/dev/null 2>&1 || skip "no $tool"
	done
}

# same WANTED GOT [WHAT]
same() {
	[ "$1" = "$2" ] || fail "${3:-value}: wanted '$1', got '$2'"
}

# wait_for FILE PATTERN: which $pid writes, that is then given time to go on.
wait_for() {
	tries=0
	until grep -qs "$2" "$1"; do
		tries=$((tries + 1))
		[ $tries -lt 600 ] || fail "'$2' never came into $1"
		kill -0 "$pid" 2>/dev/null ||
			fail "ended before '$2' came into $1:" \
				"$(cat ./*.out 2>/dev/null)"
		sleep 0.1
	done
	sleep 0.2
}

# run_screens FILE: as it is, with the output of its screens as it is now.  A
# screen begins with "$ corewalk" after ``` and ends with ```.
run_screens() {
	COLUMNS=100 PATH=$build:$PATH awk '
		in_screen && /^```/ { in_screen = 0 }
		!in_screen { print }
		fence && /^\$ corewalk/ {
			fflush()
			command = substr($0, 3) " </dev/null 2>&1"
			while ((command | getline line) > 0)
				print line
			close(command)
			in_screen = 1
		}
		{ fence = /^```/ }
	' "$1" | sed 's/ *$//'
}

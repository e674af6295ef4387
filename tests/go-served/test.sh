#!/bin/sh
# heap profile: what a server's own HTTP endpoint (net/http/pprof) answers at the
# same moment, as `go tool pprof` prints it, stacks and labels of each goroutine
# too.
#
# What differs by the moment is one goroutine, which writes the profile, and now
# has it written: it is left out on both sides.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/go.sh"
need jq
# It takes a while to compile.
go_runs=1.26:stripped

# printed REPORT FILE: without what comes first, of which file it is.
printed() {
	"$pprof" "-$1" -nodecount=100000 -nodefraction=0 -unit=B \
		-ignore='main\.serve$' "$2" 2>pprof.log |
		sed -n '/flat%\|---+---/,$p'
}

# A stack with its labels is a line.
traces() {
	printed traces "$1" | awk '/---\+---/ { print row; row = ""; next }
		{ $1 = $1; row = row " " $0 } END { print row }' | sort
}

compare() { # KIND TOLD
	"$corewalk" heap profile "$1" --pprof ours core >text
	printed top "$2.told" >wanted
	printed top ours >got
	[ "$(wc -l <wanted)" -gt 5 ] || {
		cat pprof.log
		fail "$release $go_way: nothing told for $1"
	}
	sort wanted >wanted.sorted
	sort got | diff -u wanted.sorted - || fail "$release $go_way: $1"
}

# check_build "RELEASE BUILD"
check_build() {
	go_build -o served "$here/served.go"
	"$go" tool pprof -top served >pprof.log 2>&1 || true
	pprof=$("$go" tool -n pprof)
	rm -f socket ./*.told
	go_core served
	for i in 1 2 3 4 5 6 7 8 9 10; do
		[ ! -e goroutine.told ] || break
		sleep 0.$i
	done
	compare inuse_space heap
	compare goroutine goroutine
	traces goroutine.told >wanted
	traces ours >got
	[ "$(grep -c 'kind: mail' wanted)" -gt 3 ] || fail "$1: no labels told"
	diff -u wanted got || fail "$1: stacks and labels of goroutines"
}
each_go_build check_build
echo "as the endpoint answers: $num_runs builds of $num_tested releases"

# Sourced by the tests of Go programs, after tests/lib.sh.
#
# go_releases: the releases to test with, one a word.
# go_release 1.22: fetches that release into the build folder and sets $go;
# status 77 with the reason in fetch.log when it cannot be had.  What it
# compiles is kept beside it.
# each_go_release CHECK: calls CHECK RELEASE for those that can be had, $release
# too; skips the test when there is none.  Their number is in $num_tested.
# each_go_build CHECK: calls CHECK "RELEASE BUILD" for releases in the ways to
# build a program, by which `go_build -o PROGRAM FILE...` then goes:
#	plain		with symbols and debug info
#	stripped	without
#	pie		without, to be loaded anywhere, without paths
#	external	without, linked with C by the machine's linker
# from_traceback FILE: "ID FRAME FRAME ...", of a traceback that leaves nothing
# of goroutines out.
# go_core PROGRAM: runs it until it aborts; leaves ./core and what it said on
# stderr in PROGRAM.said.

# GO_RELEASES="1.19 1.21" tests others, and GO_BUILDS="plain pie" those in these
# ways, each; `make go-matrix` tests all.
go_releases=${GO_RELEASES:-1.19 1.22 1.24 1.26}
go_runs="1.19:plain 1.19:pie 1.22:stripped 1.24:plain 1.26:stripped 1.26:external"

go_suite() {
	case $1 in
	1.19) echo bookworm ;;
	1.2[0-3]) echo bookworm-backports ;;
	1.24) echo trixie ;;
	*) echo trixie-backports ;;
	esac
}

go_release() {
	go_folder=$build/tests/fetched/go-$1
	mkdir -p "$build/tests/fetched"
	for package in golang-"$1"-src golang-"$1"-go; do
		# Packages lie over each other: go is a link to share's.
		flock "$go_folder.lock" "$source/tests/fetch" \
			"$(go_suite "$1")" "$package" \
			"$go_folder/$package" >fetch.log 2>&1 || return 77
	done
	flock "$go_folder.lock" sh -c '
		[ -e "$1/root/.complete" ] && exit 0
		rm -rf "$1/root" && mkdir "$1/root" &&
		cp -al "$1"/golang-*-src/. "$1"/golang-*-go/. "$1/root" &&
		touch "$1/root/.complete"' sh "$go_folder" || return 1
	GOROOT=$go_folder/root/usr/lib/go-$1
	GOCACHE=$go_folder/cache GOPATH=$go_folder/path
	GOTOOLCHAIN=local GO111MODULE=off GOFLAGS=
	export GOROOT GOCACHE GOPATH GOTOOLCHAIN GO111MODULE GOFLAGS
	go=$GOROOT/bin/go
}

each_go_release() {
	num_tested=0
	for release in $go_releases; do
		status=0
		go_release "$release" || status=$?
		[ $status = 0 ] || {
			echo "SKIPPED: Go $release: $(tail -n 1 fetch.log)"
			continue
		}
		"$1" "$release"
		num_tested=$((num_tested + 1))
	done
	[ $num_tested -gt 0 ] || skip "no Go: $(tail -n 1 fetch.log)"
}

each_go_build() {
	if [ -n "${GO_BUILDS:-}${GO_RELEASES:-}" ]; then
		go_runs=
		for release in $go_releases; do
			for go_way in ${GO_BUILDS:-plain}; do
				go_runs="$go_runs $release:$go_way"
			done
		done
	fi
	build_check=$1 num_runs=0 runs=$go_runs
	go_releases=$(for run in $runs; do echo "${run%:*}"; done | uniq)
	each_go_release each_build_of
}

each_build_of() {
	for run in $runs; do
		[ "${run%:*}" = "$release" ] || continue
		go_way=${run#*:}
		"$build_check" "$release $go_way"
		num_runs=$((num_runs + 1))
	done
}

go_build() {
	case $go_way in
	plain) ;;
	stripped) set -- -ldflags='-s -w' "$@" ;;
	pie) set -- -trimpath -buildmode=pie -ldflags='-s -w' "$@" ;;
	external) set -- -ldflags='-s -w -linkmode=external' "$@" ;;
	*) fail "no way to build a program of Go: $go_way" ;;
	esac
	case $go_way in
	external) CGO_ENABLED=1 "$go" build "$@" ;;
	*) "$go" build "$@" ;;
	esac || fail "Go $release, $go_way: no build"
}

go_core() {
	ulimit -c unlimited
	rm -f core core.*
	sh -c 'GOTRACEBACK=crash exec timeout -s KILL 60 "./$1" 2>"$1.said"' sh "$1" 2>crash.log || true
	[ -e core ] || for file in core.*; do
		[ ! -e "$file" ] || mv "$file" core
	done
	[ -e core ] || skip "no core file: see /proc/sys/kernel/core_pattern"
}

from_traceback() {
	awk '/^goroutine [0-9]+/ { row = $2; next }
		/^$/ { if (row != "") print row; row = ""; next }
		/^created by / { next }
		row != "" && /^[^\t ].*\(.*\)$/ {
			sub(/\([^()]*\)$/, ""); row = row " " $0 }
		END { if (row != "") print row }' "$1"
}

#!/bin/sh
# Programs of Go without symbols and debug info, however they were linked: the
# heap is as the runtime counts, goroutines as its own traceback has them.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/go.sh"
need jq gcc

# RELEASE NAME OPTION...: builds both programs with these, and looks at both.
check_build() {
	release=$1 name="$1, $2"
	shift 2
	"$go" build "$@" -o heap "$source/tests/go-heap/heap.go" &&
		"$go" build "$@" -o tasks "$source/tests/go-tasks/tasks.go" ||
		fail "$name: no build"
	! readelf -SW heap | grep -qE '\.(symtab|debug_info)' ||
		fail "$name: not stripped"
	go_core heap
	"$corewalk" heap summary --json core >summary
	# With C there is one more thread, which is begun at the end.
	alloc=$(sed -n 's/^alloc //p' heap.said)
	more=$(($(jq .used.bytes summary) - alloc))
	case $name in
	*external) [ $more -ge 0 ] && [ $more -lt 4096 ] && more=0 ;;
	esac
	same 0 $more "$name: bytes in use more than $alloc"
	go_core tasks
	from_traceback tasks.said | grep ' main\.' | sort -u >told
	[ "$(wc -l <told)" -gt 70 ] || fail "$name: no traceback"
	"$corewalk" hang tasks --json --limit 0 core >tasks.json
	jq -r '.rows[] | "\(.id) \(.frames | join(" "))"' tasks.json |
		grep ' main\.' | sort >ours
	diff told ours || fail "$name: frames"
	jq -e '[.rows[] | select(.reason == "chan receive")] | length >= 30' \
		tasks.json >/dev/null || fail "$name: no reasons"
}

check_release() { # RELEASE
	check_build "$release" plain -ldflags='-s -w'
	check_build "$release" PIE -trimpath -buildmode=pie -ldflags='-s -w'
	CGO_ENABLED=1 check_build "$release" external \
		-ldflags='-s -w -linkmode=external'
}

each_go_release check_release
echo "as with symbols: $num_tested releases"

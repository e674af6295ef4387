#!/bin/sh
# Objects of C that begin with a table of functions are named by the table, by
# symbols alone; others are not.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
need jq
has_kernel_cores || skip "core_pattern is not 'core'"

for cc in gcc clang; do
	command -v $cc >/dev/null || continue
	$cc -O2 -o operations "$here/operations.c"
	crash operations ./operations 2>/dev/null
	"$corewalk" stat --json --limit 0 operations.core >stat.json
	jq -r '.rows[] | select(.type | startswith("object of ")) |
		"\(.type) \(.blocks) \(.confidence)"' stat.json >got
	cat >wanted <<END
object of file_operations 100 derived
object of pipe_operations 50 derived
END
	diff -u wanted got || fail "$cc"
	rm -f operations.core
done

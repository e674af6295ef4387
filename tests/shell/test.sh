#!/bin/sh
# All scripts pass shellcheck.
. "$(dirname "$0")/../lib.sh"
need shellcheck
cd "$source" || exit 1

# SC2034, SC2154: variables go between a script and what it sources.
# SC2120: a parameter that is only sometimes there.
# SC3045: dash has ulimit -c.  SC2238: takes a file's name for a command's.
{
	ls try check prepare.sh .ci/run
	find tests examples bench -type f |
		while read -r file; do
			case $(head -c 9 "$file") in
			'#!/bin/sh') echo "$file" ;;
			*) [ "$file" = "${file%.sh}" ] || echo "$file" ;;
			esac
		done
} | xargs shellcheck -s sh -S warning -e SC2034,SC2154,SC2120,SC3045,SC2238 ||
	fail "see above"

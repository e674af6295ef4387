#!/bin/sh
# All C files are as clang-format 14 writes them; another version differs.
. "$(dirname "$0")/../lib.sh"
cd "$source" || exit 1

formatter=
for tool in clang-format-14 clang-format; do
	case $($tool --version 2>/dev/null) in
	*" version 14."*) formatter=$tool ;;
	esac
done
[ -n "$formatter" ] || skip "no clang-format of version 14"

find base target dwarf code heap golang object graph hang export command \
	plugin cli tests bench examples \
	'(' -name '*.[ch]' -o -name '*.cpp' ')' -print 2>/dev/null |
	while read -r file; do
		$formatter "$file" | cmp -s - "$file" || echo "$file"
	done >"$work/differ"
[ ! -s "$work/differ" ] || {
	cat "$work/differ"
	fail "make format changes these files"
}

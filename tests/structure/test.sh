#!/bin/sh
# shellcheck disable=SC2046
# The sources themselves: layers, layout, names, and what nobody may call.
# Each check prints what it objects to; any print is a failure.
. "$(dirname "$0")/../lib.sh"
cd "$source" || exit 1

# folder|may include, one line a folder, from the table in CONTRIBUTING.md.
sed -n 's/^| `\([a-z]*\)\/` |.*|\(.*\)|$/\1|\2/p' CONTRIBUTING.md |
	tr -d ' ' >"$work/layers"
folders=$(cut -d'|' -f1 "$work/layers")
[ "$(wc -l <"$work/layers")" -ge 10 ] || fail "no table of layers found"

existing=
for folder in $folders; do
	[ ! -d "$folder" ] || existing="$existing $folder"
done
# shellcheck disable=SC2086
find $existing -name '*.[ch]' | sort >"$work/files"
{
	cat "$work/files"
	find tests bench examples -name '*.[ch]' -o -name '*.cpp' | sort
} >"$work/all-files"

below_command=$(grep -E \
	'^(base|target|dwarf|code|heap|golang|graph|object|hang|export)/' \
	"$work/files")

# Comments and strings say what they like.
code_of() {
	sed -e 's/"\([^"\\]\|\\.\)*"/""/g' -e 's|//.*||' "$1" |
		sed -e 's|/\*.*\*/||' -e '/\/\*/,/\*\//d'
}

layers() {
	while read -r file; do
		folder=${file%%/*}
		may=$(sed -n "s/^$folder|//p" "$work/layers")
		sed -n 's/^#include "\([^"]*\)".*/\1/p' "$file" |
			while read -r included; do
				into=${included%%/*}
				case ",$folder,$may," in
				*,"$into",*) continue ;;
				esac
				[ "$included" = config.h ] ||
					echo "$file includes $included"
			done
	done <"$work/files"
	grep -lE '^#include <(libdwarf|dwarf\.h)' $(grep -v ^dwarf/ \
		"$work/files") | sed 's/$/ includes libdwarf/'
	grep -l '^#include <capstone' $(grep -v ^code/ "$work/files") |
		sed 's/$/ includes capstone/'
	grep -lE '^#include <(gdb/|jit-reader)' $(grep -v ^plugin/ \
		"$work/files") | sed 's/$/ includes headers of GDB/'
}

headers_alone() {
	flags=$(pkg-config --cflags json-c smartcols libelf 2>/dev/null)
	grep '\.h$' "$work/files" | while read -r header; do
		# shellcheck disable=SC2086
		${CC:-cc} -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror \
			-Wno-unused-parameter -fsyntax-only -I. -I"$build" \
			$flags -include "$header" -x c /dev/null 2>&1 ||
			echo "$header does not compile alone"
	done
}

first_lines() {
	grep '\.h$' "$work/files" | while read -r header; do
		sed -n 2p "$header" | grep -qE '^ \* [A-Z][^:]*: .' ||
			echo "$header does not begin with 'Noun: sentence'"
	done
}

calls() {
	for file in $below_command; do
		[ "$file" != base/memory.c ] || continue
		code_of "$file" | grep -E \
			-e '\<(v?printf|puts|putchar|perror)\(' \
			-e '\<(_?exit|abort|assert)\(' \
			-e '\<(stderr|stdout)\>' |
			sed "s|^|$file: |"
	done
}

names() {
	sed 's|.*/||' "$work/all-files" |
		grep -iE '^(.*_)?(utils?|misc|common|helpers?)(_.*)?\.|2\.[ch]' |
		sed 's/$/: a name that says nothing/'
	for file in $below_command; do
		code_of "$file"
	done | grep '^typedef struct' | sed 's/^/a typedef for a struct: /'
}

guards() {
	grep '\.h$' "$work/files" | while read -r header; do
		guard=$(echo "$header" | tr 'a-z/.-' 'A-Z___')
		grep -qx "#ifndef $guard" "$header" ||
			echo "$header is not guarded by $guard"
	done
}

# About 500, and a bit more while it is being worked on.
sizes() {
	while read -r file; do
		most=560
		case $file in
		tests/* | bench/* | examples/*) most=600 ;;
		esac
		lines=$(wc -l <"$file")
		[ "$lines" -le $most ] || echo "$file has $lines lines"
	done <"$work/all-files"
}

# Lines of each body, which is laid out by "make format", and parameters.
functions() {
	xargs awk '
		FNR == 1 || /^$|^}/ { head = "" }
		/^}$/ && start {
			lines = FNR - start - 1
			if (lines > 80)
				print FILENAME ":" start ": " lines " lines"
			start = 0
		}
		/^{$/ && head ~ /\)$/ {
			start = FNR
			sub(/^[^(]*\(/, "", head)
			sub(/\)[^)]*$/, "", head)
			while (gsub(/\([^()]*\)/, "", head))
				;
			num = gsub(/,/, "", head) + 1
			if (num > 7)
				print FILENAME ":" FNR ": " num " parameters"
		}
		/^[A-Za-z_]/ || head { head = head $0 }
	' <"$work/all-files"
}

runnable() {
	find tests -name test.sh ! -perm -u+x | sed 's/$/ cannot be run/'
}

leftovers() {
	while read -r file; do
		grep -nHE '(TODO|FIXME|XXX|HACK)\b' "$file"
		grep -nHE '[^A-Za-z](/home|/root|/Users|/work)/[a-z]' "$file"
	done <"$work/all-files"
	true
}

# A file that no makefile names is not in the distribution.
listed() {
	cat Makefile.am ./*/local.mk tests/*.mk | tr -s ' \t' '\n' | sort -u >"$work/listed"
	while read -r file; do
		name=$file
		while [ "$name" != . ] && ! grep -qxF "$name" "$work/listed"; do
			name=$(dirname "$name")
		done
		[ "$name" != . ] || echo "$file is in no local.mk"
	done <"$work/all-files"
}

for check in layers headers_alone first_lines guards calls names sizes functions \
	runnable leftovers listed; do
	$check >"$work/objections" 2>&1 || true
	if [ -s "$work/objections" ]; then
		echo "--- $check"
		cat "$work/objections"
		bad=yes
	fi
done
[ "${bad:-no}" = no ] || fail "see above"

#!/bin/sh
# What a person sees, command by command, on a core of which all is known.
# UPDATE_GOLDEN=1 writes golden/ anew.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/command/core.sh"
make_core
golden=$source/tests/command-text/golden

# shows NAME WORDS...: the answer is golden/NAME.
shows() {
	name=$1
	shift
	COLUMNS=80 "$corewalk" "$@" core >"$name.raw" 2>&1 ||
		{ cat "$name.raw"; fail "'$*' fails"; }
	COLUMNS=80 fits "$name.raw"
	steady <"$name.raw" >"$name"
	if [ "${UPDATE_GOLDEN:-}" ]; then
		cp "$name" "$golden/$name"
	else
		diff -u "$golden/$name" "$name" || fail "'$*' says otherwise"
	fi
}

# No line is wider than the terminal.
fits() {
	awk -v width="$COLUMNS" '
	length > width { print FILENAME ": too wide: " $0; bad = 1 }
	END { exit bad }' "$1" || fail "wider than $COLUMNS columns"
}

shows summary summary --bytes
shows stat stat
shows stat-size stat --by size --sort blocks
shows stat-root stat --by root
shows stat-retained stat --sort retained
shows list list --type '^pair$'
shows list-big list --min 200 --limit 3
item=$("$corewalk" list --type '^item$' --short --limit 1 core)
shows object object "$item"
inside=$(printf '0x%x' $((item + 33)))
shows object-inside object "$inside"
shows refs refs "$item"
shows path path "$item"
shows path-text path g_text
shows leaks leaks
shows leaks-1 leaks 1 --limit 3
shows cycles cycles
shows cycles-1 cycles 1
shows cycles-reachable cycles --reachable
shows search-number search 0x5eed5eed
shows search-text search 'a text that is kept'
shows search-pointer search "$item"
shows dominators dominators --limit 5
shows dominators-type dominators --by type
shows verify verify

# These differ from machine to machine; they must fit, and stand.
for words in analyze memory "stat --limit 3" "list --limit 3" \
	"leaks --limit 1"; do
	for COLUMNS in 80 120; do
		export COLUMNS
		# shellcheck disable=SC2086
		"$corewalk" $words core >raw || fail "$words fails"
		fits raw
	done
done

# Short forms are addresses and nothing else.
for words in "list" "stat" "leaks" "leaks 1" "cycles" "search item" \
	"dominators" "refs $item" "path $item"; do
	# shellcheck disable=SC2086
	"$corewalk" $words --short core >raw || fail "$words --short fails"
	grep -v -q '^0x[0-9a-f]*$' raw && fail "$words --short says more"
	[ -s raw ] || fail "$words --short says nothing"
done

# WinDbg's words are the same as ours.
same "$("$corewalk" heap -s core)" "$("$corewalk" summary core)" "heap -s"
same "$("$corewalk" heap -stat core)" "$("$corewalk" stat --by size core)" \
	"heap -stat"
same "$("$corewalk" heap -flt s 200 core)" \
	"$("$corewalk" list --min 200 --max 200 core)" "heap -flt"
same "$("$corewalk" heap -x "$inside" core)" \
	"$("$corewalk" object "$item" core)" "heap -x"
same "$("$corewalk" heap -l core)" "$("$corewalk" leaks core)" "heap -l"
same "$("$corewalk" heap -triage core)" "$("$corewalk" verify core)" \
	"heap -triage"
same "$("$corewalk" heap -srch 42 core)" "$("$corewalk" search 42 core)" \
	"heap -srch"

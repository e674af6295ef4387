#!/bin/sh
# Types of Rust's blocks, held block by block against what the program says
# that it made, held by locals of main and by statics.  No type may be wrong;
# hardly one is unknown of what was not leaked on purpose.  RUST_BUILDS=all tries all builds.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
need jq
has_kernel_cores || skip "core_pattern is not 'core'"
program=$source/tests/programs/rust_zoo.rs

# A type as the program names it: no paths, no allocator, the name of today.
plain() {
	sed -E 's/\b[a-z_][a-z_0-9]*:://g
		s/\{(impl|closure)#[0-9]+\}:://g
		s/, Global//g
		s/RcBox/RcInner/g
		s/\t(Leaf|Internal)Node</\tNode</
		s/\t\{closure_env#[0-9]+\}.*/\tclosure/
		s/\t[^\t]*\{async_fn_env#[0-9]+\}.*/\tasync/
		s/\t(Node<Message<Rec>>|ArcInner<Packet<Rec>>)$/\tBlock<Rec>/
		s/\t([a-z0-9]+) \[([0-9]+)\]$/\t[\1; \2]/'
}

check_core() { # NAME MINIMUM
	"$corewalk" list --json --limit 0 "$1.core" >list.json
	jq -r '.rows[] | [.address, .size, .type // "?"] | @tsv' list.json |
		plain >typed
	awk -F '\t' -v minimum="$2" '
	NR == FNR {
		split($0, word, " ")
		size[word[1]] = word[2]
		kind = $0
		sub(/^[^ ]* [^ ]* /, "", kind)
		is_leaked[word[1]] = sub(/^leaked /, "", kind)
		made[word[1]] = kind
		next
	}
	!is_leaked[$1] { all += $2 }
	!is_leaked[$1] && $3 != "?" { all_typed += $2 }
	!($1 in made) || made[$1] == "std" || made[$1] == "error" { next }
	size[$1] > $2 { print "too small: " $0; is_wrong = 1 }
	$3 == "?" && is_leaked[$1] { num_leaked++; next }
	$3 == "?" { num_unknown++; next }
	$3 == made[$1] { num_right++; next }
	{ print $1 ": made as " made[$1] ", typed as " $3; is_wrong = 1 }
	END {
		printf "%d right, %d unknown, %d leaked; %.2f %% of bytes\n",
			num_right, num_unknown, num_leaked,
			100 * all_typed / all
		exit is_wrong || num_right < 1000 ||
			100 * all_typed / all < minimum
	}' "$1.truth" typed >compared || fail "$1: $(tail -20 compared)"
	echo "$1: $(tail -1 compared)"
}

make_core() { # ARGUMENTS...
	crash "$name" ./"$name" "$name.truth" 4 "$@" >log 2>&1
}

# Without types the words alone prove the program's 8 rings of 2 to be lost.
check_stripped() {
	strip "$name"
	make_core static
	"$corewalk" cycles --json "$name.core" >cycles.json
	same "8 16 proven" "$(jq -r '.groups[] |
		"\(.cycles) \(.blocks) \(.refcounts.verdict)"' cycles.json)" \
		"$name, stripped: rings"
}

build_and_check() { # NAME RUSTC FLAGS...
	name=$1
	shift
	"$@" --edition 2021 -g -o "$name" "$program" >log 2>&1 ||
		fail "$name: $(cat log)"
	make_core
	check_core "$name" 96
	make_core static
	check_core "$name" 96
	[ -z "$strip" ] || check_stripped
	rm -f "$name" "$name.core"
}

tried=0
strip=
if rustc --cfg newer_std -V >/dev/null 2>&1 &&
	rustc -V | grep -qE 'rustc 1\.(8[4-9]|9[0-9]|[0-9]{3})'; then
	newer="rustc --cfg newer_std"
	strip=$(command -v strip || :)
	# shellcheck disable=SC2086
	build_and_check newer-2 $newer -C opt-level=2
	strip=
	if [ "${RUST_BUILDS:-}" = all ]; then
		# shellcheck disable=SC2086
		{
			build_and_check newer-0 $newer
			build_and_check newer-5 $newer -O -C dwarf-version=5
			build_and_check newer-lto $newer -C opt-level=3 \
				-C lto=fat -C codegen-units=1
		}
	fi
	tried=1
fi
if /usr/bin/rustc -V 2>/dev/null | grep -qE 'rustc 1\.[67][0-9]'; then
	build_and_check older-0 /usr/bin/rustc
	[ "${RUST_BUILDS:-}" != all ] ||
		build_and_check older-2 /usr/bin/rustc -C opt-level=2
	tried=1
fi
[ $tried = 1 ] || skip "no rustc"

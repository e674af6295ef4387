#!/bin/sh
# Enums of Rust: the variant that initialised statics hold, of each kind of
# niche and discriminant; vtables, held against their own words in memory; how
# pointers are named.
. "$(dirname "$0")/../lib.sh"
types=$build/tests/types/types

check() {
	"$types" "$1" statics | sort -u >statics
	awk '$1 ~ /^variants::.*__/ {
		wanted = $1
		sub(/.*__/, "", wanted)
		num++
		if ($3 != wanted) { print; wrong = 1 }
	} END { exit wrong || num < 24 }' statics ||
		fail "variants by $2: $(wc -l <statics) statics"
	for name in Square Circle; do
		grep -q "vtable of variants::$name: as in memory" statics ||
			fail "vtable of $name by $2"
	done
	# Of a function the older compiler names the type, not the pointer.
	grep -v 'vtable of fn(' statics | grep -q 'not as in memory' && fail "a vtable by $2"
	grep -q '^variants::aligned : aligned to 64' statics ||
		fail "alignment by $2"
	"$types" "$1" layout variants::Pointers |
		sed -n 's/, alloc::alloc::Global//
			s/^  [0-9]* \([0-9]*\) /\1 /p' | sort >members
	diff -u - members <<-'EOF' || fail "pointers by $2"
	16 slice : &[u8]
	16 text : alloc::boxed::Box<str>
	8 borrow : &variants::Square
	8 owner : alloc::boxed::Box<variants::Square>
	8 raw : *mut variants::Square
	8 shared : alloc::rc::Rc<u8>
	EOF
}

tried=0
versions=
for rustc in rustc /usr/bin/rustc; do
	version=$($rustc -V 2>/dev/null) || continue
	[ "$version" != "$versions" ] || continue
	versions=$version
	for flags in -g '-g -O'; do
		for cfg in '--cfg explicit' ''; do
			# shellcheck disable=SC2086
			$rustc $flags $cfg -C relocation-model=static \
				-C link-args=-Wl,--no-gc-sections \
				-o built "$here/variants.rs" 2>log && break
			[ -n "$cfg" ] || { cat log; fail "$rustc $flags"; }
		done
		check built "$rustc $flags $cfg"
		tried=$((tried + 1))
	done
done
[ $tried -gt 0 ] || skip "no rustc"
echo "$tried builds"

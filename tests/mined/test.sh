#!/bin/sh
# Evidence of a program whose truth is known: the same from every compiler and
# optimisation, all of it and nothing else.
. "$(dirname "$0")/../lib.sh"
mined=$build/tests/mined/mined

# Without counts, which differ; of parameters, results and calls those that
# hold what is declared nowhere.
plain() {
	sed 's/  [0-9]* [0-9]*$//' |
		grep -E '^(field|elements|cast|shift|variable)|_start 0|_fire 0' |
		sed 's/  [0-9]*$//' | sort
}

for cc in gcc clang; do
	command -v $cc >/dev/null || continue
	for flags in '-O0 -gdwarf-4' '-O0 -gdwarf-5' '-O3 -gdwarf-5' \
		'-O2 -gdwarf-4' '-O2 -gdwarf-5' '-O2 -gdwarf-5 -fPIC -pie'; do
		# shellcheck disable=SC2086
		$cc -g -no-pie $flags "$here/idioms.c" -o idioms
		{
			"$mined" idioms all
			"$mined" idioms named handle
		} | plain >got
		if [ -n "${UPDATE_GOLDEN:-}" ]; then
			cp got "$here/idioms.golden"
			UPDATE_GOLDEN=
		fi
		diff -u "$here/idioms.golden" got || fail "$cc $flags"
	done
done

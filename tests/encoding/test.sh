#!/bin/sh
# Instructions by our tables are what capstone says: all of the C library's and
# of the C++ library's, also from the midst of others, and of our own program.
. "$(dirname "$0")/../lib.sh"
cc=${CC:-cc}

for name in libc.so.6 libstdc++.so.6; do
	library=$($cc -print-file-name=$name)
	case $library in
	/*) ;;
	*) continue ;;
	esac
	"$build/tests/encoding/encoding" "$library" every >out || {
		cat out
		fail "$name differs"
	}
done
"$build/tests/encoding/encoding" "$build/tests/encoding/encoding" >out || {
	cat out
	fail "the program itself differs"
}
grep -q ' 0 differ' out || fail "nothing is said of the program itself"

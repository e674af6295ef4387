# Sourced by the tests with libraries of Debian 13, after tests/lib.sh.
#
# fetch_newer DEVELOPMENT-PACKAGE HEADER PACKAGE LIBRARY: sets $headers to the
# folder that HEADER is in, and $library; skips the test when they cannot be had.

cc=${CC:-cc}

fetch_newer() {
	for package in "$1" "$3"; do
		status=0
		"$source/tests/fetch" trixie "$package" "$work/$package" \
			>fetch.log 2>&1 || status=$?
		[ $status = 0 ] || skip "$(tail -n 1 fetch.log)"
	done
	headers=$work/$1/usr/include
	library=$(find "$work/$3" -name "$4" | head -n 1)
	[ -f "$headers/$2" ] || fail "no headers in the package"
	[ -f "$library" ] || fail "no library in the package"
}

# Sourced by the tests of the plugin, after tests/lib.sh.
#
# need_gdb [SUITE]: the GDB to test: the machine's, or that of another Debian
# suite, fetched into the build folder and run with its own libraries.
# $gdb_version is its number.  run_gdb ARGUMENT... runs it, without anybody's
# .gdbinit.

gdb_folder=

need_gdb() {
	if [ $# = 0 ]; then
		need gdb
	else
		gdb_folder=$build/tests/fetched/gdb-$1
		mkdir -p "$build/tests/fetched"
		# Two tests want it, perhaps at once.
		flock "$gdb_folder.lock" "$source/tests/fetch" \
			--with-dependencies "$1" gdb "$gdb_folder" \
			>fetch.log 2>&1 ||
			skip "no GDB of $1: $(tail -n 1 fetch.log)"
	fi
	gdb_version=$(run_gdb -batch -ex 'show version' 2>gdb.log |
		sed -n 's/^GNU gdb.* \([0-9.]*\)$/\1/p')
	[ -n "$gdb_version" ] || skip "no GDB that runs: $(cat gdb.log)"
	if grep -q '^SANITIZER_FLAGS = .*address' "$build/Makefile"; then
		skip "GDB cannot load a plugin built with sanitizers"
	fi
}

run_gdb() {
	if [ -z "$gdb_folder" ]; then
		gdb -nx -q "$@"
		return
	fi
	lib=$gdb_folder/usr/lib/x86_64-linux-gnu
	PYTHONHOME=$gdb_folder/usr "$lib/ld-linux-x86-64.so.2" \
		--library-path "$lib" "$gdb_folder/usr/bin/gdb" -nx -q \
		--data-directory="$gdb_folder/usr/share/gdb" \
		-iex 'set debuginfod enabled off' \
		-iex 'set auto-load safe-path /' "$@"
}

# says FILE WANTED [WHAT]: a line of the output is just this one.
# says_not FILE UNWANTED [WHAT]: none has it in it.
says() {
	grep -qxF -- "$2" "$1" || {
		cat "$1"
		fail "${3:-$1}: no line '$2'"
	}
}

says_not() {
	! grep -qF -- "$2" "$1" || {
		cat "$1"
		fail "${3:-$1}: has '$2'"
	}
}

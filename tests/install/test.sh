#!/bin/sh
# make install puts everything in place, what is installed works from there,
# and make uninstall leaves nothing.
. "$(dirname "$0")/../lib.sh"
need gdb

value() {
	sed -n "s/^$1 = //p" "$build/Makefile"
}
prefix=$(value prefix)

make -s -C "$build" install DESTDIR="$work/root" >make.log 2>&1 ||
	{ cat make.log; fail "make install"; }
(cd "$work/root" && find . -type f) | sed "s|^\.$prefix/||" | sort >installed
cat >wanted <<END
bin/corewalk
lib/corewalk/corewalk-gdb.la
lib/corewalk/corewalk-gdb.so
lib/corewalk/corewalk-plugin.la
lib/corewalk/corewalk-plugin.so
share/bash-completion/completions/corewalk
share/corewalk/cw-commands.gdb
share/corewalk/heap-commands.gdb
share/corewalk/heap.gdb
share/corewalk/transport.gdb
share/man/man1/corewalk.1
END
sort wanted | diff - installed || fail "not what is to be installed"

installed=$work/root$prefix
"$installed/bin/corewalk" --version >version || fail "corewalk --version"
grep -q '^corewalk [0-9]' version || fail "odd version: $(cat version)"

cat "$installed"/share/corewalk/*.gdb "$installed/share/man/man1/corewalk.1" |
	sed "s|$prefix||g" | grep -e "$build" -e "$source" &&
	fail "a path of the build folder is installed"

# The scripts name the folder that they are made for; DESTDIR is not that.
for script in "$installed"/share/corewalk/*.gdb; do
	sed -i "s|$prefix|$installed|g" "$script"
done
gdb -q -nx -batch -ex "source $installed/share/corewalk/heap.gdb" \
	-ex 'help heap' >help 2>&1
grep -q "^List of heap subcommands" help || { cat help; fail "heap.gdb does not load"; }

bash -n "$installed/share/bash-completion/completions/corewalk" ||
	fail "completion is no bash"

make -s -C "$build" uninstall DESTDIR="$work/root" >make.log 2>&1 ||
	{ cat make.log; fail "make uninstall"; }
left=$(find "$work/root" ! -type d)
same "" "$left" "left after uninstall"

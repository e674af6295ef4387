#!/bin/sh
# What is said of each kind of lock, of owners in other processes, and of what a
# process does to itself, against what the program says; with all symbols,
# without, without shared libraries, and with other versions of glibc.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
need gcore cc g++ ipcrm jq readelf strip
trap 'set -- $?; set +e; kill $seen $pid 2>/dev/null; (exit $1); finish' EXIT

seen=
cc -g -O1 -pthread -o plain "$here/kinds.c" -ldl -lrt
strip -o stripped plain
cc -O2 -static -pthread -o static "$here/kinds.c" -ldl -lrt 2>notes
strip static

# The file with all names of libc, if there is one.
libc_names() {
	libc=$(ldd plain | sed -n 's/.*libc.so.6 => \([^ ]*\).*/\1/p')
	id=$(readelf -n "$libc" | sed -n 's/.*Build ID: //p')
	file=/usr/lib/debug/.build-id/$(echo "$id" | cut -c1-2)
	file=$file/$(echo "$id" | cut -c3-).debug
	[ ! -e "$file" ] || echo "$file"
}

libc_names=$(libc_names)

# The process to look at is in $seen; $loader runs the program, if not empty.
loader=
begin() { # PROGRAM MODE
	rm -f report
	# shellcheck disable=SC2086  # a command and its words
	$loader "./$1" report "$2" >"$1.out" 2>&1 &
	pid=$!
	wait_for report ^ready
	seen=$(sed -n 's/^child //p' report)
	seen=${seen:-$pid}
}

end() {
	kill -9 "$seen" 2>/dev/null || :
	end_program
	set=$(sed -n 's/^set //p' ./*.out)
	rm ./*.out
	[ -z "$set" ] || ipcrm -s "$set"
}

# Without symbols a spinlock looks as all that runs, and where libc has only
# exported ones, what runs once is not told from other words.
weaken() { # PROGRAM
	case $1 in
	static) sed 's/ spinlock 0x[0-9a-f]*/ running 0x0/' ;;
	*) [ "$libc_names" ] && cat ||
		sed 's/ once \(0x[0-9a-f]*[1-9a-f][0-9a-f]*\) .*/ futex \1 0/' ;;
	esac
}

check() { # NAME PROGRAM MODE WORDS...
	name=$1 program=$2 mode=$3
	shift 3
	"$corewalk" hang waits --limit 0 --json "$@" >json 2>notes ||
		fail "$name: $(cat notes)"
	jq -r '.rows[] | "\(.tid) \(.wait) \(.object // "0x0") \(.owner // 0)"' \
		json | sort >got
	grep '^[0-9]' report | sort >wanted.all
	# Of a forked one the report is that of two processes.
	awk 'NR == FNR { is[$1] = 1; next } $1 in is' got wanted.all |
		weaken "$program" >wanted
	[ "$mode" = forked ] || same "$(wc -l <wanted.all)" "$(wc -l <wanted)" \
		"$name: threads"
	# Where the library has an object of its own, any will do.
	awk 'NR == FNR { any[$1] = $3 == "0x0"; next }
		any[$1] { $3 = "0x0" } { print }' wanted got >got.any
	diff wanted got.any >differ || { cat differ; fail "$name: waits"; }
	"$corewalk" hang deadlocks --json "$@" 2>notes | jq -r '
		"rings \(.cycles | map(select(.has_timeout | not)) | length)",
		"passing \(.cycles | map(select(.has_timeout)) | length)",
		"orphans \(.orphans | length)"' | tr '\n' ' ' >found
	"$corewalk" hang deadlocks "$@" >text 2>notes || fail "$name: text"
	case $mode in
	gone) wanted='rings 0 passing 0 orphans 2 ' ;;
	forked) wanted='rings 0 passing 0 orphans 1 ' ;;
	stdio | again | statics | allocator)
		wanted='rings 1 passing 0 orphans 0 '
		;;
	once)
		wanted='rings 1 passing 0 orphans 0 '
		[ "$libc_names" ] || wanted='rings 0 passing 0 orphans 0 '
		;;
	timed) wanted='rings 0 passing 1 orphans 0 ' ;;
	*) wanted='rings 0 passing 0 orphans 0 ' ;;
	esac
	# That the other process is gone, a core does not know.
	case $mode-$1 in
	gone-*core*) wanted='rings 0 passing 0 orphans 0 ' ;;
	esac
	same "$wanted" "$(cat found)" "$name"
}

says() { # NAME PATTERN
	grep -q "$2" text || { cat text; fail "$1: not said: $2"; }
}

live() { # PROGRAM MODE
	begin "$1" "$2"
	check "$1, $2, running" "$1" "$2" --pid "$seen"
	case $2 in
	shared)
		says "$1, $2" 'TID [0-9]* of another process, [0-9]* "'
		same 4 "$("$corewalk" hang locks --json --pid "$seen" 2>notes |
			jq '[.rows[] | select(.owner)] | length')" \
			"$1, $2: owners of locks"
		;;
	gone) says "$1, $2" 'TID [0-9]*, which has ended' ;;
	forked) says "$1, $2" "which fork() left in process $pid \"" ;;
	timed) says "$1, $2" '^until a timeout: 2 threads .* ring' ;;
	esac
}

both() { # PROGRAM MODE
	live "$1" "$2"
	gcore -o core "$seen" >gcore.log 2>&1 || skip "gcore is not allowed"
	end
	check "$1, $2, core" "$1" "$2" "core.$seen"
	rm "core.$seen"
}

for program in plain stripped static; do
	both $program threads
	both $program shared
done
both plain gone
both plain forked
both plain allocator
for mode in timed stdio once; do
	live plain $mode
	end
done
g++ -std=c++20 -g -O1 -pthread -o plus "$here/kinds.cpp"
for mode in threads statics again; do
	live plus $mode
	end
done
if flags=$(pkg-config --cflags --libs glib-2.0 2>/dev/null); then
	# shellcheck disable=SC2086  # words
	cc -g -O1 -pthread -o glib "$here/glib.c" $flags
	live glib threads
	end
fi

# Against the libraries in a folder, as they have other versions of symbols.
link_with() { # FOLDER
	crt=$(dirname "$(cc -print-file-name=crt1.o)")
	cc -g -O1 -pthread -c -o kinds.o "$here/kinds.c"
	set -- "$1"/libc.so.6 "$1"/ld-linux-x86-64.so.2 "$1"/libpthread.so.0 \
		"$1"/librt.so.1 "$1"/libdl.so.2
	cc -nostdlib -no-pie -o "$suite" "$crt/crt1.o" "$crt/crti.o" kinds.o \
		"$@" "$crt/crtn.o" || fail "$suite: cannot be linked"
	strip -o "$suite-stripped" "$suite"
}

num_tested=0
for suite in bullseye trixie sid; do
	folder=$build/tests/fetched/libc6-$suite
	flock "$folder.lock" "$source/tests/fetch" "$suite" libc6 "$folder" \
		>fetch.log 2>&1 || { tail -n 1 fetch.log; continue; }
	libc=$(find "$folder" -name libc.so.6 | head -n 1)
	libraries=$(dirname "$libc")
	link_with "$libraries"
	loader="$libraries/ld-linux-x86-64.so.2 --library-path $libraries"
	for program in "$suite" "$suite-stripped"; do
		begin "$program" threads
		check "$program" "$program" threads --pid "$seen"
		end
	done
	num_tested=$((num_tested + 1))
done
[ $num_tested -gt 0 ] || echo "no other glibc could be fetched"

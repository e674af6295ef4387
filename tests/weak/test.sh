#!/bin/sh
# A block held by a stale saved register or slot alone is weak; one held by a
# register or slot that is read again, or that a variable in scope is in, is not.
# What only numbers lead to is weak, too.
. "$(dirname "$0")/../lib.sh"
need gcc jq strip

ulimit -c unlimited
[ "$(cat /proc/sys/kernel/core_pattern)" = core ] ||
	skip "core_pattern is not 'core'"

# block_of SIZE: the address of the one used block of about that size.
block_of() {
	"$corewalk" list --short --limit 0 --min "$1" --max $(($1 + 23)) \
		core."$name" >found
	same 1 "$(wc -l <found)" "blocks of $1 in $name"
	cat found
}

# reachable SIZE
reachable() {
	"$corewalk" object --json "$(block_of "$1")" core."$name" |
		jq -r .reachable
}

check_core() {
	"$corewalk" leaks --json core."$name" >leaks
	weak=$((num + numbers))
	same $weak "$(jq .kinds.weak.blocks leaks)" "weak blocks of $name"
	same $weak "$(jq '[.groups[]|select(.weak)]|length' leaks)" "weak groups"
	same true "$(jq '.total.bytes == ([.kinds[].bytes]|add)' leaks)" sum
	same weak "$(reachable 1000)" "$name: held by a stale register"
	[ $num = 1 ] ||
		same weak "$(reachable 4000)" "$name: not read again"
	[ $num = 2 ] || same yes "$(reachable 4000)" "$name: in a variable"
	same yes "$(reachable 2000)" "$name: held by a live register"
	same no "$(reachable 3000)" "$name: lost"
	same yes "$(reachable 6000)" "$name: a number that is called a pointer"
	if [ $numbers -gt 0 ]; then
		same weak "$(reachable 5000)" "$name: a number"
		same weak "$(reachable 7000)" "$name: a local number"
		"$corewalk" path "$(block_of 5000)" core."$name" >path
		grep -q 'numbered.id, a number' path || fail "no number in path"
	fi
	"$corewalk" summary --json core."$name" >summary
	same true "$(jq '.used.blocks == .reachable.blocks + .weak.blocks
		+ .unreachable.blocks' summary)" summary
	same $weak "$(jq .weak.blocks summary)" "weak in summary"
	"$corewalk" path "$(block_of 1000)" core."$name" >path
	grep -q "thread [234] .*$where of $owner, not read again" path ||
		fail "$name: no weak root: $(grep thread path)"
	"$corewalk" path "$(block_of 2000)" core."$name" >path
	! grep -q 'not read again' path || fail "$name: a live one is weak"
	"$corewalk" leaks core."$name" >text
	grep -q "weak: $weak block" text || fail "$name: leaks are silent of it"
	"$corewalk" leaks --kind weak --short core."$name" >short
	grep -qx "$(block_of 1000)" short || fail "the weak ones of $name"
}

# check_build NAME COMPILER FLAG...
check_build() {
	name=$1
	shift
	"$@" -pthread -o "$name" "$here/waits.c"
	owner='stale()' num=2 where='r[b1][px2-5]*' numbers=0
	# A variable in scope is said to be in the register.
	case "$*" in
	*-g*) num=1 numbers=2 ;;
	esac
	case $name in
	*words*)
		where=slot
		;;
	*stripped*)
		strip "$name"
		owner='0x[0-9a-f]*'
		;;
	esac
	(./"$name" >/dev/null 2>&1) || true
	mv core core."$name"
	check_core
	rm core."$name"
}

check_build gcc gcc -O2
check_build gcc-debug gcc -O2 -g
check_build gcc-stripped gcc -O2
# Without optimising every variable has a word of its own.
check_build gcc-words gcc -O0
check_build gcc-words-debug gcc -O0 -g
check_build gcc-frames gcc -O2 -fno-omit-frame-pointer -g
if command -v clang >/dev/null; then
	check_build clang clang -O2 -g
	check_build clang-stripped clang -O2
	check_build clang-words clang -O0
fi

#!/bin/sh
# Debug info that is not here comes from the server that the user named, only
# from there, and only when it is the right one.
. "$(dirname "$0")/../lib.sh"
. "$here/../recorder.sh"
need objcopy python3 readelf
has_kernel_cores || skip "core_pattern is not 'core'"
ldconfig -p 2>/dev/null | grep -q 'libdebuginfod\.so\.1' ||
	skip "no libdebuginfod"

${CC:-cc} -g -O1 -Wl,--build-id "$source/tests/cache/kept.c" -o kept
id=$(readelf -n kept | sed -n 's/.*Build ID: //p')
mkdir -p "served/buildid/$id"
objcopy --only-keep-debug kept "served/buildid/$id/debuginfo"
objcopy --strip-debug kept
crash kept ./kept >/dev/null 2>&1

python3 -u -m http.server --bind 127.0.0.1 --directory served 0 \
	>server.log 2>&1 &
server=$!
trap 'code=$?; set +e; kill $server 2>/dev/null; (exit $code); finish' EXIT
tries=0
until grep -q ' port [0-9]' server.log; do
	tries=$((tries + 1))
	[ $tries -lt 100 ] || fail "no server: $(cat server.log)"
	sleep 0.1
done
port=$(sed -n 's/.* port \([0-9]*\) .*/\1/p' server.log | head -n 1)

# types WHAT yes|no: whether the program's types are known; asks anew.
types() {
	rm -rf fetched
	DEBUGINFOD_CACHE_PATH=$work/fetched "$corewalk" stat kept.core \
		>out 2>err || fail "$1: $(cat err)"
	if grep -qw toy out; then
		same "$2" yes "$1"
	else
		same "$2" no "$1"
	fi
}

unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
export no_proxy=127.0.0.1
types "nobody is named" no
! grep -q GET server.log || fail "asked although nobody is named"
export DEBUGINFOD_TIMEOUT=20
export DEBUGINFOD_URLS="http://127.0.0.1:$port"
types "the server has it" yes
grep -q "GET /buildid/$id/debuginfo" server.log || fail "$(cat server.log)"
cp -r "served/buildid/$id" other
${CC:-cc} -g -O2 -Wl,--build-id -DOTHER "$source/tests/cache/kept.c" -o another
cp another "served/buildid/$id/debuginfo"
types "the server has another" no
head -c 1000 other/debuginfo >"served/buildid/$id/debuginfo"
types "the server has a part" no
rm -r "served/buildid/$id"
types "the server has none" no
kill $server
types "there is no server" no

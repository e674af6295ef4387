#!/bin/sh
# Debian's redis-server, stripped and linked with jemalloc, run with glibc's
# malloc by the recorder, under load: its used blocks are the recorder's.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/recorder.sh"
need gcore c++ redis-check-rdb redis-benchmark redis-cli

build_recorder
# One program with several names; the package redis-server has only a link, and
# would start a service.
ln -s "$(command -v redis-check-rdb)" redis-server

start_redis() {
	# Off the network; no file is saved, so no child shares the record.
	# Its own handler of crashes would write over the heap to test memory.
	record "$1" ./redis-server --port 0 --unixsocket "$work/socket" \
		--save '' --appendonly no --io-threads 2 --dir "$work" \
		--crash-log-enabled no --crash-memcheck-enabled no
	tries=0
	until redis-cli -s "$work/socket" ping >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || fail "redis: $(cat ./*.out)"
		sleep 0.1
	done
	redis-benchmark -s "$work/socket" -q -n 8000 -r 8000 -d 100 \
		-t set,lpush,hset,sadd,zadd,incr,spop >/dev/null 2>&1
	redis-cli -s "$work/socket" eval \
		"for i = 1, 100 do redis.call('append', 'big', string.rep('x', 5000)) end" \
		0 >/dev/null
	sleep 1 # until connections are closed and nothing moves any more
}

start_redis gcore
gcore_of gcore
compare gcore
[ "$(wc -l <gcore.got)" -gt 10000 ] || fail "redis has hardly any blocks"
forget gcore

has_kernel_cores || exit 0
start_redis kernel
kernel_core_of kernel
compare kernel

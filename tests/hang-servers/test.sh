#!/bin/sh
# Servers that work are said to have nothing that hangs, however often they are
# looked at.
. "$(dirname "$0")/../lib.sh"
need curl jq nginx redis-benchmark redis-server

pids=
trap 'set -- $?; set +e; kill $pids 2>/dev/null; wait; (exit $1); finish' EXIT

begin() { # NAME COMMAND...
	log=$1.log
	shift
	"$@" >"$log" 2>&1 &
	server=$!
	pids="$pids $server"
}

# Until the command succeeds; ports may be taken by others.
come_up() { # NAME COMMAND...
	name=$1
	shift
	for _ in $(seq 100); do
		kill -0 $server 2>/dev/null || skip "$name does not start"
		"$@" >/dev/null 2>&1 && return
		sleep 0.1
	done
	skip "$name does not answer"
}

look_at() { # NAME PID TIMES
	for _ in $(seq "$3"); do
		"$corewalk" hang deadlocks --json --pid "$2" >found 2>notes ||
			fail "$1: $(cat notes)"
		same '0 0 0' "$(jq -r '[.cycles, .orphans, .lost_wakeups] |
			map(length) | join(" ")' found)" "$1: what hangs"
	done
}

begin redis redis-server --port 0 --unixsocket "$PWD/redis.sock" --save '' \
	--io-threads 3 --io-threads-do-reads yes
redis=$server
come_up redis-server redis-cli -s "$PWD/redis.sock" ping
cat >nginx.conf <<END
daemon off;
worker_processes 2;
pid $PWD/nginx.pid;
error_log stderr;
events { worker_connections 64; }
http { access_log off; aio threads;
	server { listen unix:$PWD/nginx.sock; root $PWD; } }
END
head -c 200000 /dev/zero >page
begin nginx nginx -p "$PWD" -c "$PWD/nginx.conf"
nginx=$server
come_up nginx curl -sf --unix-socket nginx.sock -o got http://localhost/page

redis-benchmark -s "$PWD/redis.sock" -n 100000000 -c 20 -q -t set,get \
	>load.log 2>&1 &
pids="$pids $!"
while curl -sf --unix-socket nginx.sock -o got http://localhost/page; do :; done &
pids="$pids $!"
for _ in 1 2 3; do
	look_at redis "$redis" 3
	for worker in $(pgrep -P "$nginx"); do
		look_at 'worker of nginx' "$worker" 2
	done
done
look_at nginx "$nginx" 1

#!/bin/sh
# Servers that are read over and over while they serve: no request fails, and
# nothing stands still or is left.  SERVED_ROUNDS=100 does so 100 times.
. "$(dirname "$0")/../lib.sh"
. "$source/tests/live.sh"
. "$source/tests/go.sh"

pid=''
others=''
# shellcheck disable=SC2086
trap 'set -- $?; set +e; kill -9 $pid $others 2>/dev/null; (exit $1); finish' \
	EXIT
num_tested=0

# is_there TOOL...
is_there() {
	for tool in "$@"; do
		command -v "$tool" >/dev/null 2>&1 || {
			echo "not tested: no $tool"
			return 1
		}
	done
}

# stays_dead CHILD: one that is waited for at once may be seen dead, too.
stays_dead() {
	sleep 2
	! grep -q '^State:[[:space:]]*Z' /proc/"$1"/status 2>/dev/null ||
		fail "$name: a dead child is left"
}

# read_over NAME [WORDS...]: $pid, with those; and what that took.
read_over() {
	name=$1
	shift
	[ $# -gt 0 ] || set -- summary
	round=0
	while [ $round -lt "${SERVED_ROUNDS:-4}" ]; do
		round=$((round + 1))
		[ $((round % 2)) = 0 ] && kind=copy || kind=fork
		"$corewalk" "$@" --pid $pid --snapshot $kind >answer 2>notes ||
			fail "$name $round: $(cat notes)"
		sed -n 's/.* stood still for \([0-9.]* ms ([a-z]*\).*/\1)/p' \
			notes >>"$name.pauses"
	done
	runs_free $pid "$name"
	for child in $(cat /proc/$pid/task/*/children 2>/dev/null); do
		! grep -q '^State:[[:space:]]*Z' /proc/"$child"/status \
			2>/dev/null || stays_dead "$child"
	done
	num_tested=$((num_tested + 1))
	for kind in fork copy; do
		sed -n "s/ ms ($kind)//p" "$name.pauses" | sort -n | awk \
			-v name="$name, $kind" '{ ms[NR] = $1 } END { if (NR)
				print name ": median " ms[int((NR + 1) / 2)],
					"ms, most " ms[NR] " ms of " NR }'
	done
}

# end PID...
end() {
	kill "$@" 2>/dev/null || true
	for ended; do
		wait "$ended" 2>/dev/null || true
	done
	pid=''
	others=''
}

wait_until() { # WHAT COMMAND...
	what=$1
	shift
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ $tries -lt 300 ] || fail "$what does not begin"
		sleep 0.1
	done
}

if is_there redis-server redis-benchmark redis-cli; then
	redis-server --port 0 --unixsocket "$work/redis" --save '' \
		>redis.log 2>&1 &
	pid=$!
	wait_until redis redis-cli -s redis ping
	redis-benchmark -s redis -c 20 -n 1000000000 -r 100000 -q \
		-t set,lpush,get >benchmark.log 2>&1 &
	others=$!
	sleep 0.5
	read_over redis
	kill -0 $others || fail "redis: $(tail -n 3 benchmark.log)"
	! grep -a -i error benchmark.log || fail 'redis: a request failed'
	redis-cli -s redis info >info
	! grep -e '^errorstat' -e '^rejected_connections:[1-9]' \
		-e '^total_error_replies:[1-9]' info || fail 'redis: errors'
	end $others $pid
fi

if is_there nginx ab; then
	port=$((20000 + $$ % 20000))
	mkdir -p www
	head -c 20000 "$here/test.sh" >www/page
	cat >nginx.conf <<-END
		worker_processes 1;
		pid $work/nginx.pid;
		error_log $work/nginx.log warn;
		events { worker_connections 256; }
		http { access_log off; keepalive_requests 1000000;
			server { listen 127.0.0.1:$port; root $work/www; } }
	END
	chmod 755 . www && chmod 644 www/page
	nginx -e nginx.log -c "$work/nginx.conf" -g 'daemon off;' \
		>nginx.out 2>&1 &
	master=$!
	others=$master
	for ab in keeping opening; do
		wait_until nginx ab -n 1 http://127.0.0.1:$port/page
		keep=
		[ $ab = opening ] || keep=-k
		ab -q $keep -c 20 -t 3600 -n 100000000 \
			http://127.0.0.1:$port/page >$ab.log 2>&1 &
		others="$others $!"
		pid=$(tr -d " " </proc/$master/task/$master/children)
		sleep 0.3
		read_over nginx-$ab
		kill -0 ${others##* } || fail "nginx: $(cat $ab.log)"
		kill -INT ${others##* }
		wait ${others##* } || true
		grep -q '^Failed requests:  *0$' $ab.log &&
			! grep '^Non-2xx' $ab.log || fail "nginx: $(cat $ab.log)"
	done
	! grep -e alert -e crit nginx.log || fail 'nginx: errors'
	end $master
fi

# serve NAME COMMAND...: a program of ours that checks what it calls, and says
# "served N" once a second, "wrong …" for what went wrong.
serve() {
	name=$1
	shift
	"$@" >"$name.log" 2>&1 &
	pid=$!
	wait_until "$name" grep '^served' "$name.log"
	read_over "$name" hang waits
	num=$(grep -c ^served "$name.log")
	tries=0
	until [ "$(grep -c ^served "$name.log")" -gt $((num + 1)) ]; do
		tries=$((tries + 1))
		[ $tries -lt 600 ] || fail "$name does not serve any more"
		sleep 0.1
	done
	! grep -v ^served "$name.log" || fail "$name: it was disturbed"
	end $pid
}

if is_there java; then
	cp "$here/Served.java" .
	if java -Xmx64m -version >/dev/null 2>&1 &&
		java --list-modules 2>/dev/null | grep -q jdk.compiler; then
		serve java java -Xmx64m Served.java
	else
		echo 'not tested: no compiler of Java'
	fi
fi
if go_release 1.26; then
	"$go" build -o served "$here/served.go" || fail 'go build'
	serve go ./served
else
	echo 'not tested: no Go'
fi
[ $num_tested -gt 0 ] || skip 'no server'

# Redis: every type in every encoding, keys that expire, clients that stay.
package=redis

build() {
	make -s -j2 MALLOC=libc OPTIMIZATION=-O2 CFLAGS=-g >/dev/null &&
		cp src/redis-server "$1" && cp src/redis-cli "$work/redis-cli"
}

ask() {
	"$work/redis-cli" -s "$PWD/socket" "$@"
}

# Commands, as many as make sense of each type.
commands() {
	awk -v num="${REDIS_KEYS:-60000}" 'BEGIN {
	for (i = 0; i < num; i++) {
		print "SET str:" i " value-of-" i
		if (i % 3 == 0)
			print "SET int:" i " " i * 1000003
		if (i % 5 == 0)
			printf "SET raw:%d %0*d\n", i, 60 + i % 200, i
		if (i % 4 == 0)
			print "HSET hash:" i " name n" i " age " i % 90
		if (i % 4 == 0)
			print "SADD iset:" i " " i " " i + 1 " " i * 70000
		if (i % 5 == 0)
			print "RPUSH list:" i " a" i " b c d " i
		if (i % 6 == 0)
			print "ZADD zset:" i " 1 a" i " 2.5 b" i
		if (i % 7 == 0)
			print "SETEX exp:" i " 86400 soon-gone-" i
		if (i % 20 == 0)
			print "SADD set:" i " m" i " n" i " o" i
		if (i % 30 == 0)
			print "XADD stream:" i " * field " i " other x"
	}
	for (i = 0; i < num / 2; i++) {
		print "HSET big:hash:" i % 20 " field:" i " some-value-" i
		print "SADD big:set:" i % 20 " member:" i
		print "ZADD big:zset:" i % 20 " " i / 3 " member:" i
		print "RPUSH big:list:" i % 20 " element-number-" i
		print "XADD big:stream:" i % 5 " * sensor " i " t " i % 40
	}
	for (i = 0; i < 5; i++) {
		print "XGROUP CREATE big:stream:" i " workers 0"
		print "XREADGROUP GROUP workers c1 COUNT 100 STREAMS big:stream:" i " >"
		print "XREADGROUP GROUP workers c2 COUNT 50 STREAMS big:stream:" i " >"
	}
	for (i = 0; i < 20000; i++)
		print "PFADD hll:" i % 10 " e" i
	print "CONFIG SET slowlog-log-slower-than 10"
	for (i = 0; i < 50; i++)
		print "KEYS nothing-of-it-" i
	print "EVAL \"return redis.call(\047GET\047, KEYS[1])\" 1 str:1"
	print "FUNCTION LOAD \"#!lua name=mylib\\nredis.register_function(\047f\047, function(k, a) return a[1] end)\""
	}'
}

load() {
	rm -f socket
	# No file is saved, so no child shares the record.
	record redis ./exe --port 0 --unixsocket "$PWD/socket" --save '' \
		--appendonly no --dir "$PWD" --enable-debug-command yes \
		--crash-log-enabled no --crash-memcheck-enabled no \
		--maxmemory-policy noeviction --databases 4
	until ask ping >/dev/null 2>&1; do
		kill -0 "$pid" || return 1
		sleep 0.1
	done
	commands | ask >commands.out
	commands | head -n 20000 | sed 's/str:/db1:/' | ask -n 1 >/dev/null
	# Clients that wait: for a message, for an element, in the middle of a
	# transaction, for a change.
	rm -f end
	mkfifo end
	for i in 1 2 3 4 5; do
		ask SUBSCRIBE "channel:$i" "news" <>end >/dev/null &
		clients="$clients $!"
		ask PSUBSCRIBE "pattern:$i*" <>end >/dev/null &
		clients="$clients $!"
		ask BLPOP "nobody:$i" other 0 <>end >/dev/null &
		clients="$clients $!"
		ask MONITOR <>end >/dev/null &
		clients="$clients $!"
	done
	for i in 1 2 3; do
		(printf 'WATCH str:%s\nMULTI\nSET x 1\nHSET hash:4 a b\n' "$i"
			sleep 1000) | ask >/dev/null &
		clients="$clients $!"
	done
	sleep 2
	truth >truth.txt
	addresses >addresses.txt
	sleep 1
}

truth() {
	ask INFO
	ask DBSIZE
	ask -n 1 DBSIZE
	ask MEMORY STATS
	ask DEBUG HTSTATS 0
	ask DEBUG HTSTATS 1
	# Keys by type and encoding, of both databases.
	ask EVAL "
	local n = {}
	for db = 0, 1 do
		redis.call('SELECT', db)
		local at = '0'
		repeat
			local r = redis.call('SCAN', at, 'COUNT', 1000)
			at = r[1]
			for _, k in ipairs(r[2]) do
				local e = redis.call('TYPE', k).ok .. ' ' ..
					redis.call('OBJECT', 'ENCODING', k)
				n[e] = (n[e] or 0) + 1
			end
		until at == '0'
	end
	local out = {}
	for e, c in pairs(n) do out[#out + 1] = 'keys ' .. e .. ' ' .. c end
	return out" 0
}

# Where the values are: "0xADDRESS TYPE" a line, as the program says.
addresses() {
	ask --raw EVAL "
	local out, at = {}, '0'
	repeat
		local r = redis.call('SCAN', at, 'COUNT', 1000)
		at = r[1]
		for i, k in ipairs(r[2]) do
			out[#out + 1] = k
		end
	until at == '0'
	return out" 0 | awk 'NR % 20 == 0 { print "DEBUG OBJECT " $0 }' |
		ask --raw | sed -n 's/^Value at:\(0x[0-9a-f]*\).*/\1 robj/p'
}

counts() {
	keys() {
		awk -v what="$1" '$1 == "keys" && $2 " " $3 == what {
			sum += $4 } END { print sum + 0 }' truth.txt
	}
	holds quicklist "$(keys 'list quicklist')" "$(of_type quicklist)"
	holds zset "$(keys 'zset skiplist')" "$(of_type zset)"
	holds stream "$(keys 'stream stream')" "$(of_type stream)"
	holds intset "$(keys 'set intset')" "$(of_type intset)"
	# But for who asked; and those through which scripts and functions call.
	holds client "$(awk -F : '/^connected_clients:/ { print $2 - 1 + 2 }' \
		truth.txt)" "$(of_type client)"
}

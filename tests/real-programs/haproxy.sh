# haproxy: many backends, maps and rules, tables of clients, and requests.
package=haproxy
proxy_port=${HAPROXY_PORT:-15480}

build() {
	make -s -j2 TARGET=linux-glibc DEBUG_CFLAGS=-g haproxy >/dev/null &&
		cp haproxy "$1"
}

configuration() {
	awk -v port="$proxy_port" -v num="${HAPROXY_BACKENDS:-400}" 'BEGIN {
	print "global\n  maxconn 500\n  nbthread 2"
	print "defaults\n  mode http\n  timeout connect 1s\n  timeout client 60s"
	print "  timeout server 60s"
	print "frontend front\n  bind 127.0.0.1:" port
	print "  acl is_old path_beg -f old"
	print "  http-request deny if is_old"
	print "  http-request set-header X-Zone %[path,map_beg(zones,none)]"
	print "  stick-table type string len 64 size 100k expire 1h store " \
		"http_req_cnt,bytes_out_rate(60s)"
	print "  http-request track-sc0 path"
	for (i = 0; i < num; i++)
		print "  use_backend back" i " if { path_beg /b" i "/ }"
	print "  default_backend back0"
	for (i = 0; i < num; i++) {
		print "backend back" i "\n  balance " \
			(i % 3 ? "roundrobin" : "uri\n  hash-type consistent")
		print "  http-request return status 200 content-type text/plain " \
			"lf-string \"backend " i " %[path]\""
		print "  cookie SERVER" i " insert indirect"
		for (k = 0; k < 6; k++)
			print "  server s" i "x" k " 127.0.0.1:" 20000 + i \
				" cookie c" k " weight " k + 1
	}
	}'
}

load() {
	configuration >haproxy.cfg
	awk 'BEGIN { for (i = 0; i < 20000; i++) print "/zone" i "/ value" i }' \
		>zones
	awk 'BEGIN { for (i = 0; i < 8000; i++) print "/old" i "/" }' >old
	record haproxy ./exe -db -f haproxy.cfg
	for _ in $(seq 100); do
		sleep 0.1
		! bash -c 'exec 7<>"/dev/tcp/127.0.0.1/$0"' "$proxy_port" \
			2>/dev/null || break
	done
	for i in $(seq 0 999); do
		echo "url = \"http://127.0.0.1:$proxy_port/b$((i % 400))/page$i\""
		echo "output = /dev/null"
	done >urls
	curl -s -K urls || return 1
	# Connections that stay.
	# shellcheck disable=SC2016
	bash -c 'for i in $(seq 60); do
			exec {socket}<>"/dev/tcp/127.0.0.1/$0"
			printf "GET /b$i/stay HTTP/1.1\r\nHost: here\r\n\r\n" >&$socket
		done
		echo there >stay.out
		exec sleep 600' "$proxy_port" &
	clients=$!
	wait_for stay.out there || return 1
	sleep 1
	echo "backends ${HAPROXY_BACKENDS:-400}" >truth.txt
}

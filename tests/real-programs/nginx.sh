# shellcheck disable=SC3022,SC3025
# nginx: connections kept alive, answers and proxied requests under way.
# What runs this is bash: it opens connections without any other tool.
package=nginx

build() {
	[ -e objs/Makefile ] || ./configure --with-cc-opt='-g -O2' \
		--without-http_rewrite_module --with-http_stub_status_module \
		--with-threads --prefix=. >/dev/null
	make -s -j2 >/dev/null && cp objs/nginx "$1"
}

configuration() {
	cat <<CONF
daemon off;
# One process: children do not write into the record.
master_process off;
error_log error.log;
pid nginx.pid;
events { worker_connections 1024; }
http {
	access_log access.log;
	client_body_temp_path temp;
	proxy_temp_path temp;
	fastcgi_temp_path temp;
	uwsgi_temp_path temp;
	scgi_temp_path temp;
	types { text/html html; text/plain txt; image/png png; }
	proxy_cache_path cache levels=1:2 keys_zone=pages:2m max_size=10m;
	limit_req_zone \$binary_remote_addr zone=slow:1m rate=1000r/s;
	map \$uri \$kind { default none; ~^/a a; /b b; }
	upstream back {
		server 127.0.0.1:$port2 weight=2;
		server 127.0.0.1:$port2 backup;
		keepalive 16;
	}
CONF
	for i in 1 2 3 4 5 6 7 8 9 10; do
		cat <<CONF
	server {
		listen 127.0.0.1:$port;
		server_name host$i.example *.host$i.example;
		root .;
		add_header X-Kind \$kind;
		location / { }
		location /status { stub_status; }
		location /proxied { proxy_pass http://back; }
		location /cached { proxy_pass http://back; proxy_cache pages; }
		location /limited { limit_req zone=slow burst=5; }
	}
CONF
	done
	cat <<CONF
	server {
		listen 127.0.0.1:$port2;
		root .;
		location / { limit_rate 100; }
	}
}
CONF
}

# clients_of PATH NUM: connections to nginx on which PATH is asked for, which stay
# open; what is answered is not read.
clients_of() {
	i=0
	while [ $i -lt "$2" ]; do
		exec {fd}<>"/dev/tcp/127.0.0.1/$port"
		printf 'GET %s HTTP/1.1\r\nHost: host%d.example\r\nX-N: %d\r\n\r\n' \
			"$1" $((i % 10 + 1)) $i >&"$fd"
		i=$((i + 1))
	done
}

load() {
	port=18471 port2=18472
	mkdir -p logs temp proxied cached
	head -c 4000000 /dev/zero | tr '\0' x >proxied/big.html
	cp proxied/big.html cached/big.html
	cp proxied/big.html big.html
	echo hello >small.html
	configuration >nginx.conf
	record nginx ./exe -p "$PWD" -c nginx.conf
	sleep 2
	clients_of /small.html 120
	clients_of /big.html 40
	clients_of /proxied/big.html 60
	clients_of /cached/big.html 10
	sleep 2
	exec {fd}<>"/dev/tcp/127.0.0.1/$port"
	printf 'GET /status HTTP/1.1\r\nHost: host1.example\r\nConnection: close\r\n\r\n' \
		>&"$fd"
	cat <&"$fd" >truth.txt
	sleep 1
}

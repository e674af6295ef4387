# aria2: downloads under way, others waiting, and its own interface open.
package=aria2

build() {
	[ -e Makefile ] || ./configure -q --without-libxml2 --without-libexpat \
		--without-libssh2 --without-sqlite3 --without-gnutls \
		--without-openssl --without-libcares --disable-nls \
		CFLAGS='-g -O2' CXXFLAGS='-g -O2' >/dev/null
	make -s -j2 >/dev/null && cp src/aria2c "$1"
}

# What is fetched comes from nginx, at 2000 bytes a second.
serve() {
	mkdir -p served logs
	head -c 9000000 /dev/zero | tr '\0' y >served/big
	cat >served.conf <<CONF
daemon off;
master_process off;
error_log served.log;
pid served.pid;
events { worker_connections 1024; }
http {
	access_log off;
	client_body_temp_path temp;
	proxy_temp_path temp;
	fastcgi_temp_path temp;
	uwsgi_temp_path temp;
	scgi_temp_path temp;
	server {
		listen 127.0.0.1:$1;
		root served;
		location / { limit_rate 2000; try_files /big =404; }
	}
}
CONF
	"$work/nginx/exe" -p "$PWD" -c served.conf >/dev/null 2>&1 &
	clients="$clients $!"
}

load() {
	[ -x "$work/nginx/exe" ] || return 1
	serve 18481
	rm -rf got
	mkdir -p got temp
	for i in $(seq "${ARIA2_URIS:-3000}"); do
		printf 'http://127.0.0.1:18481/file%d\thttp://127.0.0.1:18481/mirror%d\n' \
			"$i" "$i"
		printf '  out=got-%d.bin\n  header=X-Number: %d\n' "$i" "$i"
	done >uris
	sleep 1
	record aria2 ./exe -d got -i uris -j 60 -x 2 -s 2 -k 1M --enable-rpc \
		--rpc-listen-port 18482 --file-allocation=none --enable-dht=false \
		--enable-color=false --summary-interval=0 --no-conf
	sleep "${ARIA2_WAIT:-10}"
	curl -s -d '{"id":1,"jsonrpc":"2.0","method":"aria2.getGlobalStat"}' \
		http://127.0.0.1:18482/jsonrpc >truth.txt
	sleep 1
}

# jq: a large document held as one array of objects, more of it to come.
package=jq

build() {
	[ -e configure ] || autoreconf -fi >/dev/null 2>&1
	[ -e Makefile ] || ./configure -q --without-oniguruma --disable-docs \
		--disable-maintainer-mode --disable-shared --enable-static \
		CFLAGS='-g -O2' >/dev/null
	make -s -j2 >/dev/null && cp jq "$1"
}

documents() {
	awk -v num="${JQ_DOCUMENTS:-40000}" 'BEGIN {
	for (i = 0; i < num; i++)
		printf "{\"id\": %d, \"name\": \"user %d\", \"tags\": [\"a%d\", " \
			"\"b\", %d.5], \"address\": {\"street\": " \
			"\"Long Road number %d\", \"zip\": \"%05d\"}, " \
			"\"is_active\": %s, \"friends\": [%d, %d, %d], " \
			"\"parent\": null}\n", i, i, i % 100, i % 7, i, i, \
			i % 2 ? "true" : "false", i / 2, i / 3, i / 5
	}'
}

load() {
	rm -f pipe
	mkfifo pipe
	(
		documents
		echo "documents ${JQ_DOCUMENTS:-40000}" >truth.txt
		exec sleep 60
	) >pipe &
	clients="$clients $!"
	record jq ./exe -s 'map(.name) | length' <pipe
	for _ in $(seq 300); do
		[ ! -e truth.txt ] || break
		sleep 0.1
	done
	sleep "${JQ_WAIT:-3}"
}

# unbound: a resolver with zones and names of its own, and a cache filled from
# another one, which serves a zone.
package=unbound
resolver_port=${UNBOUND_PORT:-15453}

build() {
	CFLAGS='-g -O2' ./configure -q --disable-shared --without-pythonmodule &&
		make -s unbound >/dev/null && cp unbound "$1"
}

zone() {
	awk -v num="${UNBOUND_NAMES:-6000}" 'BEGIN {
	print "$ORIGIN big.test.\n@ 3600 IN SOA ns hostmaster 1 7200 900 99999 300"
	print "@ IN NS ns\nns IN A 127.0.0.1"
	for (i = 0; i < num; i++) {
		printf "host%d 900 IN A 10.1.%d.%d\n", i, i / 250, i % 250
		if (i % 3 == 0)
			printf "host%d 900 IN AAAA fd00::%x\n", i, i
		if (i % 4 == 0)
			printf "alias%d 900 IN CNAME host%d\n", i, i
		if (i % 5 == 0)
			printf "host%d 900 IN TXT \"number %d\" \"and more\"\n", i, i
		if (i % 7 == 0)
			printf "host%d 900 IN MX 10 host%d\n", i, i + 1
	}
	}'
}

common() {
	printf '%s\n' server: '  interface: 127.0.0.1' "  port: $1" \
		'  chroot: ""' '  username: ""' '  directory: "."' \
		'  pidfile: ""' '  use-syslog: no' '  do-daemonize: no' \
		'  do-not-query-localhost: no' '  module-config: "iterator"' \
		"  num-threads: $2"
}

upper() {
	common $((resolver_port + 1)) 1
	printf '%s\n' auth-zone: '  name: "big.test."' '  zonefile: "zone"'
}

lower() {
	common "$resolver_port" 2
	awk -v num="${UNBOUND_NAMES:-6000}" 'BEGIN {
	for (i = 0; i < num; i++)
		printf "  local-data: \"own%d.house.test. 60 IN A 10.2.%d.%d\"\n",
			i, i / 250, i % 250
	for (i = 0; i < 500; i++)
		printf "  local-zone: \"refused%d.test.\" refuse\n", i
	for (i = 0; i < 300; i++)
		printf "  access-control: 10.%d.0.0/16 allow\n", i % 250
	}'
	printf '%s\n' forward-zone: '  name: "big.test."' \
		"  forward-addr: 127.0.0.1@$((resolver_port + 1))"
}

# ask TYPE NAME...: queries, as one file each
ask() {
	awk -v type="$1" -v port="$resolver_port" 'BEGIN {
	for (i = 0; i < 4000; i++) {
		name = (type == 5 ? "alias" i * 4 : "host" i) ".big.test"
		text = sprintf("\\x%02x\\x%02x\\x01\\x00\\x00\\x01", int(i / 256),
			i % 256) "\\x00\\x00\\x00\\x00\\x00\\x00"
		num = split(name, label, ".")
		for (k = 1; k <= num; k++)
			text = text sprintf("\\x%02x%s", length(label[k]), label[k])
		printf "printf \"%s\\x00\\x00\\x%02x\\x00\\x01\" >/dev/udp/127.0.0.1/%d\n",
			text, type, port
		if (i % 50 == 49)
			print "read -t 0.05 <>/dev/null; sleep 0.05"
	}
	}' | bash
}

load() {
	zone >zone
	upper >upper.conf
	lower >lower.conf
	./exe -d -c upper.conf >upper.out 2>&1 &
	clients=$!
	record unbound ./exe -d -v -c lower.conf
	wait_for unbound.out 'start of service' || return 1
	sleep 1
	ask 1
	ask 15
	ask 16
	sleep 2
	echo "names ${UNBOUND_NAMES:-6000}" >truth.txt
}

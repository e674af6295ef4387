# dnsmasq: a large configuration of every kind of record, queries answered.
package=dnsmasq
dns_port=${DNSMASQ_PORT:-15353}

build() {
	make -s -j2 CFLAGS='-g -O2' >/dev/null && cp src/dnsmasq "$1"
}

configuration() {
	awk -v num="${DNSMASQ_RECORDS:-8000}" 'BEGIN {
	for (i = 0; i < num; i++) {
		host = "host" i ".zone" i % 50 ".test"
		a = int(i / 250) % 250
		b = i % 250 + 1
		print "address=/" host "/10.1." a "." b
		print "host-record=rec" i ".test,10.2." a "." b ",fd00::" b
		print "cname=alias" i ".test,rec" i ".test"
		print "txt-record=text" i ".test,\"value number " i "\",more"
		print "dhcp-host=02:00:00:00:" sprintf("%02x:%02x", a, b) \
			",name" i ",10.3." a "." b ",set:tag" i % 20
		if (i % 4 == 0)
			print "srv-host=_service" i "._tcp.test,rec" i ".test," \
				i % 60000 + 1 "," i % 9
		if (i % 5 == 0)
			print "mx-host=mail" i ".test,rec" i ".test," i % 50
		if (i % 8 == 0)
			print "server=/sub" i ".test/127.0.0." b
		if (i % 16 == 0)
			print "ptr-record=" b "." a ".2.10.in-addr.arpa,rec" i ".test"
	}
	for (i = 0; i < 20; i++)
		print "dhcp-option=tag:tag" i ",option:router,10.3.0." i + 1
	print "dhcp-range=10.3.0.1,static"
	}'
}

hosts() {
	awk -v num="${DNSMASQ_RECORDS:-8000}" 'BEGIN {
	for (i = 0; i < num; i++)
		printf "10.4.%d.%d file%d.test short%d\n", i / 250 % 250,
			i % 250 + 1, i, i
	}'
}

# query NAME: as a packet, for its address.
query() {
	awk -v name="$1" 'BEGIN {
	printf "\\x12\\x34\\x01\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00"
	num = split(name, label, ".")
	for (i = 1; i <= num; i++) {
		printf "\\x%02x", length(label[i])
		printf "%s", label[i]
	}
	printf "\\x00\\x00\\x01\\x00\\x01"
	}'
}

load() {
	configuration >dnsmasq.conf
	hosts >hosts
	record dnsmasq ./exe --no-daemon --user=root --port="$dns_port" \
		--listen-address=127.0.0.1 --bind-interfaces --no-resolv \
		--no-hosts --addn-hosts="$PWD/hosts" --cache-size=10000 \
		--dhcp-leasefile="$PWD/leases" --conf-file="$PWD/dnsmasq.conf"
	wait_for dnsmasq.out 'read .*hosts' || return 1
	for i in $(seq 0 40 4000); do
		for asked in "host$i.zone$((i % 50)).test" "alias$i.test"; do
			# shellcheck disable=SC2059,SC2016
			printf "$(query "$asked")" | bash -c \
				'cat >/dev/udp/127.0.0.1/$0' "$dns_port" || return 1
		done
	done
	sleep 1
	echo "records ${DNSMASQ_RECORDS:-8000}" >truth.txt
}

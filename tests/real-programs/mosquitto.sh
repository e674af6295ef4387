# mosquitto: retained messages, sessions that are away with messages queued for
# them, and clients that are there.
package=mosquitto
mqtt_port=${MOSQUITTO_PORT:-15883}

build() {
	make -s -C src -j2 CFLAGS='-g -O2 -Wall -I. -I.. -I../include -I../deps' \
		WITH_SYSTEMD=no WITH_WEBSOCKETS=no WITH_DOCS=no WITH_STRIP=no \
		WITH_CJSON=no >/dev/null && cp src/mosquitto "$1"
}

# packets WHAT FIRST NUM: what a client sends, as bytes.
packets() {
	LC_ALL=C awk -v what="$1" -v first="$2" -v num="$3" '
	function text(s) {
		return sprintf("%c%c", int(length(s) / 256), length(s) % 256) s
	}
	function packet(kind, body, len) {
		len = length(body)
		printf "%c", kind
		if (len > 127)
			printf "%c%c", 128 + len % 128, int(len / 128)
		else
			printf "%c", len
		printf "%s", body
	}
	function hello(name, flags) {
		packet(16, text("MQTT") sprintf("%c%c%c%c", 4, flags, 0, 0) \
			text(name))
	}
	function subscribe(topic) {
		packet(130, sprintf("%c%c", 1, 1 + id++ % 200) text(topic) \
			sprintf("%c", 1))
	}
	BEGIN {
		if (what == "subscriber") {
			hello("client" first, 0)
			subscribe("building/" first "/#")
			subscribe("alerts/+/level" first % 7)
			if (num)
				packet(224, "")
		} else {
			hello("writer" first, 2)
			for (i = first; i < first + num; i++)
				if (what == "retained")
					packet(49, text("building/" i % 400 "/floor/" \
						i % 9 "/room" i) "temperature of room " \
						i " is " i % 30 " degrees")
				else
					packet(50, text("building/" i % 300 "/news") \
						sprintf("%c%c", 2, 1 + i % 200) \
						"message number " i " for who is away")
			packet(224, "")
		}
	}'
}

# Those that stay, until they are killed.
stay() {
	for i in $(seq 1000 1039); do
		packets subscriber "$i" 0 >"there.$i"
	done
	# shellcheck disable=SC2016
	exec bash -c 'port=$0
		for file; do
			exec {socket}<>"/dev/tcp/127.0.0.1/$port"
			cat "$file" >&$socket
		done
		rm there.*
		echo there >stay.out
		exec sleep 600' "$mqtt_port" there.*
}

send() {
	# shellcheck disable=SC2016
	packets "$@" | bash -c 'exec 7<>"/dev/tcp/127.0.0.1/$0" && cat >&7 &&
		timeout 20 cat <&7 >/dev/null' "$mqtt_port"
}

load() {
	rm -f mosquitto.out stay.out there.*
	printf '%s\n' "listener $mqtt_port 127.0.0.1" 'allow_anonymous true' \
		'user root' 'max_queued_messages 0' 'persistence false' \
		>mosquitto.conf
	record mosquitto ./exe -v -c "$PWD/mosquitto.conf"
	wait_for mosquitto.out 'running' || return 1
	for i in $(seq 0 299); do
		send subscriber "$i" 1 || return 1
	done
	send retained 0 "${MOSQUITTO_MESSAGES:-8000}"
	send news 0 3000
	stay >/dev/null 2>&1 &
	clients=$!
	wait_for stay.out there || return 1
	sleep 1
	echo "messages ${MOSQUITTO_MESSAGES:-8000}" >truth.txt
}

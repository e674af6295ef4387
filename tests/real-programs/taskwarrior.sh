# Taskwarrior: a long list of tasks, held while a hook waits at its end.
package=task

build() {
	cmake -S . -B made -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS='-g -O2' \
		-DENABLE_SYNC=OFF >/dev/null && make -C made -j2 task_executable &&
		cp made/src/task "$1"
}

tasks() {
	awk -v num="${TASKWARRIOR_TASKS:-3000}" 'BEGIN {
	for (i = 0; i < num; i++) {
		printf "{\"uuid\":\"%08x-1111-4222-8333-%012x\",", i, i * 7
		printf "\"description\":\"task number %d to be done\",", i
		printf "\"entry\":\"20240101T%02d%02d%02dZ\",", i / 3600 % 24,
			i / 60 % 60, i % 60
		printf "\"status\":\"pending\",\"project\":\"p%d.sub%d\"", i % 9,
			i % 40
		if (i % 3 == 0)
			printf ",\"tags\":[\"home\",\"t%d\"]", i % 30
		if (i % 4 == 0)
			printf ",\"due\":\"20300101T000000Z\",\"priority\":\"H\""
		if (i % 6 == 1)
			printf ",\"depends\":\"%08x-1111-4222-8333-%012x\"", i - 1,
				(i - 1) * 7
		if (i % 5 == 0)
			printf ",\"annotations\":[{\"entry\":" \
				"\"20240102T000000Z\",\"description\":\"note %d\"}]", i
		print "}"
	}
	}'
}

load() {
	rm -rf data
	mkdir -p data/hooks
	printf 'data.location=%s/data\nconfirmation=off\nverbose=nothing\n' \
		"$PWD" >taskrc
	tasks >tasks.json
	TASKRC=$PWD/taskrc ./exe import tasks.json >import.out 2>&1 || return 1
	printf '#!/bin/sh\ncat >/dev/null\ntouch %s/end\nsleep 60\n' "$PWD" \
		>data/hooks/on-exit-wait
	chmod +x data/hooks/on-exit-wait
	rm -f end
	TASKRC=$PWD/taskrc record task ./exe rc.gc=off count
	for _ in $(seq 600); do
		[ ! -e end ] || break
		sleep 0.1
	done
	[ -e end ] || return 1
	echo "tasks ${TASKWARRIOR_TASKS:-3000}" >truth.txt
}

# Sourced by the tests of GLib's containers.
#
# check_counts NAME: takes a core of ./containers, and fails when corewalk does
# not find what that says it made.

check_counts() { # NAME
	core_of containers
	"$corewalk" stat --json --limit 0 containers.core >stat.json
	grep -v ^0x containers.out >made
	[ "$(wc -l <made)" = 12 ] || fail "$1: $(head -n 3 containers.out)"
	while read -r type num; do
		same "$num" "$(jq --arg type "$type" '[.rows[] |
			select(.type == $type) | .blocks] | add // 0' \
			stat.json)" "$1: blocks of type $type"
	done <made
	"$corewalk" heap list --json --limit 0 containers.core |
		jq -r '.rows[] | select(.type and .confidence == "derived") |
		"\(.address) \(.type)"' | sed 's/ char .*/ char/' |
		sort >ours
	grep ^0x containers.out | sort >theirs
	same "" "$(comm -13 ours theirs | head -n 3)" "$1: not found"
	rm containers.core
}

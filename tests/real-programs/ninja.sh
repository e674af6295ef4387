# ninja: a graph of builds in memory, while it waits for commands.
package=ninja-build

build() {
	[ -e ninja ] || CXXFLAGS=-O2 ./configure.py --bootstrap >/dev/null 2>&1
	cp ninja "$1"
}

# Sources, libraries and programs, with headers found by depfiles.
manifest() {
	awk -v num="${NINJA_EDGES:-20000}" 'BEGIN {
	print "ninja_required_version = 1.5"
	print "cflags = -O2 -g -Wall -Wextra"
	print "pool links\n  depth = 2"
	print "rule cc\n  command = sh -c \"exec >$out; echo $out: some/header$n.h some/common.h > $out.d\"" \
		"\n  depfile = $out.d\n  deps = gcc\n  description = CC $out"
	print "rule wait\n  command = sleep 1000 && touch $out"
	print "rule link\n  command = cat $in > $out\n  pool = links" \
		"\n  rspfile = $out.rsp\n  rspfile_content = $in_newline"
	for (i = 0; i < num; i++) {
		print "build out/dir" i % 50 "/object" i ".o: cc src/file" i ".c" \
			" | gen/header" i % 30 ".h || prepared"
		print "  n = " i % 200
		if (i % 3 == 0)
			print "  cflags = $cflags -DNUMBER=" i
	}
	for (i = 0; i < 30; i++)
		print "build gen/header" i ".h: cc gen/template" i ".in"
	for (i = 0; i < num / 20; i++) {
		printf "build out/lib%d.a: link", i
		for (j = 0; j < 20; j++)
			printf " out/dir%d/object%d.o", (i * 20 + j) % 50, i * 20 + j
		print " | out/marker" i % 4
	}
	for (i = 0; i < 4; i++)
		print "build out/marker" i ": wait src/file1.c"
	print "build prepared: phony"
	printf "build all: phony"
	for (i = 0; i < num / 20; i++)
		printf " out/lib%d.a", i
	print "\ndefault all"
	}'
}

load() {
	mkdir -p src gen some
	manifest >build.ninja
	num=${NINJA_EDGES:-20000}
	seq 0 $((num - 1)) | sed 's|.*|src/file&.c|' | xargs touch
	seq 0 29 | sed 's|.*|gen/template&.in|' | xargs touch
	seq 0 199 | sed 's|.*|some/header&.h|' | xargs touch some/common.h
	# The first run leaves logs of what depends on what.
	[ -e .ninja_deps ] ||
		seq 0 999 | awk '{ print "out/dir" $1 % 50 "/object" $1 ".o" }' |
		xargs ./exe -j 4 >/dev/null
	record ninja ./exe -j 40 -k 0
	sleep "${NINJA_WAIT:-6}"
	{
		grep -c '^build' build.ninja | sed 's/^/edges /'
		grep -c '^rule' build.ninja | sed 's/^/rules_without_phony /'
	} >truth.txt
}

counts() {
	holds Edge "$(grep -c ' Edge$' check)" "$(of_type Edge)"
	holds Node "$(grep -c ' Node$' check)" "$(of_type Node)"
	holds BindingEnv "$(grep -c ' BindingEnv$' check)" \
		"$(of_type BindingEnv)"
}

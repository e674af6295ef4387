# Tests of command/ and cli/.

UNIT_TESTS += tests/unit/command_words
tests_unit_command_words_SOURCES = tests/unit/command_words.c tests/unit/check.h
tests_unit_command_words_LDADD = $(UNIT_LDADD)

SCRIPT_TESTS += tests/command-json/test.sh tests/command-manual/test.sh \
	tests/command-text/test.sh \
	tests/command-use/test.sh \
	tests/examples-hang/test.sh \
	tests/hang/test.sh \
	tests/hang-absl/test.sh \
	tests/hang-guards/test.sh \
	tests/hang-kinds/test.sh \
	tests/hang-names/test.sh \
	tests/hang-outside/test.sh \
	tests/hang-parking-lot/test.sh \
	tests/hang-servers/test.sh \
	tests/watch/test.sh
SANITIZED_TESTS += tests/command-use/test.sh
EXTRA_DIST += tests/hang-absl/locks.cpp tests/hang-parking-lot/locks.rs tests/hang-kinds/kinds.c \
	tests/hang-kinds/kinds.cpp tests/hang-kinds/glib.c \
	tests/hang-names/names.cpp tests/hang-names/names.go tests/hang-names/names.rs
EXTRA_DIST += tests/hang-guards/guards.cpp tests/hang-guards/guards.rs \
	tests/watch/grow.c tests/command/planted.c tests/command/core.sh \
	tests/command-text/golden/cycles \
	tests/command-text/golden/cycles-1 \
	tests/command-text/golden/cycles-reachable \
	tests/command-text/golden/dominators \
	tests/command-text/golden/dominators-type \
	tests/command-text/golden/leaks \
	tests/command-text/golden/leaks-1 \
	tests/command-text/golden/list \
	tests/command-text/golden/list-big \
	tests/command-text/golden/object \
	tests/command-text/golden/object-inside \
	tests/command-text/golden/path \
	tests/command-text/golden/path-text \
	tests/command-text/golden/refs \
	tests/command-text/golden/search-number \
	tests/command-text/golden/search-pointer \
	tests/command-text/golden/search-text \
	tests/command-text/golden/stat \
	tests/command-text/golden/stat-retained \
	tests/command-text/golden/stat-root \
	tests/command-text/golden/stat-size \
	tests/command-text/golden/summary \
	tests/command-text/golden/verify

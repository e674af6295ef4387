# Tests of heap/: the programs whose heaps they look at, and what knows better.

# fetch unpacks packages of other suites.
EXTRA_DIST += tests/programs/zoo.cpp tests/programs/hang.c tests/programs/waiting.h tests/fetch tests/recorder.sh \
	tests/recorder/live.c tests/recorder/record.h tests/recorder/recorder.c tests/recorder/poke.c

UNIT_TESTS += tests/unit/block_index
tests_unit_block_index_SOURCES = tests/unit/block_index.c tests/unit/check.h
tests_unit_block_index_LDADD = $(UNIT_LDADD)

# What heap/ sees, for the scripts.
check_PROGRAMS += tests/blocks/blocks
tests_blocks_blocks_SOURCES = tests/blocks/blocks.c
tests_blocks_blocks_LDADD = $(UNIT_LDADD)

SCRIPT_TESTS += tests/blocks-zoo/test.sh
SCRIPT_TESTS += tests/blocks-glib/test.sh
EXTRA_DIST += tests/blocks-glib/slices.c
SCRIPT_TESTS += tests/blocks-python/test.sh
EXTRA_DIST += tests/blocks-python/objects.py
SCRIPT_TESTS += tests/blocks-redis/test.sh
SCRIPT_TESTS += tests/blocks-smashed/test.sh
SCRIPT_TESTS += tests/blocks-truncated/test.sh tests/blocks-glibc/test.sh
EXTRA_DIST += tests/programs/brk.c tests/programs/static.c
SCRIPT_TESTS += tests/blocks-brk/test.sh tests/blocks-static/test.sh

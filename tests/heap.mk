# Tests of heap/: the programs whose heaps they look at, and what knows better.

# fetch unpacks packages of other suites.
EXTRA_DIST += tests/programs/zoo.cpp tests/fetch

UNIT_TESTS += tests/unit/block_index
tests_unit_block_index_SOURCES = tests/unit/block_index.c tests/unit/check.h
tests_unit_block_index_LDADD = $(UNIT_LDADD)

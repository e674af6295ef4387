# Tests of graph/ and of what object/ finds to be held or lost.

UNIT_TESTS += \
	tests/unit/graph \
	tests/unit/leak \
	tests/unit/reach
tests_unit_graph_SOURCES = tests/unit/graph.c tests/unit/check.h
tests_unit_graph_LDADD = $(UNIT_LDADD)
tests_unit_leak_SOURCES = \
	tests/unit/leak.c tests/unit/made_heap.h tests/unit/check.h
tests_unit_leak_LDADD = $(UNIT_LDADD)
tests_unit_reach_SOURCES = \
	tests/unit/reach.c tests/unit/made_heap.h tests/unit/check.h
tests_unit_reach_LDADD = $(UNIT_LDADD)

# What object/ finds to be lost, for the scripts.
check_PROGRAMS += tests/lost/lost
tests_lost_lost_SOURCES = tests/lost/lost.c tests/unit/check.h
tests_lost_lost_LDADD = $(UNIT_LDADD)

EXTRA_DIST += tests/held-stacks/deep.cpp tests/leaks-threads/threads.c
SCRIPT_TESTS += \
	tests/leaks-threads/test.sh \
	tests/held-stacks/test.sh \
	tests/leaks-zoo/test.sh \
	tests/rings/test.sh \
	tests/same-answers/test.sh

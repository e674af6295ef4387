# Debug info and types.
UNIT_TESTS += tests/unit/debug
tests_unit_debug_SOURCES = tests/unit/debug.c tests/unit/check.h
tests_unit_debug_CFLAGS = $(AM_CFLAGS) -g
tests_unit_debug_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/types/types
tests_types_types_SOURCES = tests/types/types.c
tests_types_types_LDADD = $(UNIT_LDADD)

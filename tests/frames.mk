# Unwinding.
SCRIPT_TESTS += tests/frames/test.sh tests/scopes/test.sh
EXTRA_DIST += tests/frames/deep.c tests/scopes/calls.c
check_PROGRAMS += tests/frames/print
tests_frames_print_SOURCES = tests/frames/print.c tests/unit/check.h
tests_frames_print_LDADD = $(UNIT_LDADD)

# Functions and what lives in frames.
check_PROGRAMS += tests/scopes/functions
tests_scopes_functions_SOURCES = tests/scopes/functions.c
tests_scopes_functions_LDADD = $(UNIT_LDADD)

# Unwinding.
SCRIPT_TESTS += tests/frames/test.sh
EXTRA_DIST += tests/frames/deep.c
check_PROGRAMS += tests/frames/print
tests_frames_print_SOURCES = tests/frames/print.c tests/unit/check.h
tests_frames_print_LDADD = $(UNIT_LDADD)

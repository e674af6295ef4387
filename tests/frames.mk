# Unwinding.
SCRIPT_TESTS += tests/frames/test.sh tests/scopes/test.sh \
	tests/frame-locals/test.sh tests/frame-names/test.sh
EXTRA_DIST += tests/frames/deep.c tests/scopes/calls.c \
	tests/frame-names/names.c tests/frame-names/pieces.c \
	tests/frame-names/tall.c \
	tests/frame-locals/objects.cpp tests/frame-locals/odd.c tests/frame-locals/gdb.commands \
	tests/frame-locals/jobs.rs \
	tests/frame-locals/gdb.awk tests/frame-locals/compare.awk
check_PROGRAMS += tests/frames/print
tests_frames_print_SOURCES = tests/frames/print.c tests/unit/check.h
tests_frames_print_LDADD = $(UNIT_LDADD)

# Functions and what lives in frames.
check_PROGRAMS += tests/scopes/functions
tests_scopes_functions_SOURCES = tests/scopes/functions.c
tests_scopes_functions_LDADD = $(UNIT_LDADD)
check_PROGRAMS += tests/frame-locals/locals
tests_frame_locals_locals_SOURCES = tests/frame-locals/locals.c tests/unit/check.h
tests_frame_locals_locals_LDADD = $(UNIT_LDADD)

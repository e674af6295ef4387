# Cores, processes, modules and symbols.
UNIT_TESTS += \
	tests/unit/far_memory \
	tests/unit/target_bytes \
	tests/unit/target_changing \
	tests/unit/target_core \
	tests/unit/target_filter \
	tests/unit/target_pace \
	tests/unit/target_process \
	tests/unit/target_proc_file \
	tests/unit/target_refusal \
	tests/unit/target_urge
tests_unit_far_memory_SOURCES = tests/unit/far_memory.c tests/unit/check.h
tests_unit_far_memory_LDADD = $(UNIT_LDADD)
tests_unit_target_bytes_SOURCES = tests/unit/target_bytes.c tests/unit/check.h
tests_unit_target_bytes_LDADD = $(UNIT_LDADD)
tests_unit_target_changing_SOURCES = \
	tests/unit/target_changing.c tests/unit/check.h
tests_unit_target_changing_LDADD = $(UNIT_LDADD)
tests_unit_target_filter_SOURCES = tests/unit/target_filter.c tests/unit/check.h
tests_unit_target_filter_LDADD = $(UNIT_LDADD)
tests_unit_target_pace_SOURCES = tests/unit/target_pace.c tests/unit/check.h
tests_unit_target_pace_LDADD = $(UNIT_LDADD)
tests_unit_target_process_SOURCES = \
	tests/unit/target_process.c tests/unit/check.h
tests_unit_target_process_LDADD = $(UNIT_LDADD)
tests_unit_target_proc_file_SOURCES = \
	tests/unit/target_proc_file.c tests/unit/check.h
tests_unit_target_proc_file_LDADD = $(UNIT_LDADD)
tests_unit_target_refusal_SOURCES = \
	tests/unit/target_refusal.c tests/unit/check.h
tests_unit_target_refusal_LDADD = $(UNIT_LDADD)
tests_unit_target_urge_SOURCES = tests/unit/target_urge.c tests/unit/check.h
tests_unit_target_urge_LDADD = $(UNIT_LDADD)

# What target/ sees, for the scripts.
check_PROGRAMS += tests/target/show
tests_target_show_SOURCES = tests/target/show.c
tests_target_show_LDADD = $(UNIT_LDADD)

SCRIPT_TESTS += \
	tests/live/test.sh \
	tests/live-busy/test.sh \
	tests/live-filters/test.sh \
	tests/live-inside/test.sh \
	tests/live-odd/test.sh \
	tests/live-same/test.sh \
	tests/live-served/test.sh \
	tests/target-core/test.sh \
	tests/target-errors/test.sh \
	tests/target-holes/test.sh \
	tests/target-modules/test.sh \
	tests/target-process/test.sh \
	tests/target-symbols/test.sh \
	tests/debuginfod/test.sh
SANITIZED_TESTS += tests/target-errors/test.sh
EXTRA_DIST += tests/live.sh tests/live-busy/killer.c tests/live-odd/odd.c tests/programs/log.h \
	tests/live-filters/filtered.c \
	tests/live-inside/alike.c \
	tests/live-same/across.c tests/live-same/same.go tests/live-same/same.rs \
	tests/live-served/Served.java tests/live-served/served.go \
	tests/programs/busy.c \
	tests/target-core/target.c tests/target-holes/holes.c \
	tests/target-modules/library.c \
	tests/target-modules/main.c tests/target-symbols/names.c

# Bad input: a few seconds in make check, longer by hand.
check_PROGRAMS += tests/target-fuzz/fuzz
tests_target_fuzz_fuzz_SOURCES = tests/target-fuzz/fuzz.c
tests_target_fuzz_fuzz_LDADD = $(UNIT_LDADD)
SCRIPT_TESTS += tests/target-fuzz/test.sh
SANITIZED_TESTS += tests/target-fuzz/test.sh
EXTRA_DIST += tests/target-fuzz/small.c

# Each kill, and 100 snapshots of all that is there to be read.
.PHONY: live-long
live-long: all
	builddir=$(abs_builddir) BUSY_STEP=1 BUSY_ROUNDS=100 BUSY_KILLS=200 \
		$(srcdir)/tests/live-busy/test.sh
	builddir=$(abs_builddir) SERVED_ROUNDS=100 \
		$(srcdir)/tests/live-served/test.sh

.PHONY: fuzz-target
fuzz-target: tests/target-fuzz/fuzz
	builddir=$(abs_builddir) FUZZ_ROUNDS=$${FUZZ_ROUNDS:-100000} \
		$(srcdir)/tests/target-fuzz/test.sh
tests_unit_target_core_SOURCES = tests/unit/target_core.c tests/unit/check.h
tests_unit_target_core_LDADD = $(UNIT_LDADD)

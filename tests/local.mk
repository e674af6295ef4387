# Tests in C are programs below tests/unit/; those that need cores, files or
# GDB are scripts, tests/NAME/test.sh, each in a folder of its own.

EXTRA_DIST += tests/lib.sh tests/bare $(SCRIPT_TESTS)
SCRIPT_TESTS = \
	tests/format/test.sh \
	tests/structure/test.sh
UNIT_TESTS = \
	tests/unit/base

# Run once more with --enable-sanitizers; add the scripts that feed bad input.
SANITIZED_TESTS = $(UNIT_TESTS)

TESTS += $(UNIT_TESTS) $(SCRIPT_TESTS)
check_PROGRAMS += $(UNIT_TESTS)
TEST_EXTENSIONS = .sh
AM_TESTS_ENVIRONMENT = builddir='$(abs_builddir)'; export builddir;
UNIT_LDADD = libcorewalk.la

tests_unit_base_SOURCES = tests/unit/base.c tests/unit/check.h
tests_unit_base_LDADD = $(UNIT_LDADD)

# The heap that tests look at, and packages of other suites.
EXTRA_DIST += tests/programs/zoo.cpp tests/fetch

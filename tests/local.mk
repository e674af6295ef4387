# Tests in C are programs below tests/unit/; those that need cores, files or
# GDB are scripts, tests/NAME/test.sh, each in a folder of its own.

EXTRA_DIST += tests/lib.sh tests/builds.sh tests/matrix-sums tests/newer.sh $(SCRIPT_TESTS)
SCRIPT_TESTS =
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

include tests/code.mk
include tests/command.mk
include tests/dwarf.mk
include tests/heap.mk
include tests/rust.mk
include tests/sources.mk
include tests/target.mk

include tests/graph.mk
include tests/go.mk
include tests/gdb.mk
include tests/frames.mk
include tests/real.mk

# The tests of what all ways to write debug info down must agree on, with all
# of these ways; half an hour.
MATRIX_TESTS = cxx frame-locals frame-names merged-path rings typing \
	typing-coroutines typing-idioms virtual-bases weak

.PHONY: matrix
matrix:
	BUILDS=all $(MAKE) -k check TESTS='$(MATRIX_TESTS:%=tests/%/test.sh)'; \
	status=$$?; \
	builddir='$(abs_builddir)' '$(srcdir)/tests/matrix-sums' \
		$(MATRIX_TESTS) && exit $$status

# The tests of programs of Go, for each release in all ways to build one; a
# quarter of an hour.
.PHONY: go-matrix
go-matrix: $(check_PROGRAMS) all
	builddir='$(abs_builddir)' '$(srcdir)/tests/go-matrix'

# What tests left behind, and the packages of other suites.
distclean-local:
	rm -rf tests/work tests/fetched

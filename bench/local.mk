# `make bench`: not part of check.

EXTRA_DIST += bench/run bench/types
EXTRA_PROGRAMS += bench/bench bench/maker
bench_bench_SOURCES = bench/bench.c
bench_bench_LDADD = libcorewalk.la
bench_maker_SOURCES = bench/maker.c

.PHONY: bench
bench: bench/bench$(EXEEXT) bench/maker$(EXEEXT) tests/mined/mined$(EXEEXT) \
	tests/types/types$(EXEEXT)
	$(top_srcdir)/bench/run $(builddir)
	$(top_srcdir)/bench/types $(builddir)

# `make bench`: not part of check.

EXTRA_DIST += bench/go bench/many.go bench/pause bench/run bench/types
EXTRA_PROGRAMS += bench/bench bench/maker bench/held
bench_bench_SOURCES = bench/bench.c
bench_bench_LDADD = libcorewalk.la
bench_maker_SOURCES = bench/maker.c
bench_held_SOURCES = bench/held.c

.PHONY: bench
bench: bench/bench$(EXEEXT) bench/maker$(EXEEXT) bench/held$(EXEEXT) \
	tests/mined/mined$(EXEEXT) tests/types/types$(EXEEXT) \
	tests/scopes/functions$(EXEEXT)
	$(top_srcdir)/bench/run $(builddir)
	$(top_srcdir)/bench/types $(builddir)
	$(top_srcdir)/bench/pause $(builddir)
	$(top_srcdir)/bench/go $(builddir)

libcorewalk_la_SOURCES += \
	export/pprof.c export/pprof.h

# Made of the .proto when the rest is.
nodist_libcorewalk_la_SOURCES = export/pprof.pb-c.c export/pprof.pb-c.h
EXTRA_DIST += export/pprof.proto
BUILT_SOURCES += export/pprof.pb-c.h
CLEANFILES += export/pprof.pb-c.c export/pprof.pb-c.h

export/pprof.pb-c.h: export/pprof.proto
	$(AM_V_GEN)$(MKDIR_P) export && \
	$(PROTOC_C) --proto_path=$(srcdir)/export --c_out=export \
		$(srcdir)/export/pprof.proto
export/pprof.pb-c.c: export/pprof.pb-c.h

libcorewalk_la_SOURCES += \
	golang/layout.c golang/layout.h \
	golang/runtime.c golang/runtime.h \
	golang/span.c golang/span.h

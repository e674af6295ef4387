libcorewalk_la_SOURCES += \
	target/module.h target/segment.h target/symbol.h target/target.h \
	target/thread.h

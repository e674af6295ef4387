libcorewalk_la_SOURCES += \
	code/evidence.c code/evidence.h \
	code/instruction.c code/instruction.h

libcorewalk_la_SOURCES += \
	code/ahead.c code/ahead.h \
	code/landing_pads.c code/landing_pads.h \
	code/liveness.c code/liveness.h

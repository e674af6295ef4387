libcorewalk_la_SOURCES += \
	code/evidence.c code/evidence.h \
	code/instruction.c code/instruction.h

libcorewalk_la_SOURCES += \
	code/callee.c code/callee.h \
	code/closure.c code/closure.h \
	code/encoding.c code/encoding.h \
	code/evidence.c code/evidence.h \
	code/evidence_list.c code/evidence_list.h \
	code/harvest.c code/harvest.h code/harvest_load.c \
	code/home.c code/home.h \
	code/instruction.c code/instruction.h \
	code/library_call.c code/library_call.h \
	code/miner.h \
	code/miner_call.c \
	code/miner_library.c \
	code/miner_meet.c \
	code/miner_place.c \
	code/miner_step.c \
	code/miner_walk.c \
	code/opcode.c code/opcode.h \
	code/operation_table.c \
	code/origin.c code/origin.h \
	code/raw.c code/raw.h \
	code/routine.c code/routine.h \
	code/spot.c code/spot.h \
	code/tally.c code/tally.h \
	code/word.c code/word.h

libcorewalk_la_SOURCES += \
	code/ahead.c code/ahead.h \
	code/barrier.c code/barrier.h \
	code/frame_use.c code/frame_use.h \
	code/landing_pads.c code/landing_pads.h \
	code/liveness.c code/liveness.h \
	code/twice.c code/twice.h

libcorewalk_la_SOURCES += \
	command/absent.c \
	 \
	command/alias.c command/alias.h \
	command/analyze.c \
	command/command.h command/commands.c \
	command/condition.c command/condition.h \
	command/gap.c command/gap.h \
	command/heading.c command/heading.h \
	command/help.c \
	command/json.c command/json.h \
	command/manual.c command/manual.h \
	command/memory.c \
	command/meter.c command/meter.h \
	command/option.c command/option.h \
	command/output.c command/output.h \
	command/place.c command/place.h \
	command/request.c command/request.h \
	command/run.c command/run.h \
	command/session.c command/session.h \
	command/suggest.c command/suggest.h \
	command/summary.c \
	command/table.c command/table.h \
	command/version.c

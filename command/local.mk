libcorewalk_la_SOURCES += command/run.h command/session.h

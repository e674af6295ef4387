libcorewalk_la_SOURCES += \
	graph/cluster.c graph/cluster.h \
	graph/component.c graph/component.h \
	graph/dominator.c graph/dominator.h \
	graph/graph.c graph/graph.h

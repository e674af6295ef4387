libcorewalk_la_SOURCES += \
	graph/cluster.h graph/component.h graph/dominator.h graph/graph.h

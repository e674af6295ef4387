/*
 * Label: the texts that a program has put on a goroutine for its profiles
 * (runtime/pprof.Do, SetGoroutineLabels).
 */
#ifndef GOLANG_LABEL_H
#define GOLANG_LABEL_H

#include "base/text.h"
#include "golang/goroutine.h"

struct cw_go_label {
	const char *key, *value; /* borrowed from the target, no strings: */
	uint32_t key_length, value_length;
};

enum { CW_GO_MAX_LABELS = 64 };

/* Writes up to CW_GO_MAX_LABELS, sorted by key; returns how many. */
size_t cw_goroutine_labels(const struct cw_go *go,
			   const struct cw_goroutine *goroutine,
			   struct cw_go_label *ret);

/* "request=17, worker=mail"; nothing where there are none. */
void cw_goroutine_labels_text(const struct cw_go *go,
			      const struct cw_goroutine *goroutine,
			      struct cw_text *text);

#endif

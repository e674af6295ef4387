/*
 * Special: what the Go runtime keeps beside objects, and its collector takes
 * for roots: finalizers, cleanups and weak pointers' handles; and those of
 * objects that are gone, queued to be run.
 *
 * Not here: specials that keep nothing alive (pins, …), but for what says that
 * the heap profile has the object.
 */
#ifndef GOLANG_SPECIAL_H
#define GOLANG_SPECIAL_H

#include "golang/span.h"

enum cw_go_special_kind {
	/* All that the object leads to is kept alive, but not the object. */
	CW_GO_FINALIZER,
	CW_GO_WEAK_HANDLE,
	CW_GO_CLEANUP,
	CW_GO_QUEUED_FINALIZER,
	CW_GO_QUEUED_CLEANUP,
	CW_GO_PROFILED, /* no root: the heap profile has it */
};

struct cw_go_special {
	enum cw_go_special_kind kind;
	cw_addr object; /* start of the element; 0: queued */
	uint64_t object_size;
	/* Words that are roots: the lowest bit is that of the first. */
	cw_addr slots;
	uint32_t num_slots;
	uint32_t pointers;
};

struct cw_go_specials {
	CW_ARRAY(struct cw_go_special) items;
	size_t num_damaged; /* lists that could not be followed to the end */
	uint64_t num_steps; /* private */
	bool is_profiled;   /* private: which are wanted */
};

void cw_go_specials_init(struct cw_go_specials *specials,
			 const struct cw_go *go,
			 const struct cw_go_spans *spans);
/*
 * The bucket of the heap profile (golang/profile.h) that the object at @address
 * was sampled for; false: it was not.
 */
bool cw_go_profiled_bucket(const struct cw_go *go,
			   const struct cw_go_spans *spans, cw_addr address,
			   cw_addr *ret);

/* Only those of CW_GO_PROFILED, whose bucket is at @slots. */
void cw_go_specials_init_profiled(struct cw_go_specials *specials,
				  const struct cw_go *go,
				  const struct cw_go_spans *spans);

void cw_go_specials_deinit(struct cw_go_specials *specials);

#endif

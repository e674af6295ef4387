/*
 * Lock private: what code does with locks, which golang/lock.c asks
 * golang/lock_site.c for, and nobody else.
 */
#ifndef GOLANG_LOCK_PRIVATE_H
#define GOLANG_LOCK_PRIVATE_H

#include "base/map.h"
#include "code/instruction.h"
#include "golang/function.h"
#include "golang/lock.h"

enum { CW_GO_LOCK_DEPTH = 4 }; /* of the package's functions in each other */

enum cw_go_deed { CW_GO_TAKES, CW_GO_GIVES, CW_GO_WAITS };

/* What a function of the package does when it is called. */
struct cw_go_lock_row {
	const char *name;
	enum cw_go_deed deed;
	enum cw_go_lock lock;
	uint8_t semaphore; /* of those that wait: where it is in the lock */
};

/* NULL: it is no function that has to do with locks. */
const struct cw_go_lock_row *cw_go_lock_row(const char *name);

/*
 * A place of a function.  What is called where somebody has to wait may be far
 * behind what was inlined there, of which @start is the atomic instruction.
 * Where the compiler does not say what that is for, it is the first one of all.
 */
struct cw_go_lock_site {
	cw_addr start, place; /* last bytes of instructions */
	bool has_atomic;
	int32_t inlined[CW_GO_LOCK_DEPTH]; /* numbers */
	uint8_t depth;
	uint8_t deed;
	uint8_t lock; /* enum cw_go_lock; CW_GO_LOCK_NONE: a mention */
	bool is_deferred;
	cw_addr mentioned; /* data */
};

struct cw_go_lock_body {
	uint32_t first, num; /* in sites */
};

/* The functions that were read. */
struct cw_go_lock_sites {
	const struct cw_go *go;
	struct cw_decoder *decoder;
	struct cw_map numbers; /* of bodies by entry */
	CW_ARRAY(struct cw_go_lock_body) bodies;
	CW_ARRAY(struct cw_go_lock_site) items;
	struct cw_map given; /* locks that a function releases, by entry */
};

struct cw_error *cw_go_lock_sites_init(struct cw_go_lock_sites *sites,
				       const struct cw_go *go) cw_must_check;
void cw_go_lock_sites_deinit(struct cw_go_lock_sites *sites);

/* Read once; what has nothing to do with locks has no sites. */
struct cw_go_lock_body
cw_go_lock_sites_of(struct cw_go_lock_sites *sites,
		    const struct cw_go_function *function);

#endif

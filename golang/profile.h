/*
 * Profile: what the Go runtime sampled of allocations and of waiting, by the
 * calls that led there.
 *
 * The runtime keeps a bucket for each stack (and size of objects).  Memory is
 * sampled about once in MemProfileRate bytes; @num… are what was sampled, and
 * cw_go_profile_scale() tells what that stands for.
 *
 * Counts of memory are those of the end of the last collection but one, as the
 * runtime itself tells them: what was allocated since is in no bucket yet.
 */
#ifndef GOLANG_PROFILE_H
#define GOLANG_PROFILE_H

#include "base/array.h"
#include "golang/runtime.h"

enum cw_go_profile_kind {
	CW_GO_PROFILE_MEMORY,
	CW_GO_PROFILE_BLOCK, /* waiting: for channels, locks, … */
	CW_GO_PROFILE_MUTEX, /* making others wait for a lock */
};

struct cw_go_bucket {
	cw_addr record;	      /* of its counts; private */
	const cw_addr *stack; /* return addresses; borrowed from the target */
	uint32_t depth;
	uint64_t size; /* of each object; memory only */
	uint64_t num_allocs, num_frees;
	uint64_t num_waits; /* of the other kinds, already scaled */
	uint64_t cycles;    /* of the processor, that they took */
};

struct cw_go_profile {
	enum cw_go_profile_kind kind;
	uint64_t rate; /* of memory: bytes for a sample; 0: no samples */
	CW_ARRAY(struct cw_go_bucket) items;
	size_t num_damaged;
};

void cw_go_profile_init(struct cw_go_profile *profile, const struct cw_go *go,
			enum cw_go_profile_kind kind);
void cw_go_profile_deinit(struct cw_go_profile *profile);

/* Reads the bucket at @address alone, without its counts; false: damaged. */
bool cw_go_bucket_read(const struct cw_go *go, cw_addr address,
		       struct cw_go_bucket *ret);

/* How many objects, and bytes, so many samples of that size stand for. */
void cw_go_profile_scale(const struct cw_go_profile *profile, uint64_t num,
			 uint64_t size, uint64_t *ret_num, uint64_t *ret_bytes);

#endif

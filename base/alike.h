/*
 * Alike: numbered things put together that have the same key.
 */
#ifndef BASE_ALIKE_H
#define BASE_ALIKE_H

#include <stdint.h>

#include "base/array.h"

struct cw_group {
	uint32_t first, num; /* in members */
};

struct cw_alike {
	/* Most members first; of equal ones, by the first member. */
	CW_ARRAY(struct cw_group) groups;
	uint32_t *members; /* of all groups, ascending in each */
	uint32_t num_members;
};

/* Of the numbers below @num, which have @keys. */
void cw_alike_init(struct cw_alike *alike, const uint64_t *keys, uint32_t num);
void cw_alike_deinit(struct cw_alike *alike);

#endif

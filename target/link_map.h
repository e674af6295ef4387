/*
 * Link map: the list of loaded objects that the dynamic linker keeps for
 * debuggers, in the target's memory.
 *
 * Found through the executable's PT_DYNAMIC and DT_DEBUG.  What is damaged
 * ends the list.
 */
#ifndef TARGET_LINK_MAP_H
#define TARGET_LINK_MAP_H

#include "base/array.h"
#include "target/segment.h"

struct cw_target;

struct cw_link_map_entry {
	uint64_t bias;
	cw_addr dynamic;
	const char *path; /* in the target's arena; "" for the executable */
};

struct cw_link_map {
	CW_ARRAY(struct cw_link_map_entry) entries;
};

void cw_link_map_read(struct cw_target *target, struct cw_link_map *ret);
void cw_link_map_deinit(struct cw_link_map *map);

#endif

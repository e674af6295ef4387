/*
 * Mapping: which range of the target is a mapping of which file.
 *
 * From NT_FILE of a core or /proc/PID/maps.
 */
#ifndef TARGET_MAPPING_H
#define TARGET_MAPPING_H

#include "base/array.h"
#include "target/segment.h"

struct cw_target;

/*
 * A segment's flags until cw_backing_apply(): gcore leaves out mappings that
 * can be read from their file, and with them their flags.
 */
#define CW_SEGMENT_FLAGS_UNKNOWN (1u << 31)

struct cw_mapping {
	cw_addr start, end;
	uint64_t file_offset; /* bytes */
	const char *path;     /* in the target's arena */
};

struct cw_mappings {
	CW_ARRAY(struct cw_mapping) list; /* sorted, not overlapping */
};

void cw_mappings_deinit(struct cw_mappings *mappings);

/* Sorts, and drops what overlaps a mapping before it. */
void cw_mappings_sort(struct cw_mappings *mappings);

/*
 * Gives the segments their paths and file offsets, cutting a segment where a
 * mapping begins or ends within it.  Where there is a mapping but no segment,
 * one is made, a gap with CW_SEGMENT_FLAGS_UNKNOWN.
 */
void cw_mappings_apply(const struct cw_mappings *mappings,
		       struct cw_target *target);

#endif

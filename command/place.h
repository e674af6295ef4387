/*
 * Places: where the memory of a target is, in a few lines that add up to what
 * the target holds.
 *
 * Counted is what can be read of the target itself; pages that a core leaves
 * to files, reserve and gaps are not.  What an allocator's regions lack is
 * counted, as a line of its own.
 */
#ifndef COMMAND_PLACE_H
#define COMMAND_PLACE_H

#include "command/output.h"
#include "command/session.h"

struct cw_memory_place {
	const char *name;
	uint64_t bytes;
	uint64_t blocks;   /* 0: not counted in blocks */
	uint64_t mappings; /* 0: not counted in mappings */
};

enum { CW_MAX_PLACES = 16 };

struct cw_places {
	struct cw_memory_place places[CW_MAX_PLACES]; /* biggest first */
	size_t num;
	uint64_t total;
};

/* The session must have its roots. */
void cw_places_count(const struct cw_session *session, struct cw_places *ret);
/* Bytes in no known allocator, holes (target/target.h) not counted. */
uint64_t cw_places_elsewhere(const struct cw_session *session);
void cw_places_write_text(struct cw_output *out,
			  const struct cw_places *places);
void cw_places_write_json(struct cw_json *json, const struct cw_places *places);

#endif

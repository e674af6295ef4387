/*
 * Tally: what the code was seen to do with pointers, counted.
 *
 * What one instruction made and one type then met counts once in a function,
 * however often the debug info says it.
 *
 * Types are given by their ids, origins by their numbers.
 */
#ifndef CODE_TALLY_H
#define CODE_TALLY_H

#include "base/array.h"
#include "base/map.h"

enum cw_tally_kind {
	CW_TALLY_USE,  /* from an origin comes a pointer to a type */
	CW_TALLY_PUT,  /* a pointer to a type goes to an origin */
	CW_TALLY_CAST, /* a pointer to a type is one to another */
	CW_TALLY_UP,   /* ... to a base at its start: from the base to it */
	CW_TALLY_FLOW, /* what comes from an origin goes to another */
	CW_TALLY_CODE, /* a function's address goes to an origin */
	CW_NUM_TALLIES,
};

/* A pair that was seen @num times. */
struct cw_tally_entry {
	uint32_t from, to;
	uint32_t num;
};

/* A pointer to @from, and @offset more, is one to @to. */
struct cw_tally_shift {
	uint32_t from, to;
	int32_t offset;
	uint32_t num;
	uint32_t next; /* with the same types, or 0 */
};

struct cw_tally {
	struct {
		CW_ARRAY(struct cw_tally_entry) entries;
		struct cw_map by_pair;
	} pairs[CW_NUM_TALLIES];
	CW_ARRAY(struct cw_tally_shift) shifts; /* the first is none */
	struct cw_map shifts_by_pair;
	/* What was counted in this function: hashes. */
	uint64_t *seen;
	uint32_t num_seen, seen_capacity;
};

void cw_tally_init(struct cw_tally *tally);
void cw_tally_deinit(struct cw_tally *tally);

/* From here on, what was counted counts again. */
void cw_tally_next_function(struct cw_tally *tally);

/* @at is where the value was made. */
void cw_tally_pair(struct cw_tally *tally, enum cw_tally_kind kind,
		   uint32_t from, uint32_t to, uint32_t at);
void cw_tally_shift(struct cw_tally *tally, uint32_t from, int32_t offset,
		    uint32_t to, uint32_t at);

/* Whether that end of a pair is a type. */
bool cw_tally_is_from_type(enum cw_tally_kind kind);
bool cw_tally_is_to_type(enum cw_tally_kind kind);

/*
 * Adds what another run counted, each pair but once.  False: it is there
 * already.
 */
bool cw_tally_add_pair(struct cw_tally *tally, enum cw_tally_kind kind,
		       struct cw_tally_entry entry);

#endif

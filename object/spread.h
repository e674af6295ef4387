/*
 * Spread: types going from typed objects along their references.
 *
 * What a claim types is queued; cw_spread_run() walks what is queued, and what
 * that types in turn, to where nothing new is found.
 */
#ifndef OBJECT_SPREAD_H
#define OBJECT_SPREAD_H

#include "object/claim.h"
#include "object/uthash.h"

struct cw_spread {
	struct cw_walk walk;
	struct cw_typing *typing;
	struct cw_progress *progress;
	/* Granules of blocks in the order in which they were typed: walked up
	 * to @num_done, and looked at by object/mined.h up to @num_looked. */
	CW_ARRAY(uint64_t) queue;
	size_t num_done, num_looked;
	/* Of blocks that were walked when less was sure. */
	CW_ARRAY(uint64_t) surer;
	const struct cw_segment *ahead; /* of the block last asked for */
	uint64_t num_walked;
	/* Objects to be walked that are not all of a block. */
	CW_ARRAY(struct queued_run) runs;

	/* Pointers into blocks: object/interior.h. */
	CW_ARRAY(struct waiting_claim) waiting;
	/* Where objects were found in larger blocks, in that order; looked at
	 * as blocks are. */
	CW_ARRAY(cw_addr) placed;
	size_t num_placed_looked;

	struct cw_uthash uthash; /* of the table last seen */

	/* Of what is being walked. */
	enum cw_confidence confidence;
	enum cw_provenance provenance;
	bool is_local;
};

struct queued_run {
	struct cw_run run;
	enum cw_confidence confidence;
	bool is_local;
};

struct waiting_claim {
	const struct cw_type *type;
	cw_addr address, holder;
	enum cw_confidence confidence : 8;
	bool is_local;
};

void cw_spread_init(struct cw_spread *spread, struct cw_typing *typing,
		    struct cw_progress *progress);
void cw_spread_deinit(struct cw_spread *spread);

/* Makes a claim and queues what it types. */
enum cw_verdict cw_spread_claim(struct cw_spread *spread,
				const struct cw_claim *claim);

/* What the object at @bytes refers to; @address is where it says it is. */
void cw_spread_object(struct cw_spread *spread, const struct cw_type *type,
		      const unsigned char *bytes, uint64_t size,
		      cw_addr address, enum cw_provenance provenance);

/* To the fixpoint. */
struct cw_error *cw_spread_run(struct cw_spread *spread) cw_must_check;

/*
 * Asks the machine for memory that is needed when what lies some way behind
 * @next in the queue is walked: blocks lie anywhere.
 */
void cw_spread_ask(struct cw_spread *spread, size_t next);

#endif

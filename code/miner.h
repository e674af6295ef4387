/*
 * Miner: reads the code of routines, one after the other, and tallies what
 * becomes of pointers.
 *
 * For this folder only.
 */
#ifndef CODE_MINER_H
#define CODE_MINER_H

#include "code/callee.h"
#include "code/evidence.h"
#include "code/origin.h"
#include "code/spot.h"
#include "code/tally.h"

/* A state that waits where a jump goes to. */
struct cw_waiting {
	cw_addr address;
	uint32_t state; /* number, from 1; 0: none */
};

struct cw_call_result {
	uint32_t origin; /* CW_ORIGIN_SITE */
	cw_addr callee;
	uint64_t size;
	bool gives_memory;
};

struct cw_miner {
	struct cw_debug *debug;
	const struct cw_target *target;
	struct cw_routines routines;
	struct cw_callees callees;
	struct cw_spots spots;
	struct cw_origins origins;
	struct cw_tally tally;
	struct cw_decoder *decoder;
	struct cw_evidence_count count;
	CW_ARRAY(struct cw_call_result) sites;

	/* Of the routine that is read. */
	const struct cw_module *module;
	const struct cw_routine *routine;
	uint32_t range;		/* number of the routine's, being read */
	uint32_t result_origin; /* or 0 */
	struct cw_machine machine;
	cw_addr pc, next_pc;
	bool is_live; /* what the machine says holds at pc */
	/* rsp and rbp, from the CFA, where the frame was last whole. */
	bool has_frame[2];
	int32_t frame[2];
	/* Homes that hold at pc: by register; in memory, the last. */
	CW_ARRAY(uint32_t) active[CW_NUM_REGISTERS + 1];
	uint32_t next_home;   /* not active yet */
	cw_addr earliest_end; /* of the active */
	/* The register that was last compared with zero, if flags still say
	 * so; or CW_NO_REGISTER. */
	uint8_t tested;
	/* Written by the instruction. */
	uint32_t written;
	bool has_written_slot;
	int32_t written_slot;

	CW_ARRAY(struct cw_machine *) states;
	CW_ARRAY(uint32_t) free_states;
	struct cw_waiting *waiting; /* hashed by address */
	uint32_t waiting_capacity;
	CW_ARRAY(uint32_t) waiting_slots; /* that are taken */
};

struct cw_error *cw_miner_init(struct cw_miner *miner,
			       struct cw_debug *debug) cw_must_check;
void cw_miner_deinit(struct cw_miner *miner);

/* Frees all but origins, spots and counts: nothing more is to be read. */
void cw_miner_trim(struct cw_miner *miner);

/* Reads a routine's code; cw_miner's routines and callees are complete. */
void cw_miner_read(struct cw_miner *miner, const struct cw_routine *routine);

/* --- miner_walk.c: ways through the code. */

/* What the machine says holds also at @address. */
void cw_miner_wait(struct cw_miner *miner, cw_addr address);

/* Which slot of the frame the variable is in; false: not known here. */
bool cw_miner_home_slot(const struct cw_miner *miner,
			const struct cw_home *home, int32_t *ret);

/* Adds what the variables in a slot are declared to point to. */
void cw_miner_slot_types(struct cw_miner *miner, int32_t slot,
			 struct cw_word *value);

/* --- miner_step.c: what one instruction does. */

void cw_miner_step(struct cw_miner *miner,
		   const struct cw_instruction *instruction);

/* --- miner_call.c */

void cw_miner_call(struct cw_miner *miner, const struct cw_operand *target);

/* What rax holds is the routine's result. */
void cw_miner_return(struct cw_miner *miner);

/* --- miner_library.c: containers of libraries. */

/* What a call leaves in the caller's frame. */
struct cw_left_behind {
	uint32_t num;
	struct {
		int32_t slot;
		struct cw_word value;
	} items[2];
};

/* Adds to the call's result what it takes out of the container. */
void cw_miner_library_call(struct cw_miner *miner,
			   const struct cw_callee *callee,
			   struct cw_word *result, struct cw_left_behind *ret);

/* --- miner_place.c: memory, as origins. */

enum {
	CW_MAX_PLACES = 8,
};

struct cw_place_found {
	uint32_t origin;		/* or 0 */
	const struct cw_type *declared; /* or NULL */
};

struct cw_operand_places {
	uint32_t num;
	struct cw_place_found items[CW_MAX_PLACES];
	bool has_slot; /* it is a slot of the frame, too */
	int32_t slot;
	/* A link: origins that lead to the nodes, as facts. */
	struct cw_word nodes;
};

/* Word @number of what @origin leads to. */
uint32_t cw_miner_held(struct cw_miner *miner, uint32_t origin, unsigned number,
		       const struct cw_type *declared);

void cw_miner_places(struct cw_miner *miner, const struct cw_operand *operand,
		     struct cw_operand_places *ret);
void cw_miner_load(struct cw_miner *miner, const struct cw_operand *operand,
		   struct cw_word *ret);
void cw_miner_store(struct cw_miner *miner, const struct cw_operand *operand,
		    const struct cw_word *value);

/* What a pointer to @address is known to be. */
void cw_miner_address(struct cw_miner *miner, cw_addr address,
		      struct cw_word *ret);

/* The variable around @address; false: none. */
bool cw_miner_variable(struct cw_debug *debug, const struct cw_module *module,
		       cw_addr address, const struct cw_variable **ret);

/* --- miner_meet.c: what is concluded. */

/* The value and @offset more is a pointer to @type. */
void cw_miner_meet(struct cw_miner *miner, const struct cw_word *value,
		   int32_t offset, const struct cw_type *type);

/* The value goes to @origin, declared to point to @declared or NULL. */
void cw_miner_put(struct cw_miner *miner, const struct cw_word *value,
		  uint32_t origin, const struct cw_type *declared);

/* What lies at that place is a pointer to @type. */
void cw_miner_meet_place(struct cw_miner *miner, const struct cw_operand *place,
			 const struct cw_type *type);

/* Writes the fact that a value points to @type. */
struct cw_fact cw_miner_type_fact(const struct cw_miner *miner,
				  const struct cw_type *type, int32_t delta);
struct cw_fact cw_miner_origin_fact(const struct cw_miner *miner,
				    uint32_t origin);

#endif

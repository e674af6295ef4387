/*
 * Word: what is known of the words in registers and stack slots at one
 * instruction.
 *
 * A value is a small set of facts that hold at once: it points into an object
 * of a type, it was loaded from some place, it is an address in the frame.
 * Where ways of the program meet, the facts of both are kept.  A set that is
 * full takes no more.
 *
 * Slots are numbered by their distance from the CFA, the caller's rsp.
 *
 * Not here: what instructions do to values (code/miner.h).
 */
#ifndef CODE_WORD_H
#define CODE_WORD_H

#include "code/instruction.h"

enum cw_fact_kind {
	CW_FACT_STACK,	/* it is CFA + delta */
	CW_FACT_NUMBER, /* it is delta */
	CW_FACT_TYPE,	/* it points to delta behind the start of a type's
			 * object; number is the type's id */
	CW_FACT_ORIGIN, /* it is what comes from an origin, and delta more */
	CW_FACT_CODE,	/* it is the entry of that routine */
	CW_FACT_PLACE,	/* it is the address of that origin */
	CW_FACT_NODE,	/* what comes from an origin leads to it, by links */
};

struct cw_fact {
	unsigned kind : 3;
	unsigned is_indexed : 1; /* something unknown was added, too */
	unsigned number : 28;
	int32_t delta;
	uint32_t at; /* low bits of the address of what made it */
};

enum {
	CW_MAX_FACTS = 6,
	CW_MAX_SLOTS = 96,
	CW_MAX_DELTA = 1 << 24,
};

struct cw_word {
	uint32_t num;
	struct cw_fact facts[CW_MAX_FACTS];
};

struct cw_machine {
	struct cw_word regs[CW_NUM_REGISTERS];
	uint32_t num_slots;
	int32_t slot_offsets[CW_MAX_SLOTS];
	struct cw_word slots[CW_MAX_SLOTS];
};

/* As it is when a function is entered. */
void cw_machine_enter(struct cw_machine *machine);

void cw_machine_copy(struct cw_machine *to, const struct cw_machine *from);

/* Adds what is known on another way to the same instruction. */
void cw_machine_join(struct cw_machine *machine,
		     const struct cw_machine *other);

/* Forgets all but where the frame is. */
void cw_machine_forget(struct cw_machine *machine);

/* NULL: nothing is known of it. */
struct cw_word *cw_machine_slot(struct cw_machine *machine, int32_t offset);
void cw_machine_set_slot(struct cw_machine *machine, int32_t offset,
			 const struct cw_word *value);

void cw_word_add(struct cw_word *value, struct cw_fact fact);
void cw_word_add_all(struct cw_word *value, const struct cw_word *other);

/* Adds a number to what it is.  What gets too far away is forgotten. */
void cw_word_shift(struct cw_word *value, int64_t by);

/* Adds something unknown to what it is. */
void cw_word_index(struct cw_word *value);

/* Whether it is a number, or an address in the frame: which. */
bool cw_word_is(const struct cw_word *value, enum cw_fact_kind kind,
		int32_t *ret);

#endif

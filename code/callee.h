/*
 * Callee: what is behind the address that an instruction calls.
 *
 * A call of another module goes through a stub of the PLT, which jumps where a
 * word of the GOT says.  Whose address that word is for is named by a
 * relocation of the module, also before the dynamic linker has looked it up.
 */
#ifndef CODE_CALLEE_H
#define CODE_CALLEE_H

#include "code/library_call.h"
#include "code/routine.h"

struct cw_callee {
	cw_addr entry;			  /* 0: not in the target */
	const char *name;		  /* the linker's, or NULL */
	const struct cw_routine *routine; /* whose code is read; or NULL */
	struct cw_signature signature;
	/* Memory is what it gives or takes: it tells nothing of types. */
	bool is_allocator;
	bool gives_memory; /* it is an allocator, and that is its result */
	const struct cw_library_call *library; /* or NULL */
};

struct cw_callees {
	struct cw_debug *debug;
	const struct cw_routines *routines;
	struct cw_decoder *decoder;
	struct cw_map by_address;
	CW_ARRAY(struct cw_callee) all;
	struct cw_map names_by_slot; /* of words of the GOT */
	CW_ARRAY(const char *) names;
};

/* All are borrowed. */
void cw_callees_init(struct cw_callees *callees, struct cw_debug *debug,
		     const struct cw_routines *routines,
		     struct cw_decoder *decoder);
void cw_callees_deinit(struct cw_callees *callees);

/* Reads which words of the module's GOT are for which names. */
void cw_callees_add_module(struct cw_callees *callees,
			   const struct cw_module *module);

/* Never NULL; valid until the next call. */
const struct cw_callee *cw_callee_at(struct cw_callees *callees,
				     const struct cw_module *module,
				     cw_addr address);

/* The same for what a word of the GOT holds; NULL: it is none. */
const struct cw_callee *cw_callee_of_slot(struct cw_callees *callees,
					  const struct cw_module *module,
					  cw_addr slot);

/* The address that a word of the GOT is for; false: it is none. */
bool cw_callee_slot_address(struct cw_callees *callees, cw_addr slot,
			    cw_addr *ret);

#endif

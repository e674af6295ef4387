/*
 * Open pointer: one that several candidates fit, and how it is settled.
 *
 * Candidates that do not fit the block, or that its content contradicts, fall
 * out; the better ones put the others out.  One that is left is it.  Of
 * several, the one that goes with the value of a tag, or that the code means
 * much more often; else, at last, the first is likely and the others are its
 * rivals.
 *
 * Not here: where such pointers come from, and when they are looked at again
 * (object/mined.h); what one candidate is worth (object/candidate.h).
 */
#ifndef OBJECT_OPEN_POINTER_H
#define OBJECT_OPEN_POINTER_H

#include "object/spread.h"
#include "object/vague.h"

struct cw_open_pointer {
	struct cw_vague *vague;
	/* What else it may be, when nothing of that fits well; or NULL. */
	struct cw_vague *wider;
	cw_addr slot, holder, target;
	enum cw_confidence confidence : 8; /* of the holder */
	bool is_local;
};

/*
 * How much doubt is let pass: first what fits alone and well, then what fits
 * alone, and at last what fits as well as others.
 */
enum cw_doubt { CW_NO_DOUBT, CW_SOME_DOUBT, CW_MUCH_DOUBT };

/* What takes part in it. */
struct cw_settling {
	struct cw_typing *typing;
	struct cw_spread *spread; /* where claims go */
	struct cw_vagues *vagues; /* which learn of what is settled */
};

/* Claims what the pointer leads to, if that can be told; false: it stays open,
 * and is to be asked about again when more is known. */
bool cw_open_pointer_settle(const struct cw_settling *settling,
			    const struct cw_open_pointer *pointer,
			    enum cw_doubt doubt);

#endif

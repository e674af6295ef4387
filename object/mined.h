/*
 * Mined: types of what pointers that say little lead to.
 *
 * A `void *`, a `char *`, a pointer to an incomplete type, to a header that
 * other types begin with, or one of a union's, is a field with candidates:
 * what the code takes it for (code/evidence.h), the types that begin with the
 * declared one, the union's other members.  For each object:
 *
 *  - candidates that do not fit the block, or that its content contradicts,
 *    fall out; whose pointers lead to blocks typed as they say, or that fit
 *    better, put the others out;
 *  - one that is left is it.  Of several, the one that goes with the value of
 *    a declared number or enum beside the pointer or in the object (learned
 *    where there was but one), or that the code means ten times as often;
 *  - else it stays open between them, and the first is likely.
 *
 * A candidate of characters fits where text does, also behind a header: of a
 * declared structure with a flexible end just there, or one that is hidden.
 */
#ifndef OBJECT_MINED_H
#define OBJECT_MINED_H

#include "code/evidence.h"
#include "object/spread.h"

/*
 * Types what is reached from all that @spread has typed, and what follows, to
 * the fixpoint.
 */
struct cw_error *
cw_mined_spread(struct cw_spread *spread,
		const struct cw_evidence *evidence) cw_must_check;

#endif

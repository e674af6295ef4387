/*
 * Family: which types of a program hold which others, and which others begin as
 * they do.
 *
 * Made from all types of all modules with debug info, when first asked for.
 *
 * Not here: which of the types a block is of (object/interior.h).
 */
#ifndef OBJECT_FAMILY_H
#define OBJECT_FAMILY_H

#include "base/map.h"
#include "dwarf/debug.h"
#include "object/fit.h"

/* An object of @holder has one of type @member at @offset. */
struct cw_holding {
	uint32_t member;
	uint32_t offset;
	uint32_t holder;
};

struct cw_family {
	struct cw_debug *debug;
	bool is_made;
	CW_ARRAY(struct cw_holding) holdings; /* sorted by member, offset */
	/* Types that end in text: sorted by its offset. */
	CW_ARRAY(const struct cw_type *) text_headers;
};

void cw_family_init(struct cw_family *family, struct cw_debug *debug);
void cw_family_deinit(struct cw_family *family);

/*
 * Those with a @member at @offset; the count is returned.  At offset 0 also
 * those with the same first members.
 */
size_t cw_family_holders(struct cw_family *family, const struct cw_type *member,
			 uint64_t offset, const struct cw_holding **ret);

/*
 * Whether a larger type, which begins with @type (a header, a base, the same
 * first members), is just what a block of that room is given for.
 */
bool cw_family_is_extended(struct cw_family *family, const struct cw_type *type,
			   const struct cw_room *room);

/*
 * The size of the smallest type that is larger and begins with @type; 0: there
 * is none.
 */
uint64_t cw_family_next_size(struct cw_family *family,
			     const struct cw_type *type);

/* Types whose last member is text of no declared length, or of one character,
 * at @offset. */
size_t cw_family_text_headers(struct cw_family *family, uint64_t offset,
			      const struct cw_type *const **ret);

#endif

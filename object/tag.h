/*
 * Tag: a declared number in a header that many types begin with, or that all
 * alternatives of a union have, which tells them apart.
 *
 * What goes with a value was found out from many objects (object/cohort.h), and
 * is kept for what comes later: a type that goes with other values than the
 * one that is there, contradicts the object.
 *
 * Not here: numbers in the object that holds a pointer (object/vague.h).
 */
#ifndef OBJECT_TAG_H
#define OBJECT_TAG_H

#include "base/array.h"
#include "base/map.h"
#include "base/text.h"
#include "dwarf/debug.h"
#include "target/target.h"

enum {
	/* Larger values are no tags but numbers. */
	CW_NUM_TAG_VALUES = 256,
	CW_MAX_TAGS = 12,
};

/* A whole number or enum, or some bits of one. */
struct cw_tag {
	uint64_t offset;
	uint32_t bit_offset, bit_size;
	const struct cw_type *type; /* of the number: an enum has names */
};

/* False: it cannot be read, or is too large for a tag. */
bool cw_tag_read(const struct cw_target *target, const struct cw_tag *tag,
		 cw_addr object, uint32_t *ret);

/*
 * Adds the tags of an object of @type to those there; the number of all is
 * returned.  Of a union, those of its first member when @is_any_first, which
 * the others are taken to have as well; else none.
 */
uint32_t cw_tags_of(const struct cw_type *type, bool is_any_first,
		    struct cw_tag *tags, uint32_t num);

/* The types that a header's tag tells apart. */
struct cw_tagging {
	const struct cw_type *header; /* as pointers to them are declared */
	struct cw_tag tag;
	struct cw_told {
		uint32_t type;	    /* id; 0: not known */
		uint32_t num_right; /* objects with the value of that type */
		uint32_t num;	    /* of all with the value */
	} told[CW_NUM_TAG_VALUES];
};

struct cw_taggings {
	CW_ARRAY(struct cw_tagging *) items; /* owned */
	struct cw_map by_header;	     /* type's id to number in items */
	struct cw_map by_type; /* the same, for the types told apart */
};

void cw_taggings_init(struct cw_taggings *taggings);
void cw_taggings_deinit(struct cw_taggings *taggings);

/* The one of @header, which is made when there is none. */
struct cw_tagging *cw_taggings_place(struct cw_taggings *taggings,
				     const struct cw_type *header);

/* NULL: none is known. */
const struct cw_tagging *cw_tagging_of_type(const struct cw_taggings *taggings,
					    const struct cw_type *type);

/* To be called when the values of @tagging have been told. */
void cw_taggings_note(struct cw_taggings *taggings, struct cw_tagging *tagging);

/* What goes with the value in the object; NULL: it is not known. */
const struct cw_told *cw_tagging_tell(const struct cw_tagging *tagging,
				      const struct cw_target *target,
				      cw_addr object);

/* "GCObject.tt"; "object.flags, byte 3". */
void cw_tagging_add_name(const struct cw_tagging *tagging,
			 struct cw_text *text);

/*
 * Whether the value in the object at @address goes with another type, and other
 * values with @type.
 */
bool cw_tags_contradict(const struct cw_taggings *taggings,
			struct cw_debug *debug, const struct cw_target *target,
			const struct cw_type *type, cw_addr address);

#endif

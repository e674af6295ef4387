/*
 * Variant: the part of a type of which one of several is there at a time, as
 * its DIEs say it.
 *
 * Read with the type; the types of its members are resolved on first use.
 */
#ifndef DWARF_VARIANT_H
#define DWARF_VARIANT_H

#include "dwarf/record.h"

/* Reads a DW_TAG_variant_part.  Into the store's arena; never NULL. */
struct cw_raw_variant_part *cw_variants_read(struct cw_type_record *record,
					     const struct cw_die *die);

/* Adds what the variants are to a hash. */
uint64_t cw_variants_hash(uint64_t hash,
			  const struct cw_raw_variant_part *part);

#endif

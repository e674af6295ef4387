/*
 * Record: a type with what is needed to read the rest of it later.
 */
#ifndef DWARF_RECORD_H
#define DWARF_RECORD_H

#include "dwarf/reader.h"

struct cw_raw_variant_part;

/* A member as its DIE says it. */
struct cw_raw_member {
	const char *name;
	uint64_t type; /* key, 0: void */
	uint64_t offset;
	uint64_t hash; /* of how its type is spelled */
	uint32_t bit_size;
	/* From the offset on; or from the most significant bit of the storage
	 * unit down, as DWARF 2 and 3 count. */
	uint32_t bit_offset;
	uint32_t storage_size; /* bytes; 0: as large as the type */
	bool is_bit_offset_from_top;
	bool is_base, is_virtual_base, is_artificial;
};

struct cw_raw_argument {
	const char *name;
	uint64_t type;
	bool has_value;
	int64_t value;
};

struct cw_type_record {
	struct cw_type type;
	struct cw_type_store *store;
	struct cw_debug_file *file;
	uint64_t key;
	uint64_t hash;
	uint32_t same_hash; /* id of the next with the same, or 0 */
	uint32_t num_members, num_enumerators, num_arguments;
	struct cw_raw_member *raw_members;
	struct cw_member *members; /* NULL: not resolved yet */
	struct cw_enumerator *enumerators;
	struct cw_raw_argument *raw_arguments;
	struct cw_type_argument *arguments;
	struct cw_raw_variant_part *raw_variants; /* NULL: none */
	const struct cw_variant_part *variants;
	uint64_t containing; /* key, or 0 */
	uint64_t containing_hash;
	/* Of a declaration: the definition in another file, as far as
	 * num_files_searched went. */
	const struct cw_type *definition;
	uint32_t num_files_searched;
	uint32_t listed_by; /* number of the module that lists it, and 1 */
	/* Of a declaration: the definition in the file asked last. */
	const struct cw_debug_file *sought_in;
	const struct cw_type *found_there;
};

/* Lists that grow while a record is read. */
struct cw_record_children {
	CW_ARRAY(struct cw_raw_member) members;
	CW_ARRAY(struct cw_enumerator) enumerators;
	CW_ARRAY(struct cw_raw_argument) arguments;
};

/* Of its name, and of what may differ between types with one name: see
 * reader.h. */
uint64_t cw_record_hash(const struct cw_type_record *record,
			uint32_t name_hash);

/* Reads a member or base.  False: it is a static one. */
bool cw_record_read_member(struct cw_type_record *record,
			   const struct cw_die *die, struct cw_raw_member *ret);

/* Resolves a member's type, and its place to offset and bits from there. */
struct cw_member cw_record_member(struct cw_type_record *record,
				  const struct cw_raw_member *raw);

/* Adds what a member is to a hash. */
uint64_t cw_raw_member_hash(uint64_t hash, const struct cw_raw_member *member);

/* DW_AT_containing_type and DW_AT_alignment. */
void cw_record_read_attributes(struct cw_type_record *record,
			       const struct cw_die *die);

/*
 * The DIE's children: members, enumerators, arguments.  They are in the store's
 * @children, until the next are read or they are kept: then in the arena.
 */
void cw_record_read_children(struct cw_type_record *record,
			     const struct cw_die *die);
void cw_record_keep_children(struct cw_type_record *record);

#endif

/*
 * DIE: an entry of debug info and its attributes, as libdwarf reads them.
 *
 * A key names a DIE within its file (dwarf/library.h); 0 is none.
 *
 * A Dwarf_Die that these functions give is freed with cw_die_free().  What an
 * attribute gives is false where it is absent or damaged; the latter is
 * counted by the library.
 */
#ifndef DWARF_DIE_H
#define DWARF_DIE_H

#include "dwarf/library.h"

bool cw_die_at(struct cw_library *library, uint64_t key, Dwarf_Die *ret);
void cw_die_free(Dwarf_Die die);

#define cw_cleanup_die __attribute__((cleanup(cw_die_cleanup)))
void cw_die_cleanup(Dwarf_Die *die);

bool cw_die_child(struct cw_library *library, Dwarf_Die die, Dwarf_Die *ret);

/*
 * Replaces @die by the one behind it; or frees it, makes it NULL and returns
 * false.  Always moves on in the file, whatever the file says.
 */
bool cw_die_next(struct cw_library *library, Dwarf_Die *die);

uint64_t cw_die_key(Dwarf_Die die);
unsigned cw_die_tag(Dwarf_Die die);

/* DW_AT_name, in the file; NULL: none.  Valid until the library is closed. */
const char *cw_die_name(struct cw_library *library, Dwarf_Die die);
const char *cw_die_string(struct cw_library *library, Dwarf_Die die,
			  unsigned attribute);
/* DW_AT_linkage_name, likewise. */
const char *cw_die_linkage_name(struct cw_library *library, Dwarf_Die die);

bool cw_die_has(struct cw_library *library, Dwarf_Die die, unsigned attribute);
bool cw_die_flag(struct cw_library *library, Dwarf_Die die, unsigned attribute);

/* A constant; signed ones as their two's complement. */
bool cw_die_number(struct cw_library *library, Dwarf_Die die,
		   unsigned attribute, uint64_t *ret);

/* As above, also when it is a block of 16 bytes; of unsigned ones the upper
 * half is 0. */
bool cw_die_wide_number(struct cw_library *library, Dwarf_Die die,
			unsigned attribute, unsigned __int128 *ret);

/* The DIE referred to; its key may have the number of another file. */
bool cw_die_reference(struct cw_library *library, Dwarf_Die die,
		      unsigned attribute, uint64_t *ret_key);

/* The bytes of an expression or block, in the file. */
bool cw_die_block(struct cw_library *library, Dwarf_Die die, unsigned attribute,
		  const unsigned char **ret, uint64_t *ret_size);

/* The address that an attribute says, or says the number of. */
bool cw_attribute_address(struct cw_library *library, Dwarf_Die die,
			  Dwarf_Attribute attribute, uint64_t *ret);

#endif

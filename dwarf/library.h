/*
 * Library: libdwarf, the same in all versions from 20210528 on.
 *
 * Everything that differs between its versions is in library.c.  Headers of
 * libdwarf are only included here; <dwarf.h> is elfutils' and must not be.
 *
 * libdwarf is told not to keep lists of what it allocates: all of it must be
 * handed back.
 */
#ifndef DWARF_LIBRARY_H
#define DWARF_LIBRARY_H

#include "config.h"

#if defined(HAVE_LIBDWARF_2_LIBDWARF_H)
#include <libdwarf-2/dwarf.h>
#include <libdwarf-2/libdwarf.h>
#elif defined(HAVE_LIBDWARF_0_LIBDWARF_H)
#include <libdwarf-0/dwarf.h>
#include <libdwarf-0/libdwarf.h>
#else
#include <libdwarf/dwarf.h>
#include <libdwarf/libdwarf.h>
#endif

#include "base/map.h"
#include "dwarf/section.h"

/*
 * A key names a DIE within its file: its offset in .debug_info, or in
 * .debug_types with this bit set.  What refers to a DIE may name one of another
 * file: then the key has that file's number, too, and cw_library_of() must be
 * asked.
 */
#define CW_KEY_TYPES	  (UINT64_C(1) << 63)
#define CW_KEY_FILE_SHIFT 40
#define CW_KEY_FILE_MASK  UINT64_C(0x7fffff)
#define CW_KEY_OFFSET	  ((UINT64_C(1) << CW_KEY_FILE_SHIFT) - 1)

/* All that are open for one cw_debug, by number, from 1. */
struct cw_library_set {
	CW_ARRAY(struct cw_library *) items;
	/* Of type units of all files, with numbers. */
	struct cw_map signatures;
	CW_ARRAY(uint64_t) signed_keys;
};

void cw_library_set_init(struct cw_library_set *set);
void cw_library_set_deinit(struct cw_library_set *set);

/* One file's debug info, open in libdwarf. */
struct cw_library {
	Dwarf_Debug debug;
	struct cw_sections *sections; /* borrowed */
	struct cw_die_units *units;   /* see dwarf/die.h; NULL: not found yet */
	struct cw_library_object *object;
	struct cw_library_set *set; /* borrowed, or NULL: it is alone */
	uint32_t number;	    /* in the set */
	uint32_t alternate;	    /* number of the dwz file, or 0 */
	/* Of a .dwo file: what its executable has for it, in .debug_addr and
	 * .debug_ranges, and says of it. */
	bool is_split;
	const unsigned char *addresses;
	uint64_t num_addresses;
	const struct cw_section *ranges; /* of DWARF 4, or NULL */
	uint64_t ranges_base, low;
	uint64_t num_errors; /* what libdwarf refused */
	/* Signatures of type units, and the offsets of their types. */
	struct cw_map signatures;
	CW_ARRAY(uint64_t) signed_keys;
};

/* @sections must stay, and at one address, until the library is closed. */
struct cw_error *cw_library_open(struct cw_library *library,
				 struct cw_sections *sections) cw_must_check;
void cw_library_close(struct cw_library *library);

/* Gives the library, which stays where it is, its number in the set. */
void cw_library_enter(struct cw_library *library, struct cw_library_set *set);

/* Says where strings and types are that a dwz file has for @library. */
void cw_library_set_alternate(struct cw_library *library,
			      struct cw_library *alternate);

/* The library that *key is of, and the key in there. */
struct cw_library *cw_library_of(struct cw_library *library, uint64_t *key);

/* A key of @library, good in others of the set too; 0 for 0. */
uint64_t cw_library_key(const struct cw_library *library, uint64_t key);

/* The key of the type unit's type, in any file; false: not known. */
bool cw_library_signed(const struct cw_library *library, uint64_t signature,
		       uint64_t *ret_key);

/*
 * Whether a call succeeded; an error is counted and handed back.  "No entry"
 * is neither.
 */
bool cw_library_is_ok(struct cw_library *library, int status, Dwarf_Error *err);

/* The section of compile units, or of DWARF 4's type units; or NULL. */
const struct cw_section *cw_library_units(const struct cw_library *library,
					  bool is_info);

/* The type unit with that signature has its type at @key. */
void cw_library_note_signature(struct cw_library *library, uint64_t signature,
			       uint64_t key);

/* Of a rule of CFI with an offset. */
int64_t cw_library_rule_offset(const Dwarf_Regtable_Entry3 *rule);

/* Of a rule of CFI with an expression.  Borrowed from the sections. */
void cw_library_rule_expression(const Dwarf_Regtable_Entry3 *rule,
				const unsigned char **ret, size_t *ret_size);

/* The augmentation string of an FDE's CIE, or NULL. */
const char *cw_library_augmentation(struct cw_library *library, Dwarf_Fde fde);

/* Hands back what dwarf_get_fde_list() and dwarf_get_fde_list_eh() gave. */
void cw_library_free_fdes(struct cw_library *library, Dwarf_Cie *cies,
			  Dwarf_Signed num_cies, Dwarf_Fde *fdes,
			  Dwarf_Signed num_fdes);

#endif

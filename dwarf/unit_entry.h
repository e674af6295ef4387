/*
 * Unit entry: what one DIE says of a function or of what is within one.
 */
#ifndef DWARF_UNIT_ENTRY_H
#define DWARF_UNIT_ENTRY_H

#include "dwarf/die.h"

enum cw_entry_flags {
	CW_ENTRY_DECLARATION = 1 << 0,
	CW_ENTRY_ARTIFICIAL = 1 << 1,
	CW_ENTRY_EXTERNAL = 1 << 2,
	CW_ENTRY_NORETURN = 1 << 3,
	CW_ENTRY_PROTOTYPED = 1 << 4,
	CW_ENTRY_TAIL_CALL = 1 << 5,
	CW_ENTRY_CONSTANT = 1 << 6,	/* @value is DW_AT_const_value */
	CW_ENTRY_UNKNOWN_TYPE = 1 << 7, /* it has one that cannot be found */
};

struct cw_unit_entry {
	uint64_t key;
	/* DW_AT_abstract_origin, else DW_AT_specification; or 0.  Of a call
	 * site the function called. */
	uint64_t origin;
	uint64_t type; /* key, or 0 */
	const char *name;
	/* Location or constant; frame base; value of a call's parameter. */
	struct cw_value value;
	uint32_t parent; /* number of the entry around it; of the first: 0 */
	uint32_t end;	 /* number of the first entry not below it */
	uint32_t code;	 /* number, or 0: none */
	uint16_t tag;
	uint16_t flags;
};

/* What only entries with code have. */
struct cw_unit_code {
	uint64_t low; /* of a call site: DW_AT_call_return_pc */
	struct cw_value high, ranges;
	/* Of a call site; of its parameter the register. */
	struct cw_value target;
	const char *linkage_name;
	uint32_t call_file, call_line;
	bool has_low;
};

/* Whether it says which code; it may have been dropped all the same. */
static inline bool cw_unit_code_is_there(const struct cw_unit_code *code)
{
	return code->ranges.kind != CW_VALUE_NONE ||
	       (code->has_low && code->high.kind != CW_VALUE_NONE);
}

/*
 * Reads what @die says into @ret, whose key, tag and place in the unit are the
 * caller's to fill in.  Whether it says anything of code, which is then in
 * @ret_code.
 */
bool cw_unit_entry_read(const struct cw_die *die, struct cw_unit_entry *ret,
			struct cw_unit_code *ret_code);

/* Makes its keys, which are of @library's file, good in those that use it. */
void cw_unit_entry_place(struct cw_unit_entry *entry,
			 const struct cw_library *library);

bool cw_tag_is_function_block(unsigned tag); /* DW_TAG_lexical_block, … */
bool cw_tag_is_call_site(unsigned tag);

#endif

/*
 * Function read: functions made of the entries of a unit.
 */
#ifndef DWARF_FUNCTION_READ_H
#define DWARF_FUNCTION_READ_H

#include "dwarf/address_list.h"
#include "dwarf/debug_private.h"
#include "dwarf/local_place.h"
#include "dwarf/scope_store.h"

/* What is needed to make functions of one module. */
struct cw_function_reader {
	struct cw_debug *debug;
	const struct cw_module *module;
	/* NULL: it has no debug info; all of it, or a part that is asked. */
	struct cw_debug_file *whole, *file;
	struct cw_file_scopes *scopes; /* of the file */
	struct cw_scope_store *store;
	struct cw_unit *unit; /* loaded */
	/* Of what is made, but for names and types, which stay. */
	struct cw_arena *arena;
	bool has_files; /* where what was inlined was called */
	/* Private: room that is used again. */
	struct cw_address_list ranges;
	CW_ARRAY(struct cw_code_scope) code_scopes;
	CW_ARRAY(uint32_t) scope_entries; /* their entries' numbers */
	CW_ARRAY(struct cw_local) locals;
	struct cw_local_places places;
	CW_ARRAY(struct cw_call_site) call_sites;
	CW_ARRAY(struct cw_call_parameter) parameters;
	CW_ARRAY(const struct cw_type *) types;
};

/* Opens the module's debug info and uses that of the whole file. */
struct cw_error *
cw_function_reader_init(struct cw_function_reader *reader,
			struct cw_debug *debug,
			const struct cw_module *module) cw_must_check;
void cw_function_reader_deinit(struct cw_function_reader *reader);

/* Goes on with another file of the module's debug info. */
void cw_function_reader_use(struct cw_function_reader *reader,
			    struct cw_debug_file *file);

/* The module's files by number: the whole, then its parts; NULL: no more. */
struct cw_debug_file *
cw_function_reader_part(const struct cw_function_reader *reader, size_t number);

/* The function at @address, in whose file the reader is then; or NULL. */
const struct cw_index_function *
cw_function_reader_find(struct cw_function_reader *reader, cw_addr address);

/* The function of that entry; NULL: it has no code. */
const struct cw_function *cw_function_read(struct cw_function_reader *reader,
					   uint32_t entry);

#endif

/*
 * Debug: the debug info of all modules of a target.
 *
 * Opening reads nothing.  Each module's debug info is found and read when
 * something of it is first asked for: top-level names in one pass, everything
 * else on demand.  The only user of libdwarf is this folder.
 *
 * Damaged debug info is a gap: what could be read is used, the rest counted in
 * cw_debug_problems().
 */
#ifndef DWARF_DEBUG_H
#define DWARF_DEBUG_H

#include "base/error.h"
#include "dwarf/type.h"
#include "target/target.h"

struct cw_debug;

/* Of a variable that the compiler took apart. */
struct cw_variable_piece {
	uint64_t offset; /* in the variable */
	uint64_t size;
	cw_addr address;
};

/* A variable with static storage. */
struct cw_variable {
	const char *name; /* "app::g_cache"; a static local "main()::seen" */
	const struct cw_type *type;
	cw_addr address; /* in the target; of TLS: offset in the module's */
	bool is_tls;
	struct cw_module *module;
	/* Where its pieces are (the address is the first one's), and all of
	 * its bytes put together, 0 what is nowhere; or NULL: it is whole. */
	const struct cw_variable_piece *pieces;
	uint32_t num_pieces;
	const unsigned char *bytes;
};

/*
 * Whether @address is in the variable, and where; of a thread-local it is the
 * offset in the module's storage.
 */
bool cw_variable_has(const struct cw_variable *variable, cw_addr address,
		     uint64_t *ret_offset);

struct cw_debug *cw_debug_create(struct cw_target *target);
void cw_debug_destroy(struct cw_debug *debug);

const struct cw_target *cw_debug_target(const struct cw_debug *debug);

/* Variables of @module, sorted by address, TLS ones last.  May be none. */
struct cw_error *cw_debug_variables(struct cw_debug *debug,
				    struct cw_module *module,
				    const struct cw_variable **ret,
				    size_t *ret_num) cw_must_check;

/*
 * Name of the function at @address, as a person reads it, from debug info, else
 * from symbols (demangled); NULL: unknown.  Writes the offset into it.
 */
const char *cw_debug_function(struct cw_debug *debug, cw_addr address,
			      uint64_t *ret_offset);

/* Source file and line of @address; false: unknown. */
bool cw_debug_line(struct cw_debug *debug, cw_addr address,
		   const char **ret_file, unsigned *ret_line);

/* Types of that name, complete ones first; from all modules. */
size_t cw_debug_types_named(struct cw_debug *debug, const char *name,
			    const struct cw_type ***ret);

/* The type with that id; NULL: none. */
const struct cw_type *cw_debug_type(struct cw_debug *debug, uint32_t id);

/* What is pointed to where nothing is said of it. */
const struct cw_type *cw_debug_void(struct cw_debug *debug);

/*
 * The type of Go whose descriptor is @offset bytes behind runtime.types of
 * @module; NULL: none.
 */
const struct cw_type *cw_debug_go_type(struct cw_debug *debug,
				       const struct cw_module *module,
				       uint64_t offset);

/*
 * All complete struct, class, union types of a module that have a name, for
 * tests and for candidates by size.  Reads everything: slow on large files.
 */
struct cw_error *cw_debug_all_types(struct cw_debug *debug,
				    struct cw_module *module,
				    const struct cw_type *const **ret,
				    size_t *ret_num) cw_must_check;

/* Whether any module has debug info; for the advice when nothing is typed. */
bool cw_debug_has(struct cw_debug *debug, struct cw_module *module);

/* Clauses for the user: what of the debug info could not be read. */
size_t cw_debug_problems(struct cw_debug *debug, const char *const **ret);

/* "std::vector<int>::push_back" for "_ZN…"; malloc'ed; NULL: not mangled. */
char *cw_demangle(const char *symbol);

#endif

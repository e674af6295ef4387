#include "object/vtable_type.h"

#include <string.h>

#include "base/memory.h"
#include "dwarf/scope.h"

/* Functions of a vtable that are asked for their class. */
#define MAX_FUNCTIONS 16

/* The one type of that name; NULL: none, or several. */
static const struct cw_type *type_by_name(struct cw_debug *debug,
					  const char *name)
{
	const struct cw_type *type = NULL;
	const struct cw_type **found;
	size_t num = cw_debug_types_named(debug, name, &found);

	for (size_t i = 0; i < num; i++) {
		const struct cw_type *next = cw_type_strip(found[i]);
		if (!cw_type_is_aggregate(next) || next->size < 8 ||
		    next == type)
			continue;
		if (type)
			return NULL;
		type = next;
	}
	return type;
}

/* "ns::Shape" of "ns::Shape<int>". */
static size_t plain_length(const char *name)
{
	return strcspn(name, "<");
}

/* Whether both may be names of one class, whatever its template arguments. */
static bool names_agree(const char *left, const char *right)
{
	size_t length = plain_length(left);

	return length == plain_length(right) &&
	       strncmp(left, right, length) == 0 &&
	       (left[length] == '\0') == (right[length] == '\0');
}

/* What "this" of the member function at @address points to. */
static const struct cw_type *this_of(struct cw_debug *debug, cw_addr address)
{
	const struct cw_function *function;
	cw_cleanup_error struct cw_error *err =
		cw_debug_function_at(debug, address, &function);

	if (err || !function)
		return NULL;
	for (uint32_t i = 0; i < function->num_locals; i++) {
		const struct cw_local *local = &function->locals[i];
		if (local->scope != 0 || !local->is_parameter ||
		    !local->is_artificial || !local->type)
			continue;
		const struct cw_type *type = cw_type_strip(local->type);
		return type->kind == CW_TYPE_POINTER
			       ? cw_type_strip(type->target)
			       : NULL;
	}
	return NULL;
}

static bool is_code(const struct cw_target *target, cw_addr address)
{
	const struct cw_segment *segment = cw_target_segment(target, address);

	return segment && segment->flags & CW_SEGMENT_EXEC;
}

const struct cw_type *cw_vtable_type(struct cw_debug *debug,
				     const struct cw_target *target,
				     cw_addr address, const char *name)
{
	const struct cw_type *type = type_by_name(debug, name);

	if (type)
		return type;
	for (size_t i = 0; i < MAX_FUNCTIONS; i++) {
		uint64_t word;
		if (!cw_target_read_word(target, address + i * 8, &word) ||
		    (word != 0 && !is_code(target, word)))
			break;
		type = word ? this_of(debug, word) : NULL;
		if (type && type->name && cw_type_is_aggregate(type) &&
		    type->size >= 8 && names_agree(type->name, name))
			return type;
	}
	return NULL;
}

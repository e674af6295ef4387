#include "object/number.h"

#include <string.h>

#include "base/memory.h"
#include "dwarf/debug.h"
#include "dwarf/frame_variable.h"
#include "dwarf/stacks.h"

enum {
	WORD = 8,
	MAX_DEPTH = 16,	     /* of types in types */
	MAX_CANDIDATES = 64, /* looked at in one go */
	MAX_COVERING = 16,   /* variables looked at for one word */
};

/* A name that says that it stands for a place. */
static bool means_place(const char *name)
{
	return name &&
	       (strcasestr(name, "ptr") || strcasestr(name, "addr") ||
		strcasestr(name, "handle") || strcasestr(name, "pointer") ||
		strcasestr(name, "atomic"));
}

static bool is_number(const struct cw_type *type)
{
	switch (type->encoding) {
	case CW_ENCODING_SIGNED:
	case CW_ENCODING_UNSIGNED:
		return type->size >= 2 && type->size <= WORD;
	case CW_ENCODING_BOOL:
		return true;
	default:
		return false;
	}
}

bool cw_type_is_float(const struct cw_type *type)
{
	return type && type->kind == CW_TYPE_BASE &&
	       type->encoding == CW_ENCODING_FLOAT;
}

static enum cw_number_kind kind_of(const struct cw_type *type, int64_t offset,
				   unsigned depth);

static enum cw_number_kind kind_of_members(const struct cw_type *type,
					   int64_t offset, unsigned depth)
{
	const struct cw_member *members;
	size_t num = cw_type_members(type, &members);
	enum cw_number_kind kind = CW_NUMBER_NONE;

	if (cw_type_variants(type))
		return CW_NUMBER_NONE;
	for (size_t i = 0; i < num; i++) {
		int64_t start = members[i].offset;
		const struct cw_type *is = cw_type_strip(members[i].type);
		if (members[i].bit_size || members[i].is_virtual_base || !is)
			return CW_NUMBER_NONE;
		if (start >= offset + WORD ||
		    start + (int64_t)is->size <= offset)
			continue;
		enum cw_number_kind inner =
			means_place(members[i].name)
				? CW_NUMBER_NONE
				: kind_of(members[i].type, offset - start,
					  depth + 1);
		if (inner == CW_NUMBER_NONE)
			return CW_NUMBER_NONE;
		if (kind != CW_NUMBER_INTEGER)
			kind = inner;
	}
	return kind;
}

static enum cw_number_kind kind_of_base(const struct cw_type *type)
{
	if (cw_type_is_float(type))
		return CW_NUMBER_FLOAT;
	return is_number(type) ? CW_NUMBER_INTEGER : CW_NUMBER_NONE;
}

/* Types in types are the debug info's, and few. */
static enum cw_number_kind kind_of(const struct cw_type *type, int64_t offset,
				   unsigned depth)
{
	for (; type && depth < MAX_DEPTH; type = type->target, depth++) {
		if (means_place(type->name))
			return CW_NUMBER_NONE;
		switch (type->kind) {
		case CW_TYPE_TYPEDEF:
			break;
		case CW_TYPE_QUALIFIED:
			if (means_place(type->qualifier))
				return CW_NUMBER_NONE;
			break;
		case CW_TYPE_ARRAY:
			return cw_type_is_float(cw_type_strip(type))
				       ? CW_NUMBER_FLOAT
				       : CW_NUMBER_NONE;
		case CW_TYPE_BASE:
			return kind_of_base(type);
		case CW_TYPE_ENUM:
			return CW_NUMBER_INTEGER;
		case CW_TYPE_STRUCT:
		case CW_TYPE_CLASS:
			return kind_of_members(type, offset, depth);
		default:
			return CW_NUMBER_NONE;
		}
	}
	return CW_NUMBER_NONE;
}

enum cw_number_kind cw_type_number_at(const struct cw_type *type,
				      int64_t offset)
{
	return kind_of(type, offset, 0);
}

static uint64_t word_of(const struct cw_root *root, uint64_t word)
{
	uint64_t value;

	memcpy(&value, root->bytes + word * WORD, WORD);
	return value;
}

/* The last of those that begin before @end. */
static size_t variables_before(const struct cw_variable *variables, size_t num,
			       cw_addr end)
{
	size_t low = 0, high = num;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (!variables[middle].is_tls &&
		    variables[middle].address < end)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Whether all variables that lie there are numbers, and there are such. */
static bool variables_are_numbers(const struct cw_variable *variables,
				  size_t num, cw_addr slot)
{
	size_t end = variables_before(variables, num, slot + WORD);
	bool has_any = false;

	for (size_t i = end; i-- > 0 && end - i <= MAX_COVERING;) {
		const struct cw_variable *variable = &variables[i];
		const struct cw_type *type = cw_type_strip(variable->type);
		if (variable->pieces || !type)
			return false;
		if (variable->address + type->size <= slot)
			continue;
		has_any = true;
		if (means_place(variable->name) ||
		    !cw_type_number_at(variable->type,
				       (int64_t)(slot - variable->address)))
			return false;
	}
	return has_any;
}

static void find_in_global(const struct cw_number_finder *finder,
			   const struct cw_root *root)
{
	const struct cw_variable *variables;
	size_t num = 0;
	bool is_read = false;

	for (uint64_t i = 0; i < root->num_words; i++) {
		if (!finder->wants(finder->context, word_of(root, i)))
			continue;
		if (!is_read) {
			cw_cleanup_error struct cw_error *err =
				cw_debug_variables(
					finder->debug,
					(struct cw_module *)root->module,
					&variables, &num);
			if (err)
				return;
			is_read = true;
		}
		if (num == 0)
			return;
		if (variables_are_numbers(variables, num, root->start + i * 8))
			finder->found(finder->context, root, i);
	}
}

/* Words of one frame whose values are wanted. */
struct candidates {
	cw_addr slots[MAX_CANDIDATES];
	bool is_covered[MAX_CANDIDATES];
	bool is_other[MAX_CANDIDATES]; /* something else than a number, too */
	size_t num;
};

static void look(void *context, const struct cw_frame_variable *variable)
{
	struct candidates *candidates = context;
	const struct cw_type *declared = variable->local->type;
	const struct cw_type *type = cw_type_strip(declared);

	for (unsigned i = 0; i < variable->place.num_pieces; i++) {
		const struct cw_place_piece *piece = &variable->place.pieces[i];
		bool is_whole = variable->place.num_pieces == 1 && type;
		uint64_t size = piece->size || !type ? piece->size : type->size;

		if (piece->kind != CW_PIECE_MEMORY)
			continue;
		for (size_t j = 0; j < candidates->num; j++) {
			cw_addr slot = candidates->slots[j];
			if (slot + WORD <= piece->value ||
			    slot >= piece->value + size)
				continue;
			candidates->is_covered[j] = true;
			if (!is_whole || means_place(variable->local->name) ||
			    !cw_type_number_at(declared,
					       (int64_t)(slot - piece->value)))
				candidates->is_other[j] = true;
		}
	}
}

/* Tells which of the candidates are numbers; there are none then. */
static void candidates_settle(const struct cw_number_finder *finder,
			      const struct cw_root *root,
			      const struct cw_frame_site *site,
			      struct candidates *candidates)
{
	if (candidates->num == 0)
		return;
	cw_cleanup_error struct cw_error *err =
		cw_frame_variables(site, look, candidates);
	for (size_t i = 0; i < candidates->num && !err; i++)
		if (candidates->is_covered[i] && !candidates->is_other[i])
			finder->found(finder->context, root,
				      (candidates->slots[i] - root->start) /
					      WORD);
	*candidates = (struct candidates){0};
}

static void find_in_frame(const struct cw_number_finder *finder,
			  const struct cw_root *root,
			  const struct cw_stack *stack, size_t number)
{
	const struct cw_frame *frame = &stack->frames.items[number];
	const struct cw_frame_site site = {
		.debug = finder->debug,
		.target = cw_debug_target(finder->debug),
		.stack = stack,
		.frame = number,
	};
	struct candidates candidates = {0};
	cw_addr start = frame->regs[CW_FRAME_RSP];
	cw_addr end = root->start + root->num_words * WORD;

	if (start < root->start || start % WORD)
		return;
	for (cw_addr at = start; at < frame->cfa && at < end; at += WORD) {
		if (!finder->wants(finder->context,
				   word_of(root, (at - root->start) / WORD)))
			continue;
		candidates.slots[candidates.num++] = at;
		if (candidates.num == MAX_CANDIDATES)
			candidates_settle(finder, root, &site, &candidates);
	}
	candidates_settle(finder, root, &site, &candidates);
}

void cw_numbers_find(const struct cw_number_finder *finder,
		     const struct cw_root *root)
{
	if (root->kind == CW_ROOT_GLOBAL && root->module) {
		find_in_global(finder, root);
	} else if (root->kind == CW_ROOT_STACK && root->thread) {
		const struct cw_stack *stack =
			cw_debug_stack(finder->debug, root->thread);
		for (size_t i = 0; i < stack->frames.num; i++)
			find_in_frame(finder, root, stack, i);
	}
}

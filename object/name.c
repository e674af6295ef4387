#include "object/name.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "dwarf/unwind.h"
#include "object/static_storage.h"
#include "target/symbol.h"

enum {
	/* Members within members: types are input. */
	MAX_DEPTH = 64,
	/* Frames looked at to say which one a stack slot is in. */
	MAX_FRAMES = 256,
};

/* A place in an object: the innermost part of it that is there. */
struct place {
	const struct cw_type *type;
	uint64_t offset; /* into the type */
	bool is_known;	 /* false: padding, or beyond what the type says */
};

static void index_add(struct cw_text *text, uint64_t index)
{
	cw_text_addf(text, "[%" PRIu64 "]", index);
}

static void offset_add(struct cw_text *text, uint64_t offset)
{
	cw_text_addf(text, "+0x%" PRIx64, offset);
}

/* A class without data, such as std::allocator: as a base it takes no room. */
static bool is_empty(const struct cw_type *type)
{
	for (unsigned depth = 0; depth < MAX_DEPTH; depth++) {
		const struct cw_member *members;
		if (type->size != 1 || !cw_type_is_aggregate(type))
			return false;

		size_t num = cw_type_members(type, &members);
		if (num == 0)
			return true;
		if (num > 1 || !members[0].is_base)
			return false;
		type = cw_type_strip(members[0].type);
		if (!type)
			return false;
	}
	return false;
}

/* The member that holds @offset: of several (a union), the first. */
static const struct cw_member *member_at(const struct cw_type *type,
					 uint64_t offset)
{
	const struct cw_member *members;
	size_t num = cw_type_members(type, &members);
	const struct cw_member *flexible = NULL;

	for (size_t i = 0; i < num; i++) {
		const struct cw_type *inner = cw_type_strip(members[i].type);
		if (!inner || members[i].is_virtual_base ||
		    offset < members[i].offset)
			continue;
		if (members[i].is_base && is_empty(inner))
			continue;
		if (offset - members[i].offset < inner->size)
			return &members[i];
		if (inner->kind == CW_TYPE_ARRAY && inner->count == 0 &&
		    i == num - 1)
			flexible = &members[i];
	}
	return flexible;
}

/* One step inwards; false: this is the innermost. */
static bool place_enter(struct place *place, struct cw_text *text)
{
	const struct cw_type *type = place->type;

	if (type->kind == CW_TYPE_ARRAY) {
		const struct cw_type *element = cw_type_strip(type->target);
		if (!element || element->size == 0)
			return false;
		if (text)
			index_add(text, place->offset / element->size);
		place->offset %= element->size;
		place->type = element;
		return true;
	}
	if (!cw_type_is_aggregate(type))
		return false;

	const struct cw_member *member = member_at(type, place->offset);
	if (!member) {
		place->is_known = false;
		return false;
	}
	if (text && member->name)
		cw_text_addf(text, ".%s", member->name);
	place->offset -= member->offset;
	place->type = cw_type_strip(member->type);
	return true;
}

/* Adds the path of what is at @offset of @type, within its size. */
static struct place place_find(const struct cw_type *type, uint64_t offset,
			       struct cw_text *text)
{
	struct place place = {
		.type = cw_type_strip(type),
		.offset = offset,
		.is_known = true,
	};

	for (unsigned depth = 0; depth < MAX_DEPTH; depth++)
		if (!place_enter(&place, text))
			break;
	return place;
}

const struct cw_type *cw_type_scalar_at(const struct cw_type *type,
					uint64_t offset)
{
	type = cw_type_strip(type);
	if (!type || type->size == 0 || offset >= type->size)
		return NULL;

	struct place place = place_find(type, offset, NULL);
	if (!place.is_known || place.offset != 0 ||
	    cw_type_is_aggregate(place.type) ||
	    place.type->kind == CW_TYPE_ARRAY)
		return NULL;
	return place.type;
}

static void field_add(const struct cw_type *type, uint64_t offset,
		      struct cw_text *text)
{
	struct place place = place_find(type, offset, text);

	if (!place.is_known || place.offset != 0)
		offset_add(text, place.offset);
}

static bool has_flexible_end(const struct cw_type *type)
{
	const struct cw_member *members;
	size_t num = cw_type_members(type, &members);

	if (num == 0)
		return false;
	const struct cw_type *last = cw_type_strip(members[num - 1].type);
	return last && last->kind == CW_TYPE_ARRAY && last->count == 0;
}

void cw_name_field(const struct cw_type *type, uint64_t offset,
		   struct cw_text *text)
{
	type = type ? cw_type_strip(type) : NULL;
	if (!type || type->size == 0) {
		offset_add(text, offset);
		return;
	}
	if (offset >= type->size && !has_flexible_end(type)) {
		index_add(text, offset / type->size);
		offset %= type->size;
	}
	field_add(type, offset, text);
}

void cw_name_block_field(struct cw_typing *typing, const struct cw_block *block,
			 uint64_t offset, struct cw_text *text)
{
	struct cw_typed_block typed;

	if (!typing || !cw_typing_of(typing, block, &typed) || !typed.type) {
		offset_add(text, offset);
		return;
	}
	const struct cw_type *type = cw_type_strip(typed.type);
	if (typed.count > 1) {
		index_add(text, offset / type->size);
		offset %= type->size;
		field_add(type, offset, text);
	} else if (offset >= type->size && !has_flexible_end(type)) {
		/* Behind the object in a larger block: not a second one. */
		offset_add(text, offset);
	} else {
		cw_name_field(type, offset, text);
	}
}

/* The variable that holds @address; of TLS ones, @address is the offset. */
static const struct cw_variable *variable_at(struct cw_debug *debug,
					     const struct cw_module *module,
					     cw_addr address, bool is_tls)
{
	const struct cw_variable *variables;
	size_t num;
	cw_cleanup_error struct cw_error *err = cw_debug_variables(
		debug, (struct cw_module *)module, &variables, &num);

	if (err)
		return NULL;
	for (size_t i = 0; i < num; i++) {
		const struct cw_type *type = cw_type_strip(variables[i].type);
		uint64_t size = type && type->size ? type->size : 1;
		if (variables[i].is_tls == is_tls &&
		    address >= variables[i].address &&
		    address - variables[i].address < size)
			return &variables[i];
	}
	return NULL;
}

static void variable_add(const struct cw_variable *variable, uint64_t offset,
			 struct cw_text *text)
{
	cw_text_add(text, variable->name);
	field_add(variable->type, offset, text);
}

static bool name_by_symbol(struct cw_target *target, cw_addr address,
			   struct cw_text *text)
{
	const struct cw_symbol *symbol = cw_symbol_at(target, address);

	if (!symbol ||
	    (symbol->size > 0 && address >= symbol->address + symbol->size))
		return false;
	cw_cleanup_free char *plain = cw_demangle(symbol->name);
	cw_text_add(text, plain ? plain : symbol->name);
	if (address > symbol->address)
		offset_add(text, address - symbol->address);
	return true;
}

static void name_by_module(const struct cw_module *module, cw_addr address,
			   struct cw_text *text)
{
	cw_text_add(text, module->name);
	offset_add(text, address - module->start);
}

static void name_by_segment(const struct cw_segment *segment, cw_addr address,
			    struct cw_text *text)
{
	cw_text_addf(text, "mapping 0x%" PRIx64, segment->start);
	if (segment->path)
		cw_text_addf(text, " (%s)", segment->path);
	offset_add(text, address - segment->start);
}

bool cw_name_address(struct cw_target *target, struct cw_debug *debug,
		     cw_addr address, struct cw_text *text)
{
	const struct cw_segment *segment = cw_target_segment(target, address);
	const struct cw_module *module = cw_module_at(target, address);

	if (!segment)
		return false;
	if (module && debug) {
		const struct cw_variable *variable =
			variable_at(debug, module, address, false);
		if (variable) {
			variable_add(variable, address - variable->address,
				     text);
			return true;
		}
	}
	if (name_by_symbol(target, address, text))
		return true;
	if (module)
		name_by_module(module, address, text);
	else
		name_by_segment(segment, address, text);
	return true;
}

/* "frame #2 worker" for the frame whose part of the stack holds @slot. */
static bool frame_add(struct cw_target *target, struct cw_debug *debug,
		      const struct cw_thread *thread, cw_addr slot,
		      struct cw_text *text)
{
	struct cw_stack stack;
	bool is_found = false;

	cw_stack_init(&stack, debug, target, thread, MAX_FRAMES);
	for (size_t i = 0; i < stack.frames.num && !is_found; i++) {
		const struct cw_frame *frame = &stack.frames.items[i];
		uint64_t offset;
		if (frame->cfa == 0 || slot >= frame->cfa)
			continue;
		const char *function = cw_debug_function(
			debug, cw_frame_lookup_pc(frame), &offset);
		cw_text_addf(text, "frame #%zu %s", i,
			     function ? function : "?");
		is_found = true;
	}
	cw_stack_deinit(&stack);
	return is_found;
}

static void name_stack_slot(struct cw_target *target, struct cw_debug *debug,
			    const struct cw_root *root, cw_addr slot,
			    struct cw_text *text)
{
	cw_text_addf(text, "thread %u ", root->thread->number);
	cw_addr rsp = root->thread->regs[CW_REG_RSP];
	if (debug && slot >= rsp &&
	    frame_add(target, debug, root->thread, slot, text))
		cw_text_add(text, ", ");
	cw_text_addf(text, "stack%+" PRId64, (int64_t)(slot - rsp));
}

static void name_thread_local(struct cw_target *target, struct cw_debug *debug,
			      const struct cw_root *root, cw_addr slot,
			      struct cw_text *text)
{
	cw_text_addf(text, "thread %u ", root->thread->number);
	cw_array_foreach(module, &target->modules)
	{
		cw_addr start;
		if (!debug ||
		    !cw_tls_address(target, module, root->thread, 0, &start))
			continue;
		if (slot < start || slot - start >= module->tls_size)
			continue;
		const struct cw_variable *variable =
			variable_at(debug, module, slot - start, true);
		if (!variable)
			continue;
		variable_add(variable, slot - start - variable->address, text);
		return;
	}
	cw_text_addf(text, "tls%+" PRId64,
		     (int64_t)(slot - root->thread->regs[CW_REG_FS_BASE]));
}

void cw_name_root(struct cw_target *target, struct cw_debug *debug,
		  const struct cw_root *root, uint64_t word,
		  struct cw_text *text)
{
	cw_addr slot = root->start + word * 8;

	switch (root->kind) {
	case CW_ROOT_REGISTER:
		if (cw_root_is_general(root) && word < CW_NUM_REGS)
			cw_text_addf(text, "thread %u %s", root->thread->number,
				     cw_register_names[word]);
		else
			cw_text_addf(text, "thread %u vector register",
				     root->thread->number);
		return;
	case CW_ROOT_STACK:
		if (root->thread) {
			name_stack_slot(target, debug, root, slot, text);
			return;
		}
		break;
	case CW_ROOT_TLS:
		if (root->thread) {
			name_thread_local(target, debug, root, slot, text);
			return;
		}
		break;
	default:
		break;
	}
	if (!cw_name_address(target, debug, slot, text))
		cw_text_addf(text, "0x%" PRIx64, slot);
}

#include "object/name.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "code/instruction.h"
#include "dwarf/frame.h"
#include "object/field_path.h"
#include "object/frame_place.h"
#include "object/static_storage.h"
#include "object/weak.h"
#include "target/symbol.h"

static void offset_add(struct cw_text *text, uint64_t offset)
{
	cw_text_addf(text, "+0x%" PRIx64, offset);
}

/*
 * The variable that holds @address, and where in it; of TLS ones, @address is
 * the offset.
 */
static const struct cw_variable *variable_at(struct cw_debug *debug,
					     const struct cw_module *module,
					     cw_addr address, bool is_tls,
					     uint64_t *ret_offset)
{
	const struct cw_variable *variables;
	size_t num;
	cw_cleanup_error struct cw_error *err = cw_debug_variables(
		debug, (struct cw_module *)module, &variables, &num);

	if (err)
		return NULL;
	for (size_t i = 0; i < num; i++)
		if (variables[i].is_tls == is_tls &&
		    cw_variable_has(&variables[i], address, ret_offset))
			return &variables[i];
	return NULL;
}

/*
 * @address of an object of the variable in memory, @offset in it.  What is in
 * pieces has no address that the rules could go by.
 */
static void variable_add(const struct cw_name_context *context,
			 const struct cw_variable *variable, cw_addr address,
			 uint64_t offset, struct cw_text *text,
			 struct cw_field_path *ret)
{
	cw_text_add(text, variable->name);
	if (variable->pieces)
		cw_field_path_add(variable->type, offset, text);
	else
		cw_field_path_add_at(context->rules, variable->type, address,
				     offset, 0, text, ret);
	ret->is_variable = true;
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

/* Whether @variable points to the beginning of an object with @address in it.
 */
static bool leads_to(const struct cw_name_context *context,
		     const struct cw_variable *variable, cw_addr address,
		     const struct cw_type **ret_type, cw_addr *ret_object)
{
	const struct cw_type *type =
		variable->type ? cw_type_strip(variable->type) : NULL;
	const struct cw_type *target =
		type && type->kind == CW_TYPE_POINTER ? type->target : NULL;

	if (!target || variable->is_tls || variable->pieces ||
	    !cw_type_is_aggregate(target) ||
	    !cw_target_read_word(context->target, variable->address,
				 ret_object) ||
	    *ret_object > address ||
	    address - *ret_object >= cw_type_strip(target)->size)
		return false;
	*ret_type = target;
	return true;
}

/* The path from @object on, behind an arrow; a lock that begins with it, and
 * what has no path, are called by the pointer alone. */
static void pointee_add(const struct cw_name_context *context,
			const struct cw_type *type, cw_addr object,
			uint64_t offset, struct cw_text *text,
			struct cw_field_path *ret)
{
	size_t before = text->length;

	cw_text_add(text, "->");
	size_t length = text->length;
	cw_field_path_add_at(context->rules, type, object, offset, 0, text,
			     ret);
	if (text->chars[length] == '.') {
		memmove(&text->chars[length], &text->chars[length + 1],
			text->length - length);
		text->length--;
		ret->lock_length -= ret->lock_length > length;
	}
	if (ret->lock_length == length)
		ret->lock_length = before;
	if (text->length == length)
		cw_text_cut(text, before);
}

/*
 * "g_server->lock", of an object that has no name of its own and is not of the
 * heap: Go's composite literals, C's compound ones.
 */
static bool name_by_pointer(const struct cw_name_context *context,
			    const struct cw_module *module, cw_addr address,
			    struct cw_text *text, struct cw_field_path *ret)
{
	const struct cw_variable *variables;
	const struct cw_type *type;
	cw_addr object;
	size_t num;
	cw_cleanup_error struct cw_error *err = cw_debug_variables(
		context->debug, (struct cw_module *)module, &variables, &num);

	for (size_t i = 0; !err && i < num; i++) {
		if (!leads_to(context, &variables[i], address, &type, &object))
			continue;
		cw_text_add(text, variables[i].name);
		pointee_add(context, type, object, address - object, text, ret);
		ret->is_variable = true;
		return true;
	}
	return false;
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

bool cw_name_address(const struct cw_name_context *context, cw_addr address,
		     struct cw_text *text, struct cw_field_path *ret)
{
	struct cw_target *target = context->target;
	const struct cw_segment *segment = cw_target_segment(target, address);
	const struct cw_module *module = cw_module_at(target, address);
	struct cw_field_path path;

	ret = ret ? ret : &path;
	*ret = (struct cw_field_path){.end = CW_FIELD_PLAIN};
	if (!segment)
		return false;
	if (module && context->debug) {
		uint64_t offset;
		const struct cw_variable *variable = variable_at(
			context->debug, module, address, false, &offset);
		if (variable) {
			variable_add(context, variable, variable->address,
				     offset, text, ret);
			return true;
		}
	}
	if (name_by_symbol(target, address, text) ||
	    (module && context->debug &&
	     name_by_pointer(context, module, address, text, ret)))
		return true;
	if (module)
		name_by_module(module, address, text);
	else
		name_by_segment(segment, address, text);
	return true;
}

static void thread_add(const struct cw_name_context *context,
		       const struct cw_root *root, struct cw_text *text)
{
	if (root->goroutine)
		cw_text_addf(text, "goroutine %" PRIu64 " ",
			     root->goroutine->id);
	else if (context->target->threads.num > 1)
		cw_text_addf(text, "thread %u ", root->thread->number);
}

/* "main()::list.first" where it is a local's; false: it is not. */
static bool name_local(const struct cw_name_context *context,
		       const struct cw_root *root,
		       const struct cw_frame_place *place, struct cw_text *text,
		       struct cw_field_path *ret)
{
	if (!place->local)
		return false;
	thread_add(context, root, text);
	cw_frame_place_name(place, text);
	if (place->address)
		cw_field_path_add_at(context->rules, place->local->type,
				     place->address, place->offset, 0, text,
				     ret);
	else
		cw_field_path_add(place->local->type, place->offset, text);
	ret->is_variable = true;
	return true;
}

static void name_stack_slot(const struct cw_name_context *context,
			    const struct cw_root *root, uint64_t word,
			    struct cw_text *text, struct cw_field_path *ret)
{
	cw_addr rsp = root->thread->regs[CW_REG_RSP];
	struct cw_frame_place place;
	bool has_frame = cw_frame_place_find(context->target, context->debug,
					     root, word, &place);

	if (has_frame && name_local(context, root, &place, text, ret))
		return;
	cw_text_addf(text, "thread %u ", root->thread->number);
	if (has_frame)
		cw_text_addf(text, "frame #%u %s, ", place.frame,
			     place.function ? place.function : "?");
	cw_text_addf(text, "stack%+" PRId64,
		     (int64_t)(root->start + word * 8 - rsp));
}

static void name_goroutine(const struct cw_name_context *context,
			   const struct cw_root *root, uint64_t word,
			   struct cw_text *text, struct cw_field_path *ret)
{
	struct cw_frame_place place;
	bool has_frame = cw_frame_place_find(context->target, context->debug,
					     root, word, &place);

	if (has_frame && name_local(context, root, &place, text, ret))
		return;
	thread_add(context, root, text);
	if (has_frame)
		cw_frame_place_name(&place, text);
	else
		cw_text_add(text, root->start ? "stack" : "register");
}

/* What Go's runtime has beside a block, or queued. */
static void name_runtime(const struct cw_root *root, uint64_t word,
			 struct cw_text *text)
{
	cw_text_add(text, root->what);
	if (root->block)
		cw_text_addf(text, " 0x%" PRIx64, root->block);
	if (root->block == root->start)
		offset_add(text, word * 8);
}

static void name_register(const struct cw_name_context *context,
			  const struct cw_root *root, uint64_t word,
			  struct cw_text *text, struct cw_field_path *ret)
{
	struct cw_frame_place place;

	if (!cw_root_is_general(root) || word >= CW_NUM_REGS) {
		cw_text_addf(text, "thread %u vector register",
			     root->thread->number);
		return;
	}
	if (cw_frame_place_find(context->target, context->debug, root, word,
				&place) &&
	    name_local(context, root, &place, text, ret))
		cw_text_addf(text, " in %s", cw_register_names[word]);
	else
		cw_text_addf(text, "thread %u %s", root->thread->number,
			     cw_register_names[word]);
}

static void name_thread_local(const struct cw_name_context *context,
			      const struct cw_root *root, cw_addr slot,
			      struct cw_text *text, struct cw_field_path *ret)
{
	struct cw_target *target = context->target;
	cw_text_addf(text, "thread %u ", root->thread->number);
	cw_array_foreach(module, &target->modules)
	{
		cw_addr start;
		uint64_t offset;
		if (!context->debug ||
		    !cw_tls_address(target, module, root->thread, 0, &start))
			continue;
		if (slot < start || slot - start >= module->tls_size)
			continue;
		const struct cw_variable *variable = variable_at(
			context->debug, module, slot - start, true, &offset);
		if (!variable)
			continue;
		variable_add(context, variable, start + variable->address,
			     offset, text, ret);
		return;
	}
	cw_text_addf(text, "tls%+" PRId64,
		     (int64_t)(slot - root->thread->regs[CW_REG_FS_BASE]));
}

/* "thread 1 saved rbx of main(), not read again" */
static void name_weak_word(const struct cw_name_context *context,
			   const struct cw_root *root,
			   const struct cw_weak_word *weak, bool is_saved,
			   struct cw_text *text)
{
	const char *name = NULL;
	uint64_t offset;

	if (context->debug)
		name = cw_debug_function(context->debug, weak->owner, &offset);
	cw_text_addf(text, "thread %u ", root->thread->number);
	if (weak->reg == CW_NO_REGISTER)
		cw_text_add(text, "slot of ");
	else
		cw_text_addf(text, "%s%s of ", is_saved ? "saved " : "",
			     cw_register_names
				     [cw_frame_thread_registers[weak->reg]]);
	if (name)
		cw_text_addf(text, "%s%s", name, strchr(name, '(') ? "" : "()");
	else
		cw_text_addf(text, "0x%" PRIx64, weak->owner);
	cw_text_add(text, ", not read again");
}

static void name_root(const struct cw_name_context *context,
		      const struct cw_root *root, uint64_t word,
		      const struct cw_weak_word *weak, struct cw_text *text,
		      struct cw_field_path *ret)
{
	cw_addr slot = root->start + word * 8;

	switch (root->kind) {
	case CW_ROOT_REGISTER:
		if (weak)
			name_weak_word(context, root, weak, false, text);
		else
			name_register(context, root, word, text, ret);
		return;
	case CW_ROOT_STACK:
		if (root->thread && weak) {
			name_weak_word(context, root, weak, true, text);
			return;
		}
		if (root->thread) {
			name_stack_slot(context, root, word, text, ret);
			return;
		}
		break;
	case CW_ROOT_TLS:
		if (root->thread) {
			name_thread_local(context, root, slot, text, ret);
			return;
		}
		break;
	case CW_ROOT_GOROUTINE:
		name_goroutine(context, root, word, text, ret);
		return;
	case CW_ROOT_RUNTIME:
		name_runtime(root, word, text);
		return;
	default:
		break;
	}
	if (!cw_name_address(context, slot, text, ret))
		cw_text_addf(text, "0x%" PRIx64, slot);
}

void cw_name_root(const struct cw_name_context *context,
		  const struct cw_root *root, uint64_t word,
		  struct cw_text *text, struct cw_field_path *ret)
{
	const struct cw_weak_word *weak = cw_root_weak_word(root, word);
	bool is_number = weak && weak->is_number;
	struct cw_field_path path;

	ret = ret ? ret : &path;
	*ret = (struct cw_field_path){.end = CW_FIELD_PLAIN};
	name_root(context, root, word, is_number ? NULL : weak, text, ret);
	if (is_number)
		cw_text_add(text, ", a number");
}

#include "object/local_storage.h"

#include "base/memory.h"
#include "dwarf/frame_variable.h"
#include "dwarf/stacks.h"
#include "object/static_storage.h"

enum {
	MAX_SIZE = 1 << 20,
};

struct walk {
	const struct cw_frame_site *site;
	void (*visit)(void *context, const struct cw_local_object *object);
	void *context;
	const struct cw_thread *thread;
	CW_ARRAY(unsigned char) bytes, known;
};

static bool tls_address(void *context, const struct cw_module *module,
			uint64_t offset, cw_addr *ret)
{
	const struct walk *walk = context;

	return cw_tls_address(walk->site->target, module, walk->thread, offset,
			      ret);
}

static void variable_visit(void *context,
			   const struct cw_frame_variable *variable)
{
	struct walk *walk = context;
	const struct cw_type *type =
		variable->local->type ? cw_type_strip(variable->local->type)
				      : NULL;

	if (!type || type->size == 0 || type->size > MAX_SIZE ||
	    type->kind == CW_TYPE_BASE || type->kind == CW_TYPE_ENUM)
		return;
	cw_array_reserve(&walk->bytes, type->size);
	cw_array_reserve(&walk->known, type->size);
	/* What is only known in part would be read as zeros. */
	if (cw_frame_variable_bytes(walk->site, variable, walk->bytes.items,
				    walk->known.items, type->size) < type->size)
		return;
	struct cw_local_object object = {type, variable->address,
					 walk->bytes.items};
	walk->visit(walk->context, &object);
}

static struct cw_error *thread_visit(struct walk *walk,
				     const struct cw_target *target,
				     struct cw_debug *debug,
				     struct cw_progress *progress)
{
	const struct cw_stack *stack = cw_debug_stack(debug, walk->thread);
	struct cw_error *err = NULL;

	for (size_t i = 0; !err && i < stack->frames.num; i++) {
		struct cw_frame_site site = {
			.debug = debug,
			.target = target,
			.stack = stack,
			.frame = i,
			.tls_address = tls_address,
			.context = walk,
		};
		walk->site = &site;
		err = cw_progress_step(progress, i);
		if (!err)
			err = cw_frame_variables(&site, variable_visit, walk);
	}
	return err;
}

struct cw_error *cw_local_objects_visit(
	const struct cw_target *target, struct cw_debug *debug,
	struct cw_progress *progress,
	void (*visit)(void *context, const struct cw_local_object *object),
	void *context)
{
	struct walk walk = {.visit = visit, .context = context};
	struct cw_error *err = NULL;

	cw_array_foreach(thread, &target->threads)
	{
		walk.thread = thread;
		err = thread_visit(&walk, target, debug, progress);
		if (err)
			break;
	}
	cw_array_deinit(&walk.bytes);
	cw_array_deinit(&walk.known);
	return err;
}

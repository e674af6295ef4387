#include "object/coroutine.h"

#include <string.h>

#include "base/memory.h"
#include "dwarf/scope.h"
#include "object/typing_private.h"

enum { FRAME_SIZE = 16, MAX_FUNCTIONS = 1 << 16 };

struct seeker {
	struct cw_spread *spread;
	struct cw_map types; /* of frames, by their function: id, or 0 */
	uint32_t num_functions;
};

/* Whether an object of @type begins with two pointers to functions. */
static bool begins_as_frame(const struct cw_type *type)
{
	const struct cw_member *members;
	size_t num = cw_type_members(type, &members);

	if (type->size < FRAME_SIZE || num < 2)
		return false;
	for (size_t i = 0; i < 2; i++) {
		const struct cw_type *pointer = cw_type_strip(members[i].type);
		if (members[i].offset != i * 8 || !pointer ||
		    pointer->kind != CW_TYPE_POINTER || !pointer->target ||
		    cw_type_strip(pointer->target)->kind != CW_TYPE_FUNCTION)
			return false;
	}
	return true;
}

/* What the only thing that a function takes points to; NULL: no frame. */
static const struct cw_type *frame_of(struct seeker *seeker, cw_addr address)
{
	struct cw_debug *debug = seeker->spread->typing->debug;
	const struct cw_function *function;
	cw_cleanup_error struct cw_error *err =
		cw_debug_function_at(debug, address, &function);

	if (err || !function || function->entry != address)
		return NULL;
	for (uint32_t i = 0; i < function->num_locals; i++) {
		const struct cw_local *local = &function->locals[i];
		if (local->scope != 0 || !local->is_parameter || !local->type)
			continue;
		const struct cw_type *type = cw_type_strip(local->type);
		if (type->kind != CW_TYPE_POINTER || !type->target)
			return NULL;
		type = cw_type_strip(type->target);
		return begins_as_frame(type) ? type : NULL;
	}
	return NULL;
}

static uint32_t frame_id(struct seeker *seeker, cw_addr address)
{
	const struct cw_segment *segment =
		cw_target_segment(seeker->spread->typing->target, address);
	uint32_t id;

	if (!segment || !(segment->flags & CW_SEGMENT_EXEC))
		return 0;
	if (cw_map_get(&seeker->types, address, &id))
		return id;
	if (seeker->num_functions++ == MAX_FUNCTIONS)
		return 0;
	const struct cw_type *type = frame_of(seeker, address);
	id = type ? type->id : 0;
	cw_map_set(&seeker->types, address, id);
	return id;
}

static void block_look(void *context, const struct cw_block *block)
{
	struct seeker *seeker = context;
	struct cw_typing *typing = seeker->spread->typing;
	uint64_t functions[2]; /* to resume, and to destroy */

	if (block->size < FRAME_SIZE)
		return;
	const void *bytes =
		cw_target_bytes(typing->target, block->address, FRAME_SIZE);
	if (!bytes)
		return;
	memcpy(functions, bytes, FRAME_SIZE);
	if (functions[0] == 0 || functions[1] == 0)
		return;
	uint32_t id = frame_id(seeker, functions[0]);
	if (id == 0 || frame_id(seeker, functions[1]) != id)
		return;
	cw_spread_claim(seeker->spread,
			&(struct cw_claim){
				.type = cw_typing_type(typing, id),
				.id = id,
				.address = block->address,
				.live = CW_ALL_LIVE,
				.holder = block->address,
				.confidence = CW_CONFIDENCE_DERIVED,
				.provenance = CW_PROVENANCE_CODE,
			});
}

struct cw_error *cw_coroutines_follow(struct cw_spread *spread)
{
	struct seeker seeker = {.spread = spread};

	cw_map_init(&seeker.types);
	struct cw_error *err = cw_typing_each_used(
		spread->typing, spread->progress, block_look, &seeker);
	cw_map_deinit(&seeker.types);
	return err ? err : cw_spread_run(spread);
}

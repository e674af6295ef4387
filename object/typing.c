#include "object/typing.h"

#include <string.h>

#include "base/memory.h"
#include "object/bytes.h"
#include "object/chain.h"
#include "object/coroutine.h"
#include "object/exception_pool.h"
#include "object/front.h"
#include "object/go_flow.h"
#include "object/go_header.h"
#include "object/gobject.h"
#include "object/interior.h"
#include "object/local_storage.h"
#include "object/mined.h"
#include "object/operations.h"
#include "object/pointer_array.h"
#include "object/python.h"

enum { STEP = 4096 };

const struct cw_type *cw_typing_type(const struct cw_typing *typing,
				     uint32_t id)
{
	if (id == 0 || id >= CW_FIRST_NAMED)
		return NULL;
	return cw_debug_type(typing->debug, id);
}

/* The class that a vtable stands for: from debug info, else its name. */
static struct cw_claim class_claim(struct cw_typing *typing,
				   const struct cw_class *class)
{
	return (struct cw_claim){
		.type = class->type,
		.id = class->type ? class->type->id
				  : cw_typing_name_id(typing, class->name),
		.live = CW_ALL_LIVE,
		.confidence = CW_CONFIDENCE_EXACT,
		.provenance = CW_PROVENANCE_VTABLE,
	};
}

/* Claims of classes, by their number; made when first wanted. */
struct class_claims {
	CW_ARRAY(struct cw_claim) by_class;
};

static struct cw_claim *claim_of_class(struct cw_typing *typing,
				       struct class_claims *claims,
				       uint32_t number)
{
	while (claims->by_class.num <= number)
		*cw_array_push(&claims->by_class) = (struct cw_claim){0};
	struct cw_claim *claim = &claims->by_class.items[number];
	if (claim->id == 0)
		*claim = class_claim(typing,
				     &typing->vtables.classes.items[number]);
	return claim;
}

/* Blocks that begin with the vtable pointer of a complete object. */
static struct cw_error *vtables_seek(struct cw_spread *spread,
				     struct class_claims *claims)
{
	struct cw_typing *typing = spread->typing;
	struct cw_block_cursor cursor = cw_heap_blocks(typing->heap);
	struct cw_block block;
	uint64_t num_seen = 0;

	if (typing->vtables.ranges.num == 0)
		return NULL;
	while (cw_block_cursor_next(&cursor, &block)) {
		if (++num_seen % STEP == 0) {
			struct cw_error *err =
				cw_progress_step(spread->progress, num_seen);
			if (err)
				return err;
		}
		const uint64_t *word;
		if (block.state != CW_BLOCK_USED || block.size < 8)
			continue;
		word = cw_target_bytes(typing->target, block.address, 8);
		int64_t number =
			word ? cw_vtable_find(&typing->vtables, *word) : -1;
		if (number < 0)
			continue;
		const struct cw_vtable *table =
			&typing->vtables.tables.items[number];
		if (table->offset_to_top != 0)
			continue;
		struct cw_claim *claim =
			claim_of_class(typing, claims, table->class);
		claim->address = block.address;
		claim->holder = block.address;
		cw_spread_claim(spread, claim);
	}
	return cw_spread_run(spread);
}

static struct cw_error *vtables_follow(struct cw_spread *spread)
{
	struct class_claims claims = {0};
	struct cw_error *err = vtables_seek(spread, &claims);

	cw_array_deinit(&claims.by_class);
	return err;
}

static int static_compare(const void *a, const void *b)
{
	const struct cw_static_object *x = a, *y = b;

	return (x->address > y->address) - (x->address < y->address);
}

/* What the declared types of all variables say. */
static struct cw_error *variables_follow(struct cw_spread *spread)
{
	struct cw_typing *typing = spread->typing;
	struct cw_static_objects *statics = &typing->statics;

	cw_static_objects_find(typing->target, typing->debug, statics);
	if (statics->num > 1)
		qsort(statics->items, statics->num, sizeof(*statics->items),
		      static_compare);
	cw_array_foreach(object, statics)
	{
		cw_spread_object(spread, object->variable->type, object->bytes,
				 cw_type_strip(object->variable->type)->size,
				 object->address, CW_PROVENANCE_VARIABLE);
		struct cw_error *err = cw_spread_run(spread);
		if (err)
			return err;
	}
	return NULL;
}

/*
 * A header that larger types begin with, at the start of a larger block: it is
 * one of those, and not known which.  So what is known is likely at best.
 */
static bool is_header_alone(struct cw_typing *typing, uint32_t number,
			    const struct cw_block *block,
			    struct cw_map *next_sizes)
{
	const struct cw_facts *facts = &typing->facts[number];
	const struct cw_type *type =
		cw_typing_type(typing, typing->types[number]);
	uint32_t next;

	if (facts->confidence < CW_CONFIDENCE_DERIVED || !type ||
	    (facts->shape != CW_SHAPE_PREFIX &&
	     facts->shape != CW_SHAPE_SLACK) ||
	    cw_provenance_is_its_own(facts->provenance) ||
	    typing->headers[number] > 0 || !cw_type_is_aggregate(type))
		return false;
	if (!cw_map_get(next_sizes, type->id, &next)) {
		uint64_t size = cw_family_next_size(&typing->family, type);
		next = size < UINT32_MAX ? size : 0;
		cw_map_set(next_sizes, type->id, next);
	}
	return next > 0 && next <= block->size;
}

/* Blocks and bytes by confidence, once nothing changes any more. */
static void typing_count(struct cw_typing *typing)
{
	struct cw_map next_sizes;
	struct cw_block_cursor cursor = cw_heap_blocks(typing->heap);
	struct cw_block block;

	cw_map_init(&next_sizes);
	while (cw_block_cursor_next(&cursor, &block)) {
		if (block.state != CW_BLOCK_USED)
			continue;
		uint32_t number =
			cw_block_index_block(typing->index, block.granule);
		if (is_header_alone(typing, number, &block, &next_sizes))
			typing->facts[number].confidence = CW_CONFIDENCE_LIKELY;
		struct cw_heap_count *count =
			&typing->count[typing->facts[number].confidence];
		count->blocks++;
		count->bytes += block.size;
	}
	cw_map_deinit(&next_sizes);
}

static void local_follow(void *context, const struct cw_local_object *object)
{
	struct cw_spread *spread = context;

	cw_spread_object(spread, object->type, object->bytes,
			 object->type->size, object->address,
			 CW_PROVENANCE_LOCAL);
}

/* What the locals of all frames say, where it is not contradicted. */
static struct cw_error *locals_follow(struct cw_spread *spread)
{
	struct cw_typing *typing = spread->typing;
	struct cw_error *err =
		cw_local_objects_visit(typing->target, typing->debug,
				       spread->progress, local_follow, spread);

	if (!err)
		err = cw_spread_run(spread);
	return err ? err : cw_interior_settle(spread);
}

/* What the program's code says of fields that say little. */
static struct cw_error *code_follow(struct cw_spread *spread)
{
	struct cw_evidence *evidence;
	struct cw_error *err = cw_evidence_create(spread->typing->debug,
						  spread->progress, &evidence);

	if (err)
		return err;
	spread->typing->mined = cw_evidence_count(evidence);
	err = cw_mined_spread(spread, evidence);
	if (!err)
		err = cw_chains_seek(spread, evidence);
	if (!err)
		err = cw_bytes_seek(spread, evidence);
	cw_evidence_destroy(evidence);
	return err;
}

static struct cw_error *typing_spread(struct cw_typing *typing,
				      struct cw_progress *progress)
{
	struct cw_spread spread;
	struct cw_go_flow *flow = NULL;
	struct cw_error *err;

	cw_progress_begin(progress, "finding types",
			  typing->heap->count[CW_BLOCK_USED].blocks);
	cw_spread_init(&spread, typing, progress);
	err = cw_go_flow_read(&spread, &flow);
	if (!err)
		err = vtables_follow(&spread);
	if (!err)
		err = cw_coroutines_follow(&spread);
	if (!err)
		err = cw_go_headers_follow(&spread);
	if (!err)
		err = variables_follow(&spread);
	if (!err)
		err = cw_interior_settle(&spread);
	if (!err)
		err = locals_follow(&spread);
	/* Go's code keeps other rules than C's. */
	if (!err)
		err = typing->heap->go ? cw_go_flow_follow(&spread, flow)
				       : code_follow(&spread);
	if (!err)
		cw_interior_name_pools(typing);
	cw_spread_deinit(&spread);
	cw_go_flow_destroy(flow);
	if (!err)
		err = cw_python_seek(typing, progress);
	if (!err)
		err = cw_gobject_seek(typing, progress);
	if (!err)
		err = cw_operations_seek(typing, progress);
	if (!err)
		cw_exception_pool_name(typing);
	if (!err)
		err = cw_pointer_arrays_seek(typing, progress);
	if (!err)
		err = cw_shapes_find(typing, progress);
	if (!err)
		typing_count(typing);
	return err;
}

static struct cw_error *arrays_alloc(struct cw_typing *typing)
{
	size_t num = typing->index->num_blocks;
	struct cw_error *err =
		cw_bulk_alloc(num * sizeof(*typing->types), &typing->types);

	if (!err)
		err = cw_bulk_alloc(num * sizeof(*typing->facts),
				    &typing->facts);
	if (!err)
		err = cw_bulk_alloc(num * sizeof(*typing->headers),
				    &typing->headers);
	if (!err)
		err = cw_bulk_alloc(num * sizeof(*typing->live), &typing->live);
	if (!err)
		err = cw_bulk_alloc(num * sizeof(*typing->holders),
				    &typing->holders);
	return err;
}

struct cw_error *cw_typing_create(const struct cw_heap *heap,
				  const struct cw_roots *roots,
				  struct cw_debug *debug,
				  struct cw_progress *progress,
				  struct cw_typing **ret)
{
	struct cw_typing *typing = cw_alloc(sizeof(*typing));
	struct cw_target *target = (struct cw_target *)heap->target;

	typing->heap = heap;
	typing->index = &heap->index;
	typing->target = target;
	typing->roots = roots;
	typing->debug = debug;
	cw_arena_init(&typing->arena);
	cw_rules_init(&typing->rules, target, debug, heap->go);
	cw_layouts_init(&typing->layouts, &typing->rules);
	cw_vtables_init(&typing->vtables, target, debug);
	typing->rules.context.vtables = &typing->vtables;
	cw_map_init(&typing->given_ids);
	cw_map_init(&typing->type_names);
	cw_map_init(&typing->rivals_of);
	cw_map_init(&typing->objects);
	cw_map_init(&typing->walked);
	cw_family_init(&typing->family, debug);
	cw_lesser_init(&typing->lesser);
	cw_taggings_init(&typing->taggings);

	struct cw_error *err = arrays_alloc(typing);
	cw_fronts_find(typing);
	if (!err)
		err = typing_spread(typing, progress);
	if (err) {
		cw_typing_destroy(typing);
		return err;
	}
	*ret = typing;
	return NULL;
}

void cw_typing_destroy(struct cw_typing *typing)
{
	if (!typing)
		return;
	size_t num = typing->index->num_blocks;
	cw_bulk_free(typing->types, num * sizeof(*typing->types));
	cw_bulk_free(typing->facts, num * sizeof(*typing->facts));
	cw_bulk_free(typing->headers, num * sizeof(*typing->headers));
	cw_bulk_free(typing->live, num * sizeof(*typing->live));
	cw_bulk_free(typing->holders, num * sizeof(*typing->holders));
	cw_layouts_deinit(&typing->layouts);
	cw_rules_deinit(&typing->rules);
	cw_vtables_deinit(&typing->vtables);
	cw_array_deinit(&typing->statics);
	cw_shapes_deinit(&typing->shapes);
	cw_array_deinit(&typing->given_names);
	cw_map_deinit(&typing->given_ids);
	cw_map_deinit(&typing->type_names);
	cw_array_deinit(&typing->names);
	cw_map_deinit(&typing->rivals_of);
	cw_array_deinit(&typing->slab_kinds);
	cw_map_deinit(&typing->objects);
	cw_map_deinit(&typing->walked);
	cw_family_deinit(&typing->family);
	cw_lesser_deinit(&typing->lesser);
	cw_taggings_deinit(&typing->taggings);
	cw_array_deinit(&typing->rivals);
	cw_arena_deinit(&typing->arena);
	free(typing);
}

struct cw_rules *cw_typing_rules(struct cw_typing *typing)
{
	return &typing->rules;
}

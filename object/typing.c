#include "object/typing.h"

#include <string.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/memory.h"
#include "object/layout.h"
#include "object/static_storage.h"
#include "object/vtable.h"

/* Type ids from here on are classes known by their vtable's name alone. */
#define FIRST_NAMED UINT32_C(0x80000000)

enum {
	/* A block may be this much larger than what was asked for: 8 bytes
	 * to the next multiple of 16, and 16 more where the rest of a free
	 * chunk was too small to be one. */
	MAX_SLACK = 24 + 8,
	/* Blocks with a mapping of their own are rounded up to pages. */
	MAX_MMAPPED_SLACK = 4096 + 16,
	STEP = 4096,
};

struct cw_typing {
	const struct cw_heap *heap;
	const struct cw_block_index *index;
	struct cw_debug *debug;
	/* By block number. */
	uint32_t *types; /* id, or FIRST_NAMED + number; 0: unknown */
	uint8_t *grades; /* confidence | provenance << 4 */
	cw_addr *holders;
	struct cw_heap_count count;

	struct cw_layouts layouts;
	struct cw_rules rules;
	struct cw_vtables vtables;
	CW_ARRAY(const char *) class_names; /* by id - FIRST_NAMED */
	struct cw_map type_names;	    /* id to number in names */
	CW_ARRAY(const char *) names;
	struct cw_arena arena;
};

/* A typing being made: blocks typed whose pointers are still to be followed. */
struct spread {
	struct cw_typing *typing;
	struct cw_progress *progress;
	uint64_t *queue; /* granules of blocks */
	uint64_t num_queued, num_done;
	uint64_t capacity;
};

const char *cw_confidence_name(enum cw_confidence confidence)
{
	static const char *const names[] = {
		[CW_CONFIDENCE_NONE] = "none",
		[CW_CONFIDENCE_LIKELY] = "likely",
		[CW_CONFIDENCE_DERIVED] = "derived",
		[CW_CONFIDENCE_EXACT] = "exact",
	};

	return names[confidence];
}

const char *cw_provenance_name(enum cw_provenance provenance)
{
	static const char *const names[] = {
		[CW_PROVENANCE_NONE] = "unknown",
		[CW_PROVENANCE_VARIABLE] = "variable",
		[CW_PROVENANCE_FIELD] = "field",
		[CW_PROVENANCE_VTABLE] = "vtable",
		[CW_PROVENANCE_ALLOCATOR] = "allocator",
	};

	return names[provenance];
}

static const struct cw_type *typing_type(const struct cw_typing *typing,
					 uint32_t id)
{
	if (id == 0 || id >= FIRST_NAMED)
		return NULL;
	return cw_debug_type(typing->debug, id);
}

/*
 * How many elements of a type with @layout are in a block of @size bytes; 0:
 * the type does not fit.
 */
static uint64_t count_fitting(const struct cw_layout *layout,
			      const struct cw_block *block)
{
	uint64_t element = layout->type->size;
	uint64_t slack = block->region->kind == CW_REGION_MMAPPED
				 ? MAX_MMAPPED_SLACK
				 : MAX_SLACK;

	if (element == 0 || element > block->size)
		return 0;
	/* Text and numbers: as many as there is room for. */
	if (layout->type->kind == CW_TYPE_BASE)
		return block->size / element;
	if (block->size - element < slack || layout->is_self_linked ||
	    layout->flexible)
		return 1;

	uint64_t rest = block->size % element;
	return rest < slack ? block->size / element : 1;
}

static bool type_says_something(const struct cw_type *type)
{
	switch (type->kind) {
	case CW_TYPE_VOID:
	case CW_TYPE_FUNCTION:
	case CW_TYPE_UNKNOWN:
		return false;
	default:
		return type->size > 0;
	}
}

static void block_set(struct spread *spread, const struct cw_block *block,
		      uint32_t id, enum cw_provenance provenance,
		      cw_addr holder)
{
	struct cw_typing *typing = spread->typing;
	uint32_t number = cw_block_index_block(typing->index, block->granule);

	typing->types[number] = id;
	typing->grades[number] = CW_CONFIDENCE_EXACT | provenance << 4;
	typing->holders[number] = holder;
	typing->count.blocks++;
	typing->count.bytes += block->size;
	if (id < FIRST_NAMED && spread->num_queued < spread->capacity)
		spread->queue[spread->num_queued++] = block->granule;
}

/*
 * The word at @holder, declared as a pointer to @target: gives the block that
 * it points to the type, when it may.
 */
static void word_follow(struct spread *spread, uint64_t word,
			const struct cw_type *target,
			enum cw_provenance provenance, cw_addr holder)
{
	struct cw_typing *typing = spread->typing;
	const struct cw_block_index *index = typing->index;
	uint64_t granule = cw_block_index_granule(index, word);

	/* Only pointers to a start: what an interior one says of the block
	 * around it is not declared. */
	if (word & 15 || granule == CW_NO_GRANULE ||
	    !cw_bit_test(index->starts, granule) ||
	    cw_bit_test(index->unused, granule))
		return;
	if (typing->types[cw_block_index_block(index, granule)] != 0)
		return;

	struct cw_block block;
	if (!cw_heap_block_at(typing->heap, word, &block))
		return;
	const struct cw_layout *layout = cw_layout_of(&typing->layouts, target);
	if (count_fitting(layout, &block) == 0)
		return;
	block_set(spread, &block, target->id, provenance, holder);
}

/* All pointers of one object of a type with @layout at @bytes. */
static void object_follow(struct spread *spread, const struct cw_layout *layout,
			  const unsigned char *bytes, uint64_t size,
			  enum cw_provenance provenance, cw_addr address)
{
	for (uint32_t i = 0; i < layout->num_slots; i++) {
		const struct cw_slot *slot = &layout->slots[i];
		uint64_t offset = slot->offset;

		if (!type_says_something(slot->target))
			continue;
		for (uint64_t n = 0; n < slot->count; n++) {
			uint64_t word;
			if (offset > size || size - offset < 8)
				break;
			memcpy(&word, bytes + offset, 8);
			word_follow(spread, word, slot->target, provenance,
				    address + offset);
			offset += slot->stride;
		}
	}
}

/* Elements of @type one behind the other. */
static void elements_follow(struct spread *spread, const struct cw_type *type,
			    uint64_t count, const unsigned char *bytes,
			    uint64_t size, enum cw_provenance provenance,
			    cw_addr address)
{
	const struct cw_layout *layout =
		cw_layout_of(&spread->typing->layouts, type);

	if (layout->num_slots == 0 || layout->type->size == 0)
		return;
	for (uint64_t i = 0; i < count; i++) {
		uint64_t offset = i * layout->type->size;
		if (offset >= size)
			break;
		object_follow(spread, layout, bytes + offset, size - offset,
			      provenance, address + offset);
	}
}

static void block_follow(struct spread *spread, uint64_t granule)
{
	struct cw_typing *typing = spread->typing;
	struct cw_block block;
	cw_addr address = cw_block_index_address(typing->index, granule);

	if (!cw_heap_block_at(typing->heap, address, &block))
		return;
	uint32_t number = cw_block_index_block(typing->index, granule);
	const struct cw_type *type = typing_type(typing, typing->types[number]);
	const unsigned char *bytes =
		cw_target_bytes(typing->heap->target, address, block.size);
	if (!type || !bytes)
		return;

	const struct cw_layout *layout = cw_layout_of(&typing->layouts, type);
	elements_follow(spread, type, count_fitting(layout, &block), bytes,
			block.size, CW_PROVENANCE_FIELD, address);
	if (layout->flexible && layout->flexible->size > 0 &&
	    layout->flexible_offset < block.size) {
		uint64_t rest = block.size - layout->flexible_offset;
		elements_follow(
			spread, layout->flexible, rest / layout->flexible->size,
			bytes + layout->flexible_offset, rest,
			CW_PROVENANCE_FIELD, address + layout->flexible_offset);
	}
}

static struct cw_error *queue_follow(struct spread *spread)
{
	while (spread->num_done < spread->num_queued) {
		if (spread->num_done % STEP == 0) {
			struct cw_error *err = cw_progress_step(
				spread->progress, spread->typing->count.blocks);
			if (err)
				return err;
		}
		block_follow(spread, spread->queue[spread->num_done++]);
	}
	return NULL;
}

/* The type that a vtable stands for: from debug info, else its name. */
static uint32_t class_id(struct cw_typing *typing, const char *name)
{
	const struct cw_type **found;
	size_t num = cw_debug_types_named(typing->debug, name, &found);

	for (size_t i = 0; i < num; i++)
		if (cw_type_is_aggregate(found[i]) && found[i]->size > 0)
			return cw_type_strip(found[i])->id;
	*cw_array_push(&typing->class_names) = name;
	return FIRST_NAMED + typing->class_names.num - 1;
}

static struct cw_error *vtables_follow(struct spread *spread)
{
	struct cw_typing *typing = spread->typing;
	struct cw_block_cursor cursor = cw_heap_blocks(typing->heap);
	struct cw_block block;
	uint64_t num_seen = 0;

	if (typing->vtables.tables.num == 0)
		return NULL;
	cw_cleanup_free uint32_t *ids =
		cw_alloc(typing->vtables.tables.num * sizeof(*ids));
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
		word = cw_target_bytes(typing->heap->target, block.address, 8);
		int64_t table =
			word ? cw_vtable_find(&typing->vtables, *word) : -1;
		if (table < 0)
			continue;
		if (ids[table] == 0)
			ids[table] = class_id(
				typing,
				typing->vtables.tables.items[table].class_name);

		const struct cw_type *type = typing_type(typing, ids[table]);
		if (type && type->size > block.size)
			continue;
		block_set(spread, &block, ids[table], CW_PROVENANCE_VTABLE,
			  block.address);
	}
	return NULL;
}

/* What the declared types of all variables say. */
static struct cw_error *variables_follow(struct spread *spread)
{
	struct cw_typing *typing = spread->typing;
	struct cw_static_objects objects = {0};
	struct cw_error *err = NULL;

	cw_static_objects_find(typing->heap->target, typing->debug, &objects);
	cw_array_foreach(object, &objects)
	{
		elements_follow(spread, object->variable->type, 1,
				object->bytes, object->variable->type->size,
				CW_PROVENANCE_VARIABLE, object->address);
		err = queue_follow(spread);
		if (err)
			break;
	}
	cw_array_deinit(&objects);
	return err;
}

static struct cw_error *typing_spread(struct cw_typing *typing,
				      struct cw_progress *progress)
{
	const struct cw_heap_count *used = &typing->heap->count[CW_BLOCK_USED];
	struct spread spread = {
		.typing = typing,
		.progress = progress,
		.capacity = used->blocks,
	};
	uint64_t queue_size = used->blocks * sizeof(*spread.queue);
	struct cw_error *err = cw_bulk_alloc(queue_size, &spread.queue);

	if (err)
		return err;
	cw_progress_begin(progress, "finding types", used->blocks);
	err = vtables_follow(&spread);
	if (!err)
		err = queue_follow(&spread);
	if (!err)
		err = variables_follow(&spread);
	cw_bulk_free(spread.queue, queue_size);
	return err;
}

struct cw_error *cw_typing_create(const struct cw_heap *heap,
				  const struct cw_roots *roots,
				  struct cw_debug *debug,
				  struct cw_progress *progress,
				  struct cw_typing **ret)
{
	struct cw_typing *typing = cw_alloc(sizeof(*typing));
	size_t num = heap->index.num_blocks;

	typing->heap = heap;
	typing->index = &heap->index;
	typing->debug = debug;
	cw_arena_init(&typing->arena);
	cw_layouts_init(&typing->layouts);
	cw_rules_init(&typing->rules, (struct cw_target *)heap->target, debug);
	cw_vtables_init(&typing->vtables, (struct cw_target *)heap->target);
	cw_map_init(&typing->type_names);

	struct cw_error *err =
		cw_bulk_alloc(num * sizeof(*typing->types), &typing->types);
	if (!err)
		err = cw_bulk_alloc(num * sizeof(*typing->grades),
				    &typing->grades);
	if (!err)
		err = cw_bulk_alloc(num * sizeof(*typing->holders),
				    &typing->holders);
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
	size_t num = typing->heap->index.num_blocks;
	cw_bulk_free(typing->types, num * sizeof(*typing->types));
	cw_bulk_free(typing->grades, num * sizeof(*typing->grades));
	cw_bulk_free(typing->holders, num * sizeof(*typing->holders));
	cw_layouts_deinit(&typing->layouts);
	cw_rules_deinit(&typing->rules);
	cw_vtables_deinit(&typing->vtables);
	cw_array_deinit(&typing->class_names);
	cw_map_deinit(&typing->type_names);
	cw_array_deinit(&typing->names);
	cw_arena_deinit(&typing->arena);
	free(typing);
}

const char *cw_typing_label_name(struct cw_typing *typing, uint32_t label)
{
	uint32_t number;

	if (label == 0)
		return "unknown";
	if (label >= FIRST_NAMED)
		return typing->class_names.items[label - FIRST_NAMED];
	if (cw_map_get(&typing->type_names, label, &number))
		return typing->names.items[number];

	cw_cleanup_text struct cw_text text = {0};
	cw_type_print(typing_type(typing, label), &text);
	cw_map_set(&typing->type_names, label, typing->names.num);
	const char *name =
		cw_arena_strdup(&typing->arena, text.chars ? text.chars : "?");
	*cw_array_push(&typing->names) = name;
	return name;
}

bool cw_typing_of(struct cw_typing *typing, const struct cw_block *block,
		  struct cw_typed_block *ret)
{
	uint32_t number = cw_block_index_block(typing->index, block->granule);
	uint32_t id = typing->types[number];

	*ret = (struct cw_typed_block){.count = 1};
	if (id == 0)
		return false;
	ret->type = typing_type(typing, id);
	ret->name = cw_typing_label_name(typing, id);
	ret->confidence = typing->grades[number] & 15;
	ret->provenance = typing->grades[number] >> 4;
	ret->holder = typing->holders[number];
	if (ret->type)
		ret->count = count_fitting(
			cw_layout_of(&typing->layouts, ret->type), block);
	return true;
}

struct cw_rules *cw_typing_rules(struct cw_typing *typing)
{
	return &typing->rules;
}

struct cw_heap_count cw_typing_count(const struct cw_typing *typing)
{
	return typing->count;
}

static uint32_t label_of(void *context, const struct cw_block *block)
{
	const struct cw_typing *typing = context;

	return typing
		->types[cw_block_index_block(typing->index, block->granule)];
}

struct cw_labels cw_typing_labels(struct cw_typing *typing)
{
	return (struct cw_labels){.of = label_of, .context = typing};
}

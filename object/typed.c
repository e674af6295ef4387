/* What is known of blocks once they are typed: cw_typing_of() and others. */
#include <inttypes.h>

#include "object/typing_private.h"

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
		[CW_PROVENANCE_LOCAL] = "local",
		[CW_PROVENANCE_FIELD] = "field",
		[CW_PROVENANCE_RULE] = "library",
		[CW_PROVENANCE_VTABLE] = "vtable",
		[CW_PROVENANCE_HEADER] = "header",
		[CW_PROVENANCE_CONTAINER] = "container",
		[CW_PROVENANCE_CODE] = "code",
		[CW_PROVENANCE_TAG] = "tag",
		[CW_PROVENANCE_CONTENT] = "content",
		[CW_PROVENANCE_ALLOCATOR] = "allocator",
	};

	return names[provenance];
}

const char *cw_typing_label_name(struct cw_typing *typing, uint32_t label)
{
	uint32_t number;

	if (label == 0)
		return "unknown";
	if (label >= CW_FIRST_NAMED && label < CW_FIRST_SHAPE)
		return typing->given_names.items[label - CW_FIRST_NAMED];
	if (cw_map_get(&typing->type_names, label, &number))
		return typing->names.items[number];

	cw_cleanup_text struct cw_text text = {0};
	if (label >= CW_FIRST_SHAPE)
		cw_text_addf(&text, "shape#%" PRIu32, label - CW_FIRST_SHAPE);
	else
		cw_type_print(cw_typing_type(typing, label), &text);
	cw_map_set(&typing->type_names, label, typing->names.num);
	const char *name =
		cw_arena_strdup(&typing->arena, text.chars ? text.chars : "?");
	*cw_array_push(&typing->names) = name;
	return name;
}

static uint64_t count_of(const struct cw_typing *typing, uint32_t number,
			 const struct cw_type *type,
			 const struct cw_block *block)
{
	enum cw_shape shape = typing->facts[number].shape;
	uint64_t size = type ? type->size : 1;

	if ((shape != CW_SHAPE_ARRAY && shape != CW_SHAPE_TEXT) ||
	    (shape == CW_SHAPE_TEXT && type && cw_type_is_aggregate(type)))
		return 1;
	if (typing->live[number] != CW_ALL_LIVE)
		return typing->live[number];
	return size ? (block->size - typing->headers[number]) / size : 1;
}

static void rivals_list(struct cw_typing *typing, uint32_t number,
			struct cw_typed_block *ret)
{
	uint32_t rival;

	if (!cw_map_get(&typing->rivals_of, number, &rival))
		return;
	while (rival != UINT32_MAX && ret->num_rivals < CW_MAX_RIVALS) {
		uint32_t type = typing->rivals.items[rival].type;
		if (type != typing->types[number])
			ret->rivals[ret->num_rivals++] =
				cw_typing_label_name(typing, type);
		rival = typing->rivals.items[rival].next;
	}
}

bool cw_typing_of(struct cw_typing *typing, const struct cw_block *block,
		  struct cw_typed_block *ret)
{
	uint32_t number = cw_block_index_block(typing->index, block->granule);
	uint32_t id = typing->types[number];
	struct cw_facts facts = typing->facts[number];

	*ret = (struct cw_typed_block){.count = 1};
	if (id == 0) {
		ret->shape_number = cw_shape_of(typing, block);
		return false;
	}
	ret->type = cw_typing_type(typing, id);
	ret->name = cw_typing_label_name(typing, id);
	ret->confidence = facts.confidence;
	ret->provenance = facts.provenance;
	ret->shape = facts.shape;
	ret->is_scattered = facts.is_scattered;
	ret->header = typing->headers[number];
	ret->holder = typing->holders[number];
	ret->count = count_of(typing, number, ret->type, block);
	if (facts.has_rivals)
		rivals_list(typing, number, ret);
	return true;
}

struct cw_heap_count cw_typing_count(const struct cw_typing *typing)
{
	struct cw_heap_count sum = {0};

	for (unsigned i = CW_CONFIDENCE_LIKELY; i < CW_NUM_CONFIDENCES; i++) {
		sum.blocks += typing->count[i].blocks;
		sum.bytes += typing->count[i].bytes;
	}
	return sum;
}

struct cw_heap_count cw_typing_count_of(const struct cw_typing *typing,
					enum cw_confidence confidence)
{
	return typing->count[confidence];
}

struct cw_evidence_count cw_typing_mined(const struct cw_typing *typing)
{
	return typing->mined;
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

static uint32_t kind_of(void *context, const struct cw_block *block)
{
	uint32_t label = label_of(context, block), shape = 0;

	if (label == 0)
		shape = cw_shape_of(context, block);
	return shape ? CW_FIRST_SHAPE + shape : label;
}

struct cw_labels cw_typing_labels_and_shapes(struct cw_typing *typing)
{
	return (struct cw_labels){.of = kind_of, .context = typing};
}

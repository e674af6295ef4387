#include "object/chain.h"

#include <string.h>

#include "base/memory.h"
#include "object/content.h"
#include "object/front.h"
#include "object/kin.h"
#include "object/reach.h"
#include "object/start.h"

enum {
	MAX_WORDS = 64, /* a bit each */
	MAX_FORMS = 1 << 12,
	MAX_NODES = 1 << 16, /* types */
	MAX_LINKED = 1 << 26,
	MAX_SAMPLES = 32,
	/* Of the samples that a type must go with. */
	MOST_PERCENT = 90,
	/* Fewer are linked by accident. */
	MIN_BLOCKS = 2,
};

/* A type that the code allocates, with pointers to itself. */
struct node {
	const struct cw_type *type;
	uint64_t links;	   /* bits of the words that are these */
	uint64_t pointers; /* ... that are pointers at all */
};

/* Blocks of one size that have links to blocks of that size in some words. */
struct form {
	uint64_t size, links;
	uint32_t num;
	uint32_t last; /* number in linked, or UINT32_MAX */
	uint32_t num_samples;
	cw_addr samples[MAX_SAMPLES];
	const struct cw_type *type; /* NULL: it cannot be told */
};

struct linked {
	cw_addr address;
	uint64_t size, links;
	uint32_t before; /* of the same form, or UINT32_MAX */
};

struct chains {
	struct cw_spread *spread;
	struct cw_typing *typing;
	CW_ARRAY(struct node) nodes;
	CW_ARRAY(struct form) forms;
	struct cw_map by_key; /* to numbers of forms */
	CW_ARRAY(struct linked) linked;
};

/* --- What the code allocates. */

static uint64_t slot_bits(const struct cw_slot *slot)
{
	uint64_t bits = 0, at = slot->offset;

	for (uint64_t n = 0; n < slot->count && at / 8 < MAX_WORDS; n++) {
		if (at % 8 == 0)
			bits |= UINT64_C(1) << at / 8;
		at += slot->stride;
	}
	return bits;
}

static struct node node_of(const struct cw_layout *layout)
{
	struct node node = {.type = layout->type};

	for (uint32_t i = 0; i < layout->num_slots; i++) {
		const struct cw_slot *slot = &layout->slots[i];
		uint64_t bits = slot_bits(slot);
		node.pointers |= bits;
		if (slot->target == layout->type ||
		    (cw_type_is_aggregate(slot->target) &&
		     cw_type_begins_with(layout->type, slot->target)))
			node.links |= bits;
	}
	return node;
}

static void node_add(struct chains *chains, const struct cw_type *type,
		     struct cw_map *seen)
{
	uint32_t is_known;

	if (!cw_type_is_aggregate(type) || type->size < 16 ||
	    type->size > MAX_WORDS * 8 || chains->nodes.num == MAX_NODES ||
	    cw_map_get(seen, type->id, &is_known))
		return;
	cw_map_set(seen, type->id, 1);
	struct node node =
		node_of(cw_layout_of(&chains->typing->layouts, type));
	if (node.links)
		*cw_array_push(&chains->nodes) = node;
}

static void nodes_find(struct chains *chains,
		       const struct cw_evidence *evidence)
{
	const struct cw_evidence_site *sites;
	size_t num = cw_evidence_sites(evidence, &sites);
	struct cw_map seen;

	cw_map_init(&seen);
	for (size_t i = 0; i < num; i++)
		for (size_t k = 0; k < sites[i].candidates.num; k++) {
			const struct cw_type *type =
				sites[i].candidates.items[k].type;
			if (sites[i].size == 0 || sites[i].size == type->size)
				node_add(chains, type, &seen);
		}
	cw_map_deinit(&seen);
}

/* --- What is linked. */

static bool is_like(const struct cw_typing *typing, uint64_t word,
		    uint64_t size)
{
	struct cw_block block;

	if (!cw_start_is(typing->index, word))
		return false;
	uint32_t number = cw_block_index_block(
		typing->index, cw_block_index_granule(typing->index, word));
	return typing->types[number] == 0 &&
	       cw_heap_block_at(typing->heap, word, &block) &&
	       block.size == size;
}

static void block_look(void *context, const struct cw_block *block)
{
	struct chains *chains = context;
	struct cw_typing *typing = chains->typing;
	uint64_t links = 0;

	if (block->size > (MAX_WORDS + 1) * 8)
		return;
	const unsigned char *bytes =
		cw_target_bytes(typing->target, block->address, block->size);
	for (uint64_t i = 0; bytes && i < block->size / 8 && i < MAX_WORDS;
	     i++) {
		uint64_t word;
		memcpy(&word, bytes + i * 8, 8);
		if (word != 0 && is_like(typing, word, block->size))
			links |= UINT64_C(1) << i;
	}
	if (links && chains->linked.num < MAX_LINKED)
		*cw_array_push(&chains->linked) = (struct linked){
			block->address, block->size, links, UINT32_MAX};
}

/* Puts what is linked in the same way together. */
static void form_add(struct chains *chains, uint32_t number)
{
	struct linked *linked = &chains->linked.items[number];
	uint64_t key = cw_hash_mix(cw_hash_mix(linked->size) ^ linked->links);
	uint32_t at = chains->forms.num;

	if (!cw_map_get(&chains->by_key, key, &at)) {
		if (chains->forms.num >= MAX_FORMS)
			return;
		cw_map_set(&chains->by_key, key, at);
		*cw_array_push(&chains->forms) = (struct form){
			.size = linked->size,
			.links = linked->links,
			.last = UINT32_MAX,
		};
	}
	struct form *form = &chains->forms.items[at];
	form->num++;
	if (form->num_samples < MAX_SAMPLES)
		form->samples[form->num_samples++] = linked->address;
	linked->before = form->last;
	form->last = number;
}

/* Of what is held by something, that would say the type if it were declared. */
static struct cw_error *lost_keep(struct chains *chains)
{
	struct cw_typing *typing = chains->typing;
	struct cw_reach *reach;
	struct cw_error *err =
		cw_reach_create(typing->heap, typing->roots, NULL, 1,
				chains->spread->progress, &reach);

	if (err)
		return err;
	for (uint32_t i = 0; i < chains->linked.num; i++) {
		uint64_t granule = cw_block_index_granule(
			typing->index, chains->linked.items[i].address);
		if (!cw_reach_has(reach, granule) ||
		    cw_reach_is_weak(reach, granule))
			form_add(chains, i);
	}
	cw_reach_destroy(reach);
	return NULL;
}

/* --- Which types go with which blocks. */

static bool may_be(struct cw_typing *typing, const struct cw_type *type,
		   cw_addr address)
{
	struct cw_block block;

	if (!cw_heap_block_at(typing->heap, address, &block))
		return false;
	struct cw_room room = cw_front_room(typing, &block, 0);
	return cw_room_is_class(&room, type->size) &&
	       cw_content_check(typing, type, address).num_wrong == 0;
}

/* Some are links, and what else is of that size is pointed to. */
static bool has_links(const struct node *node, const struct form *form)
{
	return node->type->size <= form->size && form->links & node->links &&
	       (form->links & ~node->pointers) == 0;
}

static bool goes_with(struct cw_typing *typing, const struct node *node,
		      const struct form *form)
{
	uint32_t num = 0;

	if (!has_links(node, form))
		return false;
	for (uint32_t i = 0; i < form->num_samples; i++)
		num += may_be(typing, node->type, form->samples[i]) &&
		       cw_starts_count_strangers(typing, node->type,
						 form->samples[i],
						 node->type->size) == 0;
	return num * 100 >= form->num_samples * MOST_PERCENT;
}

/* Links of the type that no block of that size has. */
static unsigned num_unseen(const struct chains *chains, const struct node *node,
			   uint64_t size)
{
	uint64_t seen = 0;

	cw_array_foreach(form, &chains->forms)
	{
		if (form->size == size && has_links(node, form))
			seen |= form->links;
	}
	return __builtin_popcountll(node->links & ~seen);
}

static const struct cw_type *form_decide(const struct chains *chains,
					 const struct form *form)
{
	const struct cw_type *best = NULL;
	unsigned least = UINT32_MAX;

	cw_array_foreach(node, &chains->nodes)
	{
		if (!goes_with(chains->typing, node, form))
			continue;
		unsigned num = num_unseen(chains, node, form->size);
		if (num == least)
			best = NULL;
		else if (num < least)
			best = node->type;
		if (num < least)
			least = num;
	}
	return best;
}

static struct cw_error *form_claim(struct chains *chains,
				   const struct form *form)
{
	const struct cw_type *type = form->type;

	for (uint32_t i = form->last; i != UINT32_MAX;
	     i = chains->linked.items[i].before) {
		cw_addr address = chains->linked.items[i].address;
		struct cw_claim claim = {
			.type = type,
			.id = type->id,
			.address = address,
			.live = CW_ALL_LIVE,
			.holder = address,
			.confidence = CW_CONFIDENCE_LIKELY,
			.provenance = CW_PROVENANCE_CONTENT,
		};
		if (may_be(chains->typing, type, address))
			cw_spread_claim(chains->spread, &claim);
	}
	return cw_spread_run(chains->spread);
}

/* Many links say more than few: of a list's nodes the middle ones. */
static int compare_forms(const void *left, const void *right, void *context)
{
	const struct form *forms = context;
	const struct form *a = &forms[*(const uint32_t *)left],
			  *b = &forms[*(const uint32_t *)right];
	int x = __builtin_popcountll(a->links),
	    y = __builtin_popcountll(b->links);

	if (x != y)
		return x > y ? -1 : 1;
	if (a->num != b->num)
		return a->num > b->num ? -1 : 1;
	return (a->samples[0] > b->samples[0]) -
	       (a->samples[0] < b->samples[0]);
}

static struct cw_error *forms_settle(struct chains *chains)
{
	size_t num = chains->forms.num;
	cw_cleanup_free uint32_t *order = cw_alloc((num + 1) * sizeof(*order));

	for (size_t i = 0; i < num; i++)
		order[i] = i;
	qsort_r(order, num, sizeof(*order), compare_forms, chains->forms.items);
	for (size_t i = 0; i < num; i++) {
		struct form *form = &chains->forms.items[order[i]];
		struct cw_error *err = NULL;
		if (form->num >= MIN_BLOCKS)
			form->type = form_decide(chains, form);
		if (form->type)
			err = form_claim(chains, form);
		if (err)
			return err;
	}
	return NULL;
}

struct cw_error *cw_chains_seek(struct cw_spread *spread,
				const struct cw_evidence *evidence)
{
	struct chains chains = {.spread = spread, .typing = spread->typing};
	struct cw_error *err = NULL;

	cw_map_init(&chains.by_key);
	nodes_find(&chains, evidence);
	if (chains.nodes.num > 0)
		err = cw_typing_each_unknown(spread->typing, spread->progress,
					     block_look, &chains);
	if (!err && chains.linked.num > 0)
		err = lost_keep(&chains);
	if (!err)
		err = forms_settle(&chains);
	cw_map_deinit(&chains.by_key);
	cw_array_deinit(&chains.nodes);
	cw_array_deinit(&chains.forms);
	cw_array_deinit(&chains.linked);
	return err;
}

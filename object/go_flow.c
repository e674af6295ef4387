#include "object/go_flow.h"

#include "golang/frame.h"
#include "object/go_roots.h"
#include "object/interior.h"

enum { MAX_FRAMES = 1 << 20 };

struct seeker {
	struct cw_spread *spread;
	const struct cw_go *go;
	struct cw_go_flow *flow;
	CW_ARRAY(cw_addr) places;
	size_t num_frames;
};

/* ---- Where the program is */

static void each_frame(struct seeker *seeker,
		       void (*look)(struct seeker *seeker,
				    const struct cw_goroutine *goroutine,
				    const struct cw_go_frame *frame))
{
	const struct cw_roots *roots = seeker->spread->typing->roots;

	seeker->num_frames = 0;
	cw_array_foreach(goroutine, &roots->goroutines.items)
	{
		struct cw_go_frame frame = {0};

		while (seeker->num_frames++ < MAX_FRAMES &&
		       cw_go_frame_next(seeker->go, goroutine, &frame))
			if (!frame.is_unmapped)
				look(seeker, goroutine, &frame);
	}
}

static void place_add(struct seeker *seeker,
		      const struct cw_goroutine *goroutine,
		      const struct cw_go_frame *frame)
{
	(void)goroutine;
	*cw_array_push(&seeker->places) = frame->pc;
}

static int address_compare(const void *left, const void *right)
{
	const cw_addr *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

static void places_find(struct seeker *seeker)
{
	size_t num = 0;

	each_frame(seeker, place_add);
	if (seeker->places.num > 1)
		qsort(seeker->places.items, seeker->places.num,
		      sizeof(*seeker->places.items), address_compare);
	for (size_t i = 0; i < seeker->places.num; i++)
		if (num == 0 ||
		    seeker->places.items[num - 1] != seeker->places.items[i])
			seeker->places.items[num++] = seeker->places.items[i];
	seeker->places.num = num;
}

/* ---- Claims */

/* What is declared says more: of instances of generic types, which one. */
static void claim(struct seeker *seeker, const struct cw_type *type,
		  cw_addr address, cw_addr holder)
{
	struct cw_typing *typing = seeker->spread->typing;
	struct cw_block block;

	if (!cw_heap_block_at(typing->heap, address, &block) ||
	    typing->types[cw_block_index_block(typing->index, block.granule)])
		return;
	cw_spread_claim(seeker->spread,
			&(struct cw_claim){
				.type = type,
				.id = type->id,
				.address = address,
				.live = CW_ALL_LIVE,
				.holder = holder,
				.confidence = CW_CONFIDENCE_DERIVED,
				.provenance = CW_PROVENANCE_CODE,
			});
}

/* What it points to, where it is a pointer for the collector. */
static void word_follow(struct seeker *seeker, const struct cw_type *type,
			cw_addr address)
{
	struct cw_typing *typing = seeker->spread->typing;
	const struct cw_root *root = cw_roots_root_at(typing->roots, address);
	uint64_t word;

	if (!root || root->start == 0 || !root->pointers ||
	    !cw_bit_test(root->pointers, (address - root->start) / 8) ||
	    !cw_target_read_word(typing->target, address, &word))
		return;
	claim(seeker, type, word, address);
}

static void globals_follow(struct seeker *seeker)
{
	struct cw_typing *typing = seeker->spread->typing;
	const struct cw_go_flow_word *words;
	size_t num = cw_go_flow_globals(seeker->flow, &words);

	for (size_t i = 0; i < num; i++) {
		const struct cw_go_flow_word *word = &words[i];

		if (!word->is_object)
			word_follow(seeker, word->type, word->address);
		else if (cw_target_bytes(typing->target, word->address,
					 word->type->size))
			*cw_array_push(&seeker->spread->runs) =
				(struct queued_run){
					{word->type, word->address, 1, 0},
					CW_CONFIDENCE_DERIVED,
					false,
				};
	}
}

static void frame_follow(struct seeker *seeker,
			 const struct cw_goroutine *goroutine,
			 const struct cw_go_frame *frame)
{
	struct cw_typing *typing = seeker->spread->typing;
	const struct cw_go_flow_word *words;
	size_t num = cw_go_flow_frame(seeker->flow, frame->pc, &words);

	for (size_t i = 0; i < num; i++) {
		const struct cw_type *type = words[i].type;
		cw_addr address = frame->end - 8 + words[i].offset;
		const unsigned char *bytes;

		if (address < frame->sp || address >= goroutine->stack_end)
			continue;
		if (!words[i].is_object) {
			word_follow(seeker, type, address);
			continue;
		}
		bytes = cw_target_bytes(typing->target, address, type->size);
		if (bytes)
			cw_spread_object(seeker->spread, type, bytes,
					 type->size, address,
					 CW_PROVENANCE_LOCAL);
	}
}

static void block_look(void *context, const struct cw_block *block)
{
	struct seeker *seeker = context;
	struct cw_typing *typing = seeker->spread->typing;
	const uint64_t *word =
		block->size < 8
			? NULL
			: cw_target_bytes(typing->target, block->address, 8);

	if (!word || *word < seeker->go->module->start ||
	    *word >= seeker->go->module->end)
		return;
	const struct cw_type *type = cw_go_flow_closure(seeker->flow, *word);
	if (type)
		claim(seeker, type, block->address, block->address);
}

struct cw_error *cw_go_flow_read(struct cw_spread *spread,
				 struct cw_go_flow **ret)
{
	struct cw_go_types *types = &spread->typing->rules.go_types;
	struct seeker seeker = {.spread = spread, .go = types->go};

	*ret = NULL;
	if (!seeker.go)
		return NULL;
	places_find(&seeker);
	struct cw_error *err =
		cw_go_flow_create(seeker.go, types, seeker.places.items,
				  seeker.places.num, spread->progress, ret);
	cw_array_deinit(&seeker.places);
	return err;
}

struct cw_error *cw_go_flow_follow(struct cw_spread *spread,
				   struct cw_go_flow *flow)
{
	struct cw_typing *typing = spread->typing;
	struct seeker seeker = {.spread = spread,
				.go = typing->rules.go_types.go,
				.flow = flow};

	if (!flow)
		return NULL;
	globals_follow(&seeker);
	each_frame(&seeker, frame_follow);
	cw_go_roots_drop(typing->roots, typing->target);
	struct cw_error *err = cw_typing_each_used(typing, spread->progress,
						   block_look, &seeker);
	if (!err)
		err = cw_spread_run(spread);
	return err ? err : cw_interior_settle(spread);
}

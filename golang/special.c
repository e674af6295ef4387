/*
 *	special		next 0   offset in the span 8   kind (1): behind it
 *			and from there on what is the kind's own: a finalizer's
 *			function, a weak pointer's handle, a cleanup's function
 *			(from 1.26: call, function, argument), a profile's
 *			bucket
 *	finblock	all 0   next 8   number 16 (4)   finalizers 24, each
 *			function, object, number of results, two types
 *	cleanupBlock	next 0   pushes 8   all 16   number 24 (4)
 *			cleanups 32
 */
#include "golang/special.h"

#include <string.h>

enum {
	FINALIZER_SIZE = 40,
	FINALIZER_POINTERS = 1 | 2 | 8 | 16,
	FINALIZERS_NUMBER = 16,
	FINALIZERS = 24,
	CLEANUPS_ALL = 16,
	CLEANUPS_NUMBER = 24,
	CLEANUPS = 32,
	MAX_IN_BLOCK = 1 << 12,
	MAX_STEPS = 1 << 26, /* of all lists */
};

struct layout {
	unsigned since;
	unsigned offset_size, kind_offset, size; /* of a special */
	unsigned finalizer, weak_handle, cleanup, profile;
	unsigned cleanup_words;
};

/* The newest first.  A kind of 0: the release has none. */
static const struct layout layouts[] = {
	{26, 8, 16, 24, 2, 3, 7, 4, 3}, {25, 8, 16, 24, 2, 3, 7, 4, 1},
	{24, 8, 16, 24, 1, 2, 6, 3, 1}, {23, 2, 10, 16, 1, 2, 0, 3, 0},
	{0, 2, 10, 16, 1, 0, 0, 2, 0},
};

static const struct layout *layout_of(const struct cw_go *go)
{
	const struct layout *layout = layouts;

	while (layout->since > go->minor)
		layout++;
	return layout;
}

static uint64_t number_at(const unsigned char *bytes, unsigned size)
{
	uint64_t number = 0;

	memcpy(&number, bytes, size);
	return number;
}

static void add_special(struct cw_go_specials *specials,
			const struct layout *layout,
			const struct cw_go_span *span, cw_addr address,
			const unsigned char *bytes)
{
	unsigned kind = bytes[layout->kind_offset];
	uint64_t offset = number_at(bytes + 8, layout->offset_size);
	struct cw_go_special special = {
		.slots = address + layout->size,
		.num_slots = 1,
		.pointers = 1,
		.object_size = span->element_size,
	};

	if ((kind == layout->profile) != specials->is_profiled)
		return;
	if (kind == layout->profile) {
		special.kind = CW_GO_PROFILED;
		special.num_slots = special.pointers = 0;
	} else if (kind == layout->finalizer) {
		special.kind = CW_GO_FINALIZER;
	} else if (kind && kind == layout->weak_handle) {
		special.kind = CW_GO_WEAK_HANDLE;
	} else if (kind && kind == layout->cleanup) {
		special.kind = CW_GO_CLEANUP;
		special.num_slots = layout->cleanup_words;
		special.pointers = (1U << layout->cleanup_words) - 1;
	} else {
		return;
	}
	uint64_t element = offset / span->element_size;
	if (element >= span->num_elements) {
		specials->num_damaged++;
		return;
	}
	special.object = span->start + element * span->element_size;
	*cw_array_push(&specials->items) = special;
}

static void read_span(struct cw_go_specials *specials, const struct cw_go *go,
		      const struct layout *layout,
		      const struct cw_go_span *span)
{
	cw_addr address = span->specials;

	while (address != 0) {
		const unsigned char *bytes =
			cw_target_bytes(go->target, address, layout->size);

		if (!bytes || ++specials->num_steps > MAX_STEPS) {
			specials->num_damaged++;
			return;
		}
		add_special(specials, layout, span, address, bytes);
		address = number_at(bytes, 8);
	}
}

/* A list of blocks of records; @next and @number are offsets in one. */
static void read_queue(struct cw_go_specials *specials, const struct cw_go *go,
		       cw_addr block, unsigned next, unsigned number,
		       unsigned records, const struct cw_go_special *record)
{
	while (block != 0) {
		const unsigned char *bytes =
			cw_target_bytes(go->target, block, records);
		uint64_t num = bytes ? number_at(bytes + number, 4) : 0;

		if (!bytes || num > MAX_IN_BLOCK ||
		    ++specials->num_steps > MAX_STEPS) {
			specials->num_damaged++;
			return;
		}
		for (uint64_t i = 0; i < num; i++) {
			struct cw_go_special *special =
				cw_array_push(&specials->items);
			*special = *record;
			special->slots =
				block + records + i * record->num_slots * 8;
		}
		block = number_at(bytes + next, 8);
	}
}

static void read_queues(struct cw_go_specials *specials, const struct cw_go *go,
			const struct layout *layout)
{
	uint64_t all_offset = go->layout.places[CW_GO_CLEANUPS_ALL].offset;
	cw_addr block;

	if (go->globals[CW_GO_FINALIZER_BLOCKS] &&
	    cw_target_read_word(go->target, go->globals[CW_GO_FINALIZER_BLOCKS],
				&block))
		read_queue(specials, go, block, 0, FINALIZERS_NUMBER,
			   FINALIZERS,
			   &(struct cw_go_special){
				   .kind = CW_GO_QUEUED_FINALIZER,
				   .num_slots = FINALIZER_SIZE / 8,
				   .pointers = FINALIZER_POINTERS,
			   });
	if (go->globals[CW_GO_CLEANUPS] &&
	    cw_target_read_word(go->target,
				go->globals[CW_GO_CLEANUPS] + all_offset,
				&block))
		read_queue(
			specials, go, block, CLEANUPS_ALL, CLEANUPS_NUMBER,
			CLEANUPS,
			&(struct cw_go_special){
				.kind = CW_GO_QUEUED_CLEANUP,
				.num_slots = layout->cleanup_words,
				.pointers = (1U << layout->cleanup_words) - 1,
			});
}

static void read_spans(struct cw_go_specials *specials, const struct cw_go *go,
		       const struct cw_go_spans *spans)
{
	cw_array_foreach(span, &spans->items)
	{
		read_span(specials, go, layout_of(go), span);
	}
}

void cw_go_specials_init(struct cw_go_specials *specials,
			 const struct cw_go *go,
			 const struct cw_go_spans *spans)
{
	*specials = (struct cw_go_specials){0};
	read_spans(specials, go, spans);
	read_queues(specials, go, layout_of(go));
}

void cw_go_specials_init_profiled(struct cw_go_specials *specials,
				  const struct cw_go *go,
				  const struct cw_go_spans *spans)
{
	*specials = (struct cw_go_specials){.is_profiled = true};
	read_spans(specials, go, spans);
}

static const struct cw_go_span *span_at(const struct cw_go_spans *spans,
					cw_addr address)
{
	size_t low = 0, high = spans->items.num;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (spans->items.items[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low < spans->items.num &&
			       spans->items.items[low].start <= address
		       ? &spans->items.items[low]
		       : NULL;
}

bool cw_go_profiled_bucket(const struct cw_go *go,
			   const struct cw_go_spans *spans, cw_addr address,
			   cw_addr *ret)
{
	const struct layout *layout = layout_of(go);
	const struct cw_go_span *span = span_at(spans, address);
	cw_addr special = span ? span->specials : 0;

	for (uint32_t i = 0; special && i < MAX_STEPS; i++) {
		const unsigned char *bytes =
			cw_target_bytes(go->target, special, layout->size + 8);

		if (!bytes)
			return false;
		uint64_t offset = number_at(bytes + 8, layout->offset_size);
		if (bytes[layout->kind_offset] == layout->profile &&
		    offset / span->element_size ==
			    (address - span->start) / span->element_size) {
			*ret = number_at(bytes + layout->size, 8);
			return true;
		}
		special = number_at(bytes, 8);
	}
	return false;
}

void cw_go_specials_deinit(struct cw_go_specials *specials)
{
	cw_array_deinit(&specials->items);
}

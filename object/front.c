#include "object/front.h"

#include "base/memory.h"
#include "object/start.h"

enum {
	WORD = 8,
	MAX_SAMPLES = 1 << 16,
	/* By accident, first words of some blocks are such numbers. */
	MIN_PERCENT = 20,
	/* Objects behind links, before these are taken for fronts. */
	MIN_LINKED = 32,
};

/* A word of a front: how large the front is, and where in it the word. */
static const struct front {
	uint64_t size, at;
} fronts[] = {{8, 0}, {16, 0}, {16, 8}};

/* The bit of links, behind those. */
#define LINKS (1U << cw_num_elements(fronts))

static struct cw_room whole_room(const struct cw_block *block)
{
	return (struct cw_room){
		.size = block->size,
		.kind = block->region->kind,
	};
}

static bool front_read(const struct cw_typing *typing,
		       const struct cw_block *block, const struct front *front,
		       uint64_t *ret)
{
	return cw_target_read_word(typing->target, block->address + front->at,
				   ret) &&
	       *ret > 0 && *ret < block->size;
}

/* How many blocks were looked at, and how many begin with each front. */
struct samples {
	uint64_t num, num_fit[cw_num_elements(fronts)];
};

static void sample_add(const struct cw_typing *typing, uint64_t granule,
		       struct samples *samples)
{
	struct cw_block block;

	if (!cw_heap_block_from(typing->heap, granule, &block))
		return;
	struct cw_room room = whole_room(&block);
	samples->num++;
	for (unsigned i = 0; i < cw_num_elements(fronts); i++) {
		uint64_t size;
		samples->num_fit[i] +=
			front_read(typing, &block, &fronts[i], &size) &&
			cw_room_is_class(&room, size + fronts[i].size);
	}
}

void cw_fronts_find(struct cw_typing *typing)
{
	const struct cw_block_index *index = typing->index;
	uint64_t step = index->num_blocks / MAX_SAMPLES + 1;
	uint64_t num_words = cw_bits_words(index->num_granules);
	uint64_t num = 0, next = 0; /* used blocks passed, to be looked at */
	struct samples samples = {0};

	for (uint64_t word = 0; word < num_words; word++) {
		uint64_t used = index->starts[word] & ~index->unused[word];
		uint64_t end = num + cw_bits_count(used);
		for (; next < end; next += step) {
			for (; num < next; num++)
				used &= used - 1;
			sample_add(typing, word * 64 + __builtin_ctzll(used),
				   &samples);
		}
		num = end;
	}
	for (unsigned i = 0; i < cw_num_elements(fronts); i++)
		if (samples.num_fit[i] * 100 > samples.num * MIN_PERCENT)
			typing->fronts |= 1 << i;
}

/* What a word of the front says was asked for; 0: none does. */
static uint64_t asked_for(const struct cw_typing *typing,
			  const struct cw_block *block, uint64_t size)
{
	struct cw_room room = whole_room(block);

	for (unsigned i = 0; typing->fronts && i < cw_num_elements(fronts);
	     i++) {
		uint64_t asked;
		if (typing->fronts & 1 << i && fronts[i].size == size &&
		    front_read(typing, block, &fronts[i], &asked) &&
		    cw_room_is_near(&room, asked + size))
			return asked;
	}
	return 0;
}

bool cw_front_may_be_link(const struct cw_typing *typing,
			  const struct cw_block *block, cw_addr address)
{
	uint64_t link;

	if (address - block->address != WORD ||
	    !cw_target_read_word(typing->target, block->address, &link) ||
	    link == block->address || !cw_start_is(typing->index, link))
		return false;
	uint32_t number = cw_block_index_block(
		typing->index, cw_block_index_granule(typing->index, link));
	return typing->types[number] == 0 || typing->headers[number] == WORD;
}

void cw_front_learn(struct cw_typing *typing, const struct cw_block *block,
		    cw_addr address, uint64_t size)
{
	struct cw_front_links *links = &typing->front_links;
	uint32_t i = 0;

	if (typing->fronts & LINKS ||
	    !cw_front_may_be_link(typing, block, address))
		return;
	while (i < links->num_sizes && links->sizes[i] != size)
		i++;
	if (i == links->num_sizes && i < cw_num_elements(links->sizes))
		links->sizes[links->num_sizes++] = size;
	if (++links->num >= MIN_LINKED &&
	    links->num_sizes == cw_num_elements(links->sizes))
		typing->fronts |= LINKS;
}

bool cw_front_is_start(const struct cw_typing *typing,
		       const struct cw_block *block, cw_addr address)
{
	uint32_t number = cw_block_index_block(typing->index, block->granule);
	uint64_t front = address - block->address;

	if (front == 0)
		return true;
	if (typing->types[number] != 0 && typing->headers[number] != front)
		return false;
	return asked_for(typing, block, front) > 0 ||
	       (typing->fronts & LINKS &&
		cw_front_may_be_link(typing, block, address));
}

struct cw_room cw_front_room(const struct cw_typing *typing,
			     const struct cw_block *block, uint64_t header)
{
	return (struct cw_room){
		.size = block->size - header,
		.header = header,
		.asked = asked_for(typing, block, header),
		.kind = block->region->kind,
	};
}

bool cw_front_is_count(const struct cw_typing *typing,
		       const struct cw_block *block, const struct cw_type *type,
		       uint64_t header)
{
	struct cw_room room = cw_front_room(typing, block, header);
	uint64_t count, size;

	return header == WORD &&
	       cw_target_read_word(typing->target, block->address, &count) &&
	       count > 0 && !__builtin_mul_overflow(count, type->size, &size) &&
	       cw_room_is_near(&room, size);
}

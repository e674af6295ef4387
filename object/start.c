#include "object/start.h"

#include <string.h>

enum {
	MAX_WORDS_SEEN = 64, /* an array of thousands says no more */
	MAX_BYTES_SEEN = 4096,
	ENOUGH_STARTS = 2,
};

bool cw_start_is(const struct cw_block_index *index, uint64_t word)
{
	uint64_t granule = cw_block_index_granule(index, word);

	return granule != CW_NO_GRANULE && (word & 15) == 0 &&
	       cw_bit_test(index->starts, granule) &&
	       !cw_bit_test(index->unused, granule);
}

static bool is_at(uint64_t at, uint64_t offset, uint64_t stride, uint64_t count,
		  uint64_t size)
{
	if (at < offset)
		return false;
	at -= offset;
	if (stride == 0 || count == 1)
		return at < size;
	return at / stride < count && at % stride < size;
}

static bool may_hold_pointer(const struct cw_layout *layout, uint64_t at)
{
	for (uint32_t i = 0; i < layout->num_slots; i++) {
		const struct cw_slot *slot = &layout->slots[i];
		if (is_at(at, slot->offset, slot->stride, slot->count, 8))
			return true;
	}
	for (uint32_t i = 0; i < layout->num_rules; i++) {
		const struct cw_rule_item *item = &layout->rules[i];
		if (is_at(at, item->offset, item->stride, item->count,
			  item->type->size))
			return true;
	}
	return layout->is_cut;
}

/* Where a used block begins, or code. */
static bool is_sure_pointer(const struct cw_typing *typing, uint64_t word)
{
	if (cw_sentinel_is(word) || word >> 47)
		return false;
	if (cw_start_is(typing->index, word))
		return true;
	const struct cw_segment *segment =
		cw_target_segment(typing->target, word);
	return segment && segment->flags & CW_SEGMENT_EXEC;
}

unsigned cw_starts_count_strangers(struct cw_typing *typing,
				   const struct cw_type *type, cw_addr address,
				   uint64_t size)
{
	const struct cw_layout *layout = cw_layout_of(&typing->layouts, type);
	const unsigned char *bytes =
		cw_target_bytes(typing->target, address, size);
	unsigned num = 0;

	for (uint64_t at = 0; bytes && at < 8 * MAX_WORDS_SEEN; at += 8) {
		uint64_t word;
		if (at + 8 > size)
			break;
		memcpy(&word, bytes + at, 8);
		num += is_sure_pointer(typing, word) &&
		       !may_hold_pointer(layout, at);
	}
	return num;
}

unsigned cw_starts_count(const struct cw_typing *typing,
			 const unsigned char *bytes, uint64_t size)
{
	unsigned num = 0;

	for (uint64_t at = 0; at + 8 <= size && at < MAX_BYTES_SEEN; at += 8) {
		uint64_t word;
		memcpy(&word, bytes + at, 8);
		num += cw_start_is(typing->index, word);
	}
	return num;
}

bool cw_starts_are_pointers(const struct cw_typing *typing,
			    const unsigned char *bytes, uint64_t size)
{
	uint64_t num = size / 8;
	bool is_some = false;

	for (uint64_t i = 0; i < num && i < MAX_WORDS_SEEN; i++) {
		uint64_t word;
		memcpy(&word, bytes + i * 8, 8);
		if (i + 1 < num && word != 0 &&
		    !cw_target_segment(typing->target, word))
			return false;
		is_some |= cw_start_is(typing->index, word);
	}
	return is_some;
}

bool cw_starts_are_in_elements(struct cw_typing *typing,
			       const struct cw_layout *layout, cw_addr address,
			       uint64_t size)
{
	const struct cw_type *element = layout->flexible;
	uint64_t end = size < MAX_BYTES_SEEN ? size : MAX_BYTES_SEEN;
	const unsigned char *bytes =
		cw_target_bytes(typing->target, address, end);
	uint64_t at = layout->flexible_offset;

	if (!bytes || !cw_type_is_aggregate(element) || element->size < 16 ||
	    cw_starts_count(typing, bytes, end) < ENOUGH_STARTS ||
	    cw_starts_count_strangers(typing, layout->type, address,
				      layout->type->size) > 0)
		return false;
	for (; at + element->size <= end; at += element->size)
		if (cw_starts_count_strangers(typing, element, address + at,
					      element->size) > 0)
			return false;
	return cw_starts_count(typing, bytes + at, end - at) == 0;
}

#include "object/pointer_run.h"

#include "object/content.h"
#include "object/kin.h"

enum {
	WORD = 8,
	MAX_SIZE = 1 << 19,
	/* So many in a row that are null, or lead elsewhere, end it. */
	MAX_ODD = 16,
	ENOUGH_POINTERS = 2,
};

void cw_pointer_run_init(struct cw_pointer_run *run, struct cw_typing *typing,
			 const struct cw_type *pointer, cw_addr address,
			 const struct cw_block *block)
{
	uint64_t size = block->address + block->size - address;

	*run = (struct cw_pointer_run){
		.typing = typing,
		.target = cw_type_strip(pointer->target),
		.next = address,
		.end = address + (size < MAX_SIZE ? size : MAX_SIZE),
	};
	if (!cw_type_is_aggregate(run->target) || run->target->size == 0 ||
	    address % WORD != 0)
		run->end = address;
}

/* The first is declared, and need only not be contradicted. */
static bool leads_to_object(const struct cw_pointer_run *run,
			    const struct cw_block *block, uint64_t word)
{
	struct cw_typing *typing = run->typing;
	uint32_t number = cw_block_index_block(typing->index, block->granule);
	const struct cw_type *known =
		cw_typing_type(typing, typing->types[number]);
	uint64_t offset = word - block->address - typing->headers[number];

	if (known && offset < block->size &&
	    cw_type_agrees(known, run->target, offset))
		return true;
	struct cw_content content = cw_content_check(typing, run->target, word);
	return content.num_wrong == 0 &&
	       (!run->is_begun || content.num_right > 0 ||
		content.num_pointers >= ENOUGH_POINTERS);
}

bool cw_pointer_run_next(struct cw_pointer_run *run, cw_addr *ret)
{
	for (; run->end - run->next >= WORD && run->num_odd < MAX_ODD;
	     run->num_odd++) {
		cw_addr address = run->next;
		struct cw_block block;
		uint64_t word;

		run->next += WORD;
		if (!cw_target_read_word(run->typing->target, address, &word))
			return false;
		if (word == 0)
			continue;
		if (!cw_heap_block_at(run->typing->heap, word, &block) ||
		    block.state != CW_BLOCK_USED)
			return false;
		if (!leads_to_object(run, &block, word))
			continue;
		run->num_odd = 0;
		run->is_begun = true;
		*ret = address;
		return true;
	}
	return false;
}

#include "object/operations.h"

#include "base/memory.h"
#include "base/text.h"
#include "object/claim.h"
#include "target/symbol.h"

enum {
	MIN_FUNCTIONS = 2,
	MAX_WORDS = 64,
};

/* Mostly functions, and at least two. */
static bool holds_functions(const struct cw_typing *typing,
			    const struct cw_symbol *symbol)
{
	uint64_t num = symbol->size / 8, num_functions = 0, num_others = 0;

	for (uint64_t i = 0; i < num && i < MAX_WORDS; i++) {
		uint64_t word;
		if (!cw_target_read_word(typing->target,
					 symbol->address + i * 8, &word))
			return false;
		if (word == 0)
			continue;
		const struct cw_segment *segment =
			cw_target_segment(typing->target, word);
		if (segment && segment->flags & CW_SEGMENT_EXEC)
			num_functions++;
		else
			num_others++;
	}
	return num_functions >= MIN_FUNCTIONS && num_functions > num_others;
}

/* The id for objects of the table at @address; 0: it is none. */
static uint32_t table_read(struct cw_typing *typing, cw_addr address)
{
	const struct cw_symbol *symbol;
	struct cw_run declared;

	/* Of what is declared, its type would say more. */
	if (!cw_target_segment(typing->target, address) ||
	    cw_typing_object_at(typing, address, &declared))
		return 0;
	symbol = cw_symbol_at((struct cw_target *)typing->target, address);
	if (!symbol || symbol->address != address ||
	    symbol->kind != CW_SYMBOL_OBJECT || !symbol->name ||
	    !holds_functions(typing, symbol))
		return 0;
	cw_cleanup_text struct cw_text text = {0};
	cw_text_addf(&text, "object of %s", symbol->name);
	return cw_typing_name_id(typing,
				 cw_arena_strdup(&typing->arena, text.chars));
}

struct seeker {
	struct cw_typing *typing;
	struct cw_map tables; /* by address, to ids */
};

static void block_look(void *context, const struct cw_block *block)
{
	struct seeker *seeker = context;
	struct cw_typing *typing = seeker->typing;
	uint64_t word;
	uint32_t id;

	if (block->size <= sizeof(word) ||
	    !cw_target_read_word(typing->target, block->address, &word) ||
	    word & 7 || cw_heap_region_at(typing->heap, word))
		return;
	if (!cw_map_get(&seeker->tables, word, &id)) {
		id = table_read(typing, word);
		cw_map_set(&seeker->tables, word, id);
	}
	if (id == 0)
		return;
	cw_typing_name_block(typing, block, id, 0, CW_PROVENANCE_CODE);
}

struct cw_error *cw_operations_seek(struct cw_typing *typing,
				    struct cw_progress *progress)
{
	struct seeker seeker = {.typing = typing};

	cw_map_init(&seeker.tables);
	struct cw_error *err =
		cw_typing_each_unknown(typing, progress, block_look, &seeker);
	cw_map_deinit(&seeker.tables);
	return err;
}

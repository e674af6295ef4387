#include "object/exception_pool.h"

#include <string.h>

#include "object/claim.h"
#include "target/symbol.h"

enum {
	MAX_ENTRIES = 1 << 16,
	ALLOCATOR_SLACK = 32,
};

enum { FREE, ARENA, SIZE, NUM_WORDS };

/* Whether the free entries are in the pool and fill no more than it. */
static bool entries_fit(const struct cw_typing *typing, const uint64_t *pool)
{
	cw_addr end = pool[ARENA] + pool[SIZE], behind = pool[ARENA];
	cw_addr entry = pool[FREE];

	for (unsigned i = 0; entry && i < MAX_ENTRIES; i++) {
		uint64_t size;
		if (entry < behind || entry >= end || entry % 8 ||
		    !cw_target_read_word(typing->target, entry, &size) ||
		    size == 0 || size > end - entry ||
		    !cw_target_read_word(typing->target, entry + 8, &entry))
			return false;
		behind += size;
	}
	return true;
}

/* Whether @pool are a pool's words, and its block. */
static bool pool_read(const struct cw_typing *typing, const uint64_t *pool,
		      struct cw_block *ret)
{
	return pool[ARENA] != 0 && pool[SIZE] > 0 &&
	       (pool[FREE] == 0 || pool[FREE] - pool[ARENA] < pool[SIZE]) &&
	       cw_heap_block_at(typing->heap, pool[ARENA], ret) &&
	       ret->state == CW_BLOCK_USED && ret->address == pool[ARENA] &&
	       pool[SIZE] <= ret->size &&
	       ret->size - pool[SIZE] < ALLOCATOR_SLACK &&
	       entries_fit(typing, pool);
}

static bool root_look(struct cw_typing *typing, const struct cw_root *root)
{
	struct cw_block block;

	for (uint64_t i = 0; i + NUM_WORDS <= root->num_words; i++) {
		uint64_t pool[NUM_WORDS];
		memcpy(pool, root->bytes + i * 8, sizeof(pool));
		if (!pool_read(typing, pool, &block))
			continue;
		uint32_t number =
			cw_block_index_block(typing->index, block.granule);
		if (typing->types[number] == 0)
			cw_typing_name_block(
				typing, &block,
				cw_typing_name_id(typing,
						  "exceptions' emergency pool"),
				0, CW_PROVENANCE_RULE);
		return true;
	}
	return false;
}

void cw_exception_pool_name(struct cw_typing *typing)
{
	const struct cw_symbol *symbol = cw_symbol_find(
		(struct cw_target *)typing->target, "__cxa_allocate_exception");
	const struct cw_module *module =
		symbol ? cw_module_at(typing->target, symbol->address) : NULL;

	if (!module)
		return;
	for (size_t i = 0; i < typing->roots->roots.num; i++) {
		const struct cw_root *root = &typing->roots->roots.items[i];
		if (root->kind == CW_ROOT_GLOBAL && root->module == module &&
		    root_look(typing, root))
			return;
	}
}

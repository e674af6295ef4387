#include "code/raw.h"

#include <string.h>

#include "base/bits.h"
#include "base/memory.h"

enum {
	/* Wrappers of wrappers of malloc(). */
	MAX_ROUNDS = 8,
};

/* What comes from one is what was put there and nothing else. */
static bool is_known_source(const struct cw_origin *origin)
{
	return origin->kind == CW_ORIGIN_SITE ||
	       origin->kind == CW_ORIGIN_RESULT;
}

static bool is_place(const struct cw_origin *origin)
{
	switch (origin->kind) {
	case CW_ORIGIN_FIELD:
	case CW_ORIGIN_VARIABLE:
	case CW_ORIGIN_ELEMENT:
	case CW_ORIGIN_RESULT:
		return true;
	default:
		return false;
	}
}

/*
 * Calls without candidates: of an allocator, or of what gives on what one
 * gave.
 */
static void sites_mark(const struct cw_miner *miner, const uint64_t *has_type,
		       uint64_t *raw)
{
	cw_array_foreach(site, &miner->sites)
	{
		uint32_t result = cw_origin_find(
			&miner->origins, CW_ORIGIN_RESULT, site->callee, 0);
		if (!cw_bit_test(has_type, site->origin) &&
		    (site->gives_memory ||
		     (result && cw_bit_test(raw, result))))
			cw_bit_set(raw, site->origin);
	}
}

/* Places that only such lead to; true: there are more than before. */
static bool places_mark(const struct cw_miner *miner, const uint64_t *has_type,
			uint64_t *is_fed, uint64_t *is_other, uint64_t *raw)
{
	uint32_t num = miner->origins.all.num;
	bool is_more = false;

	memset(is_fed, 0, cw_bits_words(num) * 8);
	memset(is_other, 0, cw_bits_words(num) * 8);
	cw_array_foreach(entry, &miner->tally.pairs[CW_TALLY_FLOW].entries)
	{
		const struct cw_origin *from =
			&miner->origins.all.items[entry->from];
		if (is_known_source(from) && cw_bit_test(raw, entry->from))
			cw_bit_set(is_fed, entry->to);
		else
			cw_bit_set(is_other, entry->to);
	}
	for (uint32_t i = 1; i < num; i++) {
		if (!cw_bit_test(is_fed, i) || cw_bit_test(is_other, i) ||
		    cw_bit_test(has_type, i) || cw_bit_test(raw, i) ||
		    !is_place(&miner->origins.all.items[i]))
			continue;
		cw_bit_set(raw, i);
		is_more = true;
	}
	return is_more;
}

uint64_t *cw_raw_find(const struct cw_miner *miner,
		      const struct cw_conclusions *conclusions)
{
	size_t size = cw_bits_words(miner->origins.all.num) * 8;
	uint64_t *raw = cw_alloc(size);
	cw_cleanup_free uint64_t *has_type = cw_alloc(size);
	cw_cleanup_free uint64_t *is_fed = cw_alloc(size);
	cw_cleanup_free uint64_t *is_other = cw_alloc(size);

	cw_array_foreach(conclusion, &conclusions->all)
		cw_bit_set(has_type, conclusion->origin);
	for (unsigned i = 0; i < MAX_ROUNDS; i++) {
		sites_mark(miner, has_type, raw);
		if (!places_mark(miner, has_type, is_fed, is_other, raw))
			break;
	}
	return raw;
}

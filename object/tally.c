#include "object/tally.h"

#include "base/bits.h"

enum {
	/* Fewer say nothing together. */
	MIN_OBJECTS = 4,
	/* Of so many a few may be damaged, or be cut shorter than the type. */
	MANY_OBJECTS = 20,
	PURE_PERCENT = 98,
	/* The rest have behind them what was too little to be split off. */
	FILLED_PERCENT = 80,
	/* Of so many it is the better one of two that they can be. */
	BETTER_PERCENT = 10,
	ROUGH_PERCENT = 85,
};

struct cw_sample cw_sample_of(struct cw_ratings *ratings)
{
	struct cw_sample sample = {0};

	for (uint32_t i = 0; i < ratings->num; i++) {
		const struct cw_rating *rating = &ratings->items[i];
		cw_bit_set(&sample.possible, rating->number);
		if (rating->rank >= CW_RANK_EXACT || rating->is_whole)
			cw_bit_set(&sample.filled, rating->number);
	}
	cw_ratings_keep_best(ratings);
	for (uint32_t i = 0; i < ratings->num; i++)
		cw_bit_set(&sample.best, ratings->items[i].number);
	return sample;
}

static void bits_count(uint64_t bits, uint32_t *counts)
{
	for (; bits; bits &= bits - 1)
		counts[__builtin_ctzll(bits)]++;
}

void cw_tally_add(struct cw_tally *tally, const struct cw_sample *sample)
{
	tally->num_sampled++;
	bits_count(sample->possible, tally->possible);
	bits_count(sample->filled, tally->filled);
	bits_count(sample->best, tally->best);
}

static bool is_share(uint64_t part, uint64_t whole, unsigned percent)
{
	return part * 100 >= whole * percent;
}

static bool can_be(const struct cw_tally *tally, uint32_t candidate)
{
	uint64_t num = tally->num_sampled;

	return is_share(tally->possible[candidate], num,
			num < MANY_OBJECTS ? 100 : PURE_PERCENT) &&
	       is_share(tally->filled[candidate], num, FILLED_PERCENT);
}

/*
 * Members that nobody has set yet contradict any type: one that most can be is
 * it, when no other comes near.
 */
static int decide_roughly(const struct cw_tally *tally, uint32_t num_candidates)
{
	uint64_t num = tally->num_sampled;
	int told = -1;

	if (num < MANY_OBJECTS)
		return -1;
	for (uint32_t i = 0; i < num_candidates; i++) {
		if (!is_share(tally->best[i], num, BETTER_PERCENT))
			continue;
		if (told >= 0 ||
		    !is_share(tally->best[i], num, ROUGH_PERCENT) ||
		    !is_share(tally->filled[i], num, FILLED_PERCENT))
			return -1;
		told = i;
	}
	return told;
}

int cw_tally_decide(const struct cw_tally *tally, uint32_t num_candidates,
		    int named)
{
	uint64_t num = tally->num_sampled;
	int told = -1;

	if (named >= 0 && num > 0 && can_be(tally, named))
		return named;
	if (num < MIN_OBJECTS)
		return -1;
	for (uint32_t i = 0; i < num_candidates; i++)
		if (can_be(tally, i) &&
		    (told < 0 || tally->best[i] > tally->best[told]))
			told = i;
	if (told < 0)
		return decide_roughly(tally, num_candidates);
	for (uint32_t i = 0; i < num_candidates; i++)
		if ((int)i != told && can_be(tally, i) &&
		    !is_share(tally->best[told] - tally->best[i], num,
			      BETTER_PERCENT))
			return -1;
	return told;
}

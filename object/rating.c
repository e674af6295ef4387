#include "object/rating.h"

#include "base/bits.h"
#include "object/content.h"

bool cw_rating_is_unlikely(struct cw_typing *typing,
			   const struct cw_rating *rating,
			   const struct cw_type *declared, cw_addr target)
{
	struct cw_content begin = {0};

	if (rating->num_unlikely == 0)
		return false;
	if (rating->type != declared && cw_type_is_aggregate(declared) &&
	    cw_type_begins_with(rating->type, declared))
		begin = cw_content_check(typing, declared, target);
	return rating->num_unlikely > begin.num_unlikely &&
	       rating->num_right + begin.num_unlikely <=
		       rating->num_unlikely + begin.num_right;
}

static bool is_better(const struct cw_rating *a, const struct cw_rating *b)
{
	if (a->is_odd)
		return false;
	if (a->is_raw != b->is_raw && a->num_right > 0 && b->num_right > 0)
		return b->is_raw;
	if (b->is_odd)
		return a->num_right > b->num_right || a->rank > b->rank;
	/* What the larger one takes for members is text as well. */
	if (a->is_whole && b->is_whole && a->rank == b->rank &&
	    a->type->size != b->type->size)
		return a->type->size < b->type->size;
	/* An array may be of anything. */
	if (b->rank == CW_RANK_ARRAY && a->rank > b->rank &&
	    a->num_right > b->num_right)
		return true;
	if ((a->num_right > 0) != (b->num_right > 0) &&
	    a->rank > CW_RANK_BYTES && b->rank < CW_RANK_TEXT)
		return a->num_right > 0;
	if (a->rank == b->rank && a->num_strangers != b->num_strangers)
		return a->num_strangers < b->num_strangers;
	if (a->rank == b->rank)
		return a->num_unlikely < b->num_unlikely;
	return a->rank > b->rank;
}

void cw_ratings_keep_best(struct cw_ratings *ratings)
{
	uint64_t beaten = 0;
	uint32_t kept = 0;

	for (uint32_t i = 0; ratings->num > 1 && i < ratings->num; i++)
		for (uint32_t k = 0; k < ratings->num; k++)
			if (is_better(&ratings->items[k], &ratings->items[i]))
				cw_bit_set(&beaten, i);
	for (uint32_t i = 0; beaten && i < ratings->num; i++)
		if (!cw_bit_test(&beaten, i))
			ratings->items[kept++] = ratings->items[i];
	if (beaten)
		ratings->num = kept;
}

void cw_ratings_drop_arrays(struct cw_ratings *ratings)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < ratings->num; i++)
		if (ratings->items[i].rank != CW_RANK_ARRAY ||
		    ratings->items[i].num_right > 0)
			ratings->items[kept++] = ratings->items[i];
	ratings->num = kept;
}

int cw_ratings_most_pointers(const struct cw_ratings *ratings)
{
	uint32_t best = 0;
	int which = -1;

	for (uint32_t i = 0; i < ratings->num; i++) {
		uint32_t num = ratings->items[i].num_pointers;
		if (ratings->items[i].is_odd ||
		    ratings->items[i].rank == CW_RANK_ARRAY)
			return -1;
		if (num > best)
			which = i;
		else if (num == best)
			which = -1;
		if (num > best)
			best = num;
	}
	return which;
}

uint32_t cw_ratings_drop_odd(struct cw_ratings *ratings)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < ratings->num; i++)
		if (!ratings->items[i].is_odd)
			ratings->items[kept++] = ratings->items[i];
	ratings->num = kept;
	return kept;
}

#include "object/verdict.h"

#include <string.h>

#include "base/memory.h"
#include "object/alternative.h"
#include "object/tally.h"

enum {
	STEP = 4096,
	/* Looked at, of all values together and of each at least. */
	MAX_SAMPLES = 16384,
	MIN_SAMPLES = 64,
	MUCH_PERCENT = 50,
	/* A tag tells two types at least. */
	MIN_TYPES = 2,
};

/* What one of the numbers tells. */
struct verdict {
	uint64_t num_explained; /* objects */
	unsigned num_types;
	bool is_named; /* its values are called after the candidates */
	uint32_t num[CW_NUM_TAG_VALUES];
	int16_t told[CW_NUM_TAG_VALUES]; /* candidate, or -1 */
};

/* A cohort that is judged. */
struct court {
	struct cw_cohorts *cohorts;
	struct cw_cohort *cohort;
	struct cw_tally *tallies; /* by value */
	uint32_t *rated;	  /* by member: number in samples, and 1 */
	CW_ARRAY(struct cw_sample) samples;
	uint64_t num_done;
};

/* How many of each value are to be looked at is returned. */
static uint32_t values_count(const struct court *court,
			     const struct cw_tag *tag, uint32_t *num)
{
	const struct cw_target *target = court->cohorts->typing->target;
	uint32_t value, num_values = 0;

	memset(num, 0, CW_NUM_TAG_VALUES * sizeof(*num));
	cw_array_foreach(member, &court->cohort->members)
	{
		if (cw_tag_read(target, tag, member->tagged, &value))
			num_values += num[value]++ == 0;
	}
	uint32_t each = num_values ? MAX_SAMPLES / num_values : 0;
	return each > MIN_SAMPLES ? each : MIN_SAMPLES;
}

/* The candidates of values by what they are called; all -1: by nothing. */
static bool names_read(const struct court *court, const struct cw_tag *tag,
		       int16_t *named)
{
	const struct cw_cohort *cohort = court->cohort;
	const struct cw_vague *vague = cohort->vague;
	struct cw_alternatives alternatives;

	memset(named, -1, CW_NUM_TAG_VALUES * sizeof(*named));
	if (!cohort->holder ||
	    !cw_alternatives_named(cohort->holder, cohort->offset, tag,
				   &alternatives))
		return false;
	for (uint32_t i = 0; i < CW_NUM_TAG_VALUES; i++)
		for (uint32_t k = 0; k < vague->num_candidates; k++)
			if (alternatives.targets[i] &&
			    vague->candidates[k].type ==
				    alternatives.targets[i])
				named[i] = k;
	return true;
}

static void verdict_add(const struct cw_cohort *cohort,
			const struct cw_tally *tally, uint32_t value, int named,
			struct verdict *verdict)
{
	int told = cw_tally_decide(tally, cohort->vague->num_candidates, named);

	verdict->told[value] = told;
	if (told < 0)
		return;
	verdict->num_explained += (uint64_t)tally->num * tally->possible[told] /
				  tally->num_sampled;
	bool is_new = true;
	for (uint32_t i = 0; i < CW_NUM_TAG_VALUES && is_new; i++)
		is_new = i == value || verdict->told[i] != told;
	verdict->num_types += is_new;
}

/* The member is rated once, whichever tags ask for it. */
static const struct cw_sample *sample_of(struct court *court, size_t member)
{
	struct cw_ratings ratings;

	if (court->rated[member] == 0) {
		cw_cohort_rate(court->cohorts, court->cohort,
			       court->cohort->members.items[member].address,
			       &ratings);
		*cw_array_push(&court->samples) = cw_sample_of(&ratings);
		court->rated[member] = court->samples.num;
	}
	return &court->samples.items[court->rated[member] - 1];
}

static struct cw_error *tag_judge(struct court *court, const struct cw_tag *tag,
				  struct verdict *ret)
{
	const struct cw_cohort *cohort = court->cohort;
	const struct cw_target *target = court->cohorts->typing->target;
	uint32_t *num = ret->num, value, seen[CW_NUM_TAG_VALUES] = {0};
	int16_t named[CW_NUM_TAG_VALUES];

	ret->num_explained = ret->num_types = 0;
	memset(ret->told, -1, sizeof(ret->told));
	ret->is_named = names_read(court, tag, named);
	uint32_t num_samples = values_count(court, tag, num);
	memset(court->tallies, 0, CW_NUM_TAG_VALUES * sizeof(*court->tallies));
	for (size_t i = 0; i < cohort->members.num; i++) {
		if (++court->num_done % STEP == 0) {
			struct cw_error *err = cw_progress_step(
				court->cohorts->spread->progress,
				court->num_done);
			if (err)
				return err;
		}
		if (!cw_tag_read(target, tag, cohort->members.items[i].tagged,
				 &value))
			continue;
		uint32_t step = num[value] / num_samples + 1;
		court->tallies[value].num = num[value];
		if (seen[value]++ % step == 0)
			cw_tally_add(&court->tallies[value],
				     sample_of(court, i));
	}
	for (value = 0; value < CW_NUM_TAG_VALUES; value++)
		if (num[value] > 0)
			verdict_add(cohort, &court->tallies[value], value,
				    named[value], ret);
	return NULL;
}

/* Of a header it is known to all; else to the cohort alone. */
static struct cw_tagging *tagging_make(struct cw_cohorts *cohorts,
				       const struct cw_cohort *cohort)
{
	if (cohort->head)
		return cw_taggings_place(&cohorts->typing->taggings,
					 cohort->vague->declared);
	struct cw_tagging *tagging = cohort->tagging;
	if (!tagging)
		tagging = cw_arena_alloc(&cohorts->vagues->arena,
					 sizeof(*tagging));
	tagging->header = cohort->holder->type;
	return tagging;
}

static void verdict_keep(struct cw_cohorts *cohorts, struct cw_cohort *cohort,
			 const struct cw_tag *tag,
			 const struct verdict *verdict)
{
	const struct cw_vague *vague = cohort->vague;

	cohort->tagging = tagging_make(cohorts, cohort);
	cohort->tagging->tag = *tag;
	for (uint32_t i = 0; i < CW_NUM_TAG_VALUES; i++)
		cohort->tagging->told[i].type =
			verdict->told[i] < 0
				? 0
				: vague->candidates[verdict->told[i]].type->id;
	if (cohort->head)
		cw_taggings_note(&cohorts->typing->taggings, cohort->tagging);
}

static bool is_better(const struct verdict *a, const struct verdict *b)
{
	if (a->num_types < (a->is_named ? 1 : MIN_TYPES))
		return false;
	if (a->is_named != b->is_named)
		return a->is_named || b->num_explained == 0;
	return a->num_explained > b->num_explained;
}

static struct cw_error *tags_judge(struct court *court)
{
	struct cw_cohort *cohort = court->cohort;
	struct verdict best = {0}, verdict;
	uint32_t which = 0;

	for (uint32_t i = 0; i < cohort->num_tags; i++) {
		struct cw_error *err =
			tag_judge(court, &cohort->tags[i], &verdict);
		if (err)
			return err;
		if (!is_better(&verdict, &best))
			continue;
		best = verdict;
		which = i;
	}
	if (best.num_explained * 100 >
	    cohort->members.num * (uint64_t)MUCH_PERCENT)
		verdict_keep(court->cohorts, cohort, &cohort->tags[which],
			     &best);
	return NULL;
}

struct cw_error *cw_cohort_judge(struct cw_cohorts *cohorts,
				 struct cw_cohort *cohort)
{
	struct court court = {.cohorts = cohorts, .cohort = cohort};
	size_t size = cohort->members.num * sizeof(*court.rated);
	struct cw_error *err = cw_bulk_alloc(size, &court.rated);

	if (err)
		return err;
	court.tallies = cw_alloc(CW_NUM_TAG_VALUES * sizeof(*court.tallies));
	err = tags_judge(&court);
	free(court.tallies);
	cw_array_deinit(&court.samples);
	cw_bulk_free(court.rated, size);
	return err;
}

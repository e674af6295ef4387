/*
 * runtime.bucket: allnext, size, nstk, …; behind it nstk return addresses, and
 * behind these a memRecord, or the float64 count and the int64 cycles of a
 * blockRecord.
 *
 * A memRecord has the published counts (active) and those of three cycles of
 * the collector to come (future).  The current one is added when somebody asks;
 * all three are where nothing was published yet.  mProfCycle is the number of
 * the cycle, above a bit that says if it was added.
 */
#include "golang/profile.h"

#include <math.h>
#include <string.h>

enum {
	NUM_FUTURE = 3,
	MAX_BUCKETS = 1 << 24,
	MAX_DEPTH = 1024, /* maxProfStackDepth */
};

static const enum cw_go_global lists[] = {
	[CW_GO_PROFILE_MEMORY] = CW_GO_MEMORY_BUCKETS,
	[CW_GO_PROFILE_BLOCK] = CW_GO_BLOCK_BUCKETS,
	[CW_GO_PROFILE_MUTEX] = CW_GO_MUTEX_BUCKETS,
};

static bool has_fields(const struct cw_go *go)
{
	for (enum cw_go_field i = CW_GO_BUCKET_NEXT; i <= CW_GO_RECORD_FREES;
	     i++)
		if (go->layout.places[i].size == 0)
			return false;
	return true;
}

static uint64_t bucket_size(const struct cw_go *go)
{
	return cw_go_layout_extent(&go->layout, CW_GO_BUCKET_NEXT,
				   CW_GO_BUCKET_DEPTH);
}

bool cw_go_bucket_read(const struct cw_go *go, cw_addr address,
		       struct cw_go_bucket *ret)
{
	const struct cw_go_layout *layout = &go->layout;
	uint64_t size = bucket_size(go);

	if (address == 0 || !has_fields(go))
		return false;
	const unsigned char *bytes = cw_target_bytes(go->target, address, size);
	if (!bytes)
		return false;
	uint64_t depth = cw_go_field(layout, bytes, CW_GO_BUCKET_DEPTH);
	if (depth > MAX_DEPTH)
		return false;
	*ret = (struct cw_go_bucket){
		.record = address + size + depth * 8,
		.stack = cw_target_bytes(go->target, address + size, depth * 8),
		.depth = depth,
		.size = cw_go_field(layout, bytes, CW_GO_BUCKET_SIZE),
	};
	/* From 1.22 on some stacks begin with a mark (logicalStackSentinel). */
	if (ret->stack && depth && ret->stack[0] == UINT64_MAX) {
		ret->stack++;
		ret->depth--;
	}
	return ret->stack != NULL;
}

/* Adds a cycle's counts. */
static void add_cycle(const struct cw_go *go, const unsigned char *cycle,
		      struct cw_go_bucket *bucket)
{
	bucket->num_allocs +=
		cw_go_field(&go->layout, cycle, CW_GO_RECORD_ALLOCS);
	bucket->num_frees +=
		cw_go_field(&go->layout, cycle, CW_GO_RECORD_FREES);
}

/* @which: NUM_FUTURE: all. */
static bool memory_read(const struct cw_go *go, uint32_t which,
			struct cw_go_bucket *bucket)
{
	const struct cw_go_place *active =
		&go->layout.places[CW_GO_RECORD_ACTIVE];
	const struct cw_go_place *future =
		&go->layout.places[CW_GO_RECORD_FUTURE];
	const unsigned char *record = cw_target_bytes(
		go->target, bucket->record,
		cw_go_layout_extent(&go->layout, CW_GO_RECORD_ACTIVE,
				    CW_GO_RECORD_FUTURE));

	if (!record)
		return false;
	bucket->num_allocs = bucket->num_frees = 0;
	add_cycle(go, record + active->offset, bucket);
	for (uint32_t i = 0; i < NUM_FUTURE; i++)
		if (which == NUM_FUTURE || which == i)
			add_cycle(go,
				  record + future->offset +
					  i * (future->size / NUM_FUTURE),
				  bucket);
	return true;
}

static bool wait_read(const struct cw_go *go, struct cw_go_bucket *bucket)
{
	const unsigned char *record =
		cw_target_bytes(go->target, bucket->record, 16);
	double count;

	if (!record)
		return false;
	memcpy(&count, record, sizeof(count));
	memcpy(&bucket->cycles, record + 8, sizeof(bucket->cycles));
	bucket->num_waits = count >= 1 && count < 1e18 ? count : 1;
	return true;
}

/* Where nothing was published: before the second collection. */
static bool is_clear(const struct cw_go_profile *profile)
{
	cw_array_foreach(bucket, &profile->items)
	{
		if (bucket->num_allocs || bucket->num_frees)
			return false;
	}
	return true;
}

static void read_memory(struct cw_go_profile *profile, const struct cw_go *go)
{
	uint32_t cycle = 0;
	uint64_t rate = 0;

	if (go->globals[CW_GO_MEMORY_RATE] &&
	    cw_target_read_word(go->target, go->globals[CW_GO_MEMORY_RATE],
				&rate))
		profile->rate = rate;
	if (go->globals[CW_GO_MEMORY_CYCLE])
		cw_target_read(go->target, go->globals[CW_GO_MEMORY_CYCLE],
			       &cycle, sizeof(cycle));
	cw_array_foreach(bucket, &profile->items)
		memory_read(go, (cycle >> 1) % NUM_FUTURE, bucket);
	if (!is_clear(profile))
		return;
	cw_array_foreach(bucket, &profile->items)
		memory_read(go, NUM_FUTURE, bucket);
}

void cw_go_profile_init(struct cw_go_profile *profile, const struct cw_go *go,
			enum cw_go_profile_kind kind)
{
	cw_addr list = go->globals[lists[kind]], address;
	uint64_t next = go->layout.places[CW_GO_BUCKET_NEXT].offset;

	*profile = (struct cw_go_profile){.kind = kind};
	if (go->problem || list == 0 || !has_fields(go) ||
	    !cw_target_read_word(go->target, list, &address))
		return;
	for (uint32_t i = 0; address && i < MAX_BUCKETS; i++) {
		struct cw_go_bucket bucket;

		if (!cw_go_bucket_read(go, address, &bucket) ||
		    (kind == CW_GO_PROFILE_MEMORY ? !memory_read(go, 0, &bucket)
						  : !wait_read(go, &bucket)) ||
		    !cw_target_read_word(go->target, address + next,
					 &address)) {
			profile->num_damaged++;
			break;
		}
		*cw_array_push(&profile->items) = bucket;
	}
	if (kind == CW_GO_PROFILE_MEMORY)
		read_memory(profile, go);
}

void cw_go_profile_deinit(struct cw_go_profile *profile)
{
	cw_array_deinit(&profile->items);
}

void cw_go_profile_scale(const struct cw_go_profile *profile, uint64_t num,
			 uint64_t size, uint64_t *ret_num, uint64_t *ret_bytes)
{
	double scale = 1;

	/* Samples are a Poisson process of that rate over bytes. */
	if (profile->rate > 1 && size > 0)
		scale = 1 / (1 - exp(-(double)size / (double)profile->rate));
	*ret_num = (double)num * scale;
	*ret_bytes = (double)(num * size) * scale;
	if (size == 0)
		*ret_num = 0;
}

#include "code/evidence.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/bits.h"
#include "base/memory.h"
#include "code/evidence_list.h"
#include "code/harvest.h"
#include "code/raw.h"

enum {
	MAX_ENDS = 2, /* beside the begin of an array */
};

struct cw_evidence {
	struct cw_debug *debug;
	struct cw_miner *miner;
	struct cw_candidate_lists by_origin, casts;
	struct cw_shift_lists shifts;
	CW_ARRAY(struct cw_evidence_site) sites;
	uint64_t *raw; /* bits of origins */
};

/* What the system's own libraries do with pointers says nothing. */
static bool is_system(const struct cw_module *module)
{
	static const char *const names[] = {
		"libc.",       "libc-",	      "ld-linux",   "libpthread",
		"libm.",       "libdl.",      "librt.",	    "libjemalloc",
		"libtcmalloc", "libmimalloc", "libstdc++.", "libgcc_s",
		"linux-vdso",  "[vdso]",      "libc++",
	};

	for (size_t i = 0; i < cw_num_elements(names); i++)
		if (strncmp(module->name, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

/* Code that is in no routine that was read. */
static uint64_t undescribed_size(const struct cw_miner *miner)
{
	const struct cw_target *target = miner->target;
	uint64_t known = miner->count.code_size + miner->count.undecoded_size;
	uint64_t size = 0;

	cw_array_foreach(segment, &target->segments)
	{
		const struct cw_module *module =
			segment->flags & CW_SEGMENT_EXEC
				? cw_module_at(target, segment->start)
				: NULL;
		if (module && !is_system(module))
			size += segment->end - segment->start;
	}
	return size > known ? size - known : 0;
}

static double cpu_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static struct cw_error *routines_read(struct cw_miner *miner,
				      const bool *is_read,
				      struct cw_progress *progress)
{
	struct cw_error *err = NULL;

	for (size_t i = 0; i < miner->target->modules.num && !err; i++) {
		struct cw_module *module = &miner->target->modules.items[i];
		if (!is_read[i])
			continue;
		err = cw_routines_add(&miner->routines, miner->debug, module);
		cw_callees_add_module(&miner->callees, module);
	}
	cw_progress_begin(progress, "reading code", miner->routines.all.num);
	double started = cpu_seconds();
	for (size_t i = 0; i < miner->routines.all.num && !err; i++) {
		cw_miner_read(miner, &miner->routines.all.items[i]);
		err = cw_progress_step(progress, i);
	}
	miner->count.seconds = cpu_seconds() - started;
	return err;
}

/* Reads the code, or what an earlier run has kept of it. */
static struct cw_error *code_read(struct cw_miner *miner,
				  struct cw_progress *progress)
{
	const struct cw_target *target = miner->target;
	const char *folder = target->options.cache;
	struct cw_error *err = NULL;
	cw_cleanup_free bool *is_read = cw_alloc(target->modules.num + 1);
	cw_cleanup_free char *key = NULL;

	for (size_t i = 0; i < target->modules.num; i++) {
		struct cw_module *module = &target->modules.items[i];
		is_read[i] = cw_debug_has(miner->debug, module) &&
			     !is_system(module);
	}
	if (folder)
		key = cw_harvest_key(miner->debug, is_read);
	if (!key || !cw_harvest_load(miner, folder, key)) {
		err = routines_read(miner, is_read, progress);
		if (!err && key)
			cw_harvest_store(miner, folder, key);
	} else {
		miner->count.is_kept = true;
	}
	miner->count.undescribed_size = undescribed_size(miner);
	for (size_t i = 0; i < target->modules.num && !err; i++)
		if (is_read[i])
			cw_closure_add_tables(miner, &target->modules.items[i]);
	return err;
}

static int compare_sites(const void *left, const void *right)
{
	const struct cw_evidence_site *a = left, *b = right;

	return (a->return_pc > b->return_pc) - (a->return_pc < b->return_pc);
}

static void sites_fill(struct cw_evidence *evidence)
{
	const struct cw_miner *miner = evidence->miner;

	cw_array_foreach(site, &miner->sites) *
		cw_array_push(&evidence->sites) = (struct cw_evidence_site){
		.return_pc = miner->origins.all.items[site->origin].key,
		.callee = site->callee,
		.size = site->size,
		.candidates = cw_candidate_lists_get(&evidence->by_origin,
						     site->origin),
	};
	if (evidence->sites.num)
		qsort(evidence->sites.items, evidence->sites.num,
		      sizeof(struct cw_evidence_site), compare_sites);
}

struct cw_error *cw_evidence_create(struct cw_debug *debug,
				    struct cw_progress *progress,
				    struct cw_evidence **ret)
{
	struct cw_evidence *evidence = cw_alloc(sizeof(*evidence));
	struct cw_conclusions conclusions = {0};

	evidence->debug = debug;
	evidence->miner = cw_alloc(sizeof(*evidence->miner));
	struct cw_error *err = cw_miner_init(evidence->miner, debug);
	if (!err)
		err = code_read(evidence->miner, progress);
	if (!err)
		err = cw_closure_draw(evidence->miner, progress, &conclusions);
	if (!err) {
		cw_candidate_lists_init(&evidence->by_origin, debug,
					&conclusions);
		cw_candidate_lists_init_casts(&evidence->casts, debug,
					      &evidence->miner->tally);
		cw_shift_lists_init(&evidence->shifts, debug,
				    &evidence->miner->tally);
		sites_fill(evidence);
		evidence->raw = cw_raw_find(evidence->miner, &conclusions);
		cw_miner_trim(evidence->miner);
	}
	cw_array_deinit(&conclusions.all);
	if (err) {
		cw_evidence_destroy(evidence);
		return err;
	}
	*ret = evidence;
	return NULL;
}

void cw_evidence_destroy(struct cw_evidence *evidence)
{
	if (!evidence)
		return;
	cw_miner_deinit(evidence->miner);
	free(evidence->miner);
	cw_candidate_lists_deinit(&evidence->by_origin);
	cw_candidate_lists_deinit(&evidence->casts);
	cw_shift_lists_deinit(&evidence->shifts);
	cw_array_deinit(&evidence->sites);
	free(evidence->raw);
	free(evidence);
}

static struct cw_candidates origin_get(const struct cw_evidence *evidence,
				       enum cw_origin_kind kind, uint64_t key,
				       uint8_t number)
{
	uint32_t origin =
		cw_origin_find(&evidence->miner->origins, kind, key, number);

	return origin ? cw_candidate_lists_get(&evidence->by_origin, origin)
		      : (struct cw_candidates){0};
}

/* Of the spot, or of the elements of the array that the pointer there is of. */
static struct cw_candidates spot_get(const struct cw_evidence *evidence,
				     const struct cw_type *type,
				     uint64_t offset, bool wants_elements)
{
	const struct cw_spot *spot = cw_spot_at(&evidence->miner->spots,
						cw_type_strip(type), offset);
	struct cw_candidates found = {0};

	for (uint32_t i = 0; spot && i < spot->num_levels; i++) {
		uint32_t origin = cw_origin_find(
			&evidence->miner->origins, CW_ORIGIN_FIELD,
			(uint64_t)spot->levels[i].type->id << 32 |
				spot->levels[i].offset,
			0);
		if (!origin)
			continue;
		found = wants_elements ? origin_get(evidence, CW_ORIGIN_ELEMENT,
						    origin, 0)
				       : cw_candidate_lists_get(
						 &evidence->by_origin, origin);
		if (found.num)
			break;
	}
	return found;
}

struct cw_candidates cw_evidence_of_field(const struct cw_evidence *evidence,
					  const struct cw_type *type,
					  uint64_t offset)
{
	return spot_get(evidence, type, offset, false);
}

struct cw_candidates cw_evidence_of_elements(const struct cw_evidence *evidence,
					     const struct cw_type *type,
					     uint64_t offset)
{
	return spot_get(evidence, type, offset, true);
}

struct cw_candidates cw_evidence_of_bytes(const struct cw_evidence *evidence,
					  const struct cw_type *type)
{
	return origin_get(evidence, CW_ORIGIN_BYTES,
			  (uint64_t)type->id << 32 | cw_type_open_bytes(type),
			  0);
}

static bool is_raw(const struct cw_evidence *evidence,
		   const struct cw_spot_level *level, bool wants_elements)
{
	const struct cw_origins *origins = &evidence->miner->origins;
	uint32_t origin = cw_origin_find(
		origins, CW_ORIGIN_FIELD,
		(uint64_t)level->type->id << 32 | level->offset, 0);

	if (origin && wants_elements)
		origin = cw_origin_find(origins, CW_ORIGIN_ELEMENT, origin, 0);
	return origin && cw_bit_test(evidence->raw, origin);
}

/* As spot_get(): within the first level that anything is known of. */
static bool spot_is_raw(const struct cw_evidence *evidence,
			const struct cw_spot *spot, bool wants_elements)
{
	for (uint32_t i = 0; spot && i < spot->num_levels; i++)
		if (is_raw(evidence, &spot->levels[i], wants_elements))
			return true;
	return false;
}

bool cw_evidence_is_raw(const struct cw_evidence *evidence,
			const struct cw_type *type, uint64_t offset)
{
	return cw_evidence_of_field(evidence, type, offset).num == 0 &&
	       spot_is_raw(evidence,
			   cw_spot_at(&evidence->miner->spots,
				      cw_type_strip(type), offset),
			   false);
}

/* Whether both are of one object, @distance apart, as nothing smaller is. */
static bool is_beside(const struct cw_spot *spot, const struct cw_spot *end,
		      int64_t distance)
{
	const struct cw_spot_level *inner = &end->levels[end->num_levels - 1];

	for (uint32_t i = 0; i < spot->num_levels; i++)
		if (spot->levels[i].type == inner->type &&
		    (int64_t)(inner->offset - spot->levels[i].offset) ==
			    distance)
			return true;
	return false;
}

bool cw_evidence_has_raw_elements(const struct cw_evidence *evidence,
				  const struct cw_type *type, uint64_t offset)
{
	struct cw_spots *spots = &evidence->miner->spots;
	const struct cw_spot *spot =
		cw_spot_at(spots, cw_type_strip(type), offset);
	bool is_some = false;

	/* One array's begin and end lie side by side. */
	for (int i = -MAX_ENDS; spot && i <= MAX_ENDS; i++) {
		int64_t at = (int64_t)offset + i * 8;
		const struct cw_spot *end =
			at < 0 ? NULL
			       : cw_spot_at(spots, cw_type_strip(type), at);
		if (!end || end->num_levels == 0 ||
		    end->pointee != spot->pointee || end->is_beyond ||
		    !is_beside(spot, end, i * 8))
			continue;
		if (cw_evidence_of_elements(evidence, type, at).num)
			return false;
		is_some |= spot_is_raw(evidence, end, true);
	}
	return is_some;
}

/* The variable around @address, and what of it is there; false: none is. */
static bool variable_spot(const struct cw_evidence *evidence, cw_addr address,
			  const struct cw_variable **ret,
			  const struct cw_spot **ret_spot)
{
	const struct cw_module *module =
		cw_module_at(evidence->miner->target, address);

	if (!module ||
	    !cw_miner_variable(evidence->debug, module, address, ret))
		return false;
	*ret_spot =
		cw_spot_at(&evidence->miner->spots, cw_type_strip((*ret)->type),
			   address - (*ret)->address);
	return true;
}

struct cw_candidates cw_evidence_of_variable(const struct cw_evidence *evidence,
					     cw_addr address)
{
	const struct cw_variable *variable;
	const struct cw_spot *spot;

	if (!variable_spot(evidence, address, &variable, &spot))
		return (struct cw_candidates){0};
	if (spot && spot->num_levels)
		return spot_get(evidence, spot->levels[0].type,
				spot->levels[0].offset, false);
	return origin_get(evidence, CW_ORIGIN_VARIABLE, variable->address, 0);
}

/* 0: it was never met. */
static uint32_t held_origin(const struct cw_evidence *evidence,
			    const struct cw_pointer_place *place,
			    unsigned number)
{
	const struct cw_origins *origins = &evidence->miner->origins;
	const struct cw_variable *variable;
	const struct cw_spot *spot;
	uint32_t origin = 0;

	if (place->type)
		spot = cw_spot_at(&evidence->miner->spots,
				  cw_type_strip(place->type), place->offset);
	else if (!variable_spot(evidence, place->address, &variable, &spot))
		return 0;
	/* A container within what is around it is known by that. */
	if (spot && spot->num_levels)
		origin = cw_origin_find(origins, CW_ORIGIN_FIELD,
					(uint64_t)spot->levels[0].type->id
							<< 32 |
						spot->levels[0].offset,
					0);
	else if (!place->type)
		origin = cw_origin_find(origins, CW_ORIGIN_VARIABLE,
					variable->address, 0);
	return origin ? cw_origin_find(origins, CW_ORIGIN_HELD, origin, number)
		      : 0;
}

struct cw_candidates cw_evidence_of_held(const struct cw_evidence *evidence,
					 const struct cw_pointer_place *place,
					 unsigned number)
{
	return cw_candidate_lists_get(&evidence->by_origin,
				      held_origin(evidence, place, number));
}

struct cw_candidates
cw_evidence_of_held_elements(const struct cw_evidence *evidence,
			     const struct cw_pointer_place *place,
			     unsigned number)
{
	uint32_t origin = held_origin(evidence, place, number);

	return origin ? origin_get(evidence, CW_ORIGIN_ELEMENT, origin, 0)
		      : (struct cw_candidates){0};
}

struct cw_candidates
cw_evidence_of_any_table(const struct cw_evidence *evidence, unsigned number)
{
	return origin_get(evidence, CW_ORIGIN_HELD, 0, number);
}

struct cw_candidates cw_evidence_casts(const struct cw_evidence *evidence,
				       const struct cw_type *type)
{
	return cw_candidate_lists_get(&evidence->casts,
				      cw_type_strip(type)->id);
}

size_t cw_evidence_shifts(const struct cw_evidence *evidence,
			  const struct cw_type *type,
			  const struct cw_shift **ret)
{
	return cw_shift_lists_get(&evidence->shifts, cw_type_strip(type)->id,
				  ret);
}

struct cw_candidates
cw_evidence_of_parameter(const struct cw_evidence *evidence, cw_addr entry,
			 unsigned number)
{
	if (number >= CW_NUM_ARGUMENTS)
		return (struct cw_candidates){0};
	return origin_get(evidence, CW_ORIGIN_PARAMETER, entry, number);
}

struct cw_candidates cw_evidence_of_result(const struct cw_evidence *evidence,
					   cw_addr entry)
{
	return origin_get(evidence, CW_ORIGIN_RESULT, entry, 0);
}

size_t cw_evidence_sites(const struct cw_evidence *evidence,
			 const struct cw_evidence_site **ret)
{
	*ret = evidence->sites.items;
	return evidence->sites.num;
}

struct cw_evidence_count cw_evidence_count(const struct cw_evidence *evidence)
{
	return evidence->miner->count;
}

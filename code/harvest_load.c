#include <string.h>

#include "base/cache.h"
#include "base/memory.h"
#include "code/harvest.h"
#include "dwarf/type_place.h"

/* What no program has so many of. */
#define MAX_ITEMS (UINT64_C(1) << 26)

struct reader {
	struct cw_miner *miner;
	const unsigned char *at, *end;
	CW_ARRAY(const struct cw_type *) types;
	bool is_broken;
};

static uint64_t number_read(struct reader *reader)
{
	uint64_t number = 0;

	for (unsigned shift = 0; reader->at < reader->end && shift < 64;
	     shift += 7) {
		unsigned char byte = *reader->at++;
		number |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return number;
	}
	reader->is_broken = true;
	return 0;
}

/* Less than @limit. */
static uint32_t limited_read(struct reader *reader, uint64_t limit)
{
	uint64_t number = number_read(reader);

	if (number < limit)
		return number;
	reader->is_broken = true;
	return 0;
}

/* How many items follow: each has a byte at least. */
static uint32_t count_read(struct reader *reader)
{
	uint64_t left = reader->end - reader->at;

	return limited_read(reader, left < MAX_ITEMS ? left + 1 : MAX_ITEMS);
}

static cw_addr address_read(struct reader *reader)
{
	const struct cw_target *target = reader->miner->target;
	uint32_t module = limited_read(reader, target->modules.num + 1);

	return module ? target->modules.items[module - 1].bias +
				number_read(reader)
		      : 0;
}

/* NULL: none. */
static const struct cw_type *type_read(struct reader *reader)
{
	uint32_t number = limited_read(reader, reader->types.num + 1);

	return number ? reader->types.items[number - 1] : NULL;
}

static uint32_t type_id_read(struct reader *reader)
{
	const struct cw_type *type = type_read(reader);

	if (type)
		return type->id;
	reader->is_broken = true;
	return 0;
}

static void counts_read(struct reader *reader)
{
	struct cw_evidence_count *count = &reader->miner->count;
	uint64_t *const numbers[] = {
		&count->num_functions, &count->num_instructions,
		&count->code_size,     &count->undecoded_size,
		&count->num_loads,     &count->num_stores,
		&count->num_calls,
	};

	for (size_t i = 0; i < cw_num_elements(numbers); i++)
		*numbers[i] = number_read(reader);
}

static void types_read(struct reader *reader)
{
	uint32_t num = count_read(reader);

	for (uint32_t i = 0; i < num && !reader->is_broken; i++) {
		struct cw_type_place place;
		place.module = limited_read(reader, MAX_ITEMS);
		place.file = limited_read(reader, MAX_ITEMS);
		place.key = number_read(reader);
		const struct cw_type *type =
			cw_debug_type_placed(reader->miner->debug, &place);
		if (!type)
			reader->is_broken = true;
		*cw_array_push(&reader->types) = type;
	}
}

static void routines_read(struct reader *reader)
{
	struct cw_routines *routines = &reader->miner->routines;
	uint32_t num = count_read(reader);

	for (uint32_t i = 0; i < num && !reader->is_broken; i++) {
		struct cw_routine routine = {.entry = address_read(reader)};
		for (int j = 0; j < CW_NUM_ARGUMENTS; j++)
			routine.signature.parameters[j] = type_read(reader);
		routine.signature.result = type_read(reader);
		routine.signature.is_noreturn = limited_read(reader, 2);
		if (*cw_map_place(&routines->by_entry, routine.entry, i) != i)
			reader->is_broken = true;
		*cw_array_push(&routines->all) = routine;
	}
}

static uint64_t origin_key_read(struct reader *reader, unsigned kind,
				uint32_t num)
{
	uint64_t type;

	switch (kind) {
	case CW_ORIGIN_FIELD:
	case CW_ORIGIN_BYTES:
		type = type_id_read(reader);
		return type << 32 |
		       limited_read(reader, (uint64_t)UINT32_MAX + 1);
	case CW_ORIGIN_CALLED_PARAMETER:
	case CW_ORIGIN_CALLED_RESULT:
	case CW_ORIGIN_ELEMENT:
	case CW_ORIGIN_HELD:
		return limited_read(reader, num);
	default:
		return address_read(reader);
	}
}

static void origins_read(struct reader *reader)
{
	uint32_t num = count_read(reader);

	for (uint32_t i = 1; i < num && !reader->is_broken; i++) {
		struct cw_origin origin;
		origin.kind = limited_read(reader, CW_NUM_ORIGIN_KINDS);
		origin.number = limited_read(reader, CW_ORIGIN_NUMBERS);
		origin.declared = type_read(reader);
		origin.key = origin_key_read(reader, origin.kind, num);
		if (cw_origin_note(&reader->miner->origins, origin) != i)
			reader->is_broken = true;
	}
}

/* An end of a pair that is no type. */
static uint32_t end_read(struct reader *reader, int kind, bool is_from)
{
	const struct cw_miner *miner = reader->miner;

	return limited_read(reader, kind == CW_TALLY_CODE && !is_from
					    ? miner->routines.all.num
					    : miner->origins.all.num);
}

static void pairs_read(struct reader *reader, int kind)
{
	uint32_t num = count_read(reader);

	for (uint32_t i = 0; i < num && !reader->is_broken; i++) {
		struct cw_tally_entry entry;
		entry.from = cw_tally_is_from_type(kind)
				     ? type_id_read(reader)
				     : end_read(reader, kind, true);
		entry.to = cw_tally_is_to_type(kind)
				   ? type_id_read(reader)
				   : end_read(reader, kind, false);
		entry.num = limited_read(reader, UINT32_MAX);
		if (!cw_tally_add_pair(&reader->miner->tally, kind, entry))
			reader->is_broken = true;
	}
}

static void shifts_read(struct reader *reader)
{
	uint32_t num = count_read(reader);

	for (uint32_t i = 1; i < num && !reader->is_broken; i++) {
		struct cw_tally_shift shift = {0};
		shift.from = type_id_read(reader);
		shift.to = type_id_read(reader);
		shift.offset =
			(int32_t)limited_read(reader, (uint64_t)UINT32_MAX + 1);
		shift.num = limited_read(reader, UINT32_MAX);
		*cw_array_push(&reader->miner->tally.shifts) = shift;
	}
}

static void sites_read(struct reader *reader)
{
	uint32_t num = count_read(reader);

	for (uint32_t i = 0; i < num && !reader->is_broken; i++) {
		struct cw_call_result site;
		site.origin =
			limited_read(reader, reader->miner->origins.all.num);
		site.callee = address_read(reader);
		site.size = number_read(reader);
		site.gives_memory = limited_read(reader, 2);
		*cw_array_push(&reader->miner->sites) = site;
	}
}

static void all_forget(struct cw_miner *miner)
{
	cw_routines_deinit(&miner->routines);
	cw_routines_init(&miner->routines);
	cw_origins_deinit(&miner->origins);
	cw_origins_init(&miner->origins);
	cw_tally_deinit(&miner->tally);
	cw_tally_init(&miner->tally);
	miner->sites.num = 0;
	miner->count = (struct cw_evidence_count){0};
}

bool cw_harvest_load(struct cw_miner *miner, const char *folder,
		     const char *key)
{
	cw_cleanup_free char *name = cw_harvest_name(key);
	cw_cleanup_free unsigned char *bytes = NULL;
	struct reader reader = {.miner = miner};
	size_t size;

	if (!cw_cache_load(folder, name, key, &bytes, &size))
		return false;
	reader.at = bytes;
	reader.end = bytes + size;
	counts_read(&reader);
	types_read(&reader);
	routines_read(&reader);
	origins_read(&reader);
	for (int kind = 0; kind < CW_NUM_TALLIES; kind++)
		pairs_read(&reader, kind);
	shifts_read(&reader);
	sites_read(&reader);
	cw_array_deinit(&reader.types);
	if (reader.is_broken || reader.at != reader.end) {
		all_forget(miner);
		return false;
	}
	return true;
}

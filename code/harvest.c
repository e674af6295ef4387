#include "code/harvest.h"

#include <inttypes.h>
#include <string.h>

#include "base/cache.h"
#include "base/memory.h"
#include "base/text.h"
#include "config.h"
#include "dwarf/type_place.h"
#include "target/debug_file.h"

/*
 * The file is a row of numbers in LEB128:
 *
 *	counts		as in struct cw_evidence_count
 *	types		module, file, key of each; all others are numbers of
 *			these, from 1
 *	routines	entry, parameters, result, whether it returns
 *	origins		kind, number, key, declared
 *	tallies		of each kind: from, to, num
 *	shifts		from, to, offset, num
 *	sites		origin, callee, size, whether it gives memory
 *
 * An address is the number of its module, from 1, and the distance from its
 * bias; 0 is none.
 */
/* --- The key. */

/* What there is of a module's debug info, and what is missing of it. */
static void debug_info_name(struct cw_text *text, struct cw_debug *debug,
			    const struct cw_module *module)
{
	struct cw_elf_file *file =
		cw_module_debug_file((struct cw_target *)cw_debug_target(debug),
				     (struct cw_module *)module);

	cw_text_addf(text, " %" PRIu64, file ? (uint64_t)file->size : 0);
}

char *cw_harvest_key(struct cw_debug *debug, const bool *is_read)
{
	const struct cw_target *target = cw_debug_target(debug);
	const char *const *problems;
	struct cw_text text = {0};
	cw_cleanup_free char *build = cw_cache_build();
	bool is_good = build != NULL;

	cw_text_addf(&text, "%s %s\n", PACKAGE_VERSION, build ? build : "");
	for (size_t i = 0; i < target->modules.num; i++) {
		const struct cw_module *module = &target->modules.items[i];
		/* Of the others only the symbols matter. */
		is_good &=
			module->build_id_size || (!is_read[i] && !module->file);
		cw_text_addf(&text, "%d %d ", is_read[i], module->file != NULL);
		for (size_t j = 0; j < module->build_id_size; j++)
			cw_text_addf(&text, "%02x", module->build_id[j]);
		if (is_read[i])
			debug_info_name(&text, debug, module);
		cw_text_addf(&text, " %s\n", module->name);
	}
	size_t num_problems = cw_debug_problems(debug, &problems);
	for (size_t i = 0; i < num_problems; i++)
		cw_text_addf(&text, "%s\n", problems[i]);
	if (is_good)
		return text.chars;
	cw_text_deinit(&text);
	return NULL;
}

char *cw_harvest_name(const char *key)
{
	return cw_format("evidence-%016" PRIx64,
			 cw_hash_bytes(key, strlen(key)));
}

/* --- Writing. */

struct writer {
	const struct cw_miner *miner;
	CW_ARRAY(unsigned char) bytes;
	struct cw_type_places places;
	uint32_t *numbers; /* of types, by id; 0: it is not in the file */
	uint32_t num_types;
	bool is_broken; /* something cannot be said */
};

static void number_write(struct writer *writer, uint64_t number)
{
	do {
		*cw_array_push(&writer->bytes) =
			(number & 0x7f) | (number > 0x7f ? 0x80 : 0);
		number >>= 7;
	} while (number);
}

static void address_write(struct writer *writer, cw_addr address)
{
	const struct cw_target *target = writer->miner->target;
	const struct cw_module *module = cw_module_at(target, address);

	if (address && !module)
		writer->is_broken = true;
	number_write(writer, module ? module - target->modules.items + 1 : 0);
	if (module)
		number_write(writer, address - module->bias);
}

static void type_write(struct writer *writer, uint32_t id)
{
	uint32_t number = id ? writer->numbers[id] : 0;

	if (id && !number)
		writer->is_broken = true;
	number_write(writer, number);
}

static void declared_write(struct writer *writer, const struct cw_type *type)
{
	type_write(writer, type ? type->id : 0);
}

static void type_want(struct writer *writer, uint32_t id)
{
	if (id < writer->places.by_id.num)
		writer->numbers[id] = 1;
	else
		writer->is_broken = true;
}

static void declared_want(struct writer *writer, const struct cw_type *type)
{
	if (type)
		type_want(writer, type->id);
}

/* Which types are spoken of. */
static void types_want(struct writer *writer)
{
	const struct cw_miner *miner = writer->miner;

	cw_array_foreach(routine, &miner->routines.all)
	{
		for (int i = 0; i < CW_NUM_ARGUMENTS; i++)
			declared_want(writer, routine->signature.parameters[i]);
		declared_want(writer, routine->signature.result);
	}
	cw_array_foreach(origin, &miner->origins.all)
	{
		declared_want(writer, origin->declared);
		if (cw_origin_is_of_type(origin->kind) && origin->key)
			type_want(writer, origin->key >> 32);
	}
	for (int kind = 0; kind < CW_NUM_TALLIES; kind++)
		cw_array_foreach(entry, &miner->tally.pairs[kind].entries)
		{
			if (cw_tally_is_from_type(kind))
				type_want(writer, entry->from);
			if (cw_tally_is_to_type(kind))
				type_want(writer, entry->to);
		}
	for (size_t i = 1; i < miner->tally.shifts.num; i++) {
		type_want(writer, miner->tally.shifts.items[i].from);
		type_want(writer, miner->tally.shifts.items[i].to);
	}
}

static void types_write(struct writer *writer)
{
	uint32_t num = 0;

	types_want(writer);
	for (size_t id = 1; id < writer->places.by_id.num; id++)
		if (writer->numbers[id])
			writer->numbers[id] = ++num;
	number_write(writer, num);
	for (size_t id = 1; id < writer->places.by_id.num; id++) {
		const struct cw_type_place *place =
			&writer->places.by_id.items[id];
		if (!writer->numbers[id])
			continue;
		if (!place->module)
			writer->is_broken = true;
		number_write(writer, place->module);
		number_write(writer, place->file);
		number_write(writer, place->key);
	}
}

static void routines_write(struct writer *writer)
{
	const struct cw_routines *routines = &writer->miner->routines;

	number_write(writer, routines->all.num);
	cw_array_foreach(routine, &routines->all)
	{
		const struct cw_signature *signature = &routine->signature;
		address_write(writer, routine->entry);
		for (int i = 0; i < CW_NUM_ARGUMENTS; i++)
			declared_write(writer, signature->parameters[i]);
		declared_write(writer, signature->result);
		number_write(writer, signature->is_noreturn);
	}
}

static void origins_write(struct writer *writer)
{
	const struct cw_origins *origins = &writer->miner->origins;

	number_write(writer, origins->all.num);
	for (size_t i = 1; i < origins->all.num; i++) {
		const struct cw_origin *origin = &origins->all.items[i];
		number_write(writer, origin->kind);
		number_write(writer, origin->number);
		declared_write(writer, origin->declared);
		switch (origin->kind) {
		case CW_ORIGIN_FIELD:
		case CW_ORIGIN_BYTES:
			type_write(writer, origin->key >> 32);
			number_write(writer, (uint32_t)origin->key);
			break;
		case CW_ORIGIN_CALLED_PARAMETER:
		case CW_ORIGIN_CALLED_RESULT:
		case CW_ORIGIN_ELEMENT:
		case CW_ORIGIN_HELD:
			number_write(writer, origin->key);
			break;
		default:
			address_write(writer, origin->key);
		}
	}
}

static void tally_write(struct writer *writer)
{
	const struct cw_tally *tally = &writer->miner->tally;

	for (int kind = 0; kind < CW_NUM_TALLIES; kind++) {
		number_write(writer, tally->pairs[kind].entries.num);
		cw_array_foreach(entry, &tally->pairs[kind].entries)
		{
			if (cw_tally_is_from_type(kind))
				type_write(writer, entry->from);
			else
				number_write(writer, entry->from);
			if (cw_tally_is_to_type(kind))
				type_write(writer, entry->to);
			else
				number_write(writer, entry->to);
			number_write(writer, entry->num);
		}
	}
	number_write(writer, tally->shifts.num);
	for (size_t i = 1; i < tally->shifts.num; i++) {
		const struct cw_tally_shift *shift = &tally->shifts.items[i];
		type_write(writer, shift->from);
		type_write(writer, shift->to);
		number_write(writer, (uint32_t)shift->offset);
		number_write(writer, shift->num);
	}
}

static void sites_write(struct writer *writer)
{
	number_write(writer, writer->miner->sites.num);
	cw_array_foreach(site, &writer->miner->sites)
	{
		number_write(writer, site->origin);
		address_write(writer, site->callee);
		number_write(writer, site->size);
		number_write(writer, site->gives_memory);
	}
}

static void counts_write(struct writer *writer)
{
	const struct cw_evidence_count *count = &writer->miner->count;
	const uint64_t numbers[] = {
		count->num_functions, count->num_instructions,
		count->code_size,     count->undecoded_size,
		count->num_loads,     count->num_stores,
		count->num_calls,
	};

	for (size_t i = 0; i < cw_num_elements(numbers); i++)
		number_write(writer, numbers[i]);
}

void cw_harvest_store(const struct cw_miner *miner, const char *folder,
		      const char *key)
{
	struct writer writer = {.miner = miner};
	cw_cleanup_free char *name = cw_harvest_name(key);

	cw_type_places_init(&writer.places, miner->debug);
	writer.numbers =
		cw_alloc((writer.places.by_id.num + 1) * sizeof(uint32_t));
	counts_write(&writer);
	types_write(&writer);
	routines_write(&writer);
	origins_write(&writer);
	tally_write(&writer);
	sites_write(&writer);
	if (!writer.is_broken)
		cw_cache_store(folder, name, key, writer.bytes.items,
			       writer.bytes.num);
	free(writer.numbers);
	cw_type_places_deinit(&writer.places);
	cw_array_deinit(&writer.bytes);
}

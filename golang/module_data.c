/*
 * The table of functions begins with struct pcHeader:
 *
 *	 0 magic (4): 0xfffffff0 for 1.18 and 1.19, 0xfffffff1 since
 *	 4 0 0   6 least size of an instruction: 1   7 size of a pointer: 8
 *	 8 functions   16 files   24 start of the code, or 0
 *	32 offset of the functions' names
 */
#include "golang/module_data.h"

#include <string.h>

#include "target/symbol.h"

enum {
	MAGIC_1_18 = 0xf0,
	MAGIC_1_20 = 0xf1,
	HEADER_SIZE = 72,
	NAMES_OFFSET = 32,
	STEP = 8,
	MAX_SEARCH = 1 << 30, /* bytes of a module */
};

static bool is_header(const unsigned char *bytes)
{
	static const unsigned char rest[] = {0xff, 0xff, 0xff, 0, 0, 1, 8};
	uint64_t offset;

	if ((bytes[0] != MAGIC_1_18 && bytes[0] != MAGIC_1_20) ||
	    memcmp(bytes + 1, rest, sizeof(rest)) != 0)
		return false;
	memcpy(&offset, bytes + NAMES_OFFSET, sizeof(offset));
	return offset >= HEADER_SIZE - 8 && offset < MAX_SEARCH;
}

static bool is_in_module(const struct cw_segment *segment,
			 const struct cw_module *module)
{
	return segment->bytes && segment->start >= module->start &&
	       segment->start < module->end &&
	       segment->end - segment->start <= MAX_SEARCH;
}

/* The module data that points to the table; 0: not in this segment. */
static cw_addr search_data(const struct cw_segment *segment, cw_addr table,
			   cw_addr names, const struct cw_go_layout *layout)
{
	uint64_t place = layout->places[CW_GO_MODULE_NAMES].offset;
	uint64_t size = segment->end - segment->start;

	for (uint64_t at = 0; at + place + 8 <= size; at += STEP) {
		if (memcmp(segment->bytes + at, &table, sizeof(table)) == 0 &&
		    memcmp(segment->bytes + at + place, &names,
			   sizeof(names)) == 0)
			return segment->start + at;
	}
	return 0;
}

static cw_addr data_of_table(const struct cw_target *target,
			     const struct cw_module *module, cw_addr table,
			     const unsigned char *header,
			     const struct cw_go_layout *layout)
{
	uint64_t offset;

	memcpy(&offset, header + NAMES_OFFSET, sizeof(offset));
	cw_array_foreach(segment, &target->segments)
	{
		/* Also what was made read-only once it was relocated. */
		cw_addr found =
			is_in_module(segment, module) &&
					!(segment->flags & CW_SEGMENT_EXEC)
				? search_data(segment, table, table + offset,
					      layout)
				: 0;
		if (found)
			return found;
	}
	return 0;
}

cw_addr cw_go_module_data_find(struct cw_target *target,
			       const struct cw_module *module,
			       const struct cw_go_layout *layout)
{
	const struct cw_symbol *symbol =
		cw_symbol_find_in(target, module, "runtime.firstmoduledata");

	if (symbol)
		return symbol->address;
	cw_array_foreach(segment, &target->segments)
	{
		if (!is_in_module(segment, module))
			continue;
		uint64_t size = segment->end - segment->start;
		for (uint64_t at = 0; at + HEADER_SIZE <= size; at += STEP) {
			if (!is_header(segment->bytes + at))
				continue;
			cw_addr found = data_of_table(
				target, module, segment->start + at,
				segment->bytes + at, layout);
			if (found)
				return found;
		}
	}
	return 0;
}

/*
 * moduledata has slices of the parts of pclntab (1.16 and later):
 *
 *	ftab		{entry, record} of 4 bytes each, sorted by entry, which
 *			is an offset from text; records are in pclntable
 *	record		entry, name, args, deferreturn, pcsp, pcfile, pcln,
 *			npcdata, cu: 4 bytes each; from 1.20 start line 4;
 *			function id, flags, 0, nfuncdata: 1 byte each;
 *			npcdata tables in pctab, nfuncdata offsets from
 *			gofunc (-1: none): 4 bytes each
 *	pcsp, …		tables in pctab: pairs of varints, by how much the
 *			value changes (zigzag) and after how many bytes of code
 *	pcfile's value	a number in cutab, from the record's cu on; there an
 *			offset in filetab
 *	FUNCDATA_InlTree
 *			up to 1.19 parent 2, function id 2, file 4, line 4,
 *			name 4, place of the call 4; then function id 4, name
 *			4, place of the call 4, start line 4
 */
#include "golang/function.h"

#include <string.h>

enum {
	ENTRY_SIZE = 8, /* of ftab */
	RECORD_NAME = 4,
	RECORD_ARGUMENTS = 8,
	RECORD_DEFERRED = 12,
	RECORD_FRAME_SIZES = 16,
	RECORD_FILES = 20,
	RECORD_LINES = 24,
	RECORD_NUM_VALUES = 28,
	RECORD_UNIT = 32,
	RECORD_END = 36, /* of what all releases have in common */
	START_LINE_SINCE = 20,
	MAX_NAME = 4096,
	MAX_PAIRS = 1 << 20,
	MAX_VALUES = 64, /* tables that a record may have */
	MAX_INLINED = 1 << 20,
};

static uint32_t number_at(const unsigned char *bytes)
{
	uint32_t number;

	memcpy(&number, bytes, sizeof(number));
	return number;
}

/* The text at @offset of a table, NUL-terminated within its memory. */
static const char *text_at(const struct cw_go *go,
			   const struct cw_go_table *table, uint64_t offset)
{
	if (offset >= table->size)
		return NULL;
	uint64_t size = table->size - offset;
	if (size > MAX_NAME)
		size = MAX_NAME;
	const char *text =
		cw_target_bytes(go->target, table->start + offset, size);
	return text && memchr(text, 0, size) ? text : NULL;
}

static bool record_read(const struct cw_go *go, uint32_t offset,
			struct cw_go_function *ret)
{
	uint64_t flags = RECORD_END + (go->minor >= START_LINE_SINCE ? 4 : 0);
	const unsigned char *bytes = NULL;

	if (offset < go->functions.size &&
	    go->functions.size - offset >= flags + 4)
		bytes = cw_target_bytes(
			go->target, go->functions.start + offset, flags + 4);
	if (!bytes)
		return false;
	*ret = (struct cw_go_function){
		.entry = go->text + number_at(bytes),
		.name = text_at(go, &go->names, number_at(bytes + RECORD_NAME)),
		.frame_sizes = number_at(bytes + RECORD_FRAME_SIZES),
		.files = number_at(bytes + RECORD_FILES),
		.lines = number_at(bytes + RECORD_LINES),
		.unit = number_at(bytes + RECORD_UNIT),
		.arguments_size = number_at(bytes + RECORD_ARGUMENTS),
		.deferred = number_at(bytes + RECORD_DEFERRED),
		.num_values = number_at(bytes + RECORD_NUM_VALUES),
		.id = bytes[flags],
		.flags = bytes[flags + 1],
		.num_data = bytes[flags + 3],
		.tables = offset + flags + 4,
	};
	return ret->name != NULL && ret->num_values <= MAX_VALUES;
}

/* False: it is no code of Go's. */
static bool number_find(const struct cw_go *go, cw_addr pc, uint64_t *ret)
{
	uint64_t num = go->entries.size / ENTRY_SIZE;
	const unsigned char *entries = cw_target_bytes(
		go->target, go->entries.start, num * ENTRY_SIZE);
	uint64_t low = 0, high = num;

	/* The last entry is the end of the code. */
	if (!entries || num < 2 || pc < go->text ||
	    pc - go->text >= number_at(entries + (num - 1) * ENTRY_SIZE))
		return false;
	while (high - low > 1) {
		uint64_t middle = low + (high - low) / 2;

		if (number_at(entries + middle * ENTRY_SIZE) <= pc - go->text)
			low = middle;
		else
			high = middle;
	}
	*ret = low;
	return true;
}

bool cw_go_function_with_end(const struct cw_go *go, cw_addr pc,
			     struct cw_go_function *ret, cw_addr *ret_end)
{
	uint64_t number;

	return number_find(go, pc, &number) &&
	       cw_go_function_number(go, number, ret, ret_end);
}

bool cw_go_function_at(const struct cw_go *go, cw_addr pc,
		       struct cw_go_function *ret)
{
	cw_addr end;

	return cw_go_function_with_end(go, pc, ret, &end);
}

uint64_t cw_go_num_functions(const struct cw_go *go)
{
	uint64_t num = go->entries.size / ENTRY_SIZE;

	return num ? num - 1 : 0;
}

bool cw_go_function_number(const struct cw_go *go, uint64_t number,
			   struct cw_go_function *ret, cw_addr *ret_end)
{
	const unsigned char *entries = cw_target_bytes(
		go->target, go->entries.start + number * ENTRY_SIZE,
		2 * ENTRY_SIZE);

	if (!entries || !record_read(go, number_at(entries + 4), ret))
		return false;
	*ret_end = go->text + number_at(entries + ENTRY_SIZE);
	return *ret_end > ret->entry;
}

/* A varint of up to 5 bytes; false: it does not end. */
static bool varint_read(const unsigned char **at, const unsigned char *end,
			uint32_t *ret)
{
	uint32_t value = 0;

	for (unsigned shift = 0; shift < 35 && *at < end; shift += 7) {
		unsigned char byte = *(*at)++;

		value |= (uint32_t)(byte & 0x7f) << (shift & 31);
		if (!(byte & 0x80)) {
			*ret = value;
			return true;
		}
	}
	return false;
}

/* The value at @pc of the table at @offset; false: it does not say. */
static bool value_at(const struct cw_go *go, uint32_t offset, cw_addr entry,
		     cw_addr pc, int32_t *ret)
{
	const struct cw_go_table *table = &go->values;
	int32_t value = -1;
	cw_addr end_pc = entry;

	if (offset == 0 || offset >= table->size)
		return false;
	const unsigned char *at = cw_target_bytes(
		go->target, table->start + offset, table->size - offset);
	const unsigned char *end = at + (table->size - offset);
	for (uint32_t i = 0; at && i < MAX_PAIRS; i++) {
		uint32_t change, size;

		if (!varint_read(&at, end, &change) || (change == 0 && i > 0) ||
		    !varint_read(&at, end, &size))
			return false;
		value += (int32_t)(change >> 1) ^ -(int32_t)(change & 1);
		end_pc += size;
		if (pc < end_pc) {
			*ret = value;
			return true;
		}
	}
	return false;
}

bool cw_go_frame_size(const struct cw_go *go,
		      const struct cw_go_function *function, cw_addr pc,
		      uint64_t *ret)
{
	int32_t size;

	if (!value_at(go, function->frame_sizes, function->entry, pc, &size) ||
	    size < 0 || size % 8 != 0)
		return false;
	*ret = size;
	return true;
}

bool cw_go_line_at(const struct cw_go *go,
		   const struct cw_go_function *function, cw_addr pc,
		   const char **ret_file, uint32_t *ret_line)
{
	int32_t file, line;
	unsigned char offset[4];

	if (!value_at(go, function->files, function->entry, pc, &file) ||
	    !value_at(go, function->lines, function->entry, pc, &line) ||
	    file < 0 || line < 0)
		return false;
	uint64_t number = (uint64_t)function->unit + file;
	if (number >= go->units.size / 4 ||
	    !cw_target_read(go->target, go->units.start + number * 4, offset,
			    4))
		return false;
	*ret_file = text_at(go, &go->files, number_at(offset));
	*ret_line = line;
	return *ret_file != NULL;
}

/* A number of those that follow the record. */
static bool table_number(const struct cw_go *go,
			 const struct cw_go_function *function, uint32_t index,
			 uint32_t *ret)
{
	uint64_t offset = function->tables + index * UINT64_C(4);

	return offset + 4 <= go->functions.size &&
	       cw_target_read(go->target, go->functions.start + offset, ret,
			      sizeof(*ret));
}

int32_t cw_go_place_value(const struct cw_go *go,
			  const struct cw_go_function *function,
			  enum cw_go_place_value which, cw_addr pc)
{
	uint32_t table;
	int32_t value;

	if (which >= function->num_values ||
	    !table_number(go, function, which, &table) ||
	    !value_at(go, table, function->entry, pc, &value))
		return -1;
	return value;
}

cw_addr cw_go_function_data(const struct cw_go *go,
			    const struct cw_go_function *function,
			    enum cw_go_function_data which)
{
	uint32_t offset;

	if (which >= function->num_data ||
	    !table_number(go, function, function->num_values + which,
			  &offset) ||
	    offset == UINT32_MAX)
		return 0;
	return go->function_data + offset;
}

/* Where a record of the tree has what is read of it. */
static const struct inline_record {
	uint8_t size, id, name, caller;
} inline_records[2] = {{20, 2, 12, 16}, {16, 0, 4, 8}};

bool cw_go_inlined_at(const struct cw_go *go,
		      const struct cw_go_function *function, int32_t number,
		      struct cw_go_inlined *ret)
{
	const struct inline_record *record =
		&inline_records[go->minor >= START_LINE_SINCE];
	cw_addr tree = cw_go_function_data(go, function, CW_GO_INLINE_TREE);

	if (tree == 0 || number < 0 || number >= MAX_INLINED)
		return false;
	const unsigned char *bytes = cw_target_bytes(
		go->target, tree + (uint64_t)number * record->size,
		record->size);
	if (!bytes)
		return false;
	ret->name = text_at(go, &go->names, number_at(bytes + record->name));
	ret->caller = function->entry + number_at(bytes + record->caller);
	ret->id = bytes[record->id];
	return ret->name != NULL;
}

bool cw_go_is_wrapper(const struct cw_go *go, uint8_t id)
{
	/* The last one of a list (abi.FuncIDWrapper) that grows. */
	static const struct {
		uint8_t since, id;
	} rows[] = {{25, 23}, {22, 22}, {0, 21}};
	size_t i = 0;

	while (go->minor < rows[i].since)
		i++;
	return id == rows[i].id;
}

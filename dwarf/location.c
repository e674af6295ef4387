#include "dwarf/location.h"

#include <string.h>

/* An expression that is being read. */
struct reader {
	const unsigned char *at, *end;
	bool is_bad;
};

static uint64_t read_fixed(struct reader *reader, size_t size)
{
	uint64_t value = 0;

	if ((size_t)(reader->end - reader->at) < size) {
		reader->is_bad = true;
		return 0;
	}
	memcpy(&value, reader->at, size);
	reader->at += size;
	return value;
}

static uint64_t read_uleb(struct reader *reader)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint64_t byte = read_fixed(reader, 1);
		value |= (byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return value;
	}
	reader->is_bad = true;
	return 0;
}

/* The first operation: an address or constant that is there in full. */
static bool read_operand(struct reader *reader, struct cw_library *library,
			 Dwarf_Die die, uint64_t *ret)
{
	switch (read_fixed(reader, 1)) {
	case DW_OP_addr:
	case DW_OP_const8u:
		*ret = read_fixed(reader, 8);
		return !reader->is_bad;
	case DW_OP_const4u:
		*ret = read_fixed(reader, 4);
		return !reader->is_bad;
	case DW_OP_addrx:
	case DW_OP_constx:
	case DW_OP_GNU_addr_index:
	case DW_OP_GNU_const_index: {
		uint64_t index = read_uleb(reader);
		return !reader->is_bad &&
		       cw_library_address(library, die, index, ret);
	}
	}
	return false;
}

bool cw_location_read(struct cw_library *library, Dwarf_Die die,
		      struct cw_location *ret)
{
	const unsigned char *bytes;
	uint64_t size;

	if (!cw_die_block(library, die, DW_AT_location, &bytes, &size) ||
	    size == 0)
		return false;

	struct reader reader = {bytes, bytes + size, false};
	unsigned first = bytes[0];
	struct cw_location location = {0};
	if (!read_operand(&reader, library, die, &location.address))
		return false;
	if (reader.at < reader.end) {
		unsigned next = read_fixed(&reader, 1);
		if (next == DW_OP_form_tls_address ||
		    next == DW_OP_GNU_push_tls_address)
			location.is_tls = true;
		else if (next == DW_OP_plus_uconst)
			location.address += read_uleb(&reader);
		else
			return false;
		if (reader.is_bad || reader.at < reader.end)
			return false;
	} else if (first != DW_OP_addr && first != DW_OP_addrx &&
		   first != DW_OP_GNU_addr_index) {
		return false;
	}
	/* Linkers write 0, -1 or -2 where they dropped the variable. */
	if (!location.is_tls && location.address + 2 <= 2)
		return false;
	*ret = location;
	return true;
}

bool cw_location_offset(const unsigned char *expression, uint64_t size,
			uint64_t *ret)
{
	struct reader reader = {expression, expression + size, false};

	if (read_fixed(&reader, 1) != DW_OP_plus_uconst)
		return false;
	uint64_t offset = read_uleb(&reader);
	if (reader.is_bad || reader.at < reader.end)
		return false;
	*ret = offset;
	return true;
}

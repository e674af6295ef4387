#include "dwarf/location.h"

#include <string.h>

#include "dwarf/die.h"

/* An expression that is being read. */
struct reader {
	const unsigned char *at, *end;
	bool is_bad;
	const struct cw_unit_head *head; /* NULL: it has no address */
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
static bool read_operand(struct reader *reader, uint64_t *ret)
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
		       cw_head_address(reader->head, index, ret);
	}
	}
	return false;
}

static bool is_tombstone(uint64_t address)
{
	/* Linkers write 0, -1 or -2 where they dropped the variable. */
	return address + 2 <= 2;
}

static size_t pieces_read(struct reader reader,
			  struct cw_location_piece ret[CW_MAX_LOCATION_PIECES])
{
	uint64_t offset = 0;
	size_t num = 0;

	while (reader.at < reader.end && num < CW_MAX_LOCATION_PIECES) {
		struct cw_location_piece piece = {.offset = offset};
		if (*reader.at != DW_OP_piece &&
		    !read_operand(&reader, &piece.address))
			return 0;
		if (read_fixed(&reader, 1) != DW_OP_piece)
			return 0;
		piece.size = read_uleb(&reader);
		if (reader.is_bad ||
		    __builtin_add_overflow(offset, piece.size, &offset))
			return 0;
		if (!is_tombstone(piece.address))
			ret[num++] = piece;
	}
	return num;
}

size_t cw_location_pieces(const struct cw_die *die,
			  struct cw_location_piece ret[CW_MAX_LOCATION_PIECES])
{
	struct reader reader = {.head = &die->unit->head};
	const unsigned char *bytes;
	uint64_t size;

	if (!cw_die_block(die, DW_AT_location, &bytes, &size))
		return 0;
	reader.at = bytes;
	reader.end = bytes + size;
	return pieces_read(reader, ret);
}

/* One that begins with an address and a piece. */
static bool read_split(const struct reader *reader, struct cw_location *ret)
{
	struct cw_location_piece pieces[CW_MAX_LOCATION_PIECES];

	if (pieces_read(*reader, pieces) == 0)
		return false;
	*ret = (struct cw_location){
		.address = pieces[0].address,
		.is_split = true,
	};
	return true;
}

bool cw_location_read(const struct cw_unit_head *head,
		      const unsigned char *bytes, uint64_t size,
		      struct cw_location *ret)
{
	if (size == 0)
		return false;

	const struct reader start = {
		.at = bytes,
		.end = bytes + size,
		.head = head,
	};
	struct reader reader = start;
	unsigned first = bytes[0];
	struct cw_location location = {0};
	if (first == DW_OP_piece)
		return read_split(&start, ret);
	if (!read_operand(&reader, &location.address))
		return false;
	if (reader.at < reader.end) {
		unsigned next = read_fixed(&reader, 1);
		if (next == DW_OP_piece)
			return read_split(&start, ret);
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
	if (!location.is_tls && is_tombstone(location.address))
		return false;
	*ret = location;
	return true;
}

bool cw_location_offset(const unsigned char *expression, uint64_t size,
			uint64_t *ret)
{
	struct reader reader = {
		.at = expression,
		.end = expression + size,
	};

	if (read_fixed(&reader, 1) != DW_OP_plus_uconst)
		return false;
	uint64_t offset = read_uleb(&reader);
	if (reader.is_bad || reader.at < reader.end)
		return false;
	*ret = offset;
	return true;
}

/* The constants that producers write such an offset with. */
static bool read_constant(struct reader *reader, uint64_t *ret)
{
	unsigned operation = read_fixed(reader, 1);

	if (operation >= DW_OP_lit0 && operation <= DW_OP_lit31)
		*ret = operation - DW_OP_lit0;
	else if (operation == DW_OP_const1u)
		*ret = read_fixed(reader, 1);
	else if (operation == DW_OP_const2u)
		*ret = read_fixed(reader, 2);
	else if (operation == DW_OP_constu)
		*ret = read_uleb(reader);
	else
		return false;
	return !reader->is_bad;
}

bool cw_location_vtable_offset(const unsigned char *expression, uint64_t size,
			       uint64_t *ret)
{
	struct reader reader = {
		.at = expression,
		.end = expression + size,
	};
	uint64_t offset;

	if (read_fixed(&reader, 1) != DW_OP_dup ||
	    read_fixed(&reader, 1) != DW_OP_deref ||
	    !read_constant(&reader, &offset) ||
	    read_fixed(&reader, 1) != DW_OP_minus ||
	    read_fixed(&reader, 1) != DW_OP_deref ||
	    read_fixed(&reader, 1) != DW_OP_plus || reader.at < reader.end)
		return false;
	*ret = offset;
	return true;
}

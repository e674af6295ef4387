/*
 * The table, as gcc's unwind-pe.h and libsupc++'s eh_personality.cc have it:
 *
 *	u8 encoding, [start of landing pads; else that of the function]
 *	u8 encoding, [uleb: size up to the end of the types]
 *	u8 encoding of calls, uleb: bytes of calls
 *	calls: start, length, landing pad or 0, uleb: action
 */
#include "code/landing_pads.h"

#include <string.h>

enum {
	OMITTED = 0xff,
	MOST_BYTES = 1 << 20, /* of the calls */
	FORM_ULEB = 1,
	FORM_UDATA2 = 2,
	FORM_UDATA4 = 3,
	FORM_UDATA8 = 4,
	FORM_SDATA4 = 0xb,
};

struct reader {
	const struct cw_target *target;
	cw_addr at;
	bool is_broken;
};

static uint64_t number_read(struct reader *reader, size_t size)
{
	uint64_t value = 0;

	if (!cw_target_read(reader->target, reader->at, &value, size))
		reader->is_broken = true;
	reader->at += size;
	return reader->is_broken ? 0 : value;
}

static uint64_t uleb_read(struct reader *reader)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint64_t byte = number_read(reader, 1);

		value |= (byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return value;
	}
	reader->is_broken = true;
	return 0;
}

static uint64_t encoded_read(struct reader *reader, unsigned encoding)
{
	switch (encoding) {
	case FORM_ULEB:
		return uleb_read(reader);
	case FORM_UDATA2:
		return number_read(reader, 2);
	case FORM_UDATA4:
		return number_read(reader, 4);
	case FORM_SDATA4:
		return (int64_t)(int32_t)number_read(reader, 4);
	case FORM_UDATA8:
		return number_read(reader, 8);
	default:
		reader->is_broken = true;
		return 0;
	}
}

static void pad_add(struct cw_landing_pads *pads, cw_addr pad)
{
	for (size_t i = pads->items.num; i-- > 0;)
		if (pads->items.items[i] == pad)
			return;
	*cw_array_push(&pads->items) = pad;
}

bool cw_landing_pads_read(const struct cw_target *target,
			  const struct cw_cfi_row *row,
			  struct cw_landing_pads *pads)
{
	struct reader reader = {target, row->lsda, false};
	cw_addr start = row->function_start;

	if (row->lsda_state != CW_LSDA_KNOWN)
		return row->lsda_state == CW_LSDA_NONE;

	unsigned encoding = number_read(&reader, 1);
	if (encoding != OMITTED) {
		/* lld and bolt write it relative to the place. */
		cw_addr here = reader.at;
		bool is_relative = (encoding & 0x70) == 0x10;

		start = encoded_read(&reader, encoding & 0xf);
		start += is_relative ? here : 0;
		if (!is_relative)
			return false;
	}
	if (number_read(&reader, 1) != OMITTED)
		uleb_read(&reader);
	encoding = number_read(&reader, 1);
	uint64_t size = uleb_read(&reader);
	if (reader.is_broken || size > MOST_BYTES)
		return false;

	cw_addr end = reader.at + size;
	while (!reader.is_broken && reader.at < end) {
		encoded_read(&reader, encoding);
		encoded_read(&reader, encoding);
		uint64_t pad = encoded_read(&reader, encoding);
		uleb_read(&reader);
		if (pad != 0 && !reader.is_broken)
			pad_add(pads, start + pad);
	}
	return !reader.is_broken && reader.at == end;
}

void cw_landing_pads_deinit(struct cw_landing_pads *pads)
{
	cw_array_deinit(&pads->items);
}

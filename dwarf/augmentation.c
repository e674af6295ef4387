#include "dwarf/augmentation.h"

#include <string.h>

/* How pointers are written: LSB Core, "DWARF Exception Header Encoding". */
enum {
	FORM_NATIVE = 0x0,
	FORM_UDATA2 = 0x2,
	FORM_UDATA4 = 0x3,
	FORM_UDATA8 = 0x4,
	FORM_SDATA2 = 0xa,
	FORM_SDATA4 = 0xb,
	FORM_SDATA8 = 0xc,
	FROM_START = 0x00,
	FROM_HERE = 0x10,
	OMITTED = 0xff,
};

struct bytes {
	const unsigned char *at, *end;
};

static bool byte_read(struct bytes *bytes, unsigned *ret)
{
	if (bytes->at >= bytes->end)
		return false;
	*ret = *bytes->at++;
	return true;
}

/* Bytes of a pointer in that encoding; 0: not one that is handled here. */
static size_t pointer_size(unsigned encoding)
{
	switch (encoding & 0xf) {
	case FORM_NATIVE:
	case FORM_UDATA8:
	case FORM_SDATA8:
		return 8;
	case FORM_UDATA4:
	case FORM_SDATA4:
		return 4;
	case FORM_UDATA2:
	case FORM_SDATA2:
		return 2;
	default:
		return 0;
	}
}

static bool pointer_skip(struct bytes *bytes, unsigned encoding)
{
	size_t size = pointer_size(encoding);

	if (encoding == OMITTED)
		return true;
	if (size == 0 || (size_t)(bytes->end - bytes->at) < size)
		return false;
	bytes->at += size;
	return true;
}

/* How the entry's common part says that an LSDA is written. */
static bool encoding_read(const char *augmentation, struct bytes *data,
			  unsigned *ret)
{
	unsigned encoding;

	*ret = OMITTED;
	if (*augmentation++ != 'z')
		return false;
	for (; *augmentation; augmentation++) {
		switch (*augmentation) {
		case 'L':
			if (!byte_read(data, ret))
				return false;
			break;
		case 'P':
			if (!byte_read(data, &encoding) ||
			    !pointer_skip(data, encoding))
				return false;
			break;
		case 'R':
			if (!byte_read(data, &encoding))
				return false;
			break;
		case 'S':
		case 'B':
			break;
		default:
			return false;
		}
	}
	return true;
}

/* The address that @bytes, a part of .eh_frame, are loaded at. */
static bool address_of(const struct cw_library *library,
		       const struct bytes *bytes, size_t size, cw_addr *ret)
{
	const struct cw_section *section =
		cw_sections_find(library->sections, ".eh_frame");

	if (!section || bytes->at < section->bytes ||
	    bytes->end > section->bytes + section->size ||
	    (size_t)(bytes->end - bytes->at) < size)
		return false;
	*ret = section->address + (bytes->at - section->bytes);
	return true;
}

static enum cw_lsda_state pointer_read(const struct cw_library *library,
				       const struct bytes *data,
				       unsigned encoding, cw_addr *ret)
{
	size_t size = pointer_size(encoding);
	uint64_t value = 0;
	cw_addr here;

	if (size == 0 || !address_of(library, data, size, &here))
		return CW_LSDA_UNKNOWN;
	memcpy(&value, data->at, size);
	if (encoding & 8 && size < 8 && value >> (size * 8 - 1))
		value |= ~UINT64_C(0) << (size * 8);
	if (value == 0)
		return CW_LSDA_NONE;
	switch (encoding & 0xf0) {
	case FROM_HERE:
		value += here;
		break;
	case FROM_START:
		break;
	default:
		return CW_LSDA_UNKNOWN;
	}
	*ret = value;
	return CW_LSDA_KNOWN;
}

enum cw_lsda_state cw_augmentation_lsda(struct cw_library *library,
					Dwarf_Fde fde, cw_addr *ret)
{
	const char *augmentation = cw_library_augmentation(library, fde);
	Dwarf_Error err = NULL;
	Dwarf_Cie cie;
	Dwarf_Small *data;
	Dwarf_Unsigned size;
	unsigned encoding;

	if (!augmentation)
		return CW_LSDA_UNKNOWN;
	if (!strchr(augmentation, 'L'))
		return CW_LSDA_NONE;
	if (!cw_library_is_ok(library, dwarf_get_cie_of_fde(fde, &cie, &err),
			      &err) ||
	    !cw_library_is_ok(
		    library,
		    dwarf_get_cie_augmentation_data(cie, &data, &size, &err),
		    &err))
		return CW_LSDA_UNKNOWN;
	struct bytes of_cie = {data, data + size};
	if (!encoding_read(augmentation, &of_cie, &encoding))
		return CW_LSDA_UNKNOWN;
	if (encoding == OMITTED)
		return CW_LSDA_NONE;
	if (!cw_library_is_ok(
		    library,
		    dwarf_get_fde_augmentation_data(fde, &data, &size, &err),
		    &err))
		return CW_LSDA_UNKNOWN;
	struct bytes of_fde = {data, data + size};
	return pointer_read(library, &of_fde, encoding, ret);
}

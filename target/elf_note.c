#include "target/elf_note.h"

#include <elf.h>
#include <string.h>

static uint64_t align_up(uint64_t size, uint64_t alignment)
{
	return (size + alignment - 1) & ~(alignment - 1);
}

bool cw_elf_note_next(struct cw_elf_note_cursor *cursor,
		      struct cw_elf_note *ret)
{
	uint64_t alignment = cursor->alignment == 8 ? 8 : 4;
	Elf64_Nhdr header;

	if (cursor->size < sizeof(header))
		return false;
	memcpy(&header, cursor->bytes, sizeof(header));

	/* Sums of 32-bit numbers: they cannot overflow. */
	uint64_t data_at =
		align_up(sizeof(header) + (uint64_t)header.n_namesz, alignment);
	uint64_t next_at = data_at + header.n_descsz;
	if (next_at > cursor->size)
		return false;

	ret->type = header.n_type;
	ret->owner = (const char *)cursor->bytes + sizeof(header);
	ret->owner_size = strnlen(ret->owner, header.n_namesz);
	ret->data = cursor->bytes + data_at;
	ret->size = header.n_descsz;

	next_at = align_up(next_at, alignment);
	if (next_at > cursor->size)
		next_at = cursor->size;
	cursor->bytes += next_at;
	cursor->size -= next_at;
	return true;
}

bool cw_elf_note_is(const struct cw_elf_note *note, const char *owner,
		    uint32_t type)
{
	return note->type == type && strlen(owner) == note->owner_size &&
	       memcmp(owner, note->owner, note->owner_size) == 0;
}

/*
 * ELF note: walks the notes of a core or an ELF file.
 *
 *	struct cw_elf_note_cursor cursor = {bytes, size, alignment};
 *	struct cw_elf_note note;
 *	while (cw_elf_note_next(&cursor, &note))
 */
#ifndef TARGET_ELF_NOTE_H
#define TARGET_ELF_NOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cw_elf_note {
	uint32_t type;
	const char *owner; /* "CORE", "GNU"; owner_size long, without NUL */
	size_t owner_size;
	const unsigned char *data;
	size_t size; /* of data */
};

struct cw_elf_note_cursor {
	const unsigned char *bytes; /* what is left */
	uint64_t size;
	uint64_t alignment; /* p_align: 8 is 8, anything else 4 */
};

/* False: there is no more, or the next is not whole (cursor->size > 0). */
bool cw_elf_note_next(struct cw_elf_note_cursor *cursor,
		      struct cw_elf_note *ret);

bool cw_elf_note_is(const struct cw_elf_note *note, const char *owner,
		    uint32_t type);

#endif

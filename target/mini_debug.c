#include <lzma.h>
#include <stdlib.h>

#include "base/memory.h"
#include "target/symbol_table.h"

enum {
	FIRST_SIZE = 1 << 20,
	/* Real ones are below 10 MB. */
	MAX_SIZE = 256 << 20,
	MAX_MEMORY = 256 << 20,
};

/* Runs the decoder to the end, the output growing.  False: damaged. */
static bool stream_unpack(lzma_stream *stream, unsigned char **image,
			  size_t *ret_size)
{
	size_t capacity = 0;
	lzma_ret result = LZMA_OK;

	while (result == LZMA_OK) {
		if (stream->avail_out == 0) {
			if (capacity >= MAX_SIZE)
				return false;
			size_t size = capacity;
			capacity = capacity ? capacity * 2 : FIRST_SIZE;
			*image = cw_realloc(*image, capacity);
			stream->next_out = *image + size;
			stream->avail_out = capacity - size;
		}
		result = lzma_code(stream, LZMA_FINISH);
	}
	*ret_size = capacity - stream->avail_out;
	return result == LZMA_STREAM_END;
}

struct cw_elf_file *cw_mini_debug_open(struct cw_elf_file *file)
{
	struct cw_elf_section section;
	struct cw_elf_file *mini;
	const unsigned char *bytes;
	uint64_t size;
	size_t image_size;

	if (!cw_elf_file_section(file, ".gnu_debugdata", &section) ||
	    !cw_elf_file_section_bytes(file, &section, &bytes, &size))
		return NULL;

	lzma_stream stream = LZMA_STREAM_INIT;
	cw_cleanup_free unsigned char *image = NULL;
	if (lzma_stream_decoder(&stream, MAX_MEMORY, 0) != LZMA_OK)
		return NULL;
	stream.next_in = bytes;
	stream.avail_in = size;
	bool is_whole = stream_unpack(&stream, &image, &image_size);
	lzma_end(&stream);
	if (!is_whole)
		return NULL;

	cw_cleanup_error struct cw_error *err = cw_elf_file_open_image(
		".gnu_debugdata", cw_take(image), image_size, &mini);
	return err ? NULL : mini;
}

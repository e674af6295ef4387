/* Types of Go by their descriptors; see dwarf/debug.h. */
#include "dwarf/debug_private.h"
#include "dwarf/reader.h"

const struct cw_type *cw_debug_go_type(struct cw_debug *debug,
				       const struct cw_module *module,
				       uint64_t offset)
{
	struct cw_debug_file *file = NULL;
	cw_cleanup_error struct cw_error *err =
		cw_debug_file_of(debug, module, &file);
	uint64_t key;

	if (err || !file)
		return NULL;
	key = cw_index_go_type(&file->index, offset);
	return key ? cw_reader_type(cw_debug_types(debug), file, key) : NULL;
}

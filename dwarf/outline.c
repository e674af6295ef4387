#include "dwarf/outline.h"

#include "dwarf/outline_walk.h"

static struct cw_error *file_go_through(struct cw_outline_walk *walk,
					struct cw_debug_file *file)
{
	struct cw_progress *progress =
		cw_debug_target(walk->reader->debug)->options.progress;
	struct cw_error *err = NULL;

	cw_function_reader_use(walk->reader, file);
	struct cw_units *units = walk->reader->scopes->units;
	cw_progress_begin(progress, "reading functions", units->items.num);
	for (size_t i = 0; i < units->items.num && !err; i++) {
		err = cw_outline_walk_unit(walk, &units->items.items[i]);
		if (!err)
			err = cw_progress_step(progress, i + 1);
	}
	return err;
}

struct cw_error *cw_debug_outlines(struct cw_debug *debug,
				   struct cw_module *module,
				   const struct cw_outline_visitor *visitor)
{
	struct cw_function_reader reader;
	struct cw_outline_walk walk;
	struct cw_debug_file *file;
	struct cw_error *err = cw_function_reader_init(&reader, debug, module);

	cw_outline_walk_init(&walk, &reader, visitor);
	for (size_t i = 0; !err && (file = cw_function_reader_part(&reader, i));
	     i++)
		err = file_go_through(&walk, file);
	cw_outline_walk_deinit(&walk);
	cw_function_reader_deinit(&reader);
	return err;
}

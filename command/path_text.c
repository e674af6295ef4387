#include "command/path_text.h"

#include <inttypes.h>

#include "command/describe.h"
#include "object/name.h"

/* Of a longer path the steps at both ends are shown. */
#define MAX_STEPS  12
#define ENDS_STEPS 5

void cw_path_text(const struct cw_session *session, const struct cw_path *path,
		  struct cw_text *text)
{
	cw_describe_root_word(session, path->root, path->root_offset, text);
	for (uint32_t i = 0; i + 1 < path->num_steps; i++) {
		const struct cw_path_step *step = &path->steps[i];
		cw_cleanup_text struct cw_text field = {0};

		if (path->num_steps > MAX_STEPS && i == ENDS_STEPS) {
			uint32_t left_out =
				path->num_steps - 1 - 2 * ENDS_STEPS;
			cw_text_addf(text, "->(%" PRIu32 " more)", left_out);
			i += left_out - 1;
			continue;
		}
		cw_name_block_field(session->typing, &step->block, step->offset,
				    &field);
		cw_text_addf(text, "->%s",
			     !field.chars	     ? ""
			     : field.chars[0] == '.' ? field.chars + 1
						     : field.chars);
	}
}

struct cw_error *cw_path_describe(struct cw_session *session,
				  const struct cw_block *block,
				  struct cw_text *text)
{
	struct cw_paths paths;

	struct cw_error *err = cw_paths_find(session->paths, block, 1, &paths);
	if (err)
		return err;
	if (paths.items.num)
		cw_path_text(session, &paths.items.items[0], text);
	cw_paths_deinit(&paths);
	return NULL;
}

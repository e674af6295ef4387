#include "object/marks.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static size_t marks_size(const struct cw_marks *marks)
{
	return cw_bits_words(marks->num_granules) * sizeof(uint64_t);
}

static size_t grey_size(const struct cw_marks *marks)
{
	return marks->num_windows * CW_WINDOW_WORDS * sizeof(uint64_t);
}

struct cw_error *cw_marks_init(struct cw_marks *marks,
			       const struct cw_block_index *index)
{
	*marks = (struct cw_marks){
		.num_granules = index->num_granules,
		.num_windows = (index->num_granules + CW_WINDOW_GRANULES - 1) >>
			       CW_WINDOW_SHIFT,
	};
	marks->is_pending = cw_alloc(marks->num_windows);
	struct cw_error *err =
		cw_bulk_alloc_huge(marks_size(marks), &marks->marks);
	if (!err)
		err = cw_bulk_alloc_huge(grey_size(marks), &marks->grey);
	if (!err)
		memcpy(marks->marks, index->unused, marks_size(marks));
	return err;
}

void cw_marks_deinit(struct cw_marks *marks)
{
	free(marks->is_pending);
	cw_bulk_free(marks->marks, marks_size(marks));
	cw_bulk_free(marks->grey, grey_size(marks));
}

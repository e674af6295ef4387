/*
 * Goroutine text: places in Go code, and the stack of a goroutine as its author
 * sees it: without what the runtime does for it.
 */
#ifndef COMMAND_GOROUTINE_TEXT_H
#define COMMAND_GOROUTINE_TEXT_H

#include "command/output.h"
#include "golang/profile.h"
#include "hang/task.h"

/* "main.worker at main.go:12" of the call that the frame shows. */
void cw_goroutine_add_place(const struct cw_go *go,
			    const struct cw_go_frame *frame,
			    struct cw_text *text);

/* The go statement that began it; nothing where that is not known, or none. */
void cw_goroutine_add_creator(const struct cw_go *go,
			      const struct cw_goroutine *goroutine,
			      struct cw_text *text);

/* The innermost call that is not the runtime's; false: there is none. */
bool cw_goroutine_own_frame(const struct cw_go *go,
			    const struct cw_goroutine *goroutine,
			    struct cw_go_frame *ret);

/*
 * The calls that a bucket of a profile stands for, innermost first, as
 * cw_go_call_next(); those of the runtime that allocate are left out.
 */
bool cw_bucket_next_call(const struct cw_go *go,
			 const struct cw_go_bucket *bucket,
			 struct cw_go_frame *frame);

/* The calls, one a line, and where it was begun. */
void cw_goroutine_write_stack(struct cw_output *out, const struct cw_go *go,
			      const struct cw_goroutine *goroutine);

#endif

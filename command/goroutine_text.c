#include "command/goroutine_text.h"

#include <string.h>

/* As Go's own tracebacks: what the runtime does for it is not its own. */
static bool is_inner(const struct cw_go_frame *frame)
{
	const char *name = frame->name;

	return (strncmp(name, "runtime.", 8) == 0 &&
		strcmp(name, "runtime.main") != 0) ||
	       strncmp(name, "sync.runtime_", 13) == 0;
}

static void add_place(const struct cw_go *go, const char *name,
		      const struct cw_go_function *function, cw_addr pc,
		      struct cw_text *text)
{
	const char *file;
	uint32_t line;

	cw_text_add(text, name);
	if (!cw_go_line_at(go, function, pc, &file, &line))
		return;
	const char *slash = strrchr(file, '/');
	cw_text_addf(text, " at %s:%u", slash ? slash + 1 : file, line);
}

void cw_goroutine_add_place(const struct cw_go *go,
			    const struct cw_go_frame *frame,
			    struct cw_text *text)
{
	add_place(go, frame->name, &frame->function, frame->place, text);
}

void cw_goroutine_add_creator(const struct cw_go *go,
			      const struct cw_goroutine *goroutine,
			      struct cw_text *text)
{
	struct cw_go_function function;
	cw_addr pc = goroutine->creator;

	/* The first one of all was made before there was any. */
	if (pc && cw_go_function_at(go, pc, &function) &&
	    strcmp(function.name, "runtime.newproc") != 0)
		add_place(go, function.name, &function,
			  pc > function.entry ? pc - 1 : pc, text);
}

bool cw_goroutine_own_frame(const struct cw_go *go,
			    const struct cw_goroutine *goroutine,
			    struct cw_go_frame *ret)
{
	struct cw_go_frame frame = {0};

	for (unsigned i = 0; i < CW_TASK_MAX_FRAMES; i++) {
		if (!cw_go_call_next(go, goroutine, &frame))
			return false;
		if (is_inner(&frame))
			continue;
		*ret = frame;
		return true;
	}
	return false;
}

static bool is_runtime(const char *name)
{
	return name && (strncmp(name, "runtime.", 8) == 0 ||
			strncmp(name, "internal/runtime/", 17) == 0);
}

/* Who allocates is shown, not how, unless there is nobody else. */
static uint32_t num_hidden(const struct cw_go *go,
			   const struct cw_go_bucket *bucket)
{
	for (uint32_t i = 0; bucket->size && i < bucket->depth; i++) {
		struct cw_go_frame frame = {0};

		if (!cw_go_recorded_call_next(go, &bucket->stack[i], 1,
					      &frame) ||
		    !is_runtime(frame.name))
			return i;
	}
	return 0;
}

bool cw_bucket_next_call(const struct cw_go *go,
			 const struct cw_go_bucket *bucket,
			 struct cw_go_frame *frame)
{
	uint32_t first = num_hidden(go, bucket);

	do {
		if (!cw_go_recorded_call_next(go, bucket->stack + first,
					      bucket->depth - first, frame))
			return false;
	} while (frame->name && (frame->is_wrapper ||
				 strcmp(frame->name, "runtime.goexit") == 0));
	return true;
}

void cw_goroutine_write_stack(struct cw_output *out, const struct cw_go *go,
			      const struct cw_goroutine *goroutine)
{
	struct cw_go_frame frame = {0};
	struct cw_go_function start;
	cw_cleanup_text struct cw_text creator = {0};
	bool is_hidden = true;
	unsigned number = 0;

	for (; number < CW_TASK_MAX_FRAMES; number++) {
		if (!cw_go_call_next(go, goroutine, &frame))
			break;
		cw_cleanup_text struct cw_text text = {0};
		is_hidden &= is_inner(&frame);
		if (is_hidden || frame.is_wrapper ||
		    strcmp(frame.name, "runtime.goexit") == 0)
			continue;
		cw_goroutine_add_place(go, &frame, &text);
		cw_output_line(out, 7, "  #%-3u %s", number, text.chars);
	}
	if (number == 0)
		cw_output_line(out, 4, "  (its stack is not known)");
	else if (is_hidden && cw_go_function_at(go, goroutine->start, &start))
		cw_output_line(out, 4, "  (the runtime's own: %s)", start.name);
	cw_goroutine_add_creator(go, goroutine, &creator);
	if (creator.chars)
		cw_output_line(out, 7, "  begun by %s", creator.chars);
}

#include "command/heading.h"

#include <string.h>

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The thread that the signal ended: the one that stands first with it. */
static unsigned signalled_thread(const struct cw_target *target)
{
	cw_array_foreach(
		thread,
		&target->threads) if (thread->signal ==
				      target->signal) return thread->number;
	return 0;
}

/*
 * A program that goes by several names is told by the one that it has: the
 * kernel cuts it.
 */
static void add_own_name(const struct cw_target *target, struct cw_text *text)
{
	enum { MOST_CHARS = 15 };
	const char *exe = last_part(target->exe_path);
	const char *own =
		target->threads.num ? target->threads.items[0].name : NULL;

	if (own && strncmp(own, exe, MOST_CHARS) != 0)
		cw_text_addf(text, " as \"%s\"", own);
}

void cw_heading_write(struct cw_output *out, const struct cw_target *target)
{
	cw_cleanup_text struct cw_text text = {0};
	char buffer[CW_COUNTED_SIZE];

	if (target->path)
		cw_text_addf(&text, "%s: ", last_part(target->path));
	if (target->exe_path) {
		cw_text_add(&text, last_part(target->exe_path));
		add_own_name(target, &text);
		cw_text_add(&text, ", ");
	}
	if (target->pid && target->kind == CW_TARGET_CORE)
		cw_text_addf(&text, "pid %u, ", target->pid);
	cw_text_add(&text,
		    cw_output_counted(buffer, target->threads.num, "thread"));
	const char *signal =
		target->signal ? sigabbrev_np(target->signal) : NULL;
	if (signal) {
		cw_text_addf(&text, ", SIG%s", signal);
		unsigned number = signalled_thread(target);
		if (number && target->threads.num > 1)
			cw_text_addf(&text, " in thread %u", number);
	}
	if (target->file_size)
		cw_text_addf(&text, ", %s",
			     cw_output_bytes(out, buffer, target->file_size));
	cw_output_heading(out, "%s", text.chars);
}

void cw_heading_write_warnings(struct cw_output *out,
			       const struct cw_target *target)
{
	cw_array_foreach(warning, &target->warnings)
		cw_output_line(out, 6, "note: %s", *warning);
}

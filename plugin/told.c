#include "plugin/told.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum {
	NUM_VECTORS = 16,
	/* As XSAVE lays them out: the lower halves of the vector registers,
	 * then the upper ones. */
	XMM_AT = 160,
	YMM_HIGH_AT = 576,
	VECTOR_STATE_SIZE = 832,
	MAX_MAPPINGS = 1 << 20,
	MAX_THREADS = 1 << 20,
};

/* "{$ymm0.v4_int64,...}" */
static char *vector_question(const char *each, const char *name,
			     const char *field)
{
	char *list = NULL;

	for (int i = 0; i < NUM_VECTORS; i++) {
		char *more = cw_format("%s%c$%s%d.%s", list ? list : "",
				       i == 0 ? '{' : ',', name, i, field);
		free(list);
		list = more;
	}
	char *words = cw_format("%swith language c -- "
				"with print elements unlimited -- "
				"with print repeats unlimited -- "
				"output/x %s}",
				each, list);
	free(list);
	return words;
}

char *cw_told_question(enum cw_told_part part, const struct cw_info *info)
{
	/* Of the innermost frame, whatever is selected; of a thread that runs,
	 * why it has none. */
	cw_cleanup_free char *each =
		cw_format("thread apply %u.* -c -- frame apply level 0 -q -- ",
			  info->number ? info->number : 1);

	switch (part) {
	case CW_TOLD_MAPPINGS:
		return cw_strdup("info proc mappings");
	case CW_TOLD_AUXV:
		return cw_strdup("info auxv");
	case CW_TOLD_REGISTERS:
		return cw_format("%sinfo registers general system", each);
	case CW_TOLD_YMM:
		return vector_question(each, "ymm", "v4_int64");
	case CW_TOLD_XMM:
		return vector_question(each, "xmm", "v2_int64");
	case CW_TOLD_NUM:
		break;
	}
	return NULL;
}

/* A line of @text, which it moves on; NULL: it is at its end. */
static char *next_line(struct cw_arena *arena, const char **text)
{
	const char *start = *text;

	if (*start == '\0')
		return NULL;
	const char *end = strchrnul(start, '\n');
	*text = end + (*end != '\0');
	return cw_arena_strndup(arena, start, end - start);
}

/* "  0x5000  0x6000  0x1000  0x0  r--p   /path"; GDB 12 has permissions. */
static bool mapping_parse(const char *line, struct cw_remote_mapping *ret)
{
	unsigned long start, end, offset;
	char flags[8];
	int path_at = 0;

	if (sscanf(line, " 0x%lx 0x%lx 0x%*x 0x%lx %7s %n", &start, &end,
		   &offset, flags, &path_at) != 4 ||
	    path_at == 0 || strlen(flags) != 4 ||
	    strchr("r-", flags[0]) == NULL)
		return false;
	*ret = (struct cw_remote_mapping){
		.start = start,
		.end = end,
		.flags = cw_segment_flags_parse(flags),
		.file_offset = offset,
		.path = line + path_at,
	};
	return true;
}

static void mappings_read(struct cw_told *told, const char *text)
{
	struct cw_remote_mapping mapping;
	char *line;

	while ((line = next_line(&told->arena, &text)) &&
	       told->remote.mappings.num < MAX_MAPPINGS) {
		for (size_t i = strlen(line); i > 0 && line[i - 1] == ' '; i--)
			line[i - 1] = '\0';
		if (mapping_parse(line, &mapping))
			*cw_array_push(&told->remote.mappings) = mapping;
	}
}

/* "31   AT_EXECFN  File name of executable  0x7fffffffefe4 "/bin/true"": the
 * value is the last number before a string. */
static void auxv_read(struct cw_told *told, const char *text)
{
	char *line;

	while ((line = next_line(&told->arena, &text))) {
		char *end;
		uint64_t type = strtoull(line, &end, 10);
		if (end == line || *end != ' ' || type == 0)
			continue;
		end[strcspn(end, "\"")] = '\0';
		size_t length = strlen(end);
		while (length > 0 && end[length - 1] == ' ')
			end[--length] = '\0';
		const char *value = strrchr(end, ' ');
		if (value)
			*cw_array_push(&told->remote.auxv) = (struct cw_auxv){
				type, strtoull(value, NULL, 0)};
	}
}

/* "Thread 1.2 (Thread 4711.4712 "name"):", and of old stubs "(Thread 4712)":
 * the last number is the thread's.  0: no such line. */
static uint32_t header_parse(const char *line, const char **ret_name)
{
	const char *open = strstr(line, " (Thread ");
	char *end;

	if (strncmp(line, "Thread ", 7) != 0 || !open)
		return 0;
	uint32_t tid = strtoul(open + 9, &end, 10);
	if (*end == '.')
		tid = strtoul(end + 1, &end, 10);
	const char *name = strchr(end, '"');
	const char *name_end = name ? strrchr(name + 1, '"') : NULL;
	if (ret_name && name_end)
		*ret_name = strndup(name + 1, name_end - name - 1);
	return tid;
}

static void register_read(struct cw_thread *thread, const char *line)
{
	size_t length = strcspn(line, " ");

	for (int i = 0; i < CW_NUM_REGS; i++)
		if (strlen(cw_register_names[i]) == length &&
		    memcmp(cw_register_names[i], line, length) == 0)
			thread->regs[i] = strtoull(line + length, NULL, 0);
}

/* Leaves out what has no registers. */
static void registers_read(struct cw_told *told, const char *text)
{
	struct cw_remote *remote = &told->remote;
	struct cw_thread thread = {0};
	bool is_last = false;

	while (!is_last) {
		const char *name = NULL;
		char *line = next_line(&told->arena, &text);
		is_last = !line || remote->threads.num >= MAX_THREADS;
		uint32_t tid = is_last ? 0 : header_parse(line, &name);
		if (!is_last && !tid) {
			register_read(&thread, line);
			continue;
		}
		if (thread.regs[CW_REG_RIP])
			*cw_array_push(&remote->threads) = thread;
		else
			remote->num_moving_threads += thread.tid != 0;
		thread = (struct cw_thread){.tid = tid};
		if (name)
			thread.name = cw_arena_strdup(&told->arena, name);
		free((char *)name);
	}
}

/* "{{0x0, 0x1}, {...}}": so many words of each register. */
static void vectors_parse(const char *text, int num_words, unsigned char *state)
{
	for (int i = 0; i < NUM_VECTORS; i++)
		for (int k = 0; k < num_words; k++) {
			text += strcspn(text, "0123456789");
			char *end;
			uint64_t word = strtoull(text, &end, 0);
			text = end;
			size_t at = k < 2 ? XMM_AT + i * 16 + k * 8
					  : YMM_HIGH_AT + i * 16 + (k - 2) * 8;
			memcpy(state + at, &word, sizeof(word));
		}
}

/* Both lists are in the same order. */
static void vectors_read(struct cw_told *told, const char *text, int num_words)
{
	struct cw_thread *thread = told->remote.threads.items;
	struct cw_thread *end = thread + told->remote.threads.num;
	char *line;

	while (thread < end && (line = next_line(&told->arena, &text))) {
		uint32_t tid = header_parse(line, NULL);
		if (!tid)
			continue;
		while (thread < end && thread->tid != tid)
			thread++;
		line = next_line(&told->arena, &text);
		if (thread == end || !line || line[0] != '{')
			continue;
		unsigned char *state =
			cw_arena_alloc(&told->arena, VECTOR_STATE_SIZE);
		memset(state, 0, VECTOR_STATE_SIZE);
		vectors_parse(line, num_words, state);
		thread->vector_state = state;
		thread->vector_state_size = VECTOR_STATE_SIZE;
	}
}

void cw_told_read(const struct cw_info *info,
		  const char *const replies[CW_TOLD_NUM], struct cw_told *ret)
{
	*ret = (struct cw_told){0};
	cw_arena_init(&ret->arena);
	ret->remote.pid = info->pid;
	ret->remote.path = cw_arena_format(&ret->arena, "pid %u, %s", info->pid,
					   info->connection);
	mappings_read(ret, replies[CW_TOLD_MAPPINGS]);
	auxv_read(ret, replies[CW_TOLD_AUXV]);
	registers_read(ret, replies[CW_TOLD_REGISTERS]);
	if (strchr(replies[CW_TOLD_YMM], '{'))
		vectors_read(ret, replies[CW_TOLD_YMM], 4);
	else
		vectors_read(ret, replies[CW_TOLD_XMM], 2);
}

void cw_told_deinit(struct cw_told *told)
{
	cw_array_deinit(&told->remote.mappings);
	cw_array_deinit(&told->remote.auxv);
	cw_array_deinit(&told->remote.threads);
	cw_arena_deinit(&told->arena);
}

#include "command/wait_text.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "command/hang_text.h"
#include "hang/descriptor.h"
#include "hang/detail.h"

static uint32_t number_of(const struct cw_session *session,
			  const struct cw_wait *wait)
{
	return wait - session->waits->items.items;
}

void cw_wait_text_neighbour(const struct cw_session *session,
			    const struct cw_neighbour *neighbour,
			    struct cw_text *text)
{
	if (neighbour->pid == session->target->pid) {
		cw_text_add(text, "itself");
		return;
	}
	cw_text_addf(text, "PID %" PRIu32, neighbour->pid);
	if (neighbour->name)
		cw_text_addf(text, " %s", neighbour->name);
	switch (neighbour->state) {
	case 'T':
		cw_text_add(text, " (stopped)");
		break;
	case 't':
		cw_text_add(text, " (stopped by a debugger)");
		break;
	case 'D':
		cw_text_add(text, " (in the kernel, uninterruptible)");
		break;
	case 'Z':
		cw_text_add(text, " (ended, not waited for)");
		break;
	}
}

/* ", written by PID 12 sh, PID 13 sh, 2 more" */
static void add_neighbours(const struct cw_session *session,
			   const struct cw_wait *wait, int32_t fd,
			   struct cw_text *text)
{
	static const char *const words[] = {
		[CW_NEIGHBOUR_WRITES] = ", written by ",
		[CW_NEIGHBOUR_READS] = ", read by ",
		[CW_NEIGHBOUR_CONNECTED] = ", of ",
		[CW_NEIGHBOUR_LISTENS] = ", accepted by ",
		[CW_NEIGHBOUR_LOCKS] = ", locked by ",
		[CW_NEIGHBOUR_CHILD] = "",
	};
	enum { MAX_LISTED = 3 };
	const struct cw_neighbour *first = NULL;
	size_t num = cw_neighbours_at(session->neighbours,
				      number_of(session, wait), fd, &first);

	for (size_t i = 0; i < num; i++) {
		if (i == MAX_LISTED) {
			cw_text_addf(text, ", %zu more", num - i);
			return;
		}
		cw_text_add(text, i ? ", " : words[first->role]);
		cw_wait_text_neighbour(session, &first[i], text);
	}
}

static void add_descriptor(const struct cw_session *session,
			   const struct cw_wait *wait, int32_t fd,
			   struct cw_text *text)
{
	cw_cleanup_text struct cw_text what = {0};

	cw_descriptor_describe(session->target, &session->neighbours->sockets,
			       fd, &what);
	add_neighbours(session, wait, fd, &what);
	cw_text_addf(text, "fd %" PRId32, fd);
	if (what.length)
		cw_text_addf(text, " (%s)", what.chars);
}

/* "fd 7 (pipe:[4711])", "fd 5 of fd 6 (tcp …), fd 8" */
static void add_descriptors(const struct cw_session *session,
			    const struct cw_wait *wait, struct cw_text *text)
{
	enum { MAX_LISTED = 3 };
	int32_t fds[CW_MAX_DESCRIPTORS];
	size_t num = cw_descriptors_of(session->target, wait, fds);

	if (wait->object.kind == CW_WAIT_EPOLL)
		cw_text_addf(text, "fd %" PRId64 "%s", wait->fd,
			     num ? " of " : "");
	for (size_t i = 0; i < num; i++) {
		if (i == MAX_LISTED) {
			cw_text_addf(text, ", %zu more", num - i);
			return;
		}
		cw_text_add(text, i ? ", " : "");
		add_descriptor(session, wait, fds[i], text);
	}
}

/* "PID 12 make"; in a core its number at most. */
static void add_child(const struct cw_session *session,
		      const struct cw_wait *wait, struct cw_text *text)
{
	size_t before = text->length;
	int32_t child;

	if (!cw_wait_child(wait, &child))
		return;
	if (child == 0)
		cw_text_add(text, "any: ");
	size_t prefix = text->length;
	add_neighbours(session, wait, -1, text);
	if (text->length > prefix)
		return;
	if (child > 0) {
		cw_text_addf(text, "PID %" PRId32, child);
	} else {
		cw_text_cut(text, before);
	}
}

static void add_duration(uint64_t ns, struct cw_text *text)
{
	char number[CW_NUMBER_SIZE];
	uint64_t ms = ns / 1000000;

	if (ms < 1000)
		cw_text_addf(text, "%" PRIu64 " ms", ms);
	else if (ms < 10000 && ms % 1000)
		cw_text_addf(text, "%.1f s", ms / 1000.0);
	else
		cw_text_addf(text, "%s s", cw_text_count(number, ms / 1000));
}

void cw_wait_text_add(struct cw_session *session, const struct cw_wait *wait,
		      struct cw_text *text)
{
	cw_cleanup_text struct cw_text what = {0};
	size_t before = text->length;
	uint64_t timeout;

	add_descriptors(session, wait, text);
	add_child(session, wait, text);
	cw_wait_describe(session->target, wait, &what);
	/* "to 192.0.2.1:80": of a connection the descriptor tells the same. */
	if (what.length &&
	    !(wait->object.kind == CW_WAIT_CONNECT && text->chars &&
	      strstr(text->chars, what.chars + strlen("to "))))
		cw_text_addf(text, "%s%s", text->length > before ? " " : "",
			     what.chars);
	if (!cw_wait_timeout(session->target, wait, &timeout))
		return;
	cw_text_add(text,
		    text->length > before ? ", for at most " : "for at most ");
	add_duration(timeout, text);
}

static void json_descriptors(const struct cw_session *session,
			     const struct cw_wait *wait, struct cw_json *json)
{
	int32_t fds[CW_MAX_DESCRIPTORS];
	size_t num = 0;

	if (wait->thread && !cw_wait_is_for_lock(wait))
		num = cw_descriptors_of(session->target, wait, fds);
	cw_json_array(json, "descriptors");
	for (size_t i = 0; i < num && i < CW_MAX_DESCRIPTORS; i++) {
		cw_cleanup_text struct cw_text what = {0};
		cw_descriptor_describe(session->target,
				       &session->neighbours->sockets, fds[i],
				       &what);
		cw_json_object(json, NULL);
		cw_json_count(json, "fd", fds[i]);
		cw_json_text(json, "is", what.chars);
		cw_json_end(json);
	}
	cw_json_end(json);
}

static void json_neighbours(const struct cw_session *session,
			    const struct cw_wait *wait, struct cw_json *json)
{
	uint32_t number = number_of(session, wait);

	cw_json_array(json, "neighbours");
	cw_array_foreach(neighbour, &session->neighbours->items)
	{
		char state[2] = {neighbour->state};
		if (neighbour->wait != number)
			continue;
		cw_json_object(json, NULL);
		cw_json_count(json, "pid", neighbour->pid);
		cw_json_text(json, "name", neighbour->name);
		cw_json_text(json, "state", state);
		cw_json_text(json, "role",
			     cw_neighbour_role_name(neighbour->role));
		if (neighbour->fd >= 0)
			cw_json_count(json, "fd", neighbour->fd);
		else
			cw_json_null(json, "fd");
		cw_json_end(json);
	}
	cw_json_end(json);
}

void cw_wait_json_add(struct cw_session *session, const struct cw_wait *wait,
		      struct cw_json *json)
{
	cw_cleanup_text struct cw_text what = {0};
	uint64_t timeout;

	cw_wait_describe(session->target, wait, &what);
	cw_json_text(json, "detail", what.chars);
	if (cw_wait_timeout(session->target, wait, &timeout))
		cw_json_count(json, "timeout_ms", timeout / 1000000);
	else
		cw_json_null(json, "timeout_ms");
	json_descriptors(session, wait, json);
	json_neighbours(session, wait, json);
}

const struct cw_neighbour *cw_wait_neighbour(struct cw_session *session,
					     const struct cw_wait *wait)
{
	const struct cw_neighbour *first = NULL;
	int32_t fds[CW_MAX_DESCRIPTORS], fd = -1;

	if (!wait->thread || cw_wait_is_for_lock(wait) ||
	    wait->object.kind == CW_WAIT_EPOLL)
		return NULL;
	size_t num = cw_descriptors_of(session->target, wait, fds);
	if (num > 1)
		return NULL;
	if (num == 1)
		fd = fds[0];
	num = cw_neighbours_at(session->neighbours, number_of(session, wait),
			       fd, &first);
	return num == 1 && first->pid != session->target->pid ? first : NULL;
}

#include "command/hang_text.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "command/describe.h"
#include "command/output.h"
#include "command/path_text.h"
#include "command/wait_text.h"
#include "hang/timeout.h"
#include "object/field_path.h"

void cw_hang_thread(const struct cw_thread *thread, struct cw_text *text)
{
	cw_text_addf(text, "thread %u", thread->number);
	if (thread->name)
		cw_text_addf(text, " \"%s\"", thread->name);
}

void cw_hang_numbers(const uint32_t *threads, size_t num, struct cw_text *text)
{
	enum { MAX_LISTED = 12 };
	unsigned num_listed = 0;

	for (size_t i = 0; i < num;) {
		size_t end = i + 1;
		while (end < num && threads[end] == threads[end - 1] + 1)
			end++;
		if (num_listed++ == MAX_LISTED) {
			cw_text_add(text, ", …");
			return;
		}
		cw_text_addf(text, "%s%u", i ? ", " : "", threads[i] + 1);
		if (end > i + 1)
			cw_text_addf(text, "-%u", threads[end - 1] + 1);
		i = end;
	}
}

void cw_hang_waiter(const struct cw_wait *wait, struct cw_text *text)
{
	if (wait->thread)
		cw_hang_thread(wait->thread, text);
	else
		cw_text_addf(text, "goroutine %" PRIu64, wait->goroutine->id);
}

static uint64_t number_of(const struct cw_wait *wait)
{
	return wait->thread ? wait->thread->number : wait->goroutine->id;
}

/* All threads, or all goroutines. */
static void add_ranges(const struct cw_wait *waits, const uint32_t *members,
		       uint32_t begin, uint32_t end, struct cw_text *text)
{
	enum { MAX_LISTED = 12 };
	unsigned num_listed = 0;

	for (uint32_t i = begin, next; i < end; i = next) {
		uint64_t first = number_of(&waits[members[i]]);

		for (next = i + 1;
		     next < end &&
		     number_of(&waits[members[next]]) == first + (next - i);)
			next++;
		if (num_listed++ == MAX_LISTED) {
			cw_text_add(text, ", …");
			break;
		}
		cw_text_addf(text, "%s%" PRIu64, i > begin ? ", " : "", first);
		if (next > i + 1)
			cw_text_addf(text, "-%" PRIu64, first + (next - i - 1));
	}
}

void cw_hang_waiters(const struct cw_wait *waits, const uint32_t *members,
		     uint32_t num, struct cw_text *text)
{
	uint32_t num_threads = 0;

	while (num_threads < num && waits[members[num_threads]].thread)
		num_threads++;
	if (num_threads) {
		cw_text_add(text, num_threads == 1 ? "thread " : "threads ");
		add_ranges(waits, members, 0, num_threads, text);
	}
	if (num_threads == num)
		return;
	cw_text_addf(text, "%sgoroutine%s ", num_threads ? "; " : "",
		     num - num_threads == 1 ? "" : "s");
	add_ranges(waits, members, num_threads, num, text);
}

void cw_hang_count(const struct cw_waits *waits, struct cw_text *text)
{
	char counted[CW_COUNTED_SIZE];

	cw_text_add(text,
		    cw_output_counted(counted, waits->num_threads, "thread"));
	if (waits->num_goroutines)
		cw_text_addf(text, " and %s",
			     cw_output_counted(counted, waits->num_goroutines,
					       "goroutine"));
}

static void json_number(struct cw_json *json, const char *key, bool is_there,
			uint64_t number)
{
	if (is_there)
		cw_json_count(json, key, number);
	else
		cw_json_null(json, key);
}

void cw_hang_json_waiter(struct cw_json *json, const struct cw_wait *wait)
{
	json_number(json, "tid", wait->thread,
		    wait->thread ? wait->thread->tid : 0);
	json_number(json, "goroutine", wait->goroutine,
		    wait->goroutine ? wait->goroutine->id : 0);
}

void cw_hang_json_owner(struct cw_json *json, const struct cw_waits *waits,
			const char *key, uint32_t owner)
{
	const struct cw_wait *wait =
		owner != CW_NO_THREAD ? &waits->items.items[owner] : NULL;
	const struct cw_thread *thread = wait ? wait->thread : NULL;
	const struct cw_goroutine *goroutine = wait ? wait->goroutine : NULL;
	cw_cleanup_free char *second = cw_format("%s_goroutine", key);

	json_number(json, key, thread, thread ? thread->tid : 0);
	json_number(json, second, goroutine, goroutine ? goroutine->id : 0);
}

void cw_hang_json_wait_owner(struct cw_json *json, const struct cw_waits *waits,
			     const struct cw_wait *wait)
{
	if (wait->outside.kind == CW_OUTSIDE_NONE) {
		cw_hang_json_owner(json, waits, "owner", wait->owner);
		return;
	}
	cw_json_count(json, "owner", wait->object.owner_tid);
	cw_json_null(json, "owner_goroutine");
}

/* Beyond, paths cost more than the question is worth. */
#define MAX_BLOCKS_FOR_PATHS 1000000

/* A timeout that is as good as none: a year. */
#define MOST_SECONDS 31536000

/* The lock begins where its first member does: what is its library's own of
 * the path says nothing. */
static void cut_at_lock(struct cw_text *text, const struct cw_field_path *path)
{
	if (path->is_in_lock)
		cw_text_cut(text, path->lock_length);
}

/*
 * How good a path is to name a lock by.  A pointer on a stack to the lock
 * itself is what the waiting function works with: it names nothing.
 */
static unsigned path_rank(const struct cw_path *path, cw_addr lock)
{
	switch (path->root->kind) {
	case CW_ROOT_GLOBAL:
		return 3;
	case CW_ROOT_TLS:
		return 2;
	case CW_ROOT_STACK:
		return path->steps[path->num_steps - 1].value != lock;
	default:
		return 0;
	}
}

/*
 * A path that goes through several members without names says nothing.  In a
 * program of Go, neither does one through any, or by way of the runtime's own
 * lists of who waits.
 */
static bool says_nothing(struct cw_session *session, const struct cw_path *path)
{
	bool is_go = session->heap->go && path->root->kind == CW_ROOT_GLOBAL;
	unsigned num_unnamed = 0, most_unnamed = is_go ? 0 : 1;
	cw_cleanup_text struct cw_text text = {0};

	cw_path_text(session, path, &text);
	if (!text.chars)
		return false;
	for (const char *at = text.chars; (at = strstr(at, "+0x")); at++)
		num_unnamed++;
	return num_unnamed > most_unnamed ||
	       (is_go && strncmp(text.chars, "runtime.", 8) == 0);
}

/* "g_server->pool"; nothing where no path says anything. */
static struct cw_error *add_path(struct cw_session *session,
				 const struct cw_block *block, cw_addr lock,
				 struct cw_text *text)
{
	enum { MAX_PATHS = 16 };
	const struct cw_path *best = NULL;
	struct cw_paths paths;

	if (session->heap->index.num_blocks > MAX_BLOCKS_FOR_PATHS)
		return NULL;
	struct cw_error *err =
		cw_session_need(session, CW_NEEDS_PATHS | CW_NEEDS_TYPES);
	if (!err)
		err = cw_paths_find(session->paths, block, MAX_PATHS, &paths);
	if (err)
		return err;
	cw_array_foreach(path, &paths.items)
	{
		unsigned rank = path_rank(path, lock);
		if (rank > (best ? path_rank(best, lock) : 0) &&
		    !says_nothing(session, path))
			best = path;
	}
	if (best)
		cw_path_text(session, best, text);
	cw_paths_deinit(&paths);
	return NULL;
}

/*
 * "g_server->pool->mu (ConnPool 0x55…)"; without a path "ConnPool.mu (0x55…)".
 * A container's node is named by its element.
 */
static struct cw_error *add_block(struct cw_session *session,
				  const struct cw_block *block, cw_addr address,
				  struct cw_text *text)
{
	cw_cleanup_text struct cw_text field = {0}, element = {0};
	struct cw_field_path path = {0};
	size_t before = text->length;
	struct cw_typed_block typed = {0};
	char bytes[CW_NUMBER_SIZE];

	struct cw_error *err = add_path(session, block, address, text);
	if (err)
		return err;
	bool has_path = text->length > before;
	bool is_typed = session->typing &&
			cw_typing_of(session->typing, block, &typed) &&
			typed.name;
	bool is_node = is_typed && cw_field_path_add_element(
					   session->typing, block, 0, &element);
	if (is_typed || address != block->address)
		cw_field_path_add_block(session->typing, block,
					address - block->address, 0, &field,
					&path);
	cut_at_lock(&field, &path);
	const char *member = field.chars ? field.chars : "";
	/* The path names the element already. */
	if (is_node && has_path && member[0] == '[' && strchr(member, ']'))
		member = strchr(member, ']') + 1;
	if (!has_path && is_typed)
		cw_text_add(text, typed.name);
	else if (!has_path)
		cw_text_addf(text, "block of %s",
			     cw_text_bytes(bytes, block->size, false));
	if (has_path && !is_node && member[0] == '.')
		cw_text_addf(text, "->%s", member + 1);
	else
		cw_text_add(text, member);
	if (is_typed && has_path && !is_node)
		cw_text_addf(text, " (%s 0x%" PRIx64 ")", typed.name,
			     block->address);
	else if (!has_path)
		cw_text_addf(text, " (0x%" PRIx64 ")", block->address);
	return NULL;
}

struct cw_error *cw_hang_object_name(struct cw_session *session,
				     const struct cw_wait_object *object,
				     struct cw_text *text)
{
	const struct cw_name_context context = cw_describe_context(session);
	struct cw_field_path path = {0};
	struct cw_block block;

	if (!object->address || object->kind == CW_WAIT_JOIN)
		return NULL;
	if (cw_module_at(session->target, object->address)) {
		cw_name_address(&context, object->address, text, &path);
		cut_at_lock(text, &path);
		return NULL;
	}
	struct cw_error *err = cw_session_need(session, CW_NEEDS_ROOTS);
	if (err)
		return err;
	if (cw_heap_block_at(session->heap, object->address, &block))
		return add_block(session, &block, object->address, text);

	const struct cw_root *root =
		cw_roots_root_at(session->roots, object->address);
	if (root)
		cw_name_root(&context, root,
			     (object->address - root->start) / 8, text, &path);
	cut_at_lock(text, &path);
	return NULL;
}

static struct cw_error *add_outside(struct cw_session *session,
				    const struct cw_wait *wait,
				    struct cw_text *text)
{
	struct cw_error *err = cw_session_need(session, CW_NEEDS_NEIGHBOURS);

	if (!err)
		cw_wait_text_add(session, wait, text);
	return err;
}

struct cw_error *cw_hang_object(struct cw_session *session,
				const struct cw_wait *wait,
				struct cw_text *text)
{
	size_t before = text->length;

	struct cw_error *err =
		cw_hang_object_name(session, &wait->object, text);
	if (err)
		return err;
	if (wait->object.kind == CW_WAIT_JOIN)
		cw_text_add(text, "its end");
	else if (wait->thread && !cw_wait_is_for_lock(wait))
		err = add_outside(session, wait, text);
	else if (wait->object.address && text->length == before)
		cw_text_addf(text, "0x%" PRIx64, wait->object.address);
	return err;
}

/* All that have it, as far as they are known, or that nobody is. */
static void add_readers(const struct cw_wait *wait, struct cw_text *text)
{
	const char *noun =
		wait->object.kind == CW_WAIT_GROUP ? "member" : "reader";
	uint32_t num = wait->object.num_readers;

	if (num == 0 && wait->num_inferred > 1)
		num = wait->num_inferred;
	if (num > (wait->owner != CW_NO_THREAD))
		cw_text_addf(text, "%s%u %s%s",
			     wait->owner != CW_NO_THREAD ? ", one of " : "",
			     num, noun, num == 1 ? "" : "s");
}

static void add_owner_outside(const struct cw_wait *wait, struct cw_text *text)
{
	const struct cw_outside *outside = &wait->outside;

	cw_text_addf(text, "TID %u", wait->object.owner_tid);
	switch (outside->kind) {
	case CW_OUTSIDE_LEFT:
		cw_text_addf(text, ", which fork() left in process %u",
			     outside->pid);
		break;
	case CW_OUTSIDE_PROCESS:
		cw_text_add(text, " of another process");
		if (outside->pid)
			cw_text_addf(text, ", %u", outside->pid);
		break;
	default:
		cw_text_add(text, ", which has ended");
		break;
	}
	if (outside->name[0])
		cw_text_addf(text, " \"%s\"", outside->name);
}

void cw_hang_timeout(const struct cw_target *target, const struct cw_wait *wait,
		     struct cw_text *text)
{
	struct cw_timeout timeout;
	struct timespec now = {0};
	bool is_process = target->kind == CW_TARGET_PROCESS;

	if (!wait->has_timeout || !cw_wait_is_for_lock(wait))
		return;
	bool is_known =
		wait->thread && cw_futex_timeout(target, &wait->call, &timeout);
	if (!is_known || (timeout.is_absolute && !is_process)) {
		cw_text_add(text, ", with a timeout");
		return;
	}
	if (timeout.is_absolute)
		clock_gettime(timeout.clock, &now);
	double left = difftime(timeout.seconds, now.tv_sec) +
		      ((double)timeout.ns - now.tv_nsec) / 1e9;
	if (left > MOST_SECONDS)
		cw_text_add(text, ", with a timeout in years");
	else
		cw_text_addf(text, ", times out %s %.1f s",
			     timeout.is_absolute ? "in" : "within",
			     left > 0 ? left : 0);
}

void cw_hang_owner(const struct cw_session *session, const struct cw_wait *wait,
		   struct cw_text *text)
{
	if (wait->outside.kind != CW_OUTSIDE_NONE)
		add_owner_outside(wait, text);
	else if (wait->owner != CW_NO_THREAD)
		cw_hang_waiter(&session->waits->items.items[wait->owner], text);
	if (wait->is_inferred)
		cw_text_add(text, " (inferred)");
	add_readers(wait, text);
}

struct cw_error *cw_hang_held(struct cw_session *session, uint32_t thread,
			      struct cw_text *text)
{
	enum { MAX_LISTED = 4 };
	const char *before = "";
	unsigned num = 0;

	cw_array_foreach(held, &session->waits->held)
	{
		struct cw_wait_object object = {.kind = held->kind,
						.address = held->address};
		size_t length;

		if (held->thread != thread)
			continue;
		if (num++ == MAX_LISTED) {
			cw_text_add(text, ", …");
			return NULL;
		}
		cw_text_addf(text, "%s%s ", before,
			     cw_wait_kind_name(held->kind));
		before = ", ";
		length = text->length;
		struct cw_error *err =
			cw_hang_object_name(session, &object, text);
		if (err)
			return err;
		if (text->length == length)
			cw_text_addf(text, "0x%" PRIx64, held->address);
		if (held->is_inferred)
			cw_text_add(text, " (inferred)");
	}
	return NULL;
}

/* As just-in-time compilers make it. */
static bool is_made_code(const struct cw_target *target, cw_addr pc)
{
	const struct cw_segment *segment = cw_target_segment(target, pc);

	return segment && segment->flags & CW_SEGMENT_EXEC;
}

void cw_hang_function(const struct cw_session *session,
		      const struct cw_frame *frame, struct cw_text *text)
{
	cw_addr pc = cw_frame_lookup_pc(frame);
	uint64_t offset;
	const char *name = cw_debug_function(session->debug, pc, &offset);
	const struct cw_module *module = cw_module_at(session->target, pc);

	if (name)
		cw_text_add(text, name);
	else if (module)
		cw_text_addf(text, "%s+0x%" PRIx64, module->name,
			     pc - module->bias);
	else
		cw_text_addf(text, "0x%" PRIx64 "%s", pc,
			     is_made_code(session->target, pc)
				     ? " (code of no file)"
				     : "");
}

const char *cw_hang_wait_name(const struct cw_wait *wait)
{
	return cw_wait_kind_name(wait->object.kind);
}

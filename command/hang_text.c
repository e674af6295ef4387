#include "command/hang_text.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "command/describe.h"
#include "command/path_text.h"

void cw_hang_thread(const struct cw_thread *thread, struct cw_text *text)
{
	cw_text_addf(text, "thread %u", thread->number);
	if (thread->name)
		cw_text_addf(text, " \"%s\"", thread->name);
}

/* Beyond, paths cost more than the question is worth. */
#define MAX_BLOCKS_FOR_PATHS 1000000

static struct cw_error *add_block(struct cw_session *session,
				  const struct cw_block *block, cw_addr address,
				  struct cw_text *text)
{
	struct cw_error *err = NULL;
	size_t before = text->length;
	char bytes[CW_NUMBER_SIZE];

	if (session->heap->index.num_blocks <= MAX_BLOCKS_FOR_PATHS) {
		err = cw_session_need(session, CW_NEEDS_PATHS | CW_NEEDS_TYPES);
		if (!err)
			err = cw_path_describe(session, block, text);
		if (err)
			return err;
	}
	if (text->length == before)
		cw_text_addf(text, "block of %s",
			     cw_text_bytes(bytes, block->size, false));
	if (session->typing)
		cw_describe_offset(session, block, address - block->address,
				   text);
	else if (address > block->address)
		cw_text_addf(text, "+0x%" PRIx64, address - block->address);
	return NULL;
}

/*
 * The lock begins where its first member does: what is the library's own of
 * the path says nothing.
 */
static void cut_members(struct cw_text *text, size_t from)
{
	static const char *const own[] = {
		".__data",	".__",		"._M_",
		".inner.futex", ".inner.state", ".inner.writer_notify",
		".raw.state",
	};

	for (size_t i = 0; i < cw_num_elements(own); i++) {
		char *found =
			text->chars ? strstr(text->chars + from, own[i]) : NULL;
		if (found && found > text->chars + from) {
			*found = '\0';
			text->length = found - text->chars;
		}
	}
}

struct cw_error *cw_hang_object_name(struct cw_session *session,
				     const struct cw_wait_object *object,
				     struct cw_text *text)
{
	const struct cw_name_context context = cw_describe_context(session);
	size_t before = text->length;
	struct cw_block block;

	if (!object->address || object->kind == CW_WAIT_JOIN)
		return NULL;
	if (cw_module_at(session->target, object->address)) {
		cw_name_address(&context, object->address, text, NULL);
		cut_members(text, before);
		return NULL;
	}
	struct cw_error *err = cw_session_need(session, CW_NEEDS_ROOTS);
	if (err)
		return err;
	if (cw_heap_block_at(session->heap, object->address, &block)) {
		err = add_block(session, &block, object->address, text);
	} else {
		const struct cw_root *root =
			cw_roots_root_at(session->roots, object->address);
		if (root)
			cw_describe_root_word(session, root,
					      object->address - root->start,
					      text);
	}
	cut_members(text, before);
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
	else if (wait->fd >= 0)
		cw_text_addf(text, "fd %" PRId64, wait->fd);
	else if (wait->object.address && text->length == before)
		cw_text_addf(text, "0x%" PRIx64, wait->object.address);
	return NULL;
}

/* All that have it, as far as they are known, or that nobody is. */
static void add_readers(const struct cw_wait *wait, struct cw_text *text)
{
	uint32_t num = wait->object.num_readers;

	if (num == 0 && wait->num_inferred > 1)
		num = wait->num_inferred;
	if (num > (wait->owner != CW_NO_THREAD))
		cw_text_addf(text, "%s%u reader%s",
			     wait->owner != CW_NO_THREAD ? ", one of " : "",
			     num, num == 1 ? "" : "s");
}

void cw_hang_owner(const struct cw_session *session, const struct cw_wait *wait,
		   struct cw_text *text)
{
	if (wait->is_orphaned)
		cw_text_addf(text, "TID %u, which has ended",
			     wait->object.owner_tid);
	else if (wait->owner != CW_NO_THREAD)
		cw_hang_thread(&session->target->threads.items[wait->owner],
			       text);
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
		cw_text_addf(text, "0x%" PRIx64, pc);
}

const char *cw_hang_wait_name(const struct cw_wait *wait)
{
	return cw_wait_kind_name(wait->object.kind);
}

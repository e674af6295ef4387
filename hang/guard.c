#include "hang/guard.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/memory.h"
#include "dwarf/frame_variable.h"
#include "dwarf/stacks.h"

enum {
	MOST_BYTES = 64, /* of a guard */
	MOST_LOCKS = 8,	 /* of one that holds several */
	WORD = 8,
	MUTEX_SIZE = 40,  /* pthread_mutex_t */
	RWLOCK_SIZE = 56, /* pthread_rwlock_t */
	MOST_FRAMES = 16, /* from a wait to who called for the lock */
};

/* Types by the first and the last part of their names. */
struct row {
	const char *root, *last;
	const char *lock;  /* member; NULL: each word of it is a lock */
	const char *owned; /* member that tells whether it holds it; or NULL */
	bool is_shared;
};

static const struct row rows[] = {
	/* libstdc++, then libc++ */
	{"std", "lock_guard", "_M_device", NULL, false},
	{"std", "unique_lock", "_M_device", "_M_owns", false},
	{"std", "scoped_lock", NULL, NULL, false},
	{"std", "shared_lock", "_M_pm", "_M_owns", true},
	{"std", "lock_guard", "__m_", NULL, false},
	{"std", "unique_lock", "__m_", "__owns_", false},
	{"std", "shared_lock", "__m_", "__owns_", true},
	/* Rust's std */
	{"std", "MutexGuard", "lock", NULL, false},
	{"std", "ReentrantLockGuard", "lock", NULL, false},
	{"std", "RwLockReadGuard", "inner_lock", NULL, true},
	{"std", "RwLockWriteGuard", "lock", NULL, false},
	/* parking_lot and other users of lock_api */
	{"lock_api", "MutexGuard", "mutex", NULL, false},
	{"lock_api", "ReentrantMutexGuard", "remutex", NULL, false},
	{"lock_api", "FairMutexGuard", "mutex", NULL, false},
	{"lock_api", "RwLockReadGuard", "rwlock", NULL, true},
	{"lock_api", "RwLockWriteGuard", "rwlock", NULL, false},
	{"absl", "MutexLock", "mu_", NULL, false},
	{"absl", "WriterMutexLock", "mu_", NULL, false},
	{"absl", "ReaderMutexLock", "mu_", NULL, true},
};

struct finder {
	struct cw_debug *debug;
	const struct cw_target *target;
	struct cw_map has_guards; /* by pc: 1 or 0 */
	struct cw_guards *guards;
	uint32_t thread;
	const struct cw_frame_site *site;
};

static bool has_member(const struct cw_type *type, const char *name,
		       struct cw_member *ret)
{
	const struct cw_member *members;
	size_t num = cw_type_members(type, &members);

	for (size_t i = 0; i < num; i++)
		if (members[i].name && strcmp(members[i].name, name) == 0) {
			*ret = members[i];
			return true;
		}
	return false;
}

/* Locks that threads wait for at words of their own. */
static const struct {
	const char *root, *last;
	bool is_condition;
} locks[] = {
	{"parking_lot", "RawMutex", false}, {"parking_lot", "RawRwLock", false},
	{"parking_lot", "Condvar", true},   {"absl", "Mutex", false},
	{"absl", "CondVar", true},
};

static bool has_names(const char *name, const char *root_name,
		      const char *last_name)
{
	size_t length = strcspn(name, "<");
	size_t root = strlen(root_name), last = strlen(last_name);

	return length >= root + 2 + last &&
	       strncmp(name, root_name, root) == 0 &&
	       strncmp(name + root, "::", 2) == 0 &&
	       strncmp(name + length - last - 2, "::", 2) == 0 &&
	       strncmp(name + length - last, last_name, last) == 0;
}

static const struct row *row_of(const struct cw_type *type)
{
	struct cw_member member;

	if (!type || !type->name || !cw_type_is_aggregate(type) ||
	    type->size < WORD || type->size > MOST_BYTES)
		return NULL;
	for (size_t i = 0; i < cw_num_elements(rows); i++)
		if (has_names(type->name, rows[i].root, rows[i].last) &&
		    (!rows[i].lock || has_member(type, rows[i].lock, &member)))
			return &rows[i];
	return NULL;
}

/* Where the lock keeps its state; @type is its own, or NULL. */
static void describe_lock(const struct cw_type *type, struct cw_guard *guard)
{
	struct cw_member member;
	const char *name = type && type->name ? type->name : "";

	guard->lock_size = type && type->size ? type->size : 1;
	guard->state = guard->lock;
	guard->state_size = sizeof(uint32_t);
	if (!type)
		return;
	if (has_member(type, "raw", &member)) {
		guard->state += member.offset;
		guard->state_size = 1;
	} else if (has_member(type, "inner", &member)) {
		guard->state += member.offset;
	} else if (strstr(name, "shared_") && type->size >= RWLOCK_SIZE) {
		guard->is_rwlock = true;
	} else if (strstr(name, "mutex") && type->size >= MUTEX_SIZE) {
		guard->is_mutex = true;
	}
	guard->is_writers = !guard->is_shared &&
			    (guard->is_rwlock || strstr(name, "RwLock"));
}

static void add(struct finder *finder, const struct row *row, cw_addr lock,
		const struct cw_type *type, bool is_owning, cw_addr address)
{
	struct cw_guard guard = {
		.thread = finder->thread,
		.lock = lock,
		.is_shared = row->is_shared,
		.is_owning = is_owning,
		.address = address,
	};

	if (lock == 0 || !cw_target_segment(finder->target, lock))
		return;
	describe_lock(type, &guard);
	/* What a call was inlined into has the same one. */
	cw_array_foreach(other, &finder->guards->items)
	{
		if (other->thread == guard.thread && other->lock == lock &&
		    other->address == address)
			return;
	}
	*cw_array_push(&finder->guards->items) = guard;
}

/* A word of the guard; false: it is not known. */
static bool word_at(const unsigned char *bytes, const unsigned char *known,
		    uint64_t size, uint64_t offset, cw_addr *ret)
{
	if (size < WORD || offset > size - WORD)
		return false;
	for (unsigned i = 0; i < WORD; i++)
		if (!known[offset + i])
			return false;
	memcpy(ret, bytes + offset, WORD);
	return true;
}

/* scoped_lock<A, B> has the last one first. */
static const struct cw_type *held_by_word(const struct cw_type *type,
					  unsigned word)
{
	const struct cw_type_argument *arguments;
	size_t num = cw_type_arguments(type, &arguments);

	return word < num ? cw_type_strip(arguments[num - 1 - word].type)
			  : NULL;
}

static void look(void *context, const struct cw_frame_variable *variable)
{
	struct finder *finder = context;
	const struct cw_type *type = cw_type_strip(variable->local->type);
	const struct row *row = row_of(type);
	unsigned char bytes[MOST_BYTES], known[MOST_BYTES];
	struct cw_member lock, owned;
	cw_addr address;

	if (!row || cw_frame_variable_bytes(finder->site, variable, bytes,
					    known, type->size) < WORD)
		return;
	if (!row->lock) {
		for (unsigned i = 0; i < type->size / WORD && i < MOST_LOCKS;
		     i++)
			if (word_at(bytes, known, type->size, i * WORD,
				    &address))
				add(finder, row, address, held_by_word(type, i),
				    false, variable->address);
		return;
	}
	if (!has_member(type, row->lock, &lock) ||
	    !word_at(bytes, known, type->size, lock.offset, &address))
		return;
	bool has_flag = row->owned && has_member(type, row->owned, &owned) &&
			owned.offset < type->size && known[owned.offset];
	if (has_flag && bytes[owned.offset] != 1)
		return;
	const struct cw_type *pointer = cw_type_strip(lock.type);
	const struct cw_type *pointee =
		pointer ? cw_type_strip(pointer->target) : NULL;
	add(finder, row, address, pointee, has_flag, variable->address);
}

static bool may_have_guards(struct finder *finder, cw_addr pc)
{
	const struct cw_function *function = NULL;
	uint32_t known;
	bool has_any = false;

	if (cw_map_get(&finder->has_guards, pc, &known))
		return known;
	cw_cleanup_error struct cw_error *err =
		cw_debug_function_at(finder->debug, pc, &function);
	for (uint32_t i = 0; !err && function && i < function->num_locals; i++)
		has_any |=
			row_of(cw_type_strip(function->locals[i].type)) != NULL;
	cw_map_set(&finder->has_guards, pc, has_any);
	return has_any;
}

static struct cw_error *find_in_thread(struct finder *finder,
				       const struct cw_thread *thread)
{
	const struct cw_stack *stack = cw_debug_stack(finder->debug, thread);
	struct cw_frame_site site = {
		.debug = finder->debug,
		.target = finder->target,
		.stack = stack,
	};
	struct cw_error *err = NULL;

	finder->site = &site;
	for (size_t i = 0; i < stack->frames.num && !err; i++) {
		site.frame = i;
		if (may_have_guards(finder, cw_frame_lookup_pc(
						    &stack->frames.items[i])))
			err = cw_frame_variables(&site, look, finder);
	}
	return err;
}

struct cw_error *cw_guards_find(struct cw_debug *debug,
				struct cw_progress *progress,
				struct cw_guards *ret)
{
	struct finder finder = {
		.debug = debug,
		.target = cw_debug_target(debug),
		.guards = ret,
	};
	struct cw_error *err = NULL;

	*ret = (struct cw_guards){0};
	cw_map_init(&finder.has_guards);
	cw_progress_begin(progress, "looking for guards of locks",
			  finder.target->threads.num);
	for (size_t i = 0; i < finder.target->threads.num && !err; i++) {
		finder.thread = i;
		/* Where debug info is damaged, there are none. */
		cw_cleanup_error struct cw_error *damage = find_in_thread(
			&finder, &finder.target->threads.items[i]);
		err = cw_progress_step(progress, i);
	}
	cw_map_deinit(&finder.has_guards);
	if (err)
		cw_guards_deinit(ret);
	return err;
}

void cw_guards_deinit(struct cw_guards *guards)
{
	cw_array_deinit(&guards->items);
}

/* The frames of a thread, looked through for a pointer to a lock. */
struct pointer_search {
	const struct cw_frame_site *site;
	bool is_for_condition;
	cw_addr lock;
};

static bool is_lock(const struct cw_type *type, bool is_condition)
{
	if (!type || !type->name)
		return false;
	for (size_t i = 0; i < cw_num_elements(locks); i++)
		if (locks[i].is_condition == is_condition &&
		    has_names(type->name, locks[i].root, locks[i].last))
			return true;
	return false;
}

static void look_for_pointer(void *context,
			     const struct cw_frame_variable *variable)
{
	struct pointer_search *search = context;
	const struct cw_type *type = cw_type_strip(variable->local->type);
	unsigned char known[WORD];
	cw_addr lock;

	if (search->lock || !type ||
	    (type->kind != CW_TYPE_POINTER &&
	     type->kind != CW_TYPE_REFERENCE) ||
	    !is_lock(cw_type_strip(type->target), search->is_for_condition) ||
	    cw_frame_variable_bytes(search->site, variable,
				    (unsigned char *)&lock, known,
				    WORD) != WORD)
		return;
	if (cw_target_segment(search->site->target, lock))
		search->lock = lock;
}

cw_addr cw_guard_waited_for(struct cw_debug *debug,
			    const struct cw_thread *thread,
			    bool is_for_condition)
{
	const struct cw_stack *stack = cw_debug_stack(debug, thread);
	struct cw_frame_site site = {
		.debug = debug,
		.target = cw_debug_target(debug),
		.stack = stack,
	};
	struct pointer_search search = {
		.site = &site,
		.is_for_condition = is_for_condition,
	};

	for (; site.frame < stack->frames.num && site.frame < MOST_FRAMES &&
	       !search.lock;
	     site.frame++) {
		cw_cleanup_error struct cw_error *err =
			cw_frame_variables(&site, look_for_pointer, &search);
	}
	return search.lock;
}

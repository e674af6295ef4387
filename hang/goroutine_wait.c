#include "hang/goroutine_wait.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/memory.h"
#include "golang/lock.h"
#include "hang/leak.h"
#include "object/extent.h"

/* Of more than that it is not to be told who is meant. */
enum { MAX_HINTS = 4096 };

/* Who may hold what: by the block that it is in, or itself. */
struct hint {
	uint64_t key;
	struct cw_go_hold hold;
};

struct work {
	struct cw_waits *waits;
	const struct cw_heap *heap;
	const struct cw_roots *roots;
	struct cw_progress *progress;
	struct cw_goroutine_leaks *leaks; /* or NULL */
	CW_ARRAY(struct hint) hints;	  /* by key */
	bool wants_holds;		  /* some goroutine waits for a lock */
};

static struct cw_wait *wait_of(const struct work *work, uint32_t goroutine)
{
	return &work->waits->items.items[work->waits->num_threads + goroutine];
}

/* ---- What they wait for */

static const struct {
	const char *reason; /* as Go's runtime names it */
	enum cw_wait_kind kind;
} reasons[] = {
	{"select", CW_WAIT_CHANNELS},
	{"sleep", CW_WAIT_SLEEP},
	{"IO wait", CW_WAIT_POLL},
};

static enum cw_wait_kind kind_by_reason(const char *reason)
{
	for (size_t i = 0; reason && i < cw_num_elements(reasons); i++)
		if (strcmp(reasons[i].reason, reason) == 0)
			return reasons[i].kind;
	return CW_WAIT_RUNTIME;
}

static enum cw_wait_kind kind_of_lock(enum cw_go_lock lock)
{
	switch (lock) {
	case CW_GO_LOCK_MUTEX:
		return CW_WAIT_MUTEX;
	case CW_GO_LOCK_READ:
		return CW_WAIT_RWLOCK_READ;
	case CW_GO_LOCK_WRITE:
		return CW_WAIT_RWLOCK_WRITE;
	case CW_GO_LOCK_GROUP:
		return CW_WAIT_GROUP;
	case CW_GO_LOCK_NONE:
		break;
	}
	return CW_WAIT_SEMAPHORE;
}

static void explain(struct work *work, uint32_t number)
{
	struct cw_wait *wait = wait_of(work, number);
	const struct cw_goroutine *goroutine = wait->goroutine;
	struct cw_wait_object *object = &wait->object;

	if (goroutine->status != CW_GO_WAITING &&
	    goroutine->status != CW_GO_LEAKED)
		return;
	if (work->leaks) {
		object->address = work->leaks->items[number].waits_for;
		wait->is_leaked = work->leaks->items[number].is_leaked;
		wait->is_suspect = work->leaks->items[number].is_suspect;
		work->waits->num_leaked += wait->is_leaked;
		work->waits->num_suspect += wait->is_suspect;
	}
	object->kind = kind_by_reason(goroutine->reason);
	switch (cw_go_wait_of(goroutine)) {
	case CW_GO_WAIT_NONE:
	case CW_GO_WAIT_IO: /* the connection */
		return;
	case CW_GO_WAIT_NEVER:
		object->kind = CW_WAIT_NEVER;
		return;
	case CW_GO_WAIT_CHANNEL:
		if (object->kind == CW_WAIT_RUNTIME)
			object->kind = CW_WAIT_CHANNEL;
		return;
	case CW_GO_WAIT_CONDITION:
		object->kind = CW_WAIT_CONDITION;
		return;
	case CW_GO_WAIT_SEMAPHORE:
		break;
	}
	object->kind = kind_of_lock(cw_go_lock_waited_for(
		work->roots->go, goroutine, object->address, &object->address));
	work->wants_holds |=
		object->kind != CW_WAIT_SEMAPHORE && object->address != 0;
}

/* ---- Who holds the locks */

static uint64_t key_of(const struct work *work, cw_addr address)
{
	const struct cw_block_index *index = &work->heap->index;
	uint64_t granule = cw_pointer_used(index, address);

	return granule == CW_NO_GRANULE
		       ? address
		       : cw_block_index_address(index, granule);
}

static int by_key(const void *left, const void *right)
{
	const struct hint *a = left, *b = right;

	return (a->key > b->key) - (a->key < b->key);
}

static struct cw_error *find_hints(struct work *work)
{
	struct cw_go_holds holds;

	struct cw_error *err =
		cw_go_holds_find(work->roots->go, &work->roots->goroutines,
				 work->progress, &holds);
	if (err)
		return err;
	cw_array_foreach(hold, &holds.items) * cw_array_push(&work->hints) =
		(struct hint){key_of(work, hold->value), *hold};
	cw_go_holds_deinit(&holds);
	if (work->hints.num)
		qsort(work->hints.items, work->hints.num, sizeof(struct hint),
		      by_key);
	return NULL;
}

static size_t first_hint(const struct work *work, uint64_t key)
{
	size_t low = 0, high = work->hints.num;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (work->hints.items[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Whether who has @lock keeps one that waits for @kind. */
static bool keeps(enum cw_go_lock lock, enum cw_wait_kind kind)
{
	switch (kind) {
	case CW_WAIT_MUTEX:
		/* Or it is the one of an RWMutex's writers. */
		return lock == CW_GO_LOCK_MUTEX || lock == CW_GO_LOCK_WRITE;
	case CW_WAIT_RWLOCK_READ:
		return lock == CW_GO_LOCK_WRITE;
	case CW_WAIT_RWLOCK_WRITE:
		return lock == CW_GO_LOCK_READ || lock == CW_GO_LOCK_WRITE;
	case CW_WAIT_GROUP:
		return lock == CW_GO_LOCK_GROUP;
	default:
		return false;
	}
}

/* All must let go, and not just one. */
static bool is_shared(enum cw_wait_kind kind)
{
	return kind == CW_WAIT_RWLOCK_WRITE || kind == CW_WAIT_GROUP;
}

struct choice {
	unsigned rank, num;
	uint32_t owner; /* number in items */
};

/*
 * A candidate; better ones replace all that were there.  That one waits for
 * the very lock speaks against it, unless there is nobody else.
 */
static void choose(const struct work *work, const struct cw_wait *wait,
		   uint32_t candidate, unsigned fit, struct choice *choice)
{
	const struct cw_wait *other = &work->waits->items.items[candidate];
	uint32_t number = wait - work->waits->items.items;
	bool waits_too = other->object.address == wait->object.address &&
			 other->object.kind == wait->object.kind;
	unsigned rank = fit + (waits_too ? 0 : 2);

	if (other == wait && wait->object.kind == CW_WAIT_GROUP)
		return;
	if (rank < choice->rank ||
	    (choice->num && rank == choice->rank && candidate == choice->owner))
		return;
	if (rank > choice->rank)
		*choice = (struct choice){.rank = rank};
	if (choice->num++ == 0 ||
	    cw_waits_lead_to(work->waits, candidate, number))
		choice->owner = candidate;
}

/* One that waits to write holds up readers, and other writers. */
static void choose_writer(const struct work *work, const struct cw_wait *wait,
			  struct choice *choice)
{
	const struct cw_waits *waits = work->waits;

	if (wait->object.kind != CW_WAIT_MUTEX &&
	    wait->object.kind != CW_WAIT_RWLOCK_READ)
		return;
	for (uint32_t i = waits->num_threads; i < waits->items.num; i++) {
		const struct cw_wait_object *object =
			&waits->items.items[i].object;
		if (object->kind == CW_WAIT_RWLOCK_WRITE &&
		    object->address == wait->object.address)
			choose(work, wait, i, 2, choice);
	}
}

static void find_owner(struct work *work, struct cw_wait *wait)
{
	struct choice choice = {.owner = CW_NO_THREAD};

	cw_addr lock = wait->object.address;
	uint64_t key = key_of(work, lock);
	size_t first = first_hint(work, key);
	for (size_t i = first;
	     i < work->hints.num && work->hints.items[i].key == key; i++) {
		const struct cw_go_hold *hold = &work->hints.items[i].hold;

		if (i - first == MAX_HINTS)
			return;
		/* It is the lock's address, or leads to what it is in. */
		if (keeps(hold->lock, wait->object.kind) && hold->value <= lock)
			choose(work, wait,
			       work->waits->num_threads + hold->goroutine,
			       hold->value == lock ? 2 : 1, &choice);
	}
	choose_writer(work, wait, &choice);
	if (choice.num == 0 ||
	    (choice.num > 1 && !is_shared(wait->object.kind)))
		return;
	wait->owner = choice.owner;
	wait->is_inferred = true;
	wait->num_inferred = choice.num;
	*cw_array_push(&work->waits->held) = (struct cw_held){
		.thread = choice.owner,
		.address = wait->object.address,
		.kind = wait->object.kind,
		.is_inferred = true,
		.is_wanted = true,
	};
}

static bool is_of_lock(enum cw_wait_kind kind)
{
	return kind == CW_WAIT_MUTEX || kind == CW_WAIT_RWLOCK_READ ||
	       is_shared(kind);
}

/* Those with one owner first: of several, one that waits in turn is named. */
static struct cw_error *find_owners(struct work *work)
{
	struct cw_waits *waits = work->waits;

	if (!work->wants_holds)
		return NULL;
	struct cw_error *err = find_hints(work);
	if (err)
		return err;
	for (unsigned shared = 0; shared < 2; shared++)
		for (uint32_t i = waits->num_threads; i < waits->items.num;
		     i++) {
			struct cw_wait *wait = &waits->items.items[i];
			if (wait->object.address &&
			    is_of_lock(wait->object.kind) &&
			    is_shared(wait->object.kind) == shared)
				find_owner(work, wait);
		}
	cw_array_deinit(&work->hints);
	return NULL;
}

/* ---- Threads */

static uint32_t thread_of(const struct cw_waits *waits, uint32_t tid)
{
	for (uint32_t i = 0; tid && i < waits->num_threads; i++)
		if (waits->items.items[i].thread->tid == tid)
			return i;
	return CW_NO_THREAD;
}

/* A goroutine's call of C, and C's call of a goroutine. */
static void join_thread(struct work *work, uint32_t number)
{
	struct cw_waits *waits = work->waits;
	struct cw_wait *wait = wait_of(work, number);
	uint32_t runs = thread_of(waits, wait->goroutine->tid);
	uint32_t locked = thread_of(waits, wait->goroutine->locked_tid);

	if (runs != CW_NO_THREAD) {
		if (!cw_wait_is_for_lock(&waits->items.items[runs]))
			return;
		wait->object = (struct cw_wait_object){.kind = CW_WAIT_THREAD};
		wait->owner = runs;
	} else if (locked != CW_NO_THREAD) {
		struct cw_wait *thread = &waits->items.items[locked];
		thread->object =
			(struct cw_wait_object){.kind = CW_WAIT_GOROUTINE};
		thread->owner = waits->num_threads + number;
		thread->is_inferred = thread->is_orphaned = false;
		thread->num_inferred = 0;
	}
}

/* ---- Channels */

enum { MAX_HOLDERS = 2, NOBODY = UINT32_MAX };

struct channel {
	uint32_t holders[MAX_HOLDERS]; /* numbers of goroutines */
	bool has_more;
};

struct channels {
	struct cw_map numbers; /* by address */
	CW_ARRAY(struct channel) items;
};

static void add_holder(const struct work *work, struct channel *channel,
		       cw_addr address, uint32_t goroutine)
{
	const struct cw_wait_object *object = &wait_of(work, goroutine)->object;

	/* Who waits for the same can do nothing for another. */
	if (object->kind == CW_WAIT_CHANNEL && object->address == address)
		return;
	for (unsigned i = 0; i < MAX_HOLDERS; i++) {
		if (channel->holders[i] == NOBODY)
			channel->holders[i] = goroutine;
		if (channel->holders[i] == goroutine)
			return;
	}
	channel->has_more = true;
}

static void search_stack(const struct work *work, struct channels *channels,
			 const struct cw_root *root)
{
	uint32_t goroutine =
		root->goroutine - work->roots->goroutines.items.items;

	for (uint64_t i = 0; i < root->num_words; i++) {
		uint32_t number;
		uint64_t value;

		if (root->pointers && !(root->pointers[i / 64] >> i % 64 & 1))
			continue;
		memcpy(&value, root->bytes + i * 8, sizeof(value));
		if (cw_map_get(&channels->numbers, value, &number))
			add_holder(work, &channels->items.items[number], value,
				   goroutine);
	}
}

static bool waits_in_vain(const struct cw_wait *wait)
{
	return wait->is_leaked && wait->object.kind == CW_WAIT_CHANNEL &&
	       wait->object.address;
}

/* Of channels that nobody has who goes on: the one other goroutine that does.
 */
static void find_holders(struct work *work)
{
	struct cw_waits *waits = work->waits;
	struct channels channels = {0};
	uint32_t number;

	if (waits->num_leaked == 0)
		return;
	cw_map_init(&channels.numbers);
	cw_array_foreach(leaked, &waits->items)
	{
		if (!waits_in_vain(leaked) ||
		    cw_map_get(&channels.numbers, leaked->object.address,
			       &number))
			continue;
		cw_map_set(&channels.numbers, leaked->object.address,
			   channels.items.num);
		*cw_array_push(&channels.items) =
			(struct channel){.holders = {NOBODY, NOBODY}};
	}
	cw_array_foreach(root, &work->roots->roots)
	{
		if (root->kind == CW_ROOT_GOROUTINE && root->goroutine)
			search_stack(work, &channels, root);
	}
	cw_array_foreach(wait, &waits->items)
	{
		if (!waits_in_vain(wait) ||
		    !cw_map_get(&channels.numbers, wait->object.address,
				&number))
			continue;
		const struct channel *channel = &channels.items.items[number];
		if (channel->holders[0] == NOBODY ||
		    channel->holders[1] != NOBODY)
			continue;
		wait->owner = waits->num_threads + channel->holders[0];
		wait->is_inferred = true;
		wait->num_inferred = 1;
	}
	cw_array_deinit(&channels.items);
	cw_map_deinit(&channels.numbers);
}

struct cw_error *cw_goroutine_waits_add(struct cw_waits *waits,
					const struct cw_heap *heap,
					const struct cw_roots *roots,
					struct cw_progress *progress)
{
	struct work work = {
		.waits = waits,
		.heap = heap,
		.roots = roots,
		.progress = progress,
	};
	const struct cw_goroutines *goroutines = &roots->goroutines;

	if (heap->index.pointers) {
		struct cw_error *err =
			cw_goroutine_leaks_create(roots->go, goroutines, heap,
						  roots, progress, &work.leaks);
		if (err)
			return err;
	}
	waits->num_goroutines = goroutines->items.num;
	cw_array_foreach(goroutine, &goroutines->items) *
		cw_array_push(&waits->items) = (struct cw_wait){
		.goroutine = goroutine,
		.owner = CW_NO_THREAD,
		.fd = -1,
		.cycle = CW_NO_THREAD,
	};
	for (uint32_t i = 0; i < goroutines->items.num; i++)
		explain(&work, i);
	struct cw_error *err = find_owners(&work);
	for (uint32_t i = 0; !err && i < goroutines->items.num; i++)
		join_thread(&work, i);
	if (!err)
		find_holders(&work);
	cw_goroutine_leaks_destroy(work.leaks);
	return err;
}

/*
 * package sync, 1.19 to 1.27:
 *
 *	Mutex		state 4 (bit 0: locked), semaphore 4
 *	RWMutex		Mutex of writers 8, semaphore of the writer 4, of
 *			readers 4, number of readers 4, of those to wait for 4
 *	WaitGroup	state 8, semaphore 4
 *
 * Lock(), RLock() and what releases are inlined but for what they call when
 * somebody else is there: lockSlow() and the like.
 */
#include "golang/lock.h"

#include <string.h>

#include "base/memory.h"
#include "golang/frame.h"
#include "golang/lock_private.h"
#include "golang/stack_map.h"

enum {
	MAX_INNER_FRAMES = 8,
	MAX_FRAMES = 1000,
	STEP = 64,
	SEMAPHORE_OF_MUTEX = 4,
	SEMAPHORE_OF_WRITER = 8,
	SEMAPHORE_OF_READERS = 12,
	SEMAPHORE_OF_GROUP = 8,
};

/* ---- Names */

static const struct cw_go_lock_row functions[] = {
	{"sync.(*Mutex).Lock", CW_GO_TAKES, CW_GO_LOCK_MUTEX,
	 SEMAPHORE_OF_MUTEX},
	{"sync.(*Mutex).lockSlow", CW_GO_TAKES, CW_GO_LOCK_MUTEX,
	 SEMAPHORE_OF_MUTEX},
	{"internal/sync.(*Mutex).Lock", CW_GO_TAKES, CW_GO_LOCK_MUTEX,
	 SEMAPHORE_OF_MUTEX},
	{"internal/sync.(*Mutex).lockSlow", CW_GO_TAKES, CW_GO_LOCK_MUTEX,
	 SEMAPHORE_OF_MUTEX},
	{"sync.(*Mutex).Unlock", CW_GO_GIVES, CW_GO_LOCK_MUTEX, 0},
	{"sync.(*Mutex).unlockSlow", CW_GO_GIVES, CW_GO_LOCK_MUTEX, 0},
	{"internal/sync.(*Mutex).Unlock", CW_GO_GIVES, CW_GO_LOCK_MUTEX, 0},
	{"internal/sync.(*Mutex).unlockSlow", CW_GO_GIVES, CW_GO_LOCK_MUTEX, 0},
	{"sync.(*RWMutex).Lock", CW_GO_TAKES, CW_GO_LOCK_WRITE,
	 SEMAPHORE_OF_WRITER},
	{"sync.(*RWMutex).Unlock", CW_GO_GIVES, CW_GO_LOCK_WRITE, 0},
	{"sync.(*RWMutex).RLock", CW_GO_TAKES, CW_GO_LOCK_READ,
	 SEMAPHORE_OF_READERS},
	{"sync.runtime_SemacquireRWMutexR", CW_GO_TAKES, CW_GO_LOCK_READ,
	 SEMAPHORE_OF_READERS},
	/* Up to 1.19. */
	{"sync.runtime_SemacquireMutex", CW_GO_TAKES, CW_GO_LOCK_READ, 0},
	{"sync.(*RWMutex).RUnlock", CW_GO_GIVES, CW_GO_LOCK_READ, 0},
	{"sync.(*RWMutex).rUnlockSlow", CW_GO_GIVES, CW_GO_LOCK_READ, 0},
	{"sync.(*WaitGroup).Wait", CW_GO_WAITS, CW_GO_LOCK_GROUP,
	 SEMAPHORE_OF_GROUP},
	{"sync.(*WaitGroup).Add", CW_GO_GIVES, CW_GO_LOCK_GROUP, 0},
	{"sync.(*WaitGroup).Done", CW_GO_GIVES, CW_GO_LOCK_GROUP, 0},
};

const struct cw_go_lock_row *cw_go_lock_row(const char *name)
{
	if (!name || (strncmp(name, "sync.", 5) != 0 &&
		      strncmp(name, "internal/sync.", 14) != 0))
		return NULL;
	for (size_t i = 0; i < cw_num_elements(functions); i++)
		if (strcmp(functions[i].name, name) == 0)
			return &functions[i];
	return NULL;
}

enum cw_go_lock cw_go_lock_waited_for(const struct cw_go *go,
				      const struct cw_goroutine *goroutine,
				      cw_addr semaphore, cw_addr *ret)
{
	struct cw_go_frame frame = {0};

	for (unsigned i = 0; i < MAX_INNER_FRAMES; i++) {
		if (!cw_go_call_next(go, goroutine, &frame))
			break;
		const struct cw_go_lock_row *row = cw_go_lock_row(frame.name);
		if (!row || row->semaphore == 0)
			continue;
		*ret = semaphore - row->semaphore;
		return row->lock;
	}
	return CW_GO_LOCK_NONE;
}

/* ---- Frames */

struct search {
	const struct cw_go *go;
	const struct cw_goroutines *goroutines;
	struct cw_go_lock_sites sites;
	struct cw_go_stack_map map;
	struct cw_go_holds *holds;
};

/* Bits: locks that the function has taken, or that it will give. */
static uint32_t held_at(const struct search *search,
			const struct cw_go_lock_body *body, cw_addr here)
{
	uint32_t taken = 1u << CW_GO_LOCK_GROUP, given = 0;

	for (uint32_t i = 0; i < body->num; i++) {
		const struct cw_go_lock_site *site =
			&search->sites.items.items[body->first + i];

		if (site->deed == CW_GO_TAKES && site->start < here &&
		    site->place != here)
			taken |= 1u << site->lock;
		if (site->deed == CW_GO_GIVES &&
		    (site->is_deferred ? site->place < here
				       : site->start > here))
			given |= 1u << site->lock;
	}
	return taken & given & ~1u;
}

static void add_hold(struct search *search, uint32_t goroutine, uint32_t locks,
		     cw_addr value)
{
	for (unsigned lock = 1; locks >> lock; lock++)
		if (locks >> lock & 1)
			*cw_array_push(&search->holds->items) =
				(struct cw_go_hold){goroutine, lock, value};
}

static void add_mentions(struct search *search, uint32_t goroutine,
			 const struct cw_go_lock_body *body, cw_addr here,
			 uint32_t locks)
{
	for (uint32_t i = 0; i < body->num; i++) {
		const struct cw_go_lock_site *site =
			&search->sites.items.items[body->first + i];
		cw_addr value;

		if (site->mentioned == 0 || site->place >= here)
			continue;
		add_hold(search, goroutine, locks, site->mentioned);
		if (cw_target_read_word(search->go->target, site->mentioned,
					&value))
			add_hold(search, goroutine, locks, value);
	}
}

/* sync.(*Cond).Wait() releases the lock before it waits. */
static bool is_without_lock(const char *callee)
{
	return callee && strcmp(callee, "sync.(*Cond).Wait") == 0;
}

static void look_at(struct search *search, uint32_t number)
{
	const struct cw_go *go = search->go;
	const struct cw_goroutine *goroutine =
		&search->goroutines->items.items[number];
	CW_ARRAY(uint32_t) locks = {0}; /* by frame */
	struct cw_go_frame frame = {0};
	const char *callee = NULL;
	uint32_t all = 0;

	while (locks.num < MAX_FRAMES &&
	       cw_go_frame_next(go, goroutine, &frame)) {
		struct cw_go_lock_body body =
			cw_go_lock_sites_of(&search->sites, &frame.function);
		uint32_t held = 0;

		if (body.num && !cw_go_lock_row(frame.function.name) &&
		    !is_without_lock(callee))
			held = held_at(search, &body, frame.pc - 1);
		if (held)
			add_mentions(search, number, &body, frame.pc - 1, held);
		all |= held;
		callee = frame.function.name;
		*cw_array_push(&locks) = held;
	}
	if (all) {
		search->map.words.num = 0;
		cw_go_stack_map_add(&search->map, go, goroutine);
	}
	for (size_t i = 0; all && i < search->map.words.num; i++) {
		const struct cw_go_stack_word *word =
			&search->map.words.items[i];
		if (word->frame < locks.num)
			add_hold(search, number, locks.items[word->frame],
				 word->value);
	}
	cw_array_deinit(&locks);
}

struct cw_error *cw_go_holds_find(const struct cw_go *go,
				  const struct cw_goroutines *goroutines,
				  struct cw_progress *progress,
				  struct cw_go_holds *ret)
{
	size_t num = goroutines->items.num;
	struct search search = {
		.go = go,
		.goroutines = goroutines,
		.holds = ret,
	};

	*ret = (struct cw_go_holds){0};
	struct cw_error *err = cw_go_lock_sites_init(&search.sites, go);
	cw_progress_begin(progress, "looking for who holds locks", num);
	for (size_t i = 0; !err && i < num; i++) {
		look_at(&search, i);
		err = i % STEP ? NULL : cw_progress_step(progress, i);
	}
	cw_go_lock_sites_deinit(&search.sites);
	cw_go_stack_map_deinit(&search.map);
	if (err)
		cw_go_holds_deinit(ret);
	return err;
}

void cw_go_holds_deinit(struct cw_go_holds *holds)
{
	cw_array_deinit(&holds->items);
}

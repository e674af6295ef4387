#include "hang/hint.h"

#include <string.h>

#include "base/memory.h"
#include "dwarf/stacks.h"
#include "target/symbol.h"

/* How far up from the system call a library's own function is looked for. */
enum { MAX_FRAMES = 10 };

static const struct {
	const char *name; /* without underscores in front */
	enum cw_wait_kind kind;
} functions[] = {
	{"pthread_mutex_lock", CW_WAIT_MUTEX},
	{"pthread_mutex_timedlock", CW_WAIT_MUTEX},
	{"pthread_mutex_clocklock", CW_WAIT_MUTEX},
	{"mtx_lock", CW_WAIT_MUTEX},
	{"pthread_cond_wait", CW_WAIT_CONDITION},
	{"pthread_cond_timedwait", CW_WAIT_CONDITION},
	{"pthread_cond_clockwait", CW_WAIT_CONDITION},
	{"cnd_wait", CW_WAIT_CONDITION},
	{"pthread_rwlock_rdlock", CW_WAIT_RWLOCK_READ},
	{"pthread_rwlock_timedrdlock", CW_WAIT_RWLOCK_READ},
	{"pthread_rwlock_clockrdlock", CW_WAIT_RWLOCK_READ},
	{"pthread_rwlock_wrlock", CW_WAIT_RWLOCK_WRITE},
	{"pthread_rwlock_timedwrlock", CW_WAIT_RWLOCK_WRITE},
	{"pthread_rwlock_clockwrlock", CW_WAIT_RWLOCK_WRITE},
	{"sem_wait", CW_WAIT_SEMAPHORE},
	{"sem_timedwait", CW_WAIT_SEMAPHORE},
	{"sem_clockwait", CW_WAIT_SEMAPHORE},
	{"pthread_barrier_wait", CW_WAIT_BARRIER},
	{"pthread_join", CW_WAIT_JOIN},
	{"pthread_timedjoin_np", CW_WAIT_JOIN},
	{"pthread_clockjoin_np", CW_WAIT_JOIN},
	{"pthread_once", CW_WAIT_ONCE},
	{"cxa_guard_acquire", CW_WAIT_ONCE},
};

/* Names that mangling keeps in one piece: Rust's std, as futexes have it. */
static const struct {
	const char *part;
	enum cw_wait_kind kind;
} mangled[] = {
	{"lock_contended", CW_WAIT_LOCK},
	{"read_contended", CW_WAIT_RWLOCK_READ},
	{"write_contended", CW_WAIT_RWLOCK_WRITE},
	{"7Condvar4wait", CW_WAIT_CONDITION},
	{"7Condvar12wait_timeout", CW_WAIT_CONDITION},
	{"6thread4park", CW_WAIT_PARK},
	{"6Parker4park", CW_WAIT_PARK},
	{"6Thread4park", CW_WAIT_PARK},
};

static enum cw_wait_kind kind_of(const char *name, bool *ret_is_rust)
{
	*ret_is_rust = false;
	if (name[0] == '_' && (name[1] == 'Z' || name[1] == 'R')) {
		for (size_t i = 0; i < cw_num_elements(mangled); i++)
			if (strstr(name, mangled[i].part)) {
				*ret_is_rust = true;
				return mangled[i].kind;
			}
		return CW_WAIT_NOTHING;
	}
	name += strspn(name, "_");
	for (size_t i = 0; i < cw_num_elements(functions); i++)
		if (strcmp(name, functions[i].name) == 0)
			return functions[i].kind;
	return CW_WAIT_NOTHING;
}

enum cw_wait_kind cw_wait_hint(struct cw_debug *debug,
			       const struct cw_thread *thread,
			       bool *ret_is_rust)
{
	struct cw_target *target = (struct cw_target *)cw_debug_target(debug);
	const struct cw_stack *stack = cw_debug_stack(debug, thread);

	for (size_t i = 0; i < stack->frames.num && i < MAX_FRAMES; i++) {
		const struct cw_symbol *symbol = cw_symbol_at(
			target, cw_frame_lookup_pc(&stack->frames.items[i]));
		enum cw_wait_kind kind =
			symbol ? kind_of(symbol->name, ret_is_rust)
			       : CW_WAIT_NOTHING;
		if (kind != CW_WAIT_NOTHING)
			return kind;
	}
	*ret_is_rust = false;
	return CW_WAIT_NOTHING;
}

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
	bool is_own;	/* of a library that is not glibc */
	uint8_t offset; /* of the word that it waits at, in the object */
} functions[] = {
	{"pthread_mutex_lock", CW_WAIT_MUTEX, false, 0},
	{"pthread_mutex_timedlock", CW_WAIT_MUTEX, false, 0},
	{"pthread_mutex_clocklock", CW_WAIT_MUTEX, false, 0},
	{"mtx_lock", CW_WAIT_MUTEX, false, 0},
	{"pthread_cond_wait", CW_WAIT_CONDITION, false, 0},
	{"pthread_cond_timedwait", CW_WAIT_CONDITION, false, 0},
	{"pthread_cond_clockwait", CW_WAIT_CONDITION, false, 0},
	{"cnd_wait", CW_WAIT_CONDITION, false, 0},
	{"pthread_rwlock_rdlock", CW_WAIT_RWLOCK_READ, false, 0},
	{"pthread_rwlock_timedrdlock", CW_WAIT_RWLOCK_READ, false, 0},
	{"pthread_rwlock_clockrdlock", CW_WAIT_RWLOCK_READ, false, 0},
	{"pthread_rwlock_wrlock", CW_WAIT_RWLOCK_WRITE, false, 0},
	{"pthread_rwlock_timedwrlock", CW_WAIT_RWLOCK_WRITE, false, 0},
	{"pthread_rwlock_clockwrlock", CW_WAIT_RWLOCK_WRITE, false, 0},
	{"sem_wait", CW_WAIT_SEMAPHORE, false, 0},
	{"sem_timedwait", CW_WAIT_SEMAPHORE, false, 0},
	{"sem_clockwait", CW_WAIT_SEMAPHORE, false, 0},
	{"pthread_barrier_wait", CW_WAIT_BARRIER, false, 0},
	{"pthread_join", CW_WAIT_JOIN, false, 0},
	{"pthread_timedjoin_np", CW_WAIT_JOIN, false, 0},
	{"pthread_clockjoin_np", CW_WAIT_JOIN, false, 0},
	{"pthread_once", CW_WAIT_ONCE, false, 0},
	{"pthread_once_slow", CW_WAIT_ONCE, false, 0},
	{"cxa_guard_acquire", CW_WAIT_ONCE, false, 0},
	{"malloc", CW_WAIT_ALLOCATOR, false, 0},
	{"calloc", CW_WAIT_ALLOCATOR, false, 0},
	{"realloc", CW_WAIT_ALLOCATOR, false, 0},
	{"free", CW_WAIT_ALLOCATOR, false, 0},
	{"memalign", CW_WAIT_ALLOCATOR, false, 0},
	{"aligned_alloc", CW_WAIT_ALLOCATOR, false, 0},
	{"posix_memalign", CW_WAIT_ALLOCATOR, false, 0},
	{"malloc_trim", CW_WAIT_ALLOCATOR, false, 0},
	{"mallinfo2", CW_WAIT_ALLOCATOR, false, 0},
	{"g_mutex_lock", CW_WAIT_LOCK, true, 0},
	{"g_cond_wait", CW_WAIT_CONDITION, true, 8},
	{"g_cond_wait_until", CW_WAIT_CONDITION, true, 8},
	{"g_bit_lock", CW_WAIT_LOCK, true, 0},
	{"g_pointer_bit_lock", CW_WAIT_LOCK, true, 0},
	{"GOMP_barrier", CW_WAIT_BARRIER, true, 0},
	{"GOMP_critical_start", CW_WAIT_LOCK, true, 0},
	{"GOMP_critical_name_start", CW_WAIT_LOCK, true, 0},
	{"omp_set_lock", CW_WAIT_LOCK, true, 0},
	{"omp_set_nest_lock", CW_WAIT_LOCK, true, 0},
};

/*
 * Names that mangling keeps in one piece: Rust's std, as futexes have it;
 * libstdc++ and Qt; parking_lot and absl, whose threads wait at words of their
 * own.
 */
static const struct {
	const char *part;
	enum cw_wait_kind kind;
	bool is_elsewhere;
} mangled[] = {
	{"8RawMutex9lock_slow", CW_WAIT_LOCK, true},
	{"9RawRwLock16lock_shared_slow", CW_WAIT_RWLOCK_READ, true},
	{"9RawRwLock19lock_exclusive_slow", CW_WAIT_RWLOCK_WRITE, true},
	{"9RawRwLock16wait_for_readers", CW_WAIT_RWLOCK_WRITE, true},
	{"7Condvar19wait_until_internal", CW_WAIT_CONDITION, true},
	{"5Mutex12LockSlowLoopEPN", CW_WAIT_LOCK, true},
	{"7CondVar10WaitCommonEPN", CW_WAIT_CONDITION, true},
	{"lock_contended", CW_WAIT_LOCK, false},
	{"read_contended", CW_WAIT_RWLOCK_READ, false},
	{"write_contended", CW_WAIT_RWLOCK_WRITE, false},
	{"7Condvar4wait", CW_WAIT_CONDITION, false},
	{"7Condvar12wait_timeout", CW_WAIT_CONDITION, false},
	{"4Once4call", CW_WAIT_ONCE, false},
	{"19_M_futex_wait_until", CW_WAIT_FUTURE, false},
	{"11QBasicMutex12lockInternal", CW_WAIT_LOCK, false},
	{"10QSemaphore7acquire", CW_WAIT_SEMAPHORE, false},
	{"6thread4park", CW_WAIT_PARK, false},
	{"6Parker4park", CW_WAIT_PARK, false},
	{"6Thread4park", CW_WAIT_PARK, false},
};

static struct cw_wait_hint hint_of_mangled(const char *name)
{
	for (size_t i = 0; i < cw_num_elements(mangled); i++)
		if (strstr(name, mangled[i].part))
			return (struct cw_wait_hint){
				.kind = mangled[i].kind,
				.is_own = true,
				.is_elsewhere = mangled[i].is_elsewhere,
			};
	return (struct cw_wait_hint){0};
}

static struct cw_wait_hint hint_of(const char *name)
{
	if (name[0] == '_' && (name[1] == 'Z' || name[1] == 'R'))
		return hint_of_mangled(name);
	name += strspn(name, "_");
	for (size_t i = 0; i < cw_num_elements(functions); i++)
		if (strcmp(name, functions[i].name) == 0)
			return (struct cw_wait_hint){
				.kind = functions[i].kind,
				.is_own = functions[i].is_own,
				.offset = functions[i].offset,
				.is_guard =
					strcmp(name, "cxa_guard_acquire") == 0,
			};
	return (struct cw_wait_hint){0};
}

struct cw_wait_hint cw_frame_hint(struct cw_debug *debug,
				  const struct cw_frame *frame)
{
	struct cw_target *target = (struct cw_target *)cw_debug_target(debug);
	const struct cw_symbol *symbol =
		cw_symbol_at(target, cw_frame_lookup_pc(frame));

	return symbol ? hint_of(symbol->name) : (struct cw_wait_hint){0};
}

struct cw_wait_hint cw_wait_hint(struct cw_debug *debug,
				 const struct cw_thread *thread)
{
	const struct cw_stack *stack = cw_debug_stack(debug, thread);
	struct cw_wait_hint hint = {0};

	for (size_t i = 0; i < stack->frames.num && i < MAX_FRAMES &&
			   hint.kind == CW_WAIT_NOTHING;
	     i++) {
		hint = cw_frame_hint(debug, &stack->frames.items[i]);
		hint.frame = i;
	}
	return hint;
}

/* The function is so small that the lock stays where it was passed. */
cw_addr cw_spinlock_waited_for(struct cw_debug *debug,
			       const struct cw_thread *thread)
{
	struct cw_target *target = (struct cw_target *)cw_debug_target(debug);
	const struct cw_symbol *symbol =
		cw_symbol_at(target, thread->regs[CW_REG_RIP]);
	cw_addr lock = thread->regs[CW_REG_RDI];

	return symbol && strcmp(symbol->name, "pthread_spin_lock") == 0 &&
			       cw_target_segment(target, lock)
		       ? lock
		       : 0;
}

#include "hang/futex.h"

#include "base/memory.h"

/* <linux/futex.h> */
enum {
	OPERATION_MASK = 127,
	FUTEX_WAIT = 0,
	FUTEX_LOCK_PI = 6,
	FUTEX_WAIT_BITSET = 9,
	FUTEX_WAIT_REQUEUE_PI = 11,
	FUTEX_LOCK_PI2 = 13,
};
#define TID_MASK    UINT32_C(0x3fffffff)
#define HAS_WAITERS UINT32_C(0x80000000)

/* pthread_mutex_t: words of 4 bytes. */
enum {
	MUTEX_LOCK = 0, /* 0 free, 1 held, 2 held and waited for; or a TID */
	MUTEX_COUNT = 4,
	MUTEX_OWNER = 8,
	MUTEX_USERS = 12,
	MUTEX_KIND = 16, /* type in the lowest bits, then flags */
	MUTEX_SIZE = 20,
	KIND_TYPES = 3,
	KIND_RECURSIVE = 1,
	KIND_ROBUST = 16,
	KIND_PI = 32,
	KIND_ALL = 0x3f3,
};

/* pthread_cond_t since 2.25: two groups, a word to wait at for each. */
enum {
	COND_REFS = 16,
	COND_WAITERS = 36, /* number << 3 */
	COND_SIGNALS = 40,
};

/* pthread_rwlock_t since 2.25. */
enum {
	RWLOCK_PHASE = 8, /* waited at by readers, and by the first writer */
	RWLOCK_WRITERS = 12,
	RWLOCK_WRITER = 24, /* TID */
	RWLOCK_SHARED = 28,
	RWLOCK_USED = 2, /* the value waited at: 2, or 3 */
};

/* sem_t: the value, then the number of those who wait. */
enum {
	SEM_WAITERS = 4,
	SEM_PRIVATE = 8,
};

/* pthread_barrier_t. */
enum {
	BARRIER_IN = 0,
	BARRIER_ROUND = 4,
	BARRIER_COUNT = 8,
	BARRIER_SHARED = 12,
};

/* struct pthread: the TID is at 0x2d0 since 2.4. */
enum { BLOCK_TID = 0x2d0 };

/* A lock of stdio: lock, depth, and the owner's control block. */
enum { STDIO_OWNER = 8 };

static uint32_t word_at(const struct cw_futex_question *question,
			cw_addr address)
{
	uint32_t word = 0;

	cw_target_read(question->target, address, &word, sizeof(word));
	return word;
}

static bool is_owner(const struct cw_futex_question *question, uint32_t tid)
{
	return tid != 0 && question->is_tid(question->context, tid);
}

/*
 * A mutex names its owner, has users, and its kind is one of few numbers; but
 * for its owner, who may be gone, all is the same in any lock of that size.
 */
static bool explain_mutex(const struct cw_futex_question *question,
			  cw_addr address, struct cw_wait_object *ret)
{
	uint32_t kind = word_at(question, address + MUTEX_KIND);
	uint32_t lock = word_at(question, address + MUTEX_LOCK);
	uint32_t users = word_at(question, address + MUTEX_USERS);
	uint32_t owner = word_at(question, address + MUTEX_OWNER);
	uint32_t count = word_at(question, address + MUTEX_COUNT);

	if ((kind & ~KIND_ALL) || users == 0 || users > 1u << 20)
		return false;
	if (kind & (KIND_ROBUST | KIND_PI))
		owner = lock & TID_MASK;
	if (owner == 0 || owner > 1u << 22)
		return false;
	ret->kind = CW_WAIT_MUTEX;
	ret->address = address;
	ret->owner_tid = owner;
	ret->is_robust = kind & KIND_ROBUST;
	ret->inherits_priority = kind & KIND_PI;
	ret->num_recursions = (kind & KIND_TYPES) == KIND_RECURSIVE ? count : 0;
	return true;
}

/* Something that is 0, 1 or 2, as glibc's own locks are, and Rust's. */
static void explain_lock(const struct cw_futex_question *question,
			 cw_addr address, struct cw_wait_object *ret)
{
	cw_addr owner;

	if (explain_mutex(question, address, ret))
		return;
	ret->kind = CW_WAIT_LOCK;
	ret->address = address;
	if (address % 8 == 0 &&
	    cw_target_read_word(question->target, address + STDIO_OWNER,
				&owner) &&
	    question->is_block(question->context, owner))
		ret->owner_block = owner;
}

static bool explain_join(const struct cw_futex_question *question,
			 cw_addr address, struct cw_wait_object *ret)
{
	if (!question->is_block(question->context, address - BLOCK_TID) ||
	    question->call->arguments[2] == 0)
		return false;
	ret->kind = CW_WAIT_JOIN;
	ret->address = address - BLOCK_TID;
	ret->owner_tid = question->call->arguments[2];
	return true;
}

static bool explain_semaphore(const struct cw_futex_question *question,
			      cw_addr address, struct cw_wait_object *ret)
{
	uint32_t waiters = word_at(question, address + SEM_WAITERS);
	uint32_t flag = word_at(question, address + SEM_PRIVATE);

	if (question->hint != CW_WAIT_SEMAPHORE &&
	    (address % 8 != 0 || word_at(question, address) != 0 ||
	     waiters == 0 || waiters > question->num_threads ||
	     (flag != 0 && flag != 128)))
		return false;
	ret->kind = CW_WAIT_SEMAPHORE;
	ret->address = address;
	return true;
}

static bool explain_condition(const struct cw_futex_question *question,
			      cw_addr address, struct cw_wait_object *ret)
{
	cw_addr base = address - COND_SIGNALS - address % 8;
	uint32_t waiters = word_at(question, base + COND_WAITERS) >> 3;
	uint64_t refs = (uint64_t)word_at(question, base + COND_REFS) / 2 +
			word_at(question, base + COND_REFS + 4) / 2;

	if (question->hint != CW_WAIT_CONDITION &&
	    (address % 4 != 0 || waiters == 0 ||
	     waiters > question->num_threads || refs < waiters))
		return false;
	ret->kind = CW_WAIT_CONDITION;
	ret->address = base;
	return true;
}

static bool explain_barrier(const struct cw_futex_question *question,
			    cw_addr address, struct cw_wait_object *ret)
{
	cw_addr base = address - BARRIER_ROUND;
	uint32_t in = word_at(question, base + BARRIER_IN);
	uint32_t count = word_at(question, base + BARRIER_COUNT);
	uint32_t shared = word_at(question, base + BARRIER_SHARED);

	if (question->hint != CW_WAIT_BARRIER &&
	    (base % 8 != 0 || count == 0 || in == 0 ||
	     in > question->num_threads ||
	     in - word_at(question, address) > count ||
	     (shared != 0 && shared != 128)))
		return false;
	ret->kind = CW_WAIT_BARRIER;
	ret->address = base;
	return true;
}

static bool explain_rwlock(const struct cw_futex_question *question,
			   cw_addr address, struct cw_wait_object *ret)
{
	cw_addr base = address % 8 == 0 ? address - RWLOCK_PHASE
					: address - RWLOCK_WRITERS;
	uint32_t value = question->call->arguments[2];
	uint32_t writer = word_at(question, base + RWLOCK_WRITER);
	bool is_told = question->hint == CW_WAIT_RWLOCK_READ ||
		       question->hint == CW_WAIT_RWLOCK_WRITE;

	if (!is_told && ((value & ~1u) != RWLOCK_USED ||
			 word_at(question, base + RWLOCK_SHARED) > 1 ||
			 (writer != 0 && !is_owner(question, writer)) ||
			 (writer == 0 && word_at(question, base) < 8)))
		return false;
	ret->kind = question->hint;
	if (!is_told)
		ret->kind = address % 8 == 0 && value == (RWLOCK_USED | 1)
				    ? CW_WAIT_RWLOCK_READ
				    : CW_WAIT_RWLOCK_WRITE;
	ret->address = base;
	ret->owner_tid = writer;
	return true;
}

/* A wait for the word to become another one. */
static bool explain_word(const struct cw_futex_question *question,
			 cw_addr address, struct cw_wait_object *ret)
{
	uint32_t value = question->call->arguments[2];

	switch (question->hint) {
	case CW_WAIT_SEMAPHORE:
		return explain_semaphore(question, address, ret);
	case CW_WAIT_CONDITION:
		return explain_condition(question, address, ret);
	case CW_WAIT_BARRIER:
		return explain_barrier(question, address, ret);
	case CW_WAIT_RWLOCK_READ:
	case CW_WAIT_RWLOCK_WRITE:
		return explain_rwlock(question, address, ret);
	default:
		break;
	}
	if (value == 0)
		return explain_semaphore(question, address, ret) ||
		       explain_condition(question, address, ret) ||
		       explain_barrier(question, address, ret);
	return explain_rwlock(question, address, ret) ||
	       explain_condition(question, address, ret) ||
	       explain_barrier(question, address, ret);
}

void cw_futex_explain(const struct cw_futex_question *question,
		      struct cw_wait_object *ret)
{
	cw_addr address = question->call->arguments[0];
	unsigned operation = question->call->arguments[1] & OPERATION_MASK;
	uint32_t value = question->call->arguments[2];
	struct cw_wait_object object = {.kind = CW_WAIT_FUTEX,
					.address = address};

	*ret = object;
	if (operation == FUTEX_LOCK_PI || operation == FUTEX_LOCK_PI2) {
		if (!explain_mutex(question, address, ret)) {
			ret->kind = CW_WAIT_MUTEX;
			ret->owner_tid = word_at(question, address) & TID_MASK;
		}
		return;
	}
	if (explain_join(question, address, ret))
		return;
	if (operation == FUTEX_WAIT_REQUEUE_PI) {
		ret->kind = CW_WAIT_CONDITION;
		return;
	}
	if (operation == FUTEX_WAIT && value & HAS_WAITERS &&
	    explain_mutex(question, address, ret))
		return;
	if (operation == FUTEX_WAIT && value == 2 &&
	    question->hint != CW_WAIT_RWLOCK_WRITE) {
		explain_lock(question, address, ret);
		return;
	}
	if (explain_word(question, address, ret))
		return;
	*ret = object;
	if (question->hint != CW_WAIT_NOTHING)
		ret->kind = question->hint;
	/* As std::sync::Mutex of Rust. */
	else if (operation == FUTEX_WAIT_BITSET && value == 2)
		ret->kind = CW_WAIT_LOCK;
}

static const char *const names[CW_NUM_WAIT_KINDS] = {
	[CW_WAIT_NOTHING] = "running",
	[CW_WAIT_MUTEX] = "mutex",
	[CW_WAIT_CONDITION] = "condition",
	[CW_WAIT_RWLOCK_READ] = "rwlock-read",
	[CW_WAIT_RWLOCK_WRITE] = "rwlock-write",
	[CW_WAIT_SEMAPHORE] = "semaphore",
	[CW_WAIT_BARRIER] = "barrier",
	[CW_WAIT_JOIN] = "join",
	[CW_WAIT_ONCE] = "once",
	[CW_WAIT_PARK] = "park",
	[CW_WAIT_LOCK] = "lock",
	[CW_WAIT_FUTEX] = "futex",
	[CW_WAIT_POLL] = "poll",
	[CW_WAIT_SELECT] = "select",
	[CW_WAIT_EPOLL] = "epoll",
	[CW_WAIT_READ] = "read",
	[CW_WAIT_WRITE] = "write",
	[CW_WAIT_ACCEPT] = "accept",
	[CW_WAIT_CONNECT] = "connect",
	[CW_WAIT_RECEIVE] = "receive",
	[CW_WAIT_SEND] = "send",
	[CW_WAIT_SLEEP] = "sleep",
	[CW_WAIT_PAUSE] = "pause",
	[CW_WAIT_SIGNAL] = "sigwait",
	[CW_WAIT_CHILD] = "child",
	[CW_WAIT_FILE_LOCK] = "file-lock",
	[CW_WAIT_MESSAGE] = "message",
	[CW_WAIT_CALL] = "call",
};

const char *cw_wait_kind_name(enum cw_wait_kind kind)
{
	return names[kind];
}

#include "hang/futex.h"

#include "base/memory.h"
#include "hang/layout.h"

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

/* The kind of a pthread_mutex_t. */
enum {
	KIND_TYPES = 3,
	KIND_RECURSIVE = 1,
	KIND_ROBUST = 16,
	KIND_PI = 32,
	KIND_SHARED = 128,
	KIND_ALL = 0x3f3,
	MOST_USERS = 1 << 20,
	MOST_TIDS = 1 << 22, /* PID_MAX_LIMIT of Linux */
	MOST_SPINS = 1 << 15,
};

/*
 * pthread_cond_t since 2.25: the number of waits ever, and of those that are
 * over, each with a flag below; two groups, a word to wait at for each.
 */
enum {
	COND_OVER = 8,
	COND_WAITERS_BEFORE = 4, /* the words waited at; number << 3 */
};

static const struct condition_layout {
	uint8_t signals; /* the words waited at */
	uint8_t refs;	 /* two words, number << 1; 0: none */
	uint8_t padding; /* two words of 0; 0: none */
} condition_layouts[] = {
	{.signals = 40, .refs = 16}, {.signals = 32, .padding = 40}, /* 2.41 */
};

enum {
	RWLOCK_USED = 2, /* the value waited at: 2, or 3 */
	RWLOCK_WRITE_PHASE = 1,
	RWLOCK_WRITTEN = 2,
	RWLOCK_READER_WAITS = 4, /* readers wait until this bit is gone */
	RWLOCK_READERS_SHIFT = 3,
	RWLOCK_PREFERS_WRITER = 2,
	MOST_RWLOCK_FLAGS = 3,
};

/* std::sync::RwLock of Rust: state, then the word that writers wait at. */
enum {
	RUST_WRITERS = 4,
	RUST_READERS_MASK = 0x3fffffff, /* all of it: a writer */
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

bool cw_mutex_is_held(const uint32_t *words)
{
	uint32_t lock = words[0], users = words[3], kind = words[4];
	uint32_t spins = words[5] & 0xffff;

	if ((kind & ~KIND_ALL) || users == 0 || users > MOST_USERS ||
	    spins >= MOST_SPINS)
		return false;
	if (kind & (KIND_ROBUST | KIND_PI))
		return (lock & TID_MASK) != 0;
	return (lock == 1 || lock == 2) && !words[6] && !words[7] &&
	       !words[8] && !words[9];
}

bool cw_mutex_is_owned(const uint32_t *words)
{
	uint32_t kind = words[CW_MUTEX_KIND / 4];
	bool counts = words[CW_MUTEX_COUNT / 4] != 0;

	if (!cw_mutex_is_held(words))
		return false;
	if (kind & (KIND_ROBUST | KIND_PI))
		return counts && (words[CW_MUTEX_LOCK / 4] & TID_MASK) ==
					 words[CW_MUTEX_OWNER / 4];
	return counts == ((kind & KIND_TYPES) == KIND_RECURSIVE);
}

/*
 * A mutex names its owner, who may be gone, has users, and its kind is one of
 * few numbers.
 */
static bool explain_mutex(const struct cw_futex_question *question,
			  cw_addr address, struct cw_wait_object *ret)
{
	uint32_t words[CW_MUTEX_SIZE / sizeof(uint32_t)];

	if (address % 8 != 0 ||
	    !cw_target_read(question->target, address, words, sizeof(words)) ||
	    !cw_mutex_is_held(words))
		return false;
	uint32_t lock = words[CW_MUTEX_LOCK / 4];
	uint32_t count = words[CW_MUTEX_COUNT / 4];
	uint32_t owner = words[CW_MUTEX_OWNER / 4];
	uint32_t kind = words[CW_MUTEX_KIND / 4];
	if (kind & (KIND_ROBUST | KIND_PI))
		owner = lock & TID_MASK;
	if (owner == 0 || owner > MOST_TIDS)
		return false;
	ret->kind = CW_WAIT_MUTEX;
	ret->address = address;
	ret->owner_tid = owner;
	ret->is_robust = kind & KIND_ROBUST;
	ret->inherits_priority = kind & KIND_PI;
	ret->is_shared = kind & KIND_SHARED;
	ret->num_recursions = (kind & KIND_TYPES) == KIND_RECURSIVE ? count : 0;
	return true;
}

/* Something that is 0, 1 or 2, as glibc's own locks are. */
static void explain_lock(const struct cw_futex_question *question,
			 cw_addr address, struct cw_wait_object *ret)
{
	cw_addr owner;

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
	if (!question->is_block(question->context, address - CW_BLOCK_TID) ||
	    question->call->arguments[2] == 0)
		return false;
	ret->kind = CW_WAIT_JOIN;
	ret->address = address - CW_BLOCK_TID;
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

/*
 * How many waits there were since those that are over, as two running numbers
 * tell: at least those that go on, and not many more.
 */
static bool has_condition_numbers(const struct cw_futex_question *question,
				  cw_addr base, uint32_t waiters)
{
	uint64_t sequence = 0, over = 0;

	cw_target_read_word(question->target, base, &sequence);
	cw_target_read_word(question->target, base + COND_OVER, &over);
	uint64_t num = (sequence >> 1) - (over >> 1);
	return num >= waiters && num <= MOST_USERS;
}

static bool is_condition(const struct cw_futex_question *question, cw_addr base,
			 const struct condition_layout *layout,
			 uint32_t waiters)
{
	cw_addr refs = base + layout->refs, padding = base + layout->padding;

	if (!has_condition_numbers(question, base, waiters))
		return false;
	if (layout->refs && (uint64_t)word_at(question, refs) / 2 +
					    word_at(question, refs + 4) / 2 <
				    waiters)
		return false;
	return !layout->padding || (word_at(question, padding) == 0 &&
				    word_at(question, padding + 4) == 0);
}

static bool explain_condition(const struct cw_futex_question *question,
			      cw_addr address, struct cw_wait_object *ret)
{
	const struct condition_layout *layout = NULL;
	cw_addr signals = address - address % 8;
	uint32_t waiters =
		word_at(question, signals - COND_WAITERS_BEFORE) >> 3;

	for (size_t i = 0; i < cw_num_elements(condition_layouts) && !layout;
	     i++)
		if (is_condition(question,
				 signals - condition_layouts[i].signals,
				 &condition_layouts[i], waiters))
			layout = &condition_layouts[i];
	if (question->hint == CW_WAIT_CONDITION)
		layout = layout ? layout : &condition_layouts[0];
	else if (!layout || address % 4 != 0 || waiters == 0 ||
		 waiters > question->num_threads)
		return false;
	ret->kind = CW_WAIT_CONDITION;
	ret->address = signals - layout->signals;
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

/*
 * All that an rwlock has besides its words is 0, or one of few numbers.  Of one
 * that is shared the writer may be in another process.
 */
static bool is_rwlock(const struct cw_futex_question *question, cw_addr base,
		      uint32_t writer)
{
	uint32_t shared = word_at(question, base + CW_RWLOCK_SHARED);

	if (shared > 1 || word_at(question, base + CW_RWLOCK_PADS) != 0 ||
	    word_at(question, base + CW_RWLOCK_PADS + 4) != 0 ||
	    word_at(question, base + CW_RWLOCK_FLAGS) > MOST_RWLOCK_FLAGS ||
	    !(word_at(question, base) & RWLOCK_WRITTEN))
		return false;
	if (writer == 0)
		return word_at(question, base) >> RWLOCK_READERS_SHIFT;
	return is_owner(question, writer) || (shared && writer <= MOST_TIDS);
}

/*
 * What one waits for is the end of the phase: readers, for a writer's, the
 * first writer, for that of readers; other writers, for the first one's turn.
 */
static bool is_rwlock_wait(const struct cw_futex_question *question,
			   cw_addr address, cw_addr base, uint32_t writer)
{
	bool is_written = word_at(question, base) & RWLOCK_WRITE_PHASE;

	switch (question->call->arguments[2]) {
	case RWLOCK_USED:
		return address % 8 == 0 && !is_written && writer == 0 &&
		       is_rwlock(question, base, writer);
	case RWLOCK_USED | 1:
		return (address % 8 != 0 || (is_written && writer != 0)) &&
		       is_rwlock(question, base, writer);
	default:
		return false;
	}
}

/*
 * Where writers go first, readers that come after one of these wait at the word
 * that counts those who read.
 */
static bool explain_late_reader(const struct cw_futex_question *question,
				cw_addr base, struct cw_wait_object *ret)
{
	uint32_t value = question->call->arguments[2];
	uint32_t flags = value & (RWLOCK_WRITE_PHASE | RWLOCK_WRITTEN |
				  RWLOCK_READER_WAITS);

	if (base % 8 != 0 || value >> RWLOCK_READERS_SHIFT == 0 ||
	    flags != (RWLOCK_WRITTEN | RWLOCK_READER_WAITS) ||
	    word_at(question, base + CW_RWLOCK_FLAGS) !=
		    RWLOCK_PREFERS_WRITER ||
	    !is_rwlock(question, base,
		       word_at(question, base + CW_RWLOCK_WRITER)))
		return false;
	ret->kind = CW_WAIT_RWLOCK_READ;
	ret->address = base;
	ret->is_shared = word_at(question, base + CW_RWLOCK_SHARED);
	ret->num_readers = value >> RWLOCK_READERS_SHIFT;
	return true;
}

static bool explain_rwlock(const struct cw_futex_question *question,
			   cw_addr address, struct cw_wait_object *ret)
{
	cw_addr base = address % 8 == 0 ? address - CW_RWLOCK_PHASE
					: address - CW_RWLOCK_WRITERS;
	uint32_t value = question->call->arguments[2];
	uint32_t writer = word_at(question, base + CW_RWLOCK_WRITER);
	uint32_t readers = word_at(question, base);
	bool is_told = question->hint == CW_WAIT_RWLOCK_READ ||
		       question->hint == CW_WAIT_RWLOCK_WRITE;

	if (explain_late_reader(question, address, ret))
		return true;
	if (!is_told && !is_rwlock_wait(question, address, base, writer))
		return false;
	ret->kind = question->hint;
	if (!is_told)
		ret->kind = address % 8 == 0 && value == (RWLOCK_USED | 1)
				    ? CW_WAIT_RWLOCK_READ
				    : CW_WAIT_RWLOCK_WRITE;
	ret->address = base;
	ret->owner_tid = writer;
	ret->is_shared = word_at(question, base + CW_RWLOCK_SHARED);
	if (writer == 0 && ret->kind == CW_WAIT_RWLOCK_WRITE &&
	    !(readers & RWLOCK_WRITE_PHASE))
		ret->num_readers = readers >> RWLOCK_READERS_SHIFT;
	return true;
}

/*
 * Rust's own locks are a word or two, whatever lies around them.  Of others
 * the thread waits at a word of its own, and the lock is told elsewhere.
 */
static void explain_own(const struct cw_futex_question *question,
			cw_addr address, struct cw_wait_object *ret)
{
	ret->kind = question->hint;
	ret->address = address - question->own_offset;
	if (question->lock_is_elsewhere)
		ret->address = question->lock;
	if (ret->kind != CW_WAIT_RWLOCK_WRITE || question->lock_is_elsewhere)
		return;
	ret->address = address - RUST_WRITERS;
	uint32_t readers = word_at(question, ret->address) & RUST_READERS_MASK;
	if (readers != RUST_READERS_MASK)
		ret->num_readers = readers;
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
	if (question->is_own) {
		explain_own(question, address, ret);
		return;
	}
	if (operation == FUTEX_WAIT_REQUEUE_PI) {
		ret->kind = CW_WAIT_CONDITION;
		return;
	}
	/* Robust ones have the owner's TID in the word, and a flag. */
	if ((value == 2 || value & HAS_WAITERS) &&
	    explain_mutex(question, address, ret))
		return;
	if (operation == FUTEX_WAIT && value == 2 &&
	    question->hint != CW_WAIT_RWLOCK_WRITE) {
		explain_lock(question, address, ret);
		if (question->hint == CW_WAIT_ALLOCATOR)
			ret->kind = CW_WAIT_ALLOCATOR;
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
	[CW_WAIT_SPIN] = "spinlock",
	[CW_WAIT_ALLOCATOR] = "allocator",
	[CW_WAIT_FUTURE] = "future",
	[CW_WAIT_GROUP] = "group",
	[CW_WAIT_CHANNEL] = "channel",
	[CW_WAIT_CHANNELS] = "channels",
	[CW_WAIT_THREAD] = "thread",
	[CW_WAIT_GOROUTINE] = "goroutine",
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
	[CW_WAIT_SEMAPHORE_SET] = "semaphore-set",
	[CW_WAIT_NEVER] = "never",
	[CW_WAIT_RUNTIME] = "runtime",
	[CW_WAIT_CALL] = "call",
};

const char *cw_wait_kind_name(enum cw_wait_kind kind)
{
	return names[kind];
}

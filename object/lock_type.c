#include "object/lock_type.h"

#include <string.h>

#include "base/memory.h"

/* A typedef of a typedef of …: types are input. */
#define MAX_STRIP 16

/* "pthread_mutex_t", and the same that is typedef'd to it. */
static const char *const c_names[] = {
	"pthread_mutex_t",
	"pthread_cond_t",
	"pthread_rwlock_t",
	"pthread_barrier_t",
	"pthread_once_t",
	"pthread_spinlock_t",
	"sem_t",
	"mtx_t",
	"cnd_t",
	"once_flag",
	"GMutex",
	"GRecMutex",
	"GCond",
	"GRWLock",
	"GOnce",
	"QMutex",
	"QBasicMutex",
	"QRecursiveMutex",
	"QReadWriteLock",
	"QWaitCondition",
	"QSemaphore",
};

/*
 * A namespace, and the classes in it or in one within it that is there for
 * versions only ("std::__1::mutex", "absl::lts_20220623::Mutex").
 */
static const struct {
	const char *space;
	const char *names[16];
} cxx_names[] = {
	{"std::",
	 {"mutex", "timed_mutex", "recursive_mutex", "recursive_timed_mutex",
	  "shared_mutex", "shared_timed_mutex", "condition_variable",
	  "condition_variable_any", "once_flag", "latch", "barrier",
	  "counting_semaphore"}},
	{"absl::",
	 {"Mutex", "CondVar", "Notification", "BlockingCounter", "Barrier"}},
	{"boost::",
	 {"mutex", "timed_mutex", "recursive_mutex", "recursive_timed_mutex",
	  "shared_mutex", "condition_variable", "condition_variable_any"}},
};

static const char *const go_names[] = {
	"sync.Mutex", "sync.RWMutex",  "sync.WaitGroup",
	"sync.Cond",  "runtime.hchan", "sync.Once",
	"os.file",    "net.netFD",     "internal/poll.FD",
};

/* The last part of Rust's names, by the crates that they are of. */
static const struct {
	const char *crate;
	const char *names[8];
} rust_names[] = {
	{"std::sync::",
	 {"Mutex", "RwLock", "Condvar", "Once", "OnceLock", "Barrier",
	  "ReentrantLock"}},
	{"parking_lot::", {"Condvar", "Once"}},
	{"lock_api::", {"Mutex", "RwLock", "ReentrantMutex"}},
};

static bool is_one_of(const char *name, size_t length, const char *const *names,
		      size_t num)
{
	for (size_t i = 0; i < num && names[i]; i++)
		if (strlen(names[i]) == length &&
		    memcmp(names[i], name, length) == 0)
			return true;
	return false;
}

static bool starts(const char *name, const char *prefix)
{
	return strncmp(name, prefix, strlen(prefix)) == 0;
}

/* Its name without its arguments, from the last "::" before them on. */
static const char *last_part(const char *name, size_t *ret_length)
{
	const char *end = name + strcspn(name, "<"), *at = end;

	while (at > name && at[-1] != ':')
		at--;
	*ret_length = end - at;
	return at;
}

/* Not of a namespace of its own: "std::chrono::x" has "chrono::" before it. */
static bool is_version(const char *part, const char *end)
{
	return part == end || starts(part, "__") || starts(part, "lts_");
}

static bool is_cxx(const char *name)
{
	size_t length;
	const char *last = last_part(name, &length);

	for (size_t i = 0; i < cw_num_elements(cxx_names); i++) {
		const char *space = cxx_names[i].space;
		if (starts(name, space) &&
		    is_version(name + strlen(space), last) &&
		    is_one_of(last, length, cxx_names[i].names,
			      cw_num_elements(cxx_names[i].names)))
			return true;
	}
	return false;
}

static bool is_rust(const char *name)
{
	size_t length;
	const char *last = last_part(name, &length);

	for (size_t i = 0; i < cw_num_elements(rust_names); i++)
		if (starts(name, rust_names[i].crate) &&
		    is_one_of(last, length, rust_names[i].names,
			      cw_num_elements(rust_names[i].names)))
			return true;
	return false;
}

static enum cw_lock_type type_of_name(const char *name)
{
	size_t length = strlen(name);

	if (is_one_of(name, length, c_names, cw_num_elements(c_names)) ||
	    is_one_of(name, length, go_names, cw_num_elements(go_names)) ||
	    starts(name, "hchan<") || is_cxx(name))
		return CW_LOCK_TYPE_PLAIN;
	return is_rust(name) ? CW_LOCK_TYPE_AROUND : CW_LOCK_TYPE_NONE;
}

enum cw_lock_type cw_lock_type_of(const struct cw_type *type)
{
	for (int i = 0; type && i < MAX_STRIP; i++) {
		enum cw_lock_type kind = type->name ? type_of_name(type->name)
						    : CW_LOCK_TYPE_NONE;
		if (kind != CW_LOCK_TYPE_NONE)
			return kind;
		if (type->kind != CW_TYPE_TYPEDEF &&
		    type->kind != CW_TYPE_QUALIFIED)
			break;
		type = type->target;
	}
	return CW_LOCK_TYPE_NONE;
}

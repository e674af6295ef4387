/*
 * Hang text: threads, and what they wait for, in words.
 */
#ifndef COMMAND_HANG_TEXT_H
#define COMMAND_HANG_TEXT_H

#include "base/text.h"
#include "command/json.h"
#include "command/session.h"

/* "thread 12 \"worker-3\"" */
void cw_hang_thread(const struct cw_thread *thread, struct cw_text *text);

/* "2-26, 30": the numbers of threads, by their indices in order. */
void cw_hang_numbers(const uint32_t *threads, size_t num, struct cw_text *text);

/* "thread 12 \"worker-3\"", or "goroutine 7". */
void cw_hang_waiter(const struct cw_wait *wait, struct cw_text *text);

/* "threads 8-10, 14, …; goroutines 7, 9": of @num waits, ascending. */
void cw_hang_waiters(const struct cw_wait *waits, const uint32_t *members,
		     uint32_t num, struct cw_text *text);

/*
 * Adds what a person calls the lock or other object of a wait: "g_pool.mutex",
 * "heap block of 64 B at +0x18"; nothing where there is no name.  May walk the
 * heap.
 */
struct cw_error *cw_hang_object_name(struct cw_session *session,
				     const struct cw_wait_object *object,
				     struct cw_text *text) cw_must_check;

/* "g_pool.mutex", "0x55…", "fd 7"; "" for what has no object. */
struct cw_error *cw_hang_object(struct cw_session *session,
				const struct cw_wait *wait,
				struct cw_text *text) cw_must_check;

/* ", times out in 2.5 s", ", with a timeout"; or "". */
void cw_hang_timeout(const struct cw_target *target, const struct cw_wait *wait,
		     struct cw_text *text);

/*
 * "thread 3", "thread 3 (inferred), one of 2 readers", "2 readers", "TID 4711,
 * which has ended", "TID 4711 of another process, 4700 \"server\""; or "".
 */
void cw_hang_owner(const struct cw_session *session, const struct cw_wait *wait,
		   struct cw_text *text);

/* "mutex g_a, rwlock-read g_table (inferred)": what the thread, by its number
 * among the waits, is known to hold; or "". */
struct cw_error *cw_hang_held(struct cw_session *session, uint32_t thread,
			      struct cw_text *text) cw_must_check;

/*
 * Adds the function that a frame is in, as a person reads it: "worker_loop",
 * "libc.so.6+0x8af16".
 */
void cw_hang_function(const struct cw_session *session,
		      const struct cw_frame *frame, struct cw_text *text);

/* "5 threads", "5 threads and 8 goroutines". */
void cw_hang_count(const struct cw_waits *waits, struct cw_text *text);

/* JSON: "tid" and "goroutine", of which one is null. */
void cw_hang_json_waiter(struct cw_json *json, const struct cw_wait *wait);

/* JSON: @key is its TID, @key and "_goroutine" its number; of the two one is
 * null, or both where there is none. */
void cw_hang_json_owner(struct cw_json *json, const struct cw_waits *waits,
			const char *key, uint32_t owner);

/* The same of what it waits for, under "owner": also one outside. */
void cw_hang_json_wait_owner(struct cw_json *json, const struct cw_waits *waits,
			     const struct cw_wait *wait);

/* "mutex", "semtimedop". */
const char *cw_hang_wait_name(const struct cw_wait *wait);

#endif

/*
 * Layout: where glibc's locks and threads' control blocks have what, in bytes;
 * glibc 2.25 to today on x86-64.
 */
#ifndef HANG_LAYOUT_H
#define HANG_LAYOUT_H

enum {
	/* struct pthread: the TID, since 2.4. */
	CW_BLOCK_TID = 0x2d0,
	/* pthread_mutex_t: words of 4 bytes; then spins, and a list of two
	 * words that only robust and priority-inheriting ones are in. */
	CW_MUTEX_SIZE = 40,
	CW_MUTEX_LOCK = 0, /* 0 free, 1 held, 2 held and waited for; or a TID */
	CW_MUTEX_COUNT = 4,
	CW_MUTEX_OWNER = 8,
	CW_MUTEX_USERS = 12,
	CW_MUTEX_KIND = 16, /* type in the lowest bits, then flags */
	/* pthread_rwlock_t. */
	CW_RWLOCK_READERS = 0, /* number, shifted by the flags */
	CW_RWLOCK_PHASE = 8, /* waited at by readers, and by the first writer */
	CW_RWLOCK_WRITERS = 12,
	CW_RWLOCK_PADS = 16,   /* two words of 0 */
	CW_RWLOCK_WRITER = 24, /* TID */
	CW_RWLOCK_SHARED = 28,
	CW_RWLOCK_FLAGS = 48,
};

#endif

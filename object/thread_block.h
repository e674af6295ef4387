/*
 * Thread block: the memory that glibc gave a thread (stack, static TLS,
 * control block), and whether the thread has ended.
 *
 * Found by the control block (struct pthread), whose first and third words are
 * its own address; from 2.17 to today its thread id is at 0x2d0, and it holds
 * stackblock, stackblock_size and guardsize one after the other, at places
 * that differ.  glibc keeps the memory of threads that have ended for the next
 * ones.
 *
 * Private to object/usage_claim.c and roots.c.
 */
#ifndef OBJECT_THREAD_BLOCK_H
#define OBJECT_THREAD_BLOCK_H

#include "heap/heap.h"

struct cw_thread_block {
	cw_addr control; /* the control block: fs_base of the thread */
	/* Stack, TLS and control block, without guard pages.  Equal: the
	 * control block does not say (the main thread). */
	cw_addr start, end;
	bool has_ended;
	/* It has ended, and a join may still ask for what it returned. */
	bool has_result;
};

/* Reads the control block at @control; false: there is none. */
bool cw_thread_block_read(const struct cw_target *target, cw_addr control,
			  struct cw_thread_block *ret);

/* Of the control block: where the result is among few words, and behind the
 * pointer to the table of dynamic TLS (dtv), the second word. */
enum { CW_RESULT_START = 0x610, CW_RESULT_END = 0x640, CW_TABLE_END = 0x10 };

struct cw_thread_blocks {
	CW_ARRAY(struct cw_thread_block) items;
};

/* Adds the blocks that end in the writable memory of @segment, but no heap. */
void cw_thread_blocks_find(const struct cw_heap *heap,
			   const struct cw_segment *segment,
			   struct cw_thread_blocks *blocks);

#endif

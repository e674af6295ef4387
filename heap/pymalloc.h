/*
 * Pymalloc: CPython's allocator of small objects (Objects/obmalloc.c), which
 * takes arenas by mmap() and cuts them into pools of blocks of one size:
 *
 *	pool	  0 uint blocks in use	   8 first free block
 *		 16, 24 links		  32 uint number of the arena
 *		 36 uint size class	  40 uint offset of what was never used
 *		 44 uint the last offset at which a block may begin
 *		 48 blocks
 *
 *	version	       alignment   pool	     arena
 *	to 3.7	       8	    4 KiB    256 KiB
 *	3.8, 3.9       16	    4 KiB    256 KiB
 *	3.10 and on    16	   16 KiB      1 MiB
 *
 * A free block begins with the address of the next one; blocks behind the third
 * offset were never given out.  Pools begin at multiples of their size; those
 * of an arena are taken one behind the other, and what was never taken is zero.
 * Each pool's header proves itself, size against size.
 *
 *	arena	  0 its mapping		   8 the next pool to be taken
 *		 16 uint pools free	  20 uint pools in all
 *		 24, 32, 40 links
 *
 * Nothing leads from outside to the array of these, but each looks like nothing
 * else.  They tell the bounds of an arena of which the first or last pools are
 * damaged.
 */
#ifndef HEAP_PYMALLOC_H
#define HEAP_PYMALLOC_H

#include "heap/heap.h"

enum {
	PYMALLOC_HEADER = 48, /* of a pool */
	PYMALLOC_PAGE = 4096,
};

struct pymalloc_layout {
	const char *version;
	unsigned align_shift;
	uint64_t pool_size, arena_size;
};

/* What a pool's header says. */
struct pymalloc_pool {
	cw_addr address;
	uint64_t block_size;
	uint64_t num_blocks; /* that there is room for */
	uint64_t num_taken;  /* of these, ever */
	cw_addr first_free;  /* or 0 */
	uint32_t arena;
};

struct pymalloc_arena {
	cw_addr start, end; /* what was never taken included */
	cw_addr first;	    /* where the first pool is, or was */
	size_t first_pool, num_pools;
	bool is_told; /* by an arena object, not by its pools alone */
};

struct pymalloc {
	const struct pymalloc_layout *layout;
	CW_ARRAY(cw_addr) pools;    /* sorted */
	CW_ARRAY(cw_addr) mappings; /* of arena objects, sorted */
	CW_ARRAY(struct pymalloc_arena) arenas;
};

/* The layout that most pools are of, and these; false: there are none. */
bool pymalloc_find_pools(const struct cw_heap *heap, struct pymalloc *pymalloc);
/* Where there are pools. */
void pymalloc_find_arenas(const struct cw_heap *heap,
			  struct pymalloc *pymalloc);

/* Whether a pool begins at @address. */
bool pymalloc_pool(const struct cw_target *target,
		   const struct pymalloc_layout *layout, cw_addr address,
		   struct pymalloc_pool *ret);
/* Number of the block at @offset of the pool; num_blocks: there is none. */
uint64_t pymalloc_block(const struct pymalloc_pool *pool, uint64_t offset);

/* Whether all pages of the range are there, and zero. */
bool pymalloc_is_zero(const struct cw_target *target, cw_addr start,
		      cw_addr end);

#endif

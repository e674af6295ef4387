/*
 * Heap: every block of every allocator that was recognised.
 *
 * A region is a range of memory in which an allocator lays one block behind
 * the other.  All blocks of all regions are in one index, in use or not.
 *
 * Addresses of blocks are what malloc() returned.  Sizes are usable bytes, as
 * malloc_usable_size() says.
 *
 * "Cached" is free memory that a thread keeps for itself (tcache) or that
 * the allocator has not yet merged (fastbins).  "Metadata" are blocks that
 * the allocator uses for itself (glibc: tcache_perthread_struct).
 *
 * Not here: what blocks hold and who points to them (object/).
 */
#ifndef HEAP_HEAP_H
#define HEAP_HEAP_H

#include "base/arena.h"
#include "base/array.h"
#include "heap/block_index.h"
#include "target/target.h"

enum cw_block_state {
	CW_BLOCK_USED,
	CW_BLOCK_FREE,
	CW_BLOCK_CACHED,
	CW_BLOCK_METADATA,
	CW_NUM_BLOCK_STATES,
};

/* "used", "free", "cached", "metadata". */
const char *cw_block_state_name(enum cw_block_state state);

struct cw_heap_count {
	uint64_t blocks, bytes;
};

enum cw_region_kind {
	CW_REGION_MAIN_ARENA,
	CW_REGION_THREAD_ARENA,
	CW_REGION_MMAPPED, /* one block with a mapping of its own */
};

struct cw_heap_region {
	cw_addr start, end; /* of the memory, headers included */
	enum cw_region_kind kind;
	uint32_t allocator; /* number in allocators */
	uint32_t arena;	    /* 0: the main one; meaningless for mmapped */
	/* Bytes behind each block that are not usable, up to the next start:
	 * glibc's next size field 8; for a mmapped block what the round-up to
	 * 16 adds. */
	uint32_t trailer_size;
	uint64_t unknown_size; /* bytes that no block could be made of */
};

/* An allocator that was recognised. */
struct cw_allocator {
	const char *name;     /* "glibc malloc" */
	const char *version;  /* "2.36", "2.32 or later", … */
	const char *evidence; /* one line: how it was recognised */
	uint32_t num_arenas;
	uint32_t num_regions;
	uint64_t region_size; /* bytes, of all regions */
	uint64_t known_size;  /* of these, explained by blocks and headers */
};

/* Something the allocator's own rules forbid. */
struct cw_corruption {
	cw_addr address;    /* of the header that is wrong */
	uint64_t lost_size; /* bytes up to where the walk could go on */
	cw_addr suspect;    /* the block before, which may have overrun; or 0 */
	const char *what;   /* "chunk size 0x4141414141414141 is …" */
};

/* Memory of the allocator itself that is no block: malloc_state, heap_info. */
struct cw_heap_metadata {
	cw_addr start, end;
	const char *what;
};

struct cw_heap {
	const struct cw_target *target;
	struct cw_block_index index;
	CW_ARRAY(struct cw_allocator) allocators;
	CW_ARRAY(struct cw_heap_region) regions;    /* sorted by start */
	CW_ARRAY(struct cw_heap_metadata) metadata; /* sorted by start */
	CW_ARRAY(struct cw_corruption) corruptions;
	/* Starts of blocks that are cached or metadata, sorted. */
	CW_ARRAY(cw_addr) cached;
	CW_ARRAY(cw_addr) metadata_blocks;
	struct cw_heap_count count[CW_NUM_BLOCK_STATES];
	uint64_t overhead_size; /* headers and the like in regions, bytes */
	uint64_t unknown_size;	/* in regions, in no block */
	struct cw_arena arena;
};

/*
 * Recognises allocators and walks all blocks.  No allocator recognised is a
 * success with no blocks.  Corruption and gaps are recorded, not errors.
 */
struct cw_error *cw_heap_create(struct cw_target *target,
				struct cw_progress *progress,
				struct cw_heap **ret) cw_must_check;
void cw_heap_destroy(struct cw_heap *heap);

struct cw_block {
	cw_addr address;
	uint64_t size; /* usable bytes */
	enum cw_block_state state;
	uint64_t granule; /* of address, in the index */
	const struct cw_heap_region *region;
};

/* The block that holds @address; false: none does. */
bool cw_heap_block_at(const struct cw_heap *heap, cw_addr address,
		      struct cw_block *ret);

/*
 * Walks blocks in address order, without a search a block:
 *
 *	struct cw_block_cursor cursor = cw_heap_blocks(heap);
 *	struct cw_block block;
 *	while (cw_block_cursor_next(&cursor, &block))
 */
struct cw_block_cursor {
	const struct cw_heap *heap;
	uint64_t granule;
	size_t region, cached, metadata_block;
};

struct cw_block_cursor cw_heap_blocks(const struct cw_heap *heap);
/* Only from @address on. */
struct cw_block_cursor cw_heap_blocks_from(const struct cw_heap *heap,
					   cw_addr address);
/* All blocks, used or not, but no end markers.  False: no more. */
bool cw_block_cursor_next(struct cw_block_cursor *cursor, struct cw_block *ret);

/* The region that holds @address, or NULL. */
const struct cw_heap_region *cw_heap_region_at(const struct cw_heap *heap,
					       cw_addr address);

#endif

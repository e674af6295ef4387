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
#include "golang/span.h"
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
	CW_REGION_SPANS,   /* Go's, one behind the other */
	CW_REGION_POOLS,   /* CPython's and GLib's, blocks without headers */
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
	/* Bytes before the first block: glibc's header 16, Go's 0. */
	uint32_t header_size;
	/* Bytes at the start of each block that are the allocator's: Go puts
	 * the type there, and gives out what is behind. */
	uint32_t block_header_size;
};

/* Why a part of a region is in no block. */
enum cw_hole_kind {
	CW_HOLE_CORRUPT,    /* headers there make no sense */
	CW_HOLE_UNREADABLE, /* the target has no bytes for them */
	CW_HOLE_FOREIGN,    /* the allocator knows that it is not its own */
	CW_HOLE_REST,	    /* too small for a block: overhead, no root */
};

/*
 * A part of a region that is in no block.  But for a rest, words in it may be
 * pointers of the program, so it counts as a root.  Its start is a marker in
 * the index.
 */
struct cw_heap_hole {
	cw_addr start, end;
	enum cw_hole_kind kind;
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
	cw_addr address;    /* of what is wrong: a header, a link */
	uint64_t lost_size; /* bytes up to where the walk could go on */
	cw_addr suspect;    /* the block that may be to blame, or 0 */
	const char *what;   /* "chunk size 0x4141414141414141 is …" */
};

/* Memory of the allocator itself that is no block: malloc_state, heap_info. */
struct cw_heap_metadata {
	cw_addr start, end;
	const char *what;
};

struct cw_heap {
	const struct cw_target *target;
	struct cw_go *go;		    /* NULL: no Go program */
	const struct cw_go_spans *go_spans; /* NULL: none could be read */
	struct cw_block_index index;
	CW_ARRAY(struct cw_allocator) allocators;
	CW_ARRAY(struct cw_heap_region) regions;    /* sorted by start */
	CW_ARRAY(struct cw_heap_metadata) metadata; /* sorted by start */
	CW_ARRAY(struct cw_corruption) corruptions;
	CW_ARRAY(struct cw_heap_hole) holes; /* sorted by start */
	/* Starts of blocks that are cached or metadata, sorted. */
	CW_ARRAY(cw_addr) cached;
	CW_ARRAY(cw_addr) metadata_blocks;
	struct cw_heap_count count[CW_NUM_BLOCK_STATES];
	/* Of Go: used blocks of which it is not known what of them are
	 * pointers, so that any word may be. */
	struct cw_heap_count go_unsure;
	uint64_t overhead_size; /* headers and the like in regions, bytes */
	uint64_t unknown_size;	/* holes, other than foreign ones */
	struct cw_arena arena;
	/* Blocks may begin at any multiple of 8, not 16; set by find(). */
	bool is_fine;

	/* Private. */
	struct cw_heap_states *states;
	CW_ARRAY(struct cw_heap_region) nested; /* within other regions */
	bool is_verified;
	/* By page of the index, and one more: the first region that ends
	 * behind its start. */
	uint32_t *page_regions;
};

/*
 * Recognises allocators and walks all blocks.  No allocator recognised is a
 * success with no blocks.  Corruption and gaps are recorded, not errors.
 * @debug is borrowed, and read only for programs of Go.
 */
struct cw_error *cw_heap_create(struct cw_target *target,
				struct cw_debug *debug,
				struct cw_progress *progress,
				struct cw_heap **ret) cw_must_check;
void cw_heap_destroy(struct cw_heap *heap);

/*
 * Looks closer than the walk had to: follows the links of every free block,
 * and adds what is wrong to the corruptions.  Slow on much free memory, so
 * for `heap verify` only.
 */
struct cw_error *cw_heap_verify(struct cw_heap *heap,
				struct cw_progress *progress) cw_must_check;

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

/* The block that begins at @granule, a start of the index; false: it is a
 * marker. */
bool cw_heap_block_from(const struct cw_heap *heap, uint64_t granule,
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
	uint64_t granule; /* the start that comes next, or 0 */
	size_t region, hole, cached, metadata_block;
	/* Granules before are of that region, and lie so far from 0. */
	uint64_t region_end;
	cw_addr region_base;
};

struct cw_block_cursor cw_heap_blocks(const struct cw_heap *heap);

/* For cw_block_cursor_next(): blocks not in use, and first ones of regions. */
bool cw_block_cursor_search(struct cw_block_cursor *cursor,
			    struct cw_block *ret);

/* All blocks, used or not, but no end markers.  False: no more. */
static inline bool cw_block_cursor_next(struct cw_block_cursor *cursor,
					struct cw_block *ret)
{
	const struct cw_block_index *index = &cursor->heap->index;
	uint64_t granule = cursor->granule;

	if (granule >= cursor->region_end ||
	    cw_bit_test(index->unused, granule))
		return cw_block_cursor_search(cursor, ret);
	const struct cw_heap_region *region =
		&cursor->heap->regions.items[cursor->region];
	cursor->granule = cw_block_index_next(index, granule);
	*ret = (struct cw_block){
		.address =
			cursor->region_base + (granule << index->granule_shift),
		.size = cw_block_index_size(index, granule, cursor->granule) -
			region->trailer_size,
		.state = CW_BLOCK_USED,
		.granule = granule,
		.region = region,
	};
	return true;
}

/* The region that holds @address, or NULL. */
const struct cw_heap_region *cw_heap_region_at(const struct cw_heap *heap,
					       cw_addr address);

/* Once all regions are there and the index is; cw_heap_create() does it. */
void cw_heap_index_regions(struct cw_heap *heap);

#endif

/*
 * Ptmalloc: the malloc of glibc, 2.17 to today, as it lies in memory.
 *
 * Nothing here relies on symbols or on a version number: each layout below is
 * tried, and kept when what it implies holds.  Several libcs may live in one
 * process (dlmopen, a static program with a loaded libc); each is a struct
 * ptmalloc with a main arena of its own.
 *
 * A chunk is { previous size, size | flags, user bytes ... }; the address of a
 * chunk is that of its header, 16 below the block that the program sees.  The
 * user bytes reach 8 bytes into the next chunk.
 *
 * In steps: ptmalloc_find.c finds main arenas and the ring of thread arenas,
 * ptmalloc_region.c where their chunks lie, ptmalloc_mmapped.c blocks with a
 * mapping of their own; then ptmalloc_walk.c goes through the chunks,
 * ptmalloc_resync.c finds the way on behind a bad one, ptmalloc_tcache.c tells
 * which chunks are thread caches, and ptmalloc_cache.c what these and fastbins
 * hold.  ptmalloc_verify.c checks links.
 */
#ifndef HEAP_PTMALLOC_H
#define HEAP_PTMALLOC_H

#include "base/map.h"
#include "heap/heap.h"

enum {
	PTMALLOC_HEADER = 16,
	PTMALLOC_MIN_CHUNK = 32,
	PTMALLOC_FENCE = 16, /* size of the chunks that end a full heap */

	PTMALLOC_PREVIOUS_USED = 1,
	PTMALLOC_MMAPPED = 2,
	PTMALLOC_THREAD_ARENA = 4,
	PTMALLOC_FLAGS = 7,

	PTMALLOC_NUM_BINS = 127,
	PTMALLOC_NUM_FASTBINS = 10,

	/* In malloc_state, relative to bins: the same in all versions. */
	PTMALLOC_TOP = -16,
	PTMALLOC_NEXT = 0x800,

	/* Heaps of thread arenas begin at multiples of 64 MiB; with huge
	 * pages (glibc.malloc.hugetlb=2, since 2.35) of four of these. */
	PTMALLOC_MIN_HEAP_ALIGN = 8 << 20,
	PTMALLOC_PAGE = 4096,
};

/* malloc_state. */
struct ptmalloc_state_layout {
	unsigned first, last; /* glibc versions, minor number */
	unsigned bins;	      /* offset */
	unsigned system_mem;  /* offset from bins; max_system_mem follows */
	unsigned size;
	unsigned fastbins; /* offset; 0: there are none */
	/* Since 2.43 the size field of a mmapped chunk leaves out the header,
	 * and 8 bytes behind the block are not usable. */
	unsigned mmapped_header;
};

/* tcache_perthread_struct: counts, then heads of lists. */
struct ptmalloc_tcache_layout {
	unsigned first, last;
	unsigned count_size; /* bytes of one count */
	unsigned num_bins, num_small_bins;
	unsigned entries;     /* offset */
	unsigned chunk_size;  /* of the chunk that it lies in */
	bool counts_are_free; /* they count what may still be put in */
};

struct ptmalloc_arena {
	cw_addr state; /* malloc_state */
	cw_addr bins;
	cw_addr top;
	uint64_t system_mem;
	bool is_main;
	uint32_t number; /* 0: the main one */
	uint32_t libc;	 /* number in ptmalloc_all.libcs */
};

/* What an arena's memory is made of: [start, end) of chunks. */
struct ptmalloc_piece {
	cw_addr start;
	cw_addr end; /* where the chain of chunks ends: a fence or the top */
	cw_addr memory_end;
	uint32_t arena;
	bool has_top;
};

struct ptmalloc_mmapped {
	cw_addr start; /* of the mapping; the chunk may be further on */
	cw_addr chunk;
	cw_addr end;
};

/* A tcache_perthread_struct, or what may be one. */
struct ptmalloc_tcache {
	cw_addr address;
	const struct ptmalloc_tcache_layout *layout;
	bool is_empty;
	bool is_sure;
	bool is_damaged; /* a thread points to it, but it makes no sense */
};

struct ptmalloc {
	const struct ptmalloc_state_layout *state;
	const struct ptmalloc_tcache_layout *tcache; /* NULL: none seen */
	uint32_t allocator;
	unsigned heap_info_size; /* 0x20; 0x30 since 2.35; 0: not seen */
	bool links_are_known;	 /* a link was seen that tells the two apart */
	bool mangles_links;	 /* 2.32, and RHEL's 2.28 */
	bool has_key;		 /* second word of cached blocks, 2.29 */
	bool is_key_random;	 /* 2.34; before, the tcache's address */
	uint64_t key;
	/* Of malloc_par, when it was found. */
	bool has_parameters;
	cw_addr sbrk_base;
	uint64_t num_mmapped, mmapped_size;
	unsigned evidence_bins; /* of PTMALLOC_NUM_BINS that check out */
	bool is_orphan;		/* its main arena cannot be read */
};

struct ptmalloc_all {
	CW_ARRAY(struct ptmalloc) libcs;
	CW_ARRAY(struct ptmalloc_arena) arenas;
	CW_ARRAY(struct ptmalloc_piece) pieces;
	CW_ARRAY(struct ptmalloc_mmapped) mmapped;
	CW_ARRAY(struct ptmalloc_tcache) tcaches;
	struct cw_map arena_by_state; /* address to number in arenas */
	/* Chunks that lists of free ones hold, sorted; see resync. */
	CW_ARRAY(cw_addr) landmarks;
	bool has_landmarks;
	/* Of the pointer to a thread's tcache, below its control block. */
	uint64_t tcache_slot;
	bool lost_cached; /* a list of cached blocks is broken */
};

extern const struct ptmalloc_state_layout ptmalloc_state_layouts[];
extern const size_t ptmalloc_num_state_layouts;
extern const struct ptmalloc_tcache_layout ptmalloc_tcache_layouts[];
extern const size_t ptmalloc_num_tcache_layouts;

static inline struct ptmalloc *
ptmalloc_libc_of(const struct ptmalloc_all *all,
		 const struct ptmalloc_arena *arena)
{
	return &all->libcs.items[arena->libc];
}

/* "safe linking": a link is stored xored with its own address >> 12. */
static inline cw_addr ptmalloc_link(const struct ptmalloc *libc, cw_addr slot,
				    uint64_t word)
{
	return libc->mangles_links ? word ^ (slot >> 12) : word;
}

/* The granule of a block that begins at @address, in use or not; else
 * CW_NO_GRANULE. */
uint64_t ptmalloc_block_granule(const struct cw_heap *heap, cw_addr address);

/* The libc whose memory @address is in; the first when that is none's. */
struct ptmalloc *ptmalloc_libc_at(const struct cw_heap *heap,
				  struct ptmalloc_all *all, cw_addr address);

static inline uint64_t ptmalloc_size(uint64_t size_field)
{
	return size_field & ~(uint64_t)PTMALLOC_FLAGS;
}

/* Size field of the chunk at @chunk; false: not readable. */
static inline bool ptmalloc_size_field(const struct cw_target *target,
				       cw_addr chunk, uint64_t *ret)
{
	return cw_target_read_word(target, chunk + 8, ret);
}

/* ptmalloc_find.c: main arenas, thread arenas; fills libcs and arenas. */
void ptmalloc_find_arenas(struct cw_heap *heap, struct ptmalloc_all *all);

/* Arenas that are in no ring, by the heap_info before them. */
void ptmalloc_find_lost_arenas(struct cw_heap *heap, struct ptmalloc_all *all);

/* ptmalloc_orphan.c: when no main arena was found. */
void ptmalloc_find_orphans(struct cw_heap *heap, struct ptmalloc_all *all);

/* ptmalloc_region.c: fills pieces, adds regions and metadata to the heap. */
void ptmalloc_find_pieces(struct cw_heap *heap, struct ptmalloc_all *all);

/* ptmalloc_mmapped.c: finds malloc_par; fills mmapped, adds regions. */
void ptmalloc_find_parameters(struct cw_heap *heap, struct ptmalloc_all *all);
void ptmalloc_find_mmapped(struct cw_heap *heap, struct ptmalloc_all *all);

/* ptmalloc_walk.c: starts and unused bits, tcaches that may be some. */
struct cw_error *ptmalloc_walk(struct cw_heap *heap, struct ptmalloc_all *all,
			       struct cw_progress *progress) cw_must_check;

/*
 * ptmalloc_resync.c: the first chunk behind @from from which the chain of a
 * piece can be followed again, or the piece's end.
 */
struct ptmalloc_resync;
cw_addr ptmalloc_resync(struct cw_heap *heap, struct ptmalloc_all *all,
			const struct ptmalloc_piece *piece, cw_addr from,
			cw_addr bad);

/* ptmalloc_tcache.c: a chunk of a tcache's size may be one. */
void ptmalloc_note_tcache(const struct cw_target *target,
			  struct ptmalloc_all *all, cw_addr chunk,
			  uint64_t size);
/* Which of those noted are, and what they tell of their libc. */
void ptmalloc_find_tcaches(struct cw_heap *heap, struct ptmalloc_all *all);
/* Whether bin @bin of a tcache holds chunks of @size bytes. */
bool ptmalloc_fits_bin(const struct ptmalloc_tcache_layout *layout,
		       unsigned bin, uint64_t size);

/* ptmalloc_cache.c: blocks that tcaches and fastbins hold. */
void ptmalloc_find_cached(struct cw_heap *heap, struct ptmalloc_all *all);

/* ptmalloc_version.c: version and evidence of each libc's allocator. */
void ptmalloc_say_version(struct cw_heap *heap, const struct ptmalloc_all *all);

/* ptmalloc_verify.c. */
struct cw_error *ptmalloc_verify(struct cw_heap *heap, void *state,
				 struct cw_progress *progress) cw_must_check;

/* Records a corruption; @format makes its text. */
void ptmalloc_corrupt(struct cw_heap *heap, cw_addr address, uint64_t lost_size,
		      cw_addr suspect, const char *format, ...) cw_printf(5, 6);

#endif

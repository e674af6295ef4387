/*
 * Roots: the places outside of heaps that may hold a pointer.
 *
 * A root is a range of words with one explanation.  The ranges do not
 * overlap.  Allocator metadata is never a root; nor are the dead parts of
 * stacks (below the stack pointer less 128 bytes) and the stacks of threads
 * that have ended, but for the words of their control blocks that still count.
 *
 * A word of a root is strong, or weak: shown to be read no more, or declared
 * as a number (object/weak.h).
 *
 * Which mapping has which use is decided here once for all: cw_usage, of
 * which `heap memory` is the print-out.  Every byte of every segment is in
 * just one usage.
 */
#ifndef OBJECT_ROOTS_H
#define OBJECT_ROOTS_H

#include "golang/goroutine.h"
#include "heap/heap.h"

/* Where an offset into a block or root is asked for: there is none. */
#define CW_NO_OFFSET UINT64_MAX

enum cw_root_kind {
	CW_ROOT_REGISTER,
	CW_ROOT_GLOBAL,	   /* .data, .bss, relro of a module */
	CW_ROOT_TLS,	   /* thread-local storage and control block */
	CW_ROOT_STACK,	   /* of a thread, from the stack pointer up */
	CW_ROOT_PRIVATE,   /* writable private memory in no known allocator */
	CW_ROOT_GOROUTINE, /* stack of one, from its stack pointer up */
	CW_ROOT_RUNTIME,   /* what Go's runtime keeps beside a block */
	CW_NUM_ROOT_KINDS,
};

/* "register", "global", "tls", "stack", "mapping", "goroutine", "runtime". */
const char *cw_root_kind_name(enum cw_root_kind kind);

/* Which to name first of several that lead to the same: the lower one. */
unsigned cw_root_kind_rank(enum cw_root_kind kind);

/* A word of a root that nobody will read again, or that is a number. */
struct cw_weak_word {
	uint64_t word;	/* number in the root */
	bool is_number; /* by its declared type; all below is 0 then */
	cw_addr owner;	/* in the function whose register it is */
	uint8_t reg;	/* DWARF number; 0xff: a word of its frame */
};

struct cw_root {
	enum cw_root_kind kind;
	/* Where the words are in the target; for registers 0. */
	cw_addr start;
	uint64_t num_words;
	const unsigned char *bytes;	/* 8 * num_words of them, borrowed */
	const struct cw_module *module; /* of a global, or NULL */
	const struct cw_thread *thread; /* of register, TLS, stack; or NULL */
	/* By word, bits: whether it may point to blocks of Go; NULL: any. */
	const uint64_t *pointers;
	/* Of a goroutine's stack: whose. */
	const struct cw_goroutine *goroutine;
	const struct cw_go *go;
	const char *what; /* of a runtime's: "finalizer of", … */
	cw_addr block;	  /* of a runtime's: beside which, or 0 */
	/* Sorted; none until cw_roots_weaken(). */
	const struct cw_weak_word *weak_words;
	size_t num_weak_words;
};

/*
 * A thread has up to two roots of registers: the general ones, with a word for
 * each enum cw_register, and the vector state.  Tells the first.
 */
static inline bool cw_root_is_general(const struct cw_root *root)
{
	return root->kind == CW_ROOT_REGISTER &&
	       root->bytes == (const unsigned char *)root->thread->regs;
}

enum cw_usage_kind {
	CW_USAGE_HEAP,		/* in a region of an allocator */
	CW_USAGE_HEAP_METADATA, /* of an allocator, in no region */
	CW_USAGE_HEAP_RESERVE,	/* mapped by an allocator for later */
	CW_USAGE_GLOBAL,
	CW_USAGE_STACK,
	CW_USAGE_STACK_UNUSED, /* below a stack pointer */
	CW_USAGE_STACK_ENDED,  /* of a thread that has ended */
	CW_USAGE_GOROUTINE,    /* stack of one */
	CW_USAGE_TLS,
	CW_USAGE_PRIVATE, /* writable, in no known allocator */
	CW_USAGE_CODE,	  /* executable */
	CW_USAGE_FILE,	  /* read-only data of files */
	CW_USAGE_SHARED,
	CW_USAGE_READ_ONLY, /* private, not writable, no file */
	CW_NUM_USAGES,
};

struct cw_usage {
	cw_addr start, end;
	enum cw_usage_kind kind;
	const struct cw_segment *segment;
	const struct cw_module *module; /* or NULL */
	const struct cw_thread *thread; /* or NULL */
};

struct cw_roots {
	CW_ARRAY(struct cw_root) roots;	  /* registers, then by address */
	CW_ARRAY(struct cw_usage) usages; /* sorted, cover all segments */
	CW_ARRAY(struct cw_weak_word) weak_words; /* of all roots */
	/* Of Go: words of which it is not known whether they are pointers, so
	 * that all that may be are taken, and the frames that they are in. */
	uint64_t num_unsure_words, num_unsure_frames;
	const struct cw_go *go; /* NULL: no heap of Go's */
	struct cw_goroutines goroutines;
	struct cw_arena arena; /* of pointers */
};

struct cw_error *cw_roots_create(const struct cw_target *target,
				 const struct cw_heap *heap,
				 struct cw_roots **ret) cw_must_check;
void cw_roots_destroy(struct cw_roots *roots);

/* "heap", "heap metadata", "stack, ended thread", … */
const char *cw_usage_kind_name(enum cw_usage_kind kind);

/* The usage or root that holds @address, or NULL. */
const struct cw_usage *cw_roots_usage_at(const struct cw_roots *roots,
					 cw_addr address);
const struct cw_root *cw_roots_root_at(const struct cw_roots *roots,
				       cw_addr address);
/* Where the next one begins; UINT64_MAX: there is none. */
cw_addr cw_roots_next(const struct cw_roots *roots, cw_addr address);

/* Whether the block of Go that begins there has a finalizer, which keeps all
 * that it leads to: where that is itself, it is never collected. */
bool cw_roots_has_finalizer(const struct cw_roots *roots, cw_addr block);

#endif

#include "object/go_roots.h"

#include "golang/special.h"
#include "golang/stack_map.h"
#include "object/extent.h"

static uint64_t *bits_alloc(struct cw_roots *roots, uint64_t num_words)
{
	size_t size = cw_bits_words(num_words) * sizeof(uint64_t);

	return memset(cw_arena_alloc(&roots->arena, size), 0, size);
}

/* Globals of Go's in [start, end), whose bits are at @mask. */
static void add_globals(const struct cw_heap *heap, struct cw_roots *roots,
			cw_addr start, cw_addr end, cw_addr mask,
			const struct cw_root *root, uint64_t *pointers)
{
	cw_addr root_end = root->start + root->num_words * 8;
	cw_addr from = start > root->start ? start : root->start;
	cw_addr to = end < root_end ? end : root_end;

	if (from >= to)
		return;
	const unsigned char *bits =
		cw_target_bytes(heap->target, mask, ((to - start) / 8 + 7) / 8);
	if (!bits)
		roots->num_unsure_words += (to - from) / 8;
	for (cw_addr at = from; at + 8 <= to; at += 8) {
		uint64_t word = (at - start) / 8;

		if (!bits || bits[word / 8] >> word % 8 & 1)
			cw_bit_set(pointers, (at - root->start) / 8);
	}
}

/* False: nothing of it leads to blocks of Go. */
static bool root_look(const struct cw_heap *heap, struct cw_roots *roots,
		      struct cw_root *root)
{
	const struct cw_go *runtime = heap->go;
	uint64_t *pointers;

	if (root->kind != CW_ROOT_GLOBAL)
		return false;
	if (root->module != runtime->module)
		return runtime->has_plugins;
	pointers = bits_alloc(roots, root->num_words);
	add_globals(heap, roots, runtime->data, runtime->data_end,
		    runtime->data_mask, root, pointers);
	add_globals(heap, roots, runtime->bss, runtime->bss_end,
		    runtime->bss_mask, root, pointers);
	root->pointers = pointers;
	return true;
}

static void look_at_others(const struct cw_heap *heap, struct cw_roots *roots,
			   size_t *num_registers)
{
	size_t num = 0, num_left = 0;

	for (size_t i = 0; i < roots->roots.num; i++) {
		struct cw_root *root = &roots->roots.items[i];

		if (!root_look(heap, roots, root)) {
			if (!heap->index.is_mixed)
				continue;
			root->pointers = bits_alloc(roots, root->num_words);
		}
		num_left += i < *num_registers;
		roots->roots.items[num++] = *root;
	}
	roots->roots.num = num;
	*num_registers = num_left;
}

static struct cw_root *add_words(const struct cw_heap *heap,
				 struct cw_roots *roots, cw_addr start,
				 uint64_t num_words)
{
	const unsigned char *bytes =
		cw_target_bytes(heap->target, start, num_words * 8);

	if (!bytes || num_words == 0)
		return NULL;
	struct cw_root *root = cw_array_push(&roots->roots);
	*root = (struct cw_root){
		.kind = CW_ROOT_RUNTIME,
		.start = start,
		.num_words = num_words,
		.bytes = bytes,
	};
	return root;
}

static bool is_on_stack(const struct cw_goroutine *goroutine, cw_addr address)
{
	return address >= cw_goroutine_live(goroutine) &&
	       address < goroutine->stack_end && address % 8 == 0;
}

/*
 * What a goroutine holds that is no word of its stack: registers, and what it
 * deferred where that is elsewhere.  Values are copied.
 */
static void add_values(struct cw_roots *roots,
		       const struct cw_goroutine *goroutine,
		       const struct cw_go_stack_word *words, size_t num)
{
	uint64_t *values = cw_arena_alloc(&roots->arena, num * 8);
	uint64_t num_values = 0;

	for (size_t i = 0; i < num; i++)
		if (!is_on_stack(goroutine, words[i].address))
			values[num_values++] = words[i].value;
	if (num_values == 0)
		return;
	*cw_array_push(&roots->roots) = (struct cw_root){
		.kind = CW_ROOT_GOROUTINE,
		.num_words = num_values,
		.bytes = (const unsigned char *)values,
		.goroutine = goroutine,
		.go = roots->go,
	};
}

static void add_goroutine(const struct cw_heap *heap, struct cw_roots *roots,
			  const struct cw_goroutine *goroutine,
			  const struct cw_go_stack_word *words, size_t num)
{
	cw_addr live = cw_goroutine_live(goroutine);

	if (live < goroutine->stack_end) {
		uint64_t size = (goroutine->stack_end - live) / 8;
		struct cw_root *root = add_words(heap, roots, live, size);
		uint64_t *pointers = root ? bits_alloc(roots, size) : NULL;

		for (size_t i = 0; root && i < num; i++)
			if (is_on_stack(goroutine, words[i].address))
				cw_bit_set(pointers,
					   (words[i].address - live) / 8);
		if (root) {
			root->kind = CW_ROOT_GOROUTINE;
			root->goroutine = goroutine;
			root->go = roots->go;
			root->pointers = pointers;
		}
	}
	add_values(roots, goroutine, words, num);
	for (size_t i = 0; i < num; i++)
		roots->num_unsure_words += words[i].is_conservative;
}

static void add_goroutines(const struct cw_heap *heap, struct cw_roots *roots)
{
	struct cw_go_stack_map map = {0};

	cw_array_foreach(goroutine, &roots->goroutines.items)
	{
		map.words.num = 0;
		cw_go_stack_map_add(&map, heap->go, goroutine);
		add_goroutine(heap, roots, goroutine, map.words.items,
			      map.words.num);
	}
	cw_go_roots_drop(roots, heap->target);
	roots->num_unsure_frames = map.num_conservative_frames;
	cw_go_stack_map_deinit(&map);
}

/* The words of an object that are pointers, apart from the object itself. */
static void add_object(const struct cw_heap *heap, struct cw_roots *roots,
		       const struct cw_go_special *special)
{
	uint64_t num = special->object_size / 8;
	struct cw_root *root = add_words(heap, roots, special->object, num);
	struct cw_piece piece = {.address = special->object};

	if (!root)
		return;
	uint64_t *pointers = bits_alloc(roots, num);
	cw_piece_look(&heap->index, &piece);
	for (uint64_t i = 0; i < num; i++)
		if (cw_piece_is_pointer(&piece, i))
			cw_bit_set(pointers, i);
	root->pointers = pointers;
	root->what = "finalizer of";
	root->block = special->object;
}

static void add_specials(const struct cw_heap *heap, struct cw_roots *roots)
{
	static const char *const names[] = {
		[CW_GO_FINALIZER] = "finalizer of",
		[CW_GO_WEAK_HANDLE] = "weak pointer to",
		[CW_GO_CLEANUP] = "cleanup of",
		[CW_GO_QUEUED_FINALIZER] = "queued finalizer",
		[CW_GO_QUEUED_CLEANUP] = "queued cleanup",
	};
	struct cw_go_specials specials;

	cw_go_specials_init(&specials, heap->go, heap->go_spans);
	cw_array_foreach(special, &specials.items)
	{
		struct cw_root *root = add_words(heap, roots, special->slots,
						 special->num_slots);

		if (root) {
			uint64_t *pointers = bits_alloc(roots, root->num_words);
			*pointers = special->pointers;
			root->pointers = pointers;
			root->what = names[special->kind];
			root->block = special->object;
		}
		if (special->kind == CW_GO_FINALIZER)
			add_object(heap, roots, special);
	}
	cw_go_specials_deinit(&specials);
}

void cw_go_roots_drop(const struct cw_roots *roots,
		      const struct cw_target *target)
{
	if (!roots->go)
		return;
	cw_array_foreach(goroutine, &roots->goroutines.items)
	{
		cw_target_drop(target, goroutine->stack_start,
			       goroutine->stack_end);
	}
}

bool cw_roots_has_finalizer(const struct cw_roots *roots, cw_addr block)
{
	const struct cw_root *root = cw_roots_root_at(roots, block);

	return root && root->kind == CW_ROOT_RUNTIME && root->start == block &&
	       root->block == block;
}

void cw_go_roots_settle(struct cw_roots *roots, const struct cw_heap *heap,
			size_t *num_registers)
{
	look_at_others(heap, roots, num_registers);
	add_goroutines(heap, roots);
	add_specials(heap, roots);
}

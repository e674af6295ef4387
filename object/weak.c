#include "object/weak.h"

#include <stdlib.h>

#include "base/memory.h"
#include "code/liveness.h"
#include "object/extent.h"
#include "object/number.h"

/* A dead word, and the root that it is a word of. */
struct found {
	size_t root;
	struct cw_weak_word weak;
};

struct weakener {
	struct cw_roots *roots;
	const struct cw_block_index *index;
	CW_ARRAY(struct found) found;
};

static void add(struct weakener *weakener, const struct cw_root *root,
		uint64_t word, const struct cw_dead_word *dead)
{
	*cw_array_push(&weakener->found) = (struct found){
		.root = root - weakener->roots->roots.items,
		.weak = {.word = word, .owner = dead->owner, .reg = dead->reg},
	};
}

/* A slot that is not in a root of this thread's stack is left alone. */
static void add_words(struct weakener *weakener, const struct cw_thread *thread,
		      const struct cw_root *registers,
		      const struct cw_dead_words *words)
{
	cw_array_foreach(dead, &words->items)
	{
		const struct cw_root *root;

		if (dead->slot == 0) {
			add(weakener, registers,
			    cw_frame_thread_registers[dead->reg], dead);
			continue;
		}
		root = cw_roots_root_at(weakener->roots, dead->slot);
		if (root && root->kind == CW_ROOT_STACK &&
		    root->thread == thread && dead->slot % 8 == 0)
			add(weakener, root, (dead->slot - root->start) / 8,
			    dead);
	}
}

static void add_number(void *context, const struct cw_root *root, uint64_t word)
{
	struct weakener *weakener = context;

	*cw_array_push(&weakener->found) = (struct found){
		.root = root - weakener->roots->roots.items,
		.weak = {.word = word, .is_number = true},
	};
}

static int by_place(const void *left, const void *right)
{
	const struct found *a = left, *b = right;

	if (a->root != b->root)
		return a->root < b->root ? -1 : 1;
	return (a->weak.word > b->weak.word) - (a->weak.word < b->weak.word);
}

static void hand_out(struct weakener *weakener)
{
	struct cw_roots *roots = weakener->roots;
	size_t num = weakener->found.num;

	if (num > 1)
		qsort(weakener->found.items, num, sizeof(struct found),
		      by_place);
	cw_array_reserve(&roots->weak_words, num);
	for (size_t i = 0; i < num; i++) {
		const struct found *found = &weakener->found.items[i];
		struct cw_root *root = &roots->roots.items[found->root];

		struct cw_weak_word *word = cw_array_push(&roots->weak_words);
		*word = found->weak;
		if (root->num_weak_words++ == 0)
			root->weak_words = word;
	}
}

static bool is_in_heap(void *context, uint64_t value)
{
	const struct weakener *weakener = context;

	return cw_pointer_used(weakener->index, value) != CW_NO_GRANULE;
}

struct cw_error *cw_roots_weaken(struct cw_roots *roots,
				 const struct cw_heap *heap,
				 struct cw_target *target,
				 struct cw_debug *debug,
				 struct cw_progress *progress)
{
	struct weakener weakener = {.roots = roots, .index = &heap->index};
	const struct cw_number_finder numbers = {
		.debug = debug,
		.wants = is_in_heap,
		.found = add_number,
		.context = &weakener,
	};
	struct cw_liveness *liveness;
	struct cw_error *err = cw_liveness_create(target, debug, &liveness);

	if (err)
		return cw_error_in(err, "weak roots");
	cw_progress_begin(progress, "reading stacks", target->threads.num);
	for (size_t i = 0; i < roots->roots.num && !err; i++) {
		const struct cw_root *root = &roots->roots.items[i];
		struct cw_dead_words words = {0};

		cw_numbers_find(&numbers, root);
		if (root->kind != CW_ROOT_REGISTER || !cw_root_is_general(root))
			continue;
		cw_liveness_thread(liveness, root->thread, is_in_heap,
				   &weakener, &words);
		add_words(&weakener, root->thread, root, &words);
		cw_dead_words_deinit(&words);
		err = cw_progress_step(progress, i);
	}
	if (!err)
		hand_out(&weakener);
	cw_array_deinit(&weakener.found);
	cw_liveness_destroy(liveness);
	return err;
}

const struct cw_weak_word *cw_root_weak_word(const struct cw_root *root,
					     uint64_t word)
{
	size_t low = 0, high = root->num_weak_words;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (root->weak_words[middle].word < word)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == root->num_weak_words || root->weak_words[low].word != word)
		return NULL;
	return &root->weak_words[low];
}

/*
 * Stack words: the live words of goroutines' stacks.
 *
 *	stack_words CORE	"GOROUTINE FRAME precise|maybe VALUE" of each,
 *				with "behind" those in what it points to; then
 *				a line of counts
 */
#include <inttypes.h>
#include <stdio.h>

#include "golang/stack_map.h"

static void print_words(const struct cw_go_stack_map *map,
			const struct cw_target *target, uint64_t id)
{
	cw_array_foreach(word, &map->words)
	{
		uint64_t behind[4];

		printf("%" PRIu64 " %d %s %" PRIu64 "\n", id, (int)word->frame,
		       word->is_conservative ? "maybe" : "precise",
		       word->value);
		if (word->is_conservative ||
		    !cw_target_read(target, word->value, behind,
				    sizeof(behind)))
			continue;
		for (size_t i = 0; i < 4; i++)
			if (behind[i])
				printf("%" PRIu64 " %d behind %" PRIu64 "\n",
				       id, (int)word->frame, behind[i]);
	}
}

static void print_stacks(const struct cw_go *go)
{
	struct cw_goroutines goroutines;
	struct cw_go_stack_map map = {0};

	cw_goroutines_init(&goroutines, go);
	cw_array_foreach(goroutine, &goroutines.items)
	{
		map.words.num = 0;
		cw_go_stack_map_add(&map, go, goroutine);
		print_words(&map, go->target, goroutine->id);
	}
	printf("count goroutines %zu frames %zu unmapped %zu lost %zu\n",
	       goroutines.items.num, map.num_frames,
	       map.num_conservative_frames, map.num_lost);
	cw_go_stack_map_deinit(&map);
	cw_goroutines_deinit(&goroutines);
}

int main(int argc, char **argv)
{
	struct cw_target_options options = {0};
	struct cw_target *target;

	if (argc != 2)
		return 2;
	struct cw_error *err = cw_target_open_core(argv[1], &options, &target);
	if (err) {
		fprintf(stderr, "stack_words: %s\n", cw_error_message(err));
		return 3;
	}
	struct cw_debug *debug = cw_debug_create(target);
	struct cw_go *go = cw_go_create(target, debug);
	if (!go || go->problem) {
		fprintf(stderr, "stack_words: %s\n",
			go ? go->problem : "no Go");
		return 3;
	}
	print_stacks(go);
	cw_go_destroy(go);
	cw_debug_destroy(debug);
	cw_target_close(target);
	return 0;
}

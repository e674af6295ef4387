/* Prints the frames of all threads of a core: "THREAD FRAME 0xPC FUNCTION". */
#include <inttypes.h>
#include <stdio.h>

#include "dwarf/unwind.h"
#include "tests/unit/check.h"

static void print_stack(const struct cw_target *target, struct cw_debug *debug,
			const struct cw_thread *thread)
{
	struct cw_stack stack;

	cw_stack_init(&stack, debug, target, thread, 0);
	for (size_t i = 0; i < stack.frames.num; i++) {
		const struct cw_frame *frame = &stack.frames.items[i];
		uint64_t offset = 0;
		const char *name = cw_debug_function(
			debug, cw_frame_lookup_pc(frame), &offset);
		printf("%u %zu 0x%016" PRIx64 " %s\n", thread->number, i,
		       frame->pc, name ? name : "??");
	}
	printf("%u end: %s\n", thread->number, cw_stack_end_name(stack.end));
	cw_stack_deinit(&stack);
}

int main(int argc, char **argv)
{
	const struct cw_target_options options = {0};
	struct cw_target *target;

	check(argc == 2);
	check_ok(cw_target_open_core(argv[1], &options, &target));
	struct cw_debug *debug = cw_debug_create(target);
	cw_array_foreach(thread, &target->threads)
		print_stack(target, debug, thread);
	cw_debug_destroy(debug);
	cw_target_close(target);
	return 0;
}

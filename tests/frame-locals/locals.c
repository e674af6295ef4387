/*
 * locals CORE [EXE]: what lives in each frame of each thread, as GDB says it:
 * "THREAD STACK-POINTER NAME = VALUE".
 *
 * Values as with output-radix 16, but "S" for text in arrays, "E" for values
 * of enumerations and "U" for what is unknown.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "dwarf/frame_variable.h"
#include "tests/unit/check.h"

enum {
	MAX_SIZE = 1 << 16,
	MAX_DEPTH = 16,
};

struct value {
	unsigned char bytes[MAX_SIZE], known[MAX_SIZE];
};

static struct value value;
static const struct cw_frame_site *site;
static unsigned long num_printed, num_unknown;

static bool is_known(uint64_t at, uint64_t size)
{
	for (uint64_t i = at; i < at + size; i++)
		if (!value.known[i])
			return false;
	return true;
}

static void print_float(const struct cw_type *type, uint64_t at)
{
	double wide;
	float narrow;
	long double widest = 0;

	if (type->size == 8) {
		memcpy(&wide, &value.bytes[at], 8);
		printf("%.17g", wide);
	} else if (type->size == 4) {
		memcpy(&narrow, &value.bytes[at], 4);
		printf("%.9g", (double)narrow);
	} else {
		memcpy(&widest, &value.bytes[at], 10);
		printf("%.18Lg", widest);
	}
}

static void print_scalar(const struct cw_type *type, uint64_t at,
			 const struct cw_member *member)
{
	uint64_t number = 0;

	if (!is_known(at, type->size)) {
		printf("U");
		num_unknown++;
		return;
	}
	num_printed++;
	if (type->encoding == CW_ENCODING_FLOAT) {
		print_float(type, at);
		return;
	}
	memcpy(&number, &value.bytes[at], type->size < 8 ? type->size : 8);
	if (member && member->bit_size)
		number = number >> member->bit_offset &
			 ((UINT64_C(1) << member->bit_size) - 1);
	if (type->kind == CW_TYPE_ENUM)
		printf("E");
	else
		printf("%s0x%" PRIx64,
		       type->kind == CW_TYPE_REFERENCE ? "@" : "", number);
}

static bool is_text(const struct cw_type *type)
{
	const struct cw_type *element = cw_type_strip(type->target);

	return element->kind == CW_TYPE_BASE &&
	       (element->encoding == CW_ENCODING_CHAR ||
		element->encoding == CW_ENCODING_UTF);
}

static void print_value(const struct cw_type *type, uint64_t at,
			const struct cw_member *of, int depth);

static void print_members(const struct cw_type *type, uint64_t at, int depth)
{
	const struct cw_member *members;
	size_t num = cw_type_members(type, &members);

	printf("{");
	for (size_t i = 0; i < num; i++) {
		if (i > 0)
			printf(", ");
		if (members[i].is_base)
			printf("<%s> = ", cw_type_strip(members[i].type)->name);
		else if (members[i].name)
			printf("%s = ", members[i].name);
		print_value(members[i].type, at + members[i].offset,
			    &members[i], depth + 1);
	}
	printf("%s}", num ? "" : "<No data fields>");
}

static void print_array(const struct cw_type *type, uint64_t at, int depth)
{
	if (is_text(type)) {
		printf(is_known(at, type->size) ? "S" : "U");
		return;
	}
	printf("{");
	for (uint64_t i = 0; i < type->count; i++) {
		if (i > 0)
			printf(", ");
		print_value(type->target, at + i * type->target->size, NULL,
			    depth + 1);
	}
	printf("}");
}

static void print_value(const struct cw_type *type, uint64_t at,
			const struct cw_member *of, int depth)
{
	type = cw_type_strip(type);
	if (at + type->size > MAX_SIZE || depth > MAX_DEPTH)
		printf("U");
	else if (cw_type_is_aggregate(type))
		print_members(type, at, depth);
	else if (type->kind == CW_TYPE_ARRAY)
		print_array(type, at, depth);
	else
		print_scalar(type, at, of);
}

static void print_variable(void *context,
			   const struct cw_frame_variable *variable)
{
	const struct cw_frame *frame = &site->stack->frames.items[site->frame];
	const struct cw_type *type = cw_type_strip(variable->local->type);
	const unsigned *thread = context;
	uint64_t size = type->size;

	if (!variable->local->name)
		return;
	printf("%u %" PRIx64 " %s = ", *thread, frame->regs[CW_FRAME_RSP],
	       variable->local->name);
	if (size > MAX_SIZE)
		size = MAX_SIZE;
	uint64_t known = cw_frame_variable_bytes(site, variable, value.bytes,
						 value.known, size);
	if (known == 0 && size > 0)
		printf("U");
	else
		print_value(type, 0, NULL, 0);
	if (known == 0)
		num_unknown++;
	printf("\n");
}

int main(int argc, char **argv)
{
	struct cw_target_options options = {0};
	struct cw_target *target;

	check(argc >= 2);
	options.exe = argc > 2 ? argv[2] : NULL;
	check_ok(cw_target_open_core(argv[1], &options, &target));
	struct cw_debug *debug = cw_debug_create(target);
	cw_array_foreach(thread, &target->threads)
	{
		struct cw_stack stack;
		cw_stack_init(&stack, debug, target, thread, 0);
		for (size_t i = 0; i < stack.frames.num; i++) {
			struct cw_frame_site here = {
				.debug = debug,
				.target = target,
				.stack = &stack,
				.frame = i,
			};
			site = &here;
			check_ok(cw_frame_variables(&here, print_variable,
						    &thread->number));
		}
		cw_stack_deinit(&stack);
	}
	fprintf(stderr, "%lu scalars, %lu unknown\n", num_printed, num_unknown);
	cw_debug_destroy(debug);
	cw_target_close(target);
	return 0;
}

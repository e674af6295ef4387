/*
 * What the compiler says of frames (cmd/compile/internal/liveness, the same
 * from 1.19 to 1.27):
 *
 *	stackmap	n 4, nbit 4, then n bitmaps of nbit bits: for locals of
 *			the words up to the locals' end, for arguments of those
 *			from the frame's end on
 *	stack objects	n 8, then n times: offset 4 (less than 0: from the
 *			locals' end, else from the frame's end), size 4, bytes
 *			with pointers 4 (negative: its mask is a program, up to
 *			1.23), mask 4 (from moduledata.rodata on)
 */
#include "golang/stack_map.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum {
	MAX_BITS = 1 << 20,
	MAX_MAPS = 1 << 20,
	MAX_OBJECTS = 1 << 16, /* of a frame; more are damage */
	MAX_DEFERRED = 1 << 24,
	OBJECT_SIZE = 16,
	/* Of a vector state as the processor writes it: %xmm, then the upper
	 * halves of %ymm (Intel SDM, XSAVE area). */
	XMM_START = 160,
	XMM_END = 416,
	YMM_START = 576,
	YMM_END = 832,
	/* reflect's frame: the method value, whether there are results. */
	REFLECT_RESULTS = 32,
};

struct bits {
	const unsigned char *bytes;
	uint32_t num;
};

struct scan {
	struct cw_go_stack_map *map;
	const struct cw_go *go;
	const struct cw_goroutine *goroutine;
	uint32_t frame;
};

static void add_value(struct scan *scan, cw_addr address, uint64_t value,
		      bool is_conservative)
{
	if (value == 0)
		return;
	if (value >= scan->goroutine->stack_start &&
	    value < scan->goroutine->stack_end)
		*cw_array_push(&scan->map->pointers) =
			(struct cw_go_stack_pointer){value, is_conservative};
	else
		*cw_array_push(&scan->map->words) = (struct cw_go_stack_word){
			address, value, scan->frame, is_conservative};
}

/* Words of the stack from @start on, those with a bit or all. */
static void add_words(struct scan *scan, cw_addr start, uint64_t num,
		      const unsigned char *mask, bool is_conservative)
{
	const struct cw_goroutine *goroutine = scan->goroutine;

	if (start < goroutine->stack_start || start >= goroutine->stack_end)
		return;
	if (num > (goroutine->stack_end - start) / 8)
		num = (goroutine->stack_end - start) / 8;
	const unsigned char *bytes =
		cw_target_bytes(scan->go->target, start, num * 8);
	for (uint64_t i = 0; bytes && i < num; i++) {
		uint64_t value;

		if (mask && !(mask[i / 8] >> i % 8 & 1))
			continue;
		memcpy(&value, bytes + i * 8, sizeof(value));
		add_value(scan, start + i * 8, value, is_conservative);
	}
}

/* The bitmap @index of a stackmap; false: there is none such. */
static bool bits_read(const struct cw_go *go, cw_addr stackmap, int32_t index,
		      struct bits *ret)
{
	int32_t numbers[2];

	if (stackmap == 0 ||
	    !cw_target_read(go->target, stackmap, numbers, sizeof(numbers)) ||
	    numbers[0] <= 0 || numbers[0] > MAX_MAPS || numbers[1] < 0 ||
	    numbers[1] > MAX_BITS)
		return false;
	*ret = (struct bits){.num = numbers[1]};
	if (ret->num == 0)
		return true;
	uint32_t size = (ret->num + 7) / 8;
	ret->bytes =
		index < numbers[0]
			? cw_target_bytes(go->target,
					  stackmap + 8 + (uint64_t)index * size,
					  size)
			: NULL;
	return ret->bytes != NULL;
}

/* ---- Frames of reflect, which makes calls of types known at run time. */

static bool is_reflect(const struct cw_go_frame *frame)
{
	return frame->function.arguments_size == CW_GO_UNKNOWN_SIZE &&
	       (strcmp(frame->function.name, "reflect.makeFuncStub") == 0 ||
		strcmp(frame->function.name, "reflect.methodValueCall") == 0);
}

/*
 * The method value that it was called with is on top: fn, the map of arguments
 * and results {n, bits}, bytes of arguments.
 */
static void add_reflect_arguments(struct scan *scan,
				  const struct cw_go_frame *frame)
{
	const struct cw_target *target = scan->go->target;
	uint64_t value[3], bits[2];
	cw_addr method;
	unsigned char has_results;

	if (frame->sp + 8 >= frame->end ||
	    !cw_target_read_word(target, frame->sp, &method) ||
	    !cw_target_read(target, method, value, sizeof(value)) ||
	    value[0] != frame->function.entry ||
	    !cw_target_read(target, value[1], bits, sizeof(bits)) ||
	    !cw_target_read(target, frame->sp + REFLECT_RESULTS, &has_results,
			    1))
		return;
	uint32_t num = bits[0];
	if (!has_results && num > value[2] / 8)
		num = value[2] / 8;
	const unsigned char *mask =
		num <= MAX_BITS
			? cw_target_bytes(target, bits[1], (num + 7) / 8)
			: NULL;
	if (mask)
		add_words(scan, frame->end, num, mask, false);
}

/* abi.RegArgs is the last of its locals: 9 integers, 15 floats, 9 pointers. */
static void add_reflect_object(struct scan *scan,
			       const struct cw_go_frame *frame)
{
	static const unsigned char mask[] = {0, 0, 0, 0xff, 1};

	*cw_array_push(&scan->map->objects) = (struct cw_go_stack_object){
		.start = cw_go_frame_locals_end(frame) - 272,
		.size = 272,
		.num_pointer_words = 33,
		.mask = mask,
		.frame = frame->number,
	};
}

/* ---- Frames */

static void add_object(struct scan *scan, const struct cw_go_frame *frame,
		       const unsigned char *bytes)
{
	const struct cw_go *go = scan->go;
	int32_t offset, size, pointers;
	uint32_t mask;

	memcpy(&offset, bytes, 4);
	memcpy(&size, bytes + 4, 4);
	memcpy(&pointers, bytes + 8, 4);
	memcpy(&mask, bytes + 12, 4);
	struct cw_go_stack_object object = {
		.start = (offset < 0 ? cw_go_frame_locals_end(frame)
				     : frame->end) +
			 offset,
		.size = size,
		.frame = frame->number,
		.num_pointer_words = size / 8,
	};
	/* Of one that the frame has no room for yet there is nothing. */
	if (size <= 0 || object.start < frame->sp)
		return;
	if (pointers >= 0 && pointers <= size) {
		object.num_pointer_words = pointers / 8;
		object.mask = cw_target_bytes(go->target, go->rodata + mask,
					      (pointers / 8 + 7) / 8);
	}
	*cw_array_push(&scan->map->objects) = object;
}

/* False: what objects there are cannot be read. */
static bool add_objects(struct scan *scan, const struct cw_go_frame *frame)
{
	const struct cw_go *go = scan->go;
	cw_addr address =
		cw_go_function_data(go, &frame->function, CW_GO_STACK_OBJECTS);
	uint64_t num;

	if (address == 0)
		return true;
	if (!cw_target_read_word(go->target, address, &num) ||
	    num > MAX_OBJECTS)
		return false;
	const unsigned char *bytes =
		cw_target_bytes(go->target, address + 8, num * OBJECT_SIZE);
	for (uint64_t i = 0; bytes && i < num; i++)
		add_object(scan, frame, bytes + i * OBJECT_SIZE);
	return bytes || num == 0;
}

/* All that may be in the frame; false: its map cannot be read. */
static void add_unmapped(struct scan *scan, const struct cw_go_frame *frame)
{
	int32_t size = frame->function.arguments_size;

	scan->map->num_conservative_frames++;
	add_words(scan, frame->sp,
		  (cw_go_frame_locals_end(frame) - frame->sp) / 8, NULL, true);
	if (size > 0)
		add_words(scan, frame->end, size / 8, NULL, true);
}

static bool add_mapped(struct scan *scan, const struct cw_go_frame *frame)
{
	const struct cw_go *go = scan->go;
	const struct cw_go_function *function = &frame->function;
	cw_addr locals_end = cw_go_frame_locals_end(frame);
	struct bits locals = {0}, arguments = {0};
	int32_t index = -1;

	if (frame->resume != function->entry)
		index = cw_go_place_value(go, function, CW_GO_STACK_MAP_INDEX,
					  frame->resume - 1);
	/* Before the function's first call: as at its entry. */
	if (index < 0)
		index = 0;
	if ((locals_end > frame->sp &&
	     !bits_read(go, cw_go_function_data(go, function, CW_GO_LOCAL_MAPS),
			index, &locals)) ||
	    (function->arguments_size > 0 &&
	     !bits_read(go,
			cw_go_function_data(go, function, CW_GO_ARGUMENT_MAPS),
			index, &arguments)))
		return false;
	if (locals.num)
		add_words(scan, locals_end - locals.num * 8, locals.num,
			  locals.bytes, false);
	if (arguments.num)
		add_words(scan, frame->end, arguments.num, arguments.bytes,
			  false);
	return true;
}

static void add_frame(struct scan *scan, const struct cw_go_frame *frame)
{
	scan->frame = frame->number;
	scan->map->num_frames++;
	if (frame->is_unmapped) {
		add_unmapped(scan, frame);
		return;
	}
	if (frame->resume == 0)
		return;
	if (!add_mapped(scan, frame)) {
		add_unmapped(scan, frame);
		return;
	}
	if (is_reflect(frame)) {
		add_reflect_arguments(scan, frame);
		add_reflect_object(scan, frame);
		return;
	}
	if (!add_objects(scan, frame))
		add_unmapped(scan, frame);
}

/* ---- Registers */

static void add_vectors(struct scan *scan, const unsigned char *state,
			uint64_t size)
{
	for (uint64_t at = XMM_START; at + 8 <= size && at < YMM_END; at += 8) {
		uint64_t value;

		if (at == XMM_END)
			at = YMM_START;
		if (at + 8 > size)
			break;
		memcpy(&value, state + at, sizeof(value));
		add_value(scan, 0, value, true);
	}
}

static void add_thread_registers(struct scan *scan)
{
	static const enum cw_register general[] = {
		CW_REG_R15, CW_REG_R14, CW_REG_R13, CW_REG_R12, CW_REG_RBP,
		CW_REG_RBX, CW_REG_R11, CW_REG_R10, CW_REG_R9,	CW_REG_R8,
		CW_REG_RAX, CW_REG_RCX, CW_REG_RDX, CW_REG_RSI, CW_REG_RDI,
	};

	cw_array_foreach(thread, &scan->go->target->threads)
	{
		if (thread->tid != scan->goroutine->tid)
			continue;
		for (size_t i = 0; i < cw_num_elements(general); i++)
			add_value(scan, 0, thread->regs[general[i]], true);
		if (thread->vector_state)
			add_vectors(scan, thread->vector_state,
				    thread->vector_state_size);
		return;
	}
}

/* The kernel saves the others, too, and says where (struct mcontext). */
static void add_signal_registers(struct scan *scan)
{
	enum { FLOATS = 184 };
	const struct cw_target *target = scan->go->target;
	cw_addr address = scan->goroutine->signal_registers;
	uint64_t values[CW_GO_NUM_SIGNAL_REGISTERS - 2];
	cw_addr floats;

	if (cw_target_read(target, address, values, sizeof(values)))
		for (size_t i = 0; i < cw_num_elements(values); i++)
			add_value(scan, address + i * 8, values[i], true);
	if (!cw_target_read_word(target, address + FLOATS, &floats) ||
	    floats == 0)
		return;
	uint64_t size = YMM_END;
	const unsigned char *state = cw_target_bytes(target, floats, size);
	if (!state)
		state = cw_target_bytes(target, floats, size = XMM_END);
	if (state)
		add_vectors(scan, state, size);
}

/* ---- Goroutines */

/* Records of deferred calls are partly on the stack, partly in the heap. */
static void add_deferred(struct scan *scan)
{
	const struct cw_go *go = scan->go;
	const struct cw_go_place *places = go->layout.places;
	cw_addr address = scan->goroutine->deferred;

	scan->frame = CW_GO_NO_FRAME;
	for (uint32_t i = 0; address && i < MAX_DEFERRED; i++) {
		cw_addr function =
			address + places[CW_GO_DEFER_FUNCTION].offset;
		cw_addr link = address + places[CW_GO_DEFER_LINK].offset;
		uint64_t values[2];
		unsigned char is_in_heap;

		if (!cw_target_read_word(go->target, function, &values[0]) ||
		    !cw_target_read_word(go->target, link, &values[1]) ||
		    !cw_target_read(go->target,
				    address +
					    places[CW_GO_DEFER_IN_HEAP].offset,
				    &is_in_heap, 1))
			break;
		add_value(scan, function, values[0], false);
		add_value(scan, link, values[1], false);
		if (is_in_heap)
			add_value(scan, 0, address, false);
		address = values[1];
	}
	add_value(scan, 0, scan->goroutine->panics, false);
}

static int by_start(const void *left, const void *right)
{
	const struct cw_go_stack_object *a = left, *b = right;

	return (a->start > b->start) - (a->start < b->start);
}

static struct cw_go_stack_object *object_at(struct cw_go_stack_map *map,
					    cw_addr address)
{
	size_t low = 0, high = map->objects.num;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (map->objects.items[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	struct cw_go_stack_object *object =
		low ? &map->objects.items[low - 1] : NULL;
	return object && address - object->start < object->size ? object : NULL;
}

/* Precise pointers first: what they lead to is then read by its mask alone. */
static void add_live_objects(struct scan *scan)
{
	struct cw_go_stack_map *map = scan->map;

	if (map->objects.num)
		qsort(map->objects.items, map->objects.num,
		      sizeof(*map->objects.items), by_start);
	for (unsigned is_conservative = 0; is_conservative < 2;
	     is_conservative++)
		for (size_t i = 0; i < map->pointers.num; i++) {
			const struct cw_go_stack_pointer *pointer =
				&map->pointers.items[i];
			if (pointer->is_conservative != is_conservative)
				continue;
			struct cw_go_stack_object *object =
				object_at(map, pointer->value);
			if (!object || object->is_done)
				continue;
			object->is_done = true;
			scan->frame = object->frame;
			add_words(scan, object->start,
				  object->num_pointer_words, object->mask,
				  is_conservative || !object->mask);
		}
}

/* All words of the stack, from where it could not be followed. */
static void add_lost(struct scan *scan, cw_addr start)
{
	const struct cw_goroutine *goroutine = scan->goroutine;
	size_t before = scan->map->words.num;

	scan->map->num_lost++;
	add_words(scan, start, (goroutine->stack_end - start) / 8, NULL, true);
	scan->map->num_lost_words += scan->map->words.num - before;
}

void cw_go_stack_map_add(struct cw_go_stack_map *map, const struct cw_go *go,
			 const struct cw_goroutine *goroutine)
{
	struct scan scan = {map, go, goroutine, 0};
	struct cw_go_frame frame = {0};

	map->objects.num = map->pointers.num = 0;
	if (goroutine->registers == CW_GO_REGISTERS_THREAD)
		add_thread_registers(&scan);
	else if (goroutine->registers == CW_GO_REGISTERS_SIGNAL)
		add_signal_registers(&scan);
	add_value(&scan, goroutine->address, goroutine->context, false);

	if (goroutine->registers != CW_GO_REGISTERS_UNKNOWN)
		while (cw_go_frame_next(go, goroutine, &frame))
			add_frame(&scan, &frame);
	if (!cw_go_frame_is_last(&frame) &&
	    goroutine->stack_end > goroutine->stack_start) {
		scan.frame = frame.pc ? frame.number + 1 : 0;
		add_lost(&scan, frame.pc ? frame.end : goroutine->stack_start);
	}
	add_deferred(&scan);
	add_live_objects(&scan);
}

void cw_go_stack_map_deinit(struct cw_go_stack_map *map)
{
	cw_array_deinit(&map->words);
	cw_array_deinit(&map->objects);
	cw_array_deinit(&map->pointers);
}

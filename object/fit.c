#include "object/fit.h"

#include "golang/size_class.h"

enum {
	CHUNK_ALIGN = 16,
	MIN_USABLE = 24,
	SIZE_FIELD = 8,
	ROUNDED = 8,  /* before the program wrote down what it asked for */
	UNSPLIT = 16, /* less than a smallest chunk */
	PAGE_SLACK = 4096 + 16,
};

const char *cw_shape_name(enum cw_shape shape)
{
	static const char *const names[] = {
		[CW_SHAPE_NONE] = "none",	  [CW_SHAPE_EXACT] = "exact",
		[CW_SHAPE_TEXT] = "text",	  [CW_SHAPE_ARRAY] = "array",
		[CW_SHAPE_FLEXIBLE] = "flexible", [CW_SHAPE_SLACK] = "slack",
		[CW_SHAPE_POOL] = "pool",	  [CW_SHAPE_PREFIX] = "prefix",
		[CW_SHAPE_POINTERS] = "pointers",
	};

	return names[shape];
}

static uint64_t usable_of(const struct cw_room *room, uint64_t request)
{
	if (room->kind == CW_REGION_SPANS)
		return cw_go_class_size(request);
	if (room->kind == CW_REGION_POOLS)
		return (request + CHUNK_ALIGN - 1) & -CHUNK_ALIGN;
	uint64_t usable =
		((request + SIZE_FIELD + CHUNK_ALIGN - 1) & -CHUNK_ALIGN) -
		SIZE_FIELD;

	return usable < MIN_USABLE ? MIN_USABLE : usable;
}

/* glibc's, which may have been cut from a larger one. */
static bool is_chunk(const struct cw_room *room)
{
	return room->kind == CW_REGION_MAIN_ARENA ||
	       room->kind == CW_REGION_THREAD_ARENA;
}

bool cw_room_is_class(const struct cw_room *room, uint64_t size)
{
	if (size > room->size)
		return false;
	if (room->asked)
		return size <= room->asked && room->asked - size < ROUNDED;
	if (room->kind == CW_REGION_MMAPPED)
		return room->size - size < PAGE_SLACK;
	return usable_of(room, size + room->header) ==
	       room->size + room->header;
}

bool cw_room_is_near(const struct cw_room *room, uint64_t size)
{
	if (cw_room_is_class(room, size))
		return true;
	if (room->asked)
		return size <= room->asked && room->asked - size < UNSPLIT;
	return size <= room->size && is_chunk(room) &&
	       usable_of(room, size + room->header) + UNSPLIT ==
		       room->size + room->header;
}

static struct cw_fit flexible_fit(const struct cw_layout *layout,
				  const struct cw_room *room)
{
	if (cw_room_is_class(room, layout->type->size))
		return (struct cw_fit){CW_SHAPE_EXACT, 1};
	return (struct cw_fit){CW_SHAPE_FLEXIBLE, 1};
}

/* Of an aligned allocation memalign leaves up to a smallest chunk behind. */
static bool is_near_aligned(const struct cw_room *room,
			    const struct cw_type *type)
{
	return type->alignment > CHUNK_ALIGN && type->size <= room->size &&
	       is_chunk(room) &&
	       usable_of(room, type->size + room->header) + 2 * UNSPLIT ==
		       room->size + room->header;
}

struct cw_fit cw_fit_of(const struct cw_layout *layout,
			const struct cw_room *room)
{
	uint64_t size = layout->type->size;

	if (size == 0 || size > room->size)
		return (struct cw_fit){CW_SHAPE_NONE, 0};
	/* Text and numbers: as many as there is room for. */
	if (layout->type->kind == CW_TYPE_BASE)
		return (struct cw_fit){CW_SHAPE_ARRAY, room->size / size};
	if (layout->flexible)
		return flexible_fit(layout, room);

	bool is_pointer = layout->type->kind == CW_TYPE_POINTER;
	uint64_t count = room->size / size;
	bool is_class = cw_room_is_class(room, size);
	if (is_pointer && count > 1)
		return (struct cw_fit){CW_SHAPE_ARRAY, count};
	if (is_class)
		return (struct cw_fit){CW_SHAPE_EXACT, 1};
	if (cw_room_is_near(room, size) || is_near_aligned(room, layout->type))
		return (struct cw_fit){CW_SHAPE_SLACK, 1};
	if (count > 1 && cw_room_is_near(room, count * size))
		return (struct cw_fit){CW_SHAPE_ARRAY, count};
	return (struct cw_fit){CW_SHAPE_PREFIX, 1};
}

/* Whether the flexible end is @value elements long, and text's NUL besides. */
static bool is_length(const struct cw_layout *layout,
		      const struct cw_room *room, uint64_t value)
{
	uint64_t element = layout->flexible->size, size;

	for (uint64_t extra = 0; extra < 1 + (element == 1); extra++)
		if (!__builtin_mul_overflow(value + extra, element, &size) &&
		    size <= room->size &&
		    (element > 1 || size >= CW_SURE_LENGTH) &&
		    (cw_room_is_class(room, layout->flexible_offset + size) ||
		     (layout->is_flexible_one &&
		      cw_room_is_class(room, layout->type->size + size))))
			return true;
	return false;
}

bool cw_fit_has_length(const struct cw_layout *layout,
		       const unsigned char *bytes, const struct cw_room *room)
{
	bool is_few = false, is_contradicted = false;

	for (uint32_t i = 0; i < layout->num_lengths; i++) {
		uint64_t value = cw_length_read(&layout->lengths[i], bytes);
		bool is_one = is_length(layout, room, value);

		if (is_one && value > 1)
			return true;
		is_few |= is_one;
		is_contradicted |=
			layout->lengths[i].is_named && value > room->size;
	}
	return is_few && !is_contradicted;
}

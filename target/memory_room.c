#include "target/memory_room.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/search.h"

/* Around what is mapped.  Addresses only: what nobody touches takes nothing. */
static const uint64_t space = 64 << 20;
/* The kernel's own addresses are beyond. */
static const cw_addr user_end = UINT64_C(1) << 57;

void cw_memory_rooms_deinit(struct cw_memory_rooms *rooms)
{
	cw_array_deinit(&rooms->ranges);
	cw_array_deinit(&rooms->of_files);
}

/* Of zeros, or private over a file when @fd is one; NULL: it cannot be.
 * @place, in another room, may be NULL. */
static unsigned char *room_map(struct cw_memory_rooms *rooms, void *place,
			       uint64_t size, int fd, uint64_t offset)
{
	int flags = MAP_PRIVATE | MAP_NORESERVE | (fd < 0 ? MAP_ANONYMOUS : 0) |
		    (place ? MAP_FIXED : 0);
	void *room =
		mmap(place, size, PROT_READ | PROT_WRITE, flags, fd, offset);

	/* What was there may be gone all the same. */
	if (room == MAP_FAILED && place)
		mmap(place, size, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_NORESERVE | MAP_ANONYMOUS | MAP_FIXED,
		     -1, 0);
	if (room == MAP_FAILED)
		return NULL;
	if (place)
		return room;
	/* No page but those that are copied, also in the long run. */
	if (fd < 0)
		madvise(room, size, MADV_NOHUGEPAGE);
	*cw_array_push(&rooms->files->list) =
		(struct cw_mapped_file){.bytes = room, .size = size};
	return room;
}

static bool is_anonymous(const struct cw_map_line *line)
{
	return line->kind == CW_MAP_ANONYMOUS && line->end <= user_end &&
	       line->flags & CW_SEGMENT_READ &&
	       !(line->flags & CW_SEGMENT_SHARED);
}

static void range_add(struct cw_memory_rooms *rooms, cw_addr start, cw_addr end)
{
	start = start > space ? start - space : 0;
	end += space;
	unsigned char *room = room_map(rooms, NULL, end - start, -1, 0);
	if (room)
		*cw_array_push(&rooms->ranges) = (struct cw_memory_room){
			.line = {.start = start, .end = end},
			.bytes = room,
		};
}

static void ranges_make(struct cw_memory_rooms *rooms,
			const struct cw_map_lines *lines)
{
	cw_addr start = 0, end = 0;

	cw_array_foreach(line, &lines->list)
	{
		if (!is_anonymous(line))
			continue;
		bool is_far =
			line->start > end && line->start - end > 2 * space;
		if (is_far && end > 0)
			range_add(rooms, start, end);
		if (is_far || end == 0)
			start = line->start;
		/* While it runs, one may be told twice, and be longer then. */
		if (line->end > end)
			end = line->end;
	}
	if (end > 0)
		range_add(rooms, start, end);
}

static const struct cw_memory_room *
range_find(const struct cw_memory_rooms *rooms, cw_addr address)
{
	const struct cw_memory_room *items = rooms->ranges.items;
	size_t at = cw_search_first(i, 0, rooms->ranges.num,
				    items[i].line.end <= address);

	return at < rooms->ranges.num ? &items[at] : NULL;
}

/* Where in a range @line is; NULL: not all of it is in one. */
static unsigned char *range_place(const struct cw_memory_rooms *rooms,
				  const struct cw_map_line *line)
{
	const struct cw_memory_room *range = range_find(rooms, line->start);

	if (!range || line->start < range->line.start ||
	    line->end > range->line.end)
		return NULL;
	return range->bytes + (line->start - range->line.start);
}

/* Whether a file was mapped there before. */
static bool has_file(const struct cw_memory_rooms *rooms,
		     const struct cw_map_line *line)
{
	const struct cw_memory_room *items = rooms->of_files.items;
	size_t at = cw_search_first(i, 0, rooms->of_files.num,
				    items[i].line.end <= line->start);

	return at < rooms->of_files.num && items[at].line.start < line->end;
}

unsigned char *cw_memory_room_anonymous(const struct cw_memory_rooms *rooms,
					const struct cw_map_line *line)
{
	/* Where a file was there are no zeros. */
	return is_anonymous(line) && !has_file(rooms, line)
		       ? range_place(rooms, line)
		       : NULL;
}

static bool is_readable(const struct cw_map_line *line)
{
	return line->flags & CW_SEGMENT_READ && line->kind != CW_MAP_CLOCK;
}

/*
 * All of the mapping has room, also what is beyond the end of the file, which
 * may grow.
 */
static unsigned char *file_map(struct cw_memory_rooms *rooms, uint32_t pid,
			       const struct cw_map_line *line, void *place,
			       uint64_t *ret_covered)
{
	int fd;

	if (!line->path || !cw_map_line_find(line, pid, ret_covered, &fd))
		return NULL;
	unsigned char *room = room_map(rooms, place, line->end - line->start,
				       fd, line->file_offset);
	close(fd);
	return room;
}

static unsigned char *file_room_find(const struct cw_memory_rooms *rooms,
				     uint32_t pid,
				     const struct cw_map_line *line,
				     uint64_t *ret_covered)
{
	const struct cw_memory_room *items = rooms->of_files.items;
	size_t at = cw_search_first(i, 0, rooms->of_files.num,
				    items[i].line.start < line->start);

	if (at == rooms->of_files.num ||
	    !cw_map_line_is_same(&items[at].line, line) ||
	    !cw_map_line_find(line, pid, ret_covered, NULL))
		return NULL;
	return items[at].bytes;
}

void cw_memory_rooms_make(struct cw_memory_rooms *rooms, uint32_t pid,
			  const struct cw_map_lines *lines)
{
	ranges_make(rooms, lines);
	cw_array_foreach(line, &lines->list)
	{
		uint64_t covered;
		if (line->kind != CW_MAP_FILE || !is_readable(line))
			continue;
		unsigned char *place =
			has_file(rooms, line) ? NULL : range_place(rooms, line);
		unsigned char *room =
			file_map(rooms, pid, line, place, &covered);
		if (room)
			*cw_array_push(&rooms->of_files) =
				(struct cw_memory_room){*line, room};
	}
}

unsigned char *cw_memory_room_find(struct cw_memory_rooms *rooms, uint32_t pid,
				   const struct cw_map_line *line,
				   uint64_t *ret_covered, bool *ret_has_file)
{
	unsigned char *room = NULL;

	*ret_covered = line->end - line->start;
	*ret_has_file = false;
	if (!is_readable(line))
		return NULL;
	if (line->kind == CW_MAP_FILE) {
		room = file_room_find(rooms, pid, line, ret_covered);
		if (!room)
			room = file_map(rooms, pid, line, NULL, ret_covered);
		*ret_has_file = room;
		if (room || line->flags & CW_SEGMENT_SHARED)
			return room;
		*ret_covered = line->end - line->start;
	}
	room = cw_memory_room_anonymous(rooms, line);
	return room ? room : room_map(rooms, NULL, *ret_covered, -1, 0);
}

/*
 * Memory rooms: memory of ours where that of a process is to be copied.
 *
 * They are made while the process still runs, since that takes longer than to
 * copy: what it has stays where it is but for little, and only what came to it
 * in between needs room when it stands still.  All of a room is zeros, or a
 * private view of its file, until it is copied to: so nothing that changed
 * meanwhile can be seen.
 *
 * Anonymous mappings that lie near each other have one room, with the gaps
 * between them and some space around: they grow, shrink, split and merge there.
 * Files that are mapped there have their room in it, so that what lies across
 * the end of a file, as large variables do, is in one piece here too.
 *
 * For target/ only.
 */
#ifndef TARGET_MEMORY_ROOM_H
#define TARGET_MEMORY_ROOM_H

#include "target/map_line.h"
#include "target/target_private.h"

/* A range of addresses, or one mapping of a file. */
struct cw_memory_room {
	struct cw_map_line line; /* of a range only the bounds */
	unsigned char *bytes;
};

struct cw_memory_rooms {
	struct cw_mapped_files *files; /* which unmap what was mapped */
	CW_ARRAY(struct cw_memory_room) ranges;	  /* sorted */
	CW_ARRAY(struct cw_memory_room) of_files; /* sorted */
};

void cw_memory_rooms_deinit(struct cw_memory_rooms *rooms);

/* For all that is readable in process @pid.  What fails has no room yet. */
void cw_memory_rooms_make(struct cw_memory_rooms *rooms, uint32_t pid,
			  const struct cw_map_lines *lines);

/* Of an anonymous mapping, for its first byte; NULL: there is none yet. */
unsigned char *cw_memory_room_anonymous(const struct cw_memory_rooms *rooms,
					const struct cw_map_line *line);

/*
 * The room of a mapping of process @pid, for its first byte; made when there is
 * none yet.  NULL: it cannot be read.  *ret_covered is how much of the mapping
 * can be touched, and @ret_has_file whether its file is seen there.
 */
unsigned char *cw_memory_room_find(struct cw_memory_rooms *rooms, uint32_t pid,
				   const struct cw_map_line *line,
				   uint64_t *ret_covered, bool *ret_has_file);

#endif

/*
 * Neighbour: processes of this machine that threads of a running one wait for:
 * at the other end of a pipe or a connection, with a lock of a file, or as a
 * child.
 *
 * As they are now, a moment after the process was looked at; those of others
 * that we may not look into are not seen.
 */
#ifndef HANG_NEIGHBOUR_H
#define HANG_NEIGHBOUR_H

#include "hang/socket.h"
#include "hang/waits.h"

enum cw_neighbour_role {
	CW_NEIGHBOUR_WRITES,
	CW_NEIGHBOUR_READS,
	CW_NEIGHBOUR_CONNECTED,
	CW_NEIGHBOUR_LISTENS, /* but did not accept yet */
	CW_NEIGHBOUR_LOCKS,
	CW_NEIGHBOUR_CHILD,
};

struct cw_neighbour {
	uint32_t wait; /* number in items */
	int32_t fd;    /* that it waits at, or -1 */
	enum cw_neighbour_role role;
	uint32_t pid;	  /* may be the process itself */
	const char *name; /* or NULL */
	char state;	  /* 'R', 'S', … as in proc(5), or '?' */
};

struct cw_neighbours {
	/* By wait, then descriptor; each process once. */
	CW_ARRAY(struct cw_neighbour) items;
	struct cw_sockets sockets;
	struct cw_arena arena;
};

/* Of a core: none. */
struct cw_neighbours *cw_neighbours_create(const struct cw_target *target,
					   const struct cw_waits *waits);
void cw_neighbours_destroy(struct cw_neighbours *neighbours);

/* The first of a wait at a descriptor, or of -1, and how many; 0: none. */
size_t cw_neighbours_at(const struct cw_neighbours *neighbours, uint32_t wait,
			int32_t fd, const struct cw_neighbour **ret);

/* "writes", "locks": for JSON. */
const char *cw_neighbour_role_name(enum cw_neighbour_role role);

#endif

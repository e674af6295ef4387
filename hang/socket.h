/*
 * Socket: what the sockets of a running process's network are, by inode, as
 * /proc/PID/net has them; read once.
 *
 * Not here: who has them open (hang/neighbour.h).
 */
#ifndef HANG_SOCKET_H
#define HANG_SOCKET_H

#include "base/map.h"
#include "base/text.h"
#include "target/target.h"

struct cw_socket {
	uint64_t inode;
	const char *protocol;	 /* "tcp6"; NULL: a unix socket */
	const char *path;	 /* of that, or NULL */
	uint32_t local[5];	 /* IPv6 or mapped, in net order, and port */
	uint32_t remote[5];	 /* same */
	uint32_t state;		 /* of TCP: <netinet/tcp.h> */
	uint32_t unsent, unread; /* bytes */
	bool is_listening;
};

struct cw_sockets {
	CW_ARRAY(struct cw_socket) items;
	struct cw_map by_inode, by_ends;
	bool is_own_network;   /* this process is in the same one */
	struct cw_arena arena; /* of paths */
};

/* Empty where there is no running process. */
void cw_sockets_init(struct cw_sockets *sockets,
		     const struct cw_target *target);
void cw_sockets_deinit(struct cw_sockets *sockets);

/* NULL: there is none. */
const struct cw_socket *cw_sockets_find(const struct cw_sockets *sockets,
					uint64_t inode);

/*
 * The inode at the other end of a connection within this machine; of a unix
 * socket the kernel is asked, which tells of our own network only.  0: not
 * known.
 */
uint64_t cw_sockets_other_end(const struct cw_sockets *sockets,
			      const struct cw_socket *socket);

/* Adds "tcp 127.0.0.1:80 <- 127.0.0.1:3344", "unix socket /run/x". */
void cw_socket_describe(const struct cw_socket *socket, struct cw_text *text);

#endif

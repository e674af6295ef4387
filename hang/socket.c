#include "hang/socket.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

enum {
	PATH_SIZE = 64,
	LINE_SIZE = 512,
	PORT = 4,	     /* in an address of ours */
	LISTENING = 1 << 16, /* of unix sockets: __SO_ACCEPTCON */
	MOST_SOCKETS = 1 << 20,
};

static FILE *open_table(const struct cw_target *target, const char *name)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/net/%s",
		 target->entrance, name);
	return fopen(path, "re");
}

/* "0100007F:1F90", of IPv4 or IPv6, each word in the machine's order. */
static bool read_address(const char *text, uint32_t *ret)
{
	size_t length = strcspn(text, ":");

	if ((length != 8 && length != 32) || text[length] != ':')
		return false;
	memset(ret, 0, 4 * sizeof(*ret));
	uint32_t *word = length == 8 ? ret + 3 : ret;
	if (length == 8)
		ret[2] = htonl(0xffff);
	for (size_t i = 0; i < length; i += 8)
		if (sscanf(text + i, "%8" SCNx32, word++) != 1)
			return false;
	ret[PORT] = strtoul(text + length + 1, NULL, 16);
	return true;
}

static uint64_t hash_ends(const uint32_t *local, const uint32_t *remote)
{
	uint32_t both[2][5];

	memcpy(both[0], local, sizeof(both[0]));
	memcpy(both[1], remote, sizeof(both[1]));
	return cw_hash_bytes(both, sizeof(both));
}

static void add(struct cw_sockets *sockets, const struct cw_socket *socket)
{
	uint32_t number = sockets->items.num;

	*cw_array_push(&sockets->items) = *socket;
	cw_map_set(&sockets->by_inode, socket->inode, number);
	if (socket->protocol && socket->remote[PORT])
		cw_map_set(&sockets->by_ends,
			   hash_ends(socket->local, socket->remote), number);
}

/* proc(5), /proc/net/tcp: local and remote address, state, queues … inode. */
static void read_inet(struct cw_sockets *sockets,
		      const struct cw_target *target, const char *protocol)
{
	char line[LINE_SIZE], local[64], remote[64];
	FILE *file = open_table(target, protocol);

	if (!file)
		return;
	while (sockets->items.num < MOST_SOCKETS &&
	       fgets(line, sizeof(line), file)) {
		struct cw_socket socket = {.protocol = protocol};
		if (sscanf(line,
			   "%*s %63s %63s %x %x:%x %*s %*s %*s %*s %" SCNu64,
			   local, remote, &socket.state, &socket.unsent,
			   &socket.unread, &socket.inode) != 6 ||
		    !socket.inode || !read_address(local, socket.local) ||
		    !read_address(remote, socket.remote))
			continue;
		socket.is_listening = socket.state == TCP_LISTEN;
		add(sockets, &socket);
	}
	fclose(file);
}

/* Num RefCount Protocol Flags Type St Inode Path */
static void read_unix(struct cw_sockets *sockets,
		      const struct cw_target *target)
{
	char line[LINE_SIZE], path[LINE_SIZE];
	FILE *file = open_table(target, "unix");
	unsigned flags;

	if (!file)
		return;
	while (sockets->items.num < MOST_SOCKETS &&
	       fgets(line, sizeof(line), file)) {
		struct cw_socket socket = {0};
		int num =
			sscanf(line, "%*s %*s %*s %x %*s %*s %" SCNu64 " %511s",
			       &flags, &socket.inode, path);
		if (num < 2 || !socket.inode)
			continue;
		socket.is_listening = flags & LISTENING;
		if (num == 3)
			socket.path = cw_arena_strdup(&sockets->arena, path);
		add(sockets, &socket);
	}
	fclose(file);
}

static bool is_own_network(const struct cw_target *target)
{
	char path[PATH_SIZE];
	struct stat ours, its;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/ns/net",
		 target->entrance);
	return stat(path, &its) == 0 && stat("/proc/self/ns/net", &ours) == 0 &&
	       its.st_ino == ours.st_ino && its.st_dev == ours.st_dev;
}

void cw_sockets_init(struct cw_sockets *sockets, const struct cw_target *target)
{
	*sockets = (struct cw_sockets){0};
	cw_map_init(&sockets->by_inode);
	cw_map_init(&sockets->by_ends);
	cw_arena_init(&sockets->arena);
	if (target->kind != CW_TARGET_PROCESS)
		return;
	sockets->is_own_network = is_own_network(target);
	static const char *const tables[] = {"tcp", "tcp6", "udp", "udp6"};
	for (size_t i = 0; i < cw_num_elements(tables); i++)
		read_inet(sockets, target, tables[i]);
	read_unix(sockets, target);
}

void cw_sockets_deinit(struct cw_sockets *sockets)
{
	cw_map_deinit(&sockets->by_inode);
	cw_map_deinit(&sockets->by_ends);
	cw_arena_deinit(&sockets->arena);
	cw_array_deinit(&sockets->items);
}

const struct cw_socket *cw_sockets_find(const struct cw_sockets *sockets,
					uint64_t inode)
{
	uint32_t number;

	return cw_map_get(&sockets->by_inode, inode, &number)
		       ? &sockets->items.items[number]
		       : NULL;
}

/* sock_diag(7): the peer, among the attributes of the answer; 0: none. */
static uint32_t peer_in(const struct nlmsghdr *header, size_t length)
{
	const struct unix_diag_msg *message = NLMSG_DATA(header);
	uint32_t peer = 0;

	if (!NLMSG_OK(header, length) ||
	    header->nlmsg_type != SOCK_DIAG_BY_FAMILY)
		return 0;
	size_t left = header->nlmsg_len - NLMSG_LENGTH(sizeof(*message));
	const struct nlattr *attribute = (const void *)(message + 1);
	while (left >= NLA_HDRLEN && attribute->nla_len >= NLA_HDRLEN &&
	       attribute->nla_len <= left) {
		size_t size = NLA_ALIGN(attribute->nla_len);
		if (attribute->nla_type == UNIX_DIAG_PEER &&
		    attribute->nla_len == NLA_HDRLEN + sizeof(peer))
			memcpy(&peer, (const char *)attribute + NLA_HDRLEN,
			       sizeof(peer));
		if (size >= left)
			break;
		left -= size;
		attribute = (const void *)((const char *)attribute + size);
	}
	return peer;
}

static uint64_t ask_unix_peer(uint64_t inode)
{
	struct {
		struct nlmsghdr header;
		struct unix_diag_req request;
	} question = {
		.header = {.nlmsg_len = sizeof(question),
			   .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			   .nlmsg_flags = NLM_F_REQUEST},
		.request = {.sdiag_family = AF_UNIX,
			    .udiag_states = UINT32_MAX,
			    .udiag_ino = inode,
			    .udiag_show = UDIAG_SHOW_PEER,
			    .udiag_cookie = {UINT32_MAX, UINT32_MAX}},
	};
	union {
		struct nlmsghdr header;
		char bytes[4096];
	} answer;
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC,
			NETLINK_SOCK_DIAG);
	uint32_t peer = 0;

	if (fd < 0)
		return 0;
	if (send(fd, &question, sizeof(question), 0) ==
	    (ssize_t)sizeof(question)) {
		ssize_t length = recv(fd, &answer, sizeof(answer), 0);
		if (length > 0)
			peer = peer_in(&answer.header, length);
	}
	close(fd);
	return peer;
}

uint64_t cw_sockets_other_end(const struct cw_sockets *sockets,
			      const struct cw_socket *socket)
{
	uint32_t number;

	if (!socket->protocol)
		return sockets->is_own_network ? ask_unix_peer(socket->inode)
					       : 0;
	return cw_map_get(&sockets->by_ends,
			  hash_ends(socket->remote, socket->local), &number)
		       ? sockets->items.items[number].inode
		       : 0;
}

static void add_inet(const uint32_t *address, struct cw_text *text)
{
	static const uint32_t zeros[3];
	char shown[INET6_ADDRSTRLEN];
	bool is_short =
		memcmp(address, zeros, 8) == 0 && address[2] == htonl(0xffff);

	if (inet_ntop(is_short ? AF_INET : AF_INET6,
		      is_short ? address + 3 : address, shown, sizeof(shown)))
		cw_text_addf(text, is_short ? "%s:%" PRIu32 : "[%s]:%" PRIu32,
			     shown, address[PORT]);
}

static void add_queues(const struct cw_socket *socket, struct cw_text *text)
{
	char number[CW_NUMBER_SIZE];

	if (socket->unsent)
		cw_text_addf(text, ", %s unsent",
			     cw_text_bytes(number, socket->unsent, false));
	if (socket->unread)
		cw_text_addf(text, ", %s unread",
			     cw_text_bytes(number, socket->unread, false));
}

void cw_socket_describe(const struct cw_socket *socket, struct cw_text *text)
{
	bool is_tcp = socket->protocol && socket->protocol[0] == 't';

	if (!socket->protocol) {
		cw_text_addf(text, "unix socket%s%s", socket->path ? " " : "",
			     socket->path ? socket->path : "");
		return;
	}
	cw_text_addf(text, "%s ", socket->protocol);
	add_inet(socket->local, text);
	if (socket->is_listening) {
		cw_text_add(text, " listening");
		return;
	}
	if (!socket->remote[PORT])
		return;
	cw_text_add(text, " <- ");
	add_inet(socket->remote, text);
	if (is_tcp && socket->state == TCP_SYN_SENT) {
		cw_text_add(text, ", no answer yet");
		return;
	}
	if (is_tcp && socket->state == TCP_CLOSE_WAIT)
		cw_text_add(text, ", closed by the other side");
	/* Those of datagrams count memory, and not bytes. */
	if (is_tcp)
		add_queues(socket, text);
}

#include "hang/descriptor.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/memory.h"

enum {
	MOST_POLLED = 4096,
	BITS_OF_WORD = 64,
	PATH_SIZE = 4096,
	LINE_SIZE = 512,
};

/* struct pollfd, as the kernel has it. */
struct polled {
	int32_t fd;
	int16_t events, revents;
};

struct list {
	int32_t *items;
	size_t num;
};

static void add(struct list *list, int32_t fd)
{
	if (fd >= 0 && list->num++ < CW_MAX_DESCRIPTORS)
		list->items[list->num - 1] = fd;
}

static void add_polled(const struct cw_target *target,
		       const struct cw_system_call *call, struct list *list)
{
	uint64_t num = call->arguments[1];

	for (uint64_t i = 0; i < num && i < MOST_POLLED; i++) {
		struct polled polled;
		if (!cw_target_read(target,
				    call->arguments[0] + i * sizeof(polled),
				    &polled, sizeof(polled)))
			return;
		add(list, polled.fd);
	}
}

/* In any of the three sets. */
static void add_selected(const struct cw_target *target,
			 const struct cw_system_call *call, struct list *list)
{
	uint64_t num = call->arguments[0];

	for (uint64_t i = 0; i < num && i < MOST_POLLED; i++) {
		bool is_set = false;
		for (unsigned set = 1; set <= 3; set++) {
			uint64_t word;
			if (call->arguments[set] &&
			    cw_target_read_word(target,
						call->arguments[set] +
							i / BITS_OF_WORD * 8,
						&word))
				is_set |= word >> i % BITS_OF_WORD & 1;
		}
		if (is_set)
			add(list, i);
	}
}

static FILE *open_proc(const struct cw_target *target, const char *name)
{
	char path[PATH_SIZE];

	if (target->kind != CW_TARGET_PROCESS)
		return NULL;
	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/%s", target->pid, name);
	return fopen(path, "re");
}

/* "tfd:        5 events: …", proc(5) */
static void add_watched(const struct cw_target *target, int32_t fd,
			struct list *list)
{
	char name[LINE_SIZE], line[LINE_SIZE];

	snprintf(name, sizeof(name), "fdinfo/%" PRId32, fd);
	FILE *file = open_proc(target, name);
	if (!file)
		return;
	while (fgets(line, sizeof(line), file)) {
		int watched;
		if (sscanf(line, "tfd: %d", &watched) == 1)
			add(list, watched);
	}
	fclose(file);
}

size_t cw_descriptors_of(const struct cw_target *target,
			 const struct cw_wait *wait, int32_t *ret)
{
	struct list list = {.items = ret};

	switch (wait->object.kind) {
	case CW_WAIT_POLL:
		add_polled(target, &wait->call, &list);
		break;
	case CW_WAIT_SELECT:
		add_selected(target, &wait->call, &list);
		break;
	case CW_WAIT_EPOLL:
		add_watched(target, wait->fd, &list);
		break;
	default:
		add(&list, wait->fd < 0 ? -1 : wait->fd);
	}
	return list.num;
}

/* "0100007F:1F90", of IPv4 or IPv6, each word in the machine's order. */
static bool add_address(const char *text, struct cw_text *to)
{
	char shown[INET6_ADDRSTRLEN];
	unsigned char bytes[16];
	size_t length = strcspn(text, ":");
	uint32_t words[4];

	if ((length != 8 && length != 32) || text[length] != ':')
		return false;
	for (size_t i = 0; i < length / 8; i++)
		if (sscanf(text + i * 8, "%8" SCNx32, &words[i]) != 1)
			return false;
	memcpy(bytes, words, sizeof(words[0]) * (length / 8));
	bool is_long = length == 32;
	if (!inet_ntop(is_long ? AF_INET6 : AF_INET, bytes, shown,
		       sizeof(shown)))
		return false;
	unsigned long port = strtoul(text + length + 1, NULL, 16);
	cw_text_addf(to, is_long ? "[%s]:%lu" : "%s:%lu", shown, port);
	return true;
}

/* proc(5), /proc/net/tcp: local and remote address, state … inode. */
static bool add_inet(const struct cw_target *target, const char *table,
		     uint64_t inode, struct cw_text *text)
{
	enum { LISTENS = 0x0a };
	char line[LINE_SIZE], local[64], remote[64], name[64];
	uint64_t found;
	unsigned state;

	snprintf(name, sizeof(name), "net/%s", table);
	FILE *file = open_proc(target, name);
	if (!file)
		return false;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line,
			   "%*s %63s %63s %x %*s %*s %*s %*s %*s %" SCNu64,
			   local, remote, &state, &found) != 4 ||
		    found != inode)
			continue;
		fclose(file);
		cw_text_addf(text, "%s ", table);
		add_address(local, text);
		if (state == LISTENS) {
			cw_text_add(text, " listening");
		} else {
			cw_text_add(text, " <- ");
			add_address(remote, text);
		}
		return true;
	}
	fclose(file);
	return false;
}

/* Num RefCount Protocol Flags Type St Inode Path */
static bool add_unix(const struct cw_target *target, uint64_t inode,
		     struct cw_text *text)
{
	char line[LINE_SIZE], path[LINE_SIZE];
	uint64_t found;

	FILE *file = open_proc(target, "net/unix");
	if (!file)
		return false;
	while (fgets(line, sizeof(line), file)) {
		int num = sscanf(line,
				 "%*s %*s %*s %*s %*s %*s %" SCNu64 " %511s",
				 &found, path);
		if (num < 1 || found != inode)
			continue;
		fclose(file);
		cw_text_addf(text, "unix socket%s%s", num == 2 ? " " : "",
			     num == 2 ? path : "");
		return true;
	}
	fclose(file);
	return false;
}

static bool add_socket(const struct cw_target *target, uint64_t inode,
		       struct cw_text *text)
{
	static const char *const tables[] = {"tcp", "tcp6", "udp", "udp6"};

	for (size_t i = 0; i < cw_num_elements(tables); i++)
		if (add_inet(target, tables[i], inode, text))
			return true;
	return add_unix(target, inode, text);
}

void cw_descriptor_describe(const struct cw_target *target, int32_t fd,
			    struct cw_text *text)
{
	char path[PATH_SIZE], link[PATH_SIZE];
	uint64_t inode;

	if (target->kind != CW_TARGET_PROCESS)
		return;
	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/fd/%" PRId32,
		 target->pid, fd);
	ssize_t length = readlink(path, link, sizeof(link) - 1);
	if (length <= 0)
		return;
	link[length] = '\0';
	if (sscanf(link, "socket:[%" SCNu64, &inode) == 1 &&
	    add_socket(target, inode, text))
		return;
	cw_text_add(text, link);
}

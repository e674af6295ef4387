#include "hang/descriptor.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
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
	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/%s", target->entrance,
		 name);
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

/* "NETLINK", of those that /proc/PID/net does not list by inode. */
static bool add_protocol(const char *path, struct cw_text *text)
{
	char name[32];
	ssize_t length =
		getxattr(path, "system.sockprotoname", name, sizeof(name) - 1);

	if (length <= 0)
		return false;
	name[length] = '\0';
	for (char *c = name; *c; c++)
		*c = tolower((unsigned char)*c);
	cw_text_addf(text, "%s socket", name);
	return true;
}

bool cw_descriptor_is_pipe(const struct cw_target *target, int32_t fd)
{
	char path[PATH_SIZE];
	struct stat status;

	if (target->kind != CW_TARGET_PROCESS)
		return false;
	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/fd/%" PRId32,
		 target->entrance, fd);
	return stat(path, &status) == 0 && S_ISFIFO(status.st_mode);
}

void cw_descriptor_describe(const struct cw_target *target,
			    const struct cw_sockets *sockets, int32_t fd,
			    struct cw_text *text)
{
	char path[PATH_SIZE], link[PATH_SIZE];
	uint64_t inode;

	if (target->kind != CW_TARGET_PROCESS)
		return;
	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/fd/%" PRId32,
		 target->entrance, fd);
	ssize_t length = readlink(path, link, sizeof(link) - 1);
	if (length <= 0)
		return;
	link[length] = '\0';
	if (sscanf(link, "socket:[%" SCNu64, &inode) != 1) {
		/* "anon_inode:[eventfd]" */
		const char *own =
			strncmp(link, "anon_inode:", 11) ? link : link + 11;
		cw_text_add(text, own);
		return;
	}
	const struct cw_socket *socket = cw_sockets_find(sockets, inode);
	if (socket)
		cw_socket_describe(socket, text);
	else if (!add_protocol(path, text))
		cw_text_add(text, link);
}

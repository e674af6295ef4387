#include "hang/neighbour.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/memory.h"
#include "hang/descriptor.h"
#include "hang/detail.h"
#include "hang/file_lock.h"
#include "target/proc_file.h"

enum {
	PATH_SIZE = 4096,
	MOST_LINKS = 1 << 18, /* open files of all processes */
	MOST_WANTS = 1 << 12,
	MOST_NEIGHBOURS = 1 << 14,
	NONE = -1,
};

/* An open file that a neighbour has, by what /proc/PID/fd calls it. */
struct want {
	uint32_t wait;
	int32_t fd;
	enum cw_neighbour_role role;
	mode_t mode; /* of what the other has open: one of these bits */
	struct cw_file_lock lock;
	uint32_t next; /* that has the same name: number + 1 */
};

/* Children of which PID, or of any or a group: see cw_wait_child(). */
struct parent {
	uint32_t wait;
	int32_t child;
};

struct search {
	const struct cw_target *target;
	const struct cw_waits *waits;
	struct cw_neighbours *found;
	CW_ARRAY(struct want) wants;
	CW_ARRAY(struct parent) parents;
	struct cw_map by_name; /* number of the last want */
	size_t num_links;
};

struct process {
	uint32_t pid;
	struct cw_proc_stat stat;
};

/* What /proc calls an open file; false: it is not there, or not ours to see. */
static bool link_read(uint32_t pid, const char *fd, char *ret)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/fd/%s", pid, fd);
	ssize_t length = readlink(path, ret, PATH_SIZE - 1);
	if (length <= 0)
		return false;
	ret[length] = '\0';
	return true;
}

/* Whether it may be read or written: as /proc shows the rights of the link. */
static mode_t access_of(uint32_t pid, const char *fd)
{
	char path[64];
	struct stat status;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/fd/%s", pid, fd);
	if (lstat(path, &status) < 0)
		return 0;
	return status.st_mode & (S_IRUSR | S_IWUSR);
}

static void want_add(struct search *search, const char *name,
		     const struct want *want)
{
	uint32_t number = search->wants.num;
	uint32_t *last = cw_map_place(
		&search->by_name, cw_hash_bytes(name, strlen(name)), number);
	struct want *added = cw_array_push(&search->wants);

	*added = *want;
	added->next = *last == number ? 0 : *last + 1;
	*last = number;
}

static void want_socket(struct search *search, uint64_t inode,
			const struct want *want)
{
	cw_cleanup_free char *name = cw_format("socket:[%" PRIu64 "]", inode);

	if (inode)
		want_add(search, name, want);
}

/* Who would have to accept what connects to that unix socket. */
static void want_listener(struct search *search, const struct cw_wait *wait,
			  struct want *want)
{
	const struct cw_sockets *sockets = &search->found->sockets;
	cw_cleanup_text struct cw_text to = {0};

	cw_wait_describe(search->target, wait, &to);
	if (!to.length || strncmp(to.chars, "to ", 3) != 0)
		return;
	want->role = CW_NEIGHBOUR_LISTENS;
	cw_array_foreach(socket, &sockets->items)
	{
		if (socket->is_listening && socket->path &&
		    strcmp(socket->path, to.chars + 3) == 0)
			want_socket(search, socket->inode, want);
	}
}

static void want_other_end(struct search *search, uint32_t number, int32_t fd)
{
	const struct cw_wait *wait = &search->waits->items.items[number];
	const struct cw_sockets *sockets = &search->found->sockets;
	struct want want = {.wait = number, .fd = fd};
	char text[16], link[PATH_SIZE];
	uint64_t inode;

	snprintf(text, sizeof(text), "%" PRId32, fd);
	if (search->wants.num >= MOST_WANTS ||
	    !link_read(search->target->entrance, text, link))
		return;
	mode_t mode = access_of(search->target->entrance, text);
	if (wait->object.kind == CW_WAIT_FILE_LOCK) {
		want.role = CW_NEIGHBOUR_LOCKS;
		want.mode = S_IRUSR | S_IWUSR;
		want.lock = cw_file_lock_wanted(search->target, wait);
		want_add(search, link, &want);
	} else if (sscanf(link, "socket:[%" SCNu64, &inode) == 1) {
		const struct cw_socket *socket =
			cw_sockets_find(sockets, inode);
		want.role = CW_NEIGHBOUR_CONNECTED;
		want.mode = S_IRUSR | S_IWUSR;
		if (wait->object.kind == CW_WAIT_CONNECT)
			want_listener(search, wait, &want);
		else if (socket)
			want_socket(search,
				    cw_sockets_other_end(sockets, socket),
				    &want);
	} else if (cw_descriptor_is_pipe(search->target, fd) &&
		   mode != (S_IRUSR | S_IWUSR)) {
		want.role = mode & S_IRUSR ? CW_NEIGHBOUR_WRITES
					   : CW_NEIGHBOUR_READS;
		want.mode = mode & S_IRUSR ? S_IWUSR : S_IRUSR;
		want_add(search, link, &want);
	}
}

static void collect(struct search *search)
{
	for (uint32_t i = 0; i < search->waits->num_threads; i++) {
		const struct cw_wait *wait = &search->waits->items.items[i];
		int32_t fds[CW_MAX_DESCRIPTORS], child;

		if (!wait->is_in_call || cw_wait_is_for_lock(wait))
			continue;
		if (cw_wait_child(wait, &child)) {
			*cw_array_push(&search->parents) =
				(struct parent){i, child};
			continue;
		}
		size_t num = cw_descriptors_of(search->target, wait, fds);
		for (size_t j = 0; j < num && j < CW_MAX_DESCRIPTORS; j++)
			want_other_end(search, i, fds[j]);
	}
}

static void found_add(struct search *search, uint32_t wait, int32_t fd,
		      enum cw_neighbour_role role,
		      const struct process *process)
{
	struct cw_neighbours *found = search->found;
	size_t num = found->items.num;

	/* What it has open twice is told once. */
	for (size_t i = num; i-- > 0;) {
		const struct cw_neighbour *last = &found->items.items[i];
		if (last->pid != process->pid)
			break;
		if (last->wait == wait && last->fd == fd && last->role == role)
			return;
	}
	if (num < MOST_NEIGHBOURS)
		*cw_array_push(&found->items) = (struct cw_neighbour){
			.wait = wait,
			.fd = fd,
			.role = role,
			.pid = process->pid,
			.name = cw_arena_strdup(&found->arena,
						process->stat.name),
			.state = process->stat.state,
		};
}

static void look_at_file(struct search *search, const struct process *process,
			 const char *fd)
{
	char link[PATH_SIZE];
	uint32_t number;

	if (!link_read(process->pid, fd, link) ||
	    !cw_map_get(&search->by_name, cw_hash_bytes(link, strlen(link)),
			&number))
		return;
	for (uint32_t next = number + 1; next != 0;) {
		const struct want *want = &search->wants.items[next - 1];
		next = want->next;
		if (!(access_of(process->pid, fd) & want->mode) ||
		    (want->role == CW_NEIGHBOUR_LOCKS &&
		     !cw_file_lock_is_held(process->pid, fd, &want->lock)))
			continue;
		found_add(search, want->wait, want->fd, want->role, process);
	}
}

static void look_at_files(struct search *search, const struct process *process)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/fd", process->pid);
	DIR *folder = opendir(path);
	if (!folder)
		return;
	for (struct dirent *entry;
	     search->num_links < MOST_LINKS && (entry = readdir(folder));) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		search->num_links++;
		look_at_file(search, process, entry->d_name);
	}
	closedir(folder);
}

static void look_at_parent(struct search *search, const struct process *process)
{
	if (process->stat.parent != search->target->pid)
		return;
	cw_array_foreach(parent, &search->parents)
	{
		if (parent->child == 0 ||
		    parent->child == (int32_t)process->pid ||
		    -(int64_t)parent->child == process->stat.group)
			found_add(search, parent->wait, NONE,
				  CW_NEIGHBOUR_CHILD, process);
	}
}

static void look_around(struct search *search)
{
	DIR *folder = opendir("/proc");

	if (!folder)
		return;
	for (struct dirent *entry; (entry = readdir(folder));) {
		uint32_t pid = strtoul(entry->d_name, NULL, 10);
		struct process process = {.pid = pid};
		if (pid == 0 || pid == (uint32_t)getpid() ||
		    !cw_proc_stat_read(pid, 0, &process.stat))
			continue;
		look_at_parent(search, &process);
		if (search->wants.num)
			look_at_files(search, &process);
	}
	closedir(folder);
}

static int compare(const void *left, const void *right)
{
	const struct cw_neighbour *a = left, *b = right;

	if (a->wait != b->wait)
		return a->wait < b->wait ? -1 : 1;
	if (a->fd != b->fd)
		return a->fd < b->fd ? -1 : 1;
	return (a->pid > b->pid) - (a->pid < b->pid);
}

struct cw_neighbours *cw_neighbours_create(const struct cw_target *target,
					   const struct cw_waits *waits)
{
	struct cw_neighbours *found = cw_alloc(sizeof(*found));
	struct search search = {
		.target = target, .waits = waits, .found = found};

	cw_arena_init(&found->arena);
	cw_sockets_init(&found->sockets, target);
	if (target->kind != CW_TARGET_PROCESS)
		return found;
	cw_map_init(&search.by_name);
	collect(&search);
	if (search.wants.num || search.parents.num)
		look_around(&search);
	if (found->items.num > 1)
		qsort(found->items.items, found->items.num,
		      sizeof(struct cw_neighbour), compare);
	cw_map_deinit(&search.by_name);
	cw_array_deinit(&search.wants);
	cw_array_deinit(&search.parents);
	return found;
}

void cw_neighbours_destroy(struct cw_neighbours *neighbours)
{
	if (!neighbours)
		return;
	cw_sockets_deinit(&neighbours->sockets);
	cw_arena_deinit(&neighbours->arena);
	cw_array_deinit(&neighbours->items);
	free(neighbours);
}

size_t cw_neighbours_at(const struct cw_neighbours *neighbours, uint32_t wait,
			int32_t fd, const struct cw_neighbour **ret)
{
	size_t num = 0;

	cw_array_foreach(neighbour, &neighbours->items)
	{
		if (neighbour->wait != wait || neighbour->fd != fd)
			continue;
		if (num++ == 0)
			*ret = neighbour;
	}
	return num;
}

const char *cw_neighbour_role_name(enum cw_neighbour_role role)
{
	static const char *const names[] = {
		[CW_NEIGHBOUR_WRITES] = "writes",
		[CW_NEIGHBOUR_READS] = "reads",
		[CW_NEIGHBOUR_CONNECTED] = "connected",
		[CW_NEIGHBOUR_LISTENS] = "listens",
		[CW_NEIGHBOUR_LOCKS] = "locks",
		[CW_NEIGHBOUR_CHILD] = "child",
	};

	return names[role];
}

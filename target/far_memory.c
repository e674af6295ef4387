#include "target/far_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/array.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/search.h"

enum {
	PAGE_SIZE = 4096,
	/* Fetched at a time: in the beginning, and when a walk has gone on.
	 * GDB reads a few megabytes a second, in packets of 9 KB, so more would
	 * only be a waste. */
	MIN_WINDOW = PAGE_SIZE,
	WALK_WINDOW = 64 << 10,
	MAX_WINDOW = 1 << 20,
	/* After so many of them the least window is doubled: the system bounds
	 * how many pieces of memory may differ in whether they can be read. */
	NUM_OF_A_WINDOW = 1 << 13,
};

/* Offsets are into the memory of all rooms. */
struct room {
	uint64_t offset, size;
	cw_addr start;
	uint64_t next; /* behind what was fetched last: a walk goes on there */
	uint64_t window; /* fetched then */
};

struct cw_far_memory {
	unsigned char *bytes; /* of all rooms; unreadable where not fetched */
	uint64_t size, used;
	int fd;			/* the same, to be written */
	unsigned char *fetched; /* a bit a page */
	CW_ARRAY(struct room) rooms;
	unsigned char *buffer; /* of MAX_WINDOW */
	uint64_t num_fetches;
	uint64_t num_unread;
	bool is_lost;
};

/* On the stack of a thread that waits for it. */
struct wish {
	const unsigned char *address;
	_Atomic(uint32_t) is_there;
};

struct service {
	struct cw_far_memory *far;
	const struct cw_far_reader *reader;
	void (*work)(void *context);
	void *context;
	pthread_t worker;
	pid_t server;	  /* thread */
	int wishes[2];	  /* a pipe of struct wish *; NULL: the work is done */
	bool has_started; /* the worker */
	bool is_done;
	struct wish *wish; /* that is being fulfilled */
	struct sigaction old;
};

/* A signal handler has no other way to find it. */
static struct service *volatile current;

struct cw_error *cw_far_memory_create(uint64_t size, struct cw_far_memory **ret)
{
	struct cw_far_memory *far = cw_alloc(sizeof(*far));

	far->size = size;
	far->bytes = MAP_FAILED;
	far->fetched = MAP_FAILED;
	far->buffer = cw_alloc(MAX_WINDOW);
	far->fd = memfd_create("corewalk-far", MFD_CLOEXEC);
	if (far->fd >= 0 && ftruncate(far->fd, size) == 0)
		far->bytes = mmap(NULL, size, PROT_NONE,
				  MAP_SHARED | MAP_NORESERVE, far->fd, 0);
	if (far->bytes != MAP_FAILED)
		far->fetched = mmap(
			NULL, size / PAGE_SIZE / 8 + 1, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (far->fetched == MAP_FAILED) {
		struct cw_error *err =
			cw_error_errno(CW_ERROR_MEMORY, errno,
				       "no room for %llu bytes of the process",
				       (unsigned long long)size);
		cw_far_memory_destroy(far);
		return err;
	}
	*ret = far;
	return NULL;
}

void cw_far_memory_destroy(struct cw_far_memory *far)
{
	if (!far)
		return;
	if (far->fetched != MAP_FAILED)
		munmap(far->fetched, far->size / PAGE_SIZE / 8 + 1);
	if (far->bytes != MAP_FAILED)
		munmap(far->bytes, far->size);
	if (far->fd >= 0)
		close(far->fd);
	cw_array_deinit(&far->rooms);
	free(far->buffer);
	free(far);
}

const unsigned char *cw_far_memory_add(struct cw_far_memory *far, cw_addr start,
				       cw_addr end)
{
	uint64_t size = end - start;

	if ((start | end) % PAGE_SIZE != 0 || start >= end ||
	    size > far->size - far->used)
		return NULL;
	*cw_array_push(&far->rooms) = (struct room){
		.offset = far->used,
		.size = size,
		.start = start,
		.next = far->used,
	};
	far->used += size;
	return far->bytes + far->used - size;
}

static bool is_fetched(const struct cw_far_memory *far, uint64_t offset)
{
	uint64_t page = offset / PAGE_SIZE;

	return far->fetched[page / 8] >> page % 8 & 1;
}

static bool is_zeros(const unsigned char *bytes, uint64_t size)
{
	return bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0;
}

/* Zeros are there already. */
static bool put(struct cw_far_memory *far, uint64_t offset, uint64_t size)
{
	return is_zeros(far->buffer, size) ||
	       pwrite(far->fd, far->buffer, size, offset) == (ssize_t)size;
}

static void pages_fetch(struct service *service, const struct room *room,
			uint64_t offset, uint64_t size)
{
	struct cw_far_memory *far = service->far;
	const struct cw_far_reader *reader = service->reader;
	cw_addr address = room->start + (offset - room->offset);

	if (!far->is_lost &&
	    reader->read(reader->context, address, far->buffer, size) &&
	    put(far, offset, size))
		return;
	for (uint64_t at = 0; at < size; at += PAGE_SIZE)
		if (far->is_lost ||
		    !reader->read(reader->context, address + at, far->buffer,
				  PAGE_SIZE) ||
		    !put(far, offset + at, PAGE_SIZE))
			far->num_unread += PAGE_SIZE;
}

/* How much to fetch at @offset, which has not been: less where what follows
 * has. */
static uint64_t window_size(struct cw_far_memory *far, struct room *room,
			    uint64_t offset)
{
	unsigned doubled = far->num_fetches++ / NUM_OF_A_WINDOW;
	uint64_t least = MIN_WINDOW;
	uint64_t left = room->offset + room->size - offset;

	while (doubled-- > 0 && least < MAX_WINDOW)
		least *= 2;
	room->window = offset == room->next ? room->window * 2 : MIN_WINDOW;
	if (room->window > WALK_WINDOW)
		room->window = WALK_WINDOW;
	if (room->window < least)
		room->window = least;
	uint64_t most = room->window < left ? room->window : left;
	uint64_t size = PAGE_SIZE;
	while (size < most && !is_fetched(far, offset + size))
		size += PAGE_SIZE;
	room->next = offset + size;
	return size;
}

/* Behind what was fetched. */
static uint64_t window_fetch(struct service *service, struct room *room,
			     uint64_t offset)
{
	struct cw_far_memory *far = service->far;
	uint64_t end = offset + window_size(far, room, offset);

	pages_fetch(service, room, offset, end - offset);
	for (uint64_t at = offset; at < end; at += PAGE_SIZE)
		far->fetched[at / PAGE_SIZE / 8] |= 1 << at / PAGE_SIZE % 8;
	return end;
}

/* Makes one piece of it. */
static void room_fetch(struct service *service, struct room *room)
{
	struct cw_far_memory *far = service->far;
	uint64_t end = room->offset + room->size;

	for (uint64_t at = room->offset; at < end;)
		at = is_fetched(far, at) ? at + PAGE_SIZE
					 : window_fetch(service, room, at);
	mprotect(far->bytes + room->offset, room->size, PROT_READ);
}

static void wish_fulfil(struct service *service, const struct wish *wish)
{
	struct cw_far_memory *far = service->far;
	uint64_t offset = (wish->address - far->bytes) / PAGE_SIZE * PAGE_SIZE;
	size_t above = cw_search_first(i, 0, far->rooms.num,
				       far->rooms.items[i].offset <= offset);

	/* Two threads may have wished the same. */
	if (above == 0 || is_fetched(far, offset))
		return;
	struct room *room = &far->rooms.items[above - 1];
	uint64_t end = window_fetch(service, room, offset);
	if (mprotect(far->bytes + offset, end - offset, PROT_READ) != 0)
		room_fetch(service, room);
}

static void wish_answer(struct wish *wish)
{
	atomic_store(&wish->is_there, 1);
	syscall(SYS_futex, &wish->is_there, FUTEX_WAKE, 1, NULL, NULL, 0);
}

/* On the thread that touched what is not there. */
static void wish_make(const struct service *service,
		      const unsigned char *address)
{
	struct wish wish = {.address = address};
	struct wish *pointer = &wish;

	while (write(service->wishes[1], &pointer, sizeof(pointer)) < 0 &&
	       errno == EINTR)
		;
	while (!atomic_load(&wish.is_there))
		syscall(SYS_futex, &wish.is_there, FUTEX_WAIT, 0, NULL, NULL,
			0);
}

static void on_fault(int signal, siginfo_t *info, void *context)
{
	const struct service *service = current;
	const unsigned char *address = info->si_addr;
	int errnum = errno;

	if (service && address >= service->far->bytes &&
	    address < service->far->bytes + service->far->used &&
	    syscall(SYS_gettid) != service->server) {
		wish_make(service, address);
		errno = errnum;
		return;
	}
	/* Whoever else was asked before. */
	if (service && service->old.sa_flags & SA_SIGINFO)
		service->old.sa_sigaction(signal, info, context);
	else if (service && service->old.sa_handler != SIG_DFL &&
		 service->old.sa_handler != SIG_IGN)
		service->old.sa_handler(signal);
	else
		sigaction(signal, &(struct sigaction){.sa_handler = SIG_DFL},
			  NULL);
}

static void *worker_run(void *argument)
{
	struct service *service = argument;
	struct wish *none = NULL;

	service->work(service->context);
	while (write(service->wishes[1], &none, sizeof(none)) < 0 &&
	       errno == EINTR)
		;
	return NULL;
}

/* Until the work is done. */
static void wishes_fulfil(struct service *service)
{
	struct wish *wish;

	while (!service->is_done) {
		ssize_t size = read(service->wishes[0], &wish, sizeof(wish));
		if (size < 0 && errno == EINTR)
			continue;
		service->is_done = size != sizeof(wish) || !wish;
		if (service->is_done)
			break;
		service->wish = wish;
		wish_fulfil(service, wish);
		service->wish = NULL;
		wish_answer(wish);
	}
}

static void service_end(struct service *service)
{
	/* An exception of the reader flies by. */
	service->far->is_lost |= service->wish != NULL;
	if (service->wish)
		wish_answer(service->wish);
	if (service->has_started) {
		wishes_fulfil(service);
		pthread_join(service->worker, NULL);
		sigaction(SIGSEGV, &service->old, NULL);
		current = NULL;
	}
	close(service->wishes[0]);
	close(service->wishes[1]);
}

#define cleanup_service __attribute__((cleanup(service_end)))

struct cw_error *cw_far_memory_serve(struct cw_far_memory *far,
				     const struct cw_far_reader *reader,
				     void (*work)(void *context), void *context)
{
	int wishes[2];

	if (pipe2(wishes, O_CLOEXEC) != 0)
		return cw_error_errno(CW_ERROR_MEMORY, errno,
				      "no pipe for what is to be fetched");
	cleanup_service struct service service = {
		.far = far,
		.reader = reader,
		.work = work,
		.context = context,
		.server = syscall(SYS_gettid),
		.wishes = {wishes[0], wishes[1]},
	};
	const struct sigaction action = {
		.sa_sigaction = on_fault,
		.sa_flags = SA_SIGINFO,
	};

	current = &service;
	sigaction(SIGSEGV, &action, &service.old);
	sigset_t old;
	cw_parallel_block_signals(&old);
	int errnum =
		pthread_create(&service.worker, NULL, worker_run, &service);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (errnum != 0) {
		sigaction(SIGSEGV, &service.old, NULL);
		current = NULL;
		errno = errnum;
		return cw_error_errno(CW_ERROR_MEMORY, errnum,
				      "no thread for the work");
	}
	service.has_started = true;
	wishes_fulfil(&service);
	return NULL;
}

bool cw_far_memory_is_lost(const struct cw_far_memory *far)
{
	return far->is_lost;
}

uint64_t cw_far_memory_num_unread(const struct cw_far_memory *far)
{
	return far->num_unread;
}

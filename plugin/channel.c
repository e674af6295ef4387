#include "plugin/channel.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* A command line; far more than anyone types. */
#define MAX_REQUEST_SIZE (64 << 20)
/* Above what GDB opens by itself in most sessions. */
#define LOWEST_FD 100

/* Two file numbers side by side, so that one number names both. */
static bool duplicate_side_by_side(int first, int second,
				   struct cw_channel *ret)
{
	int lowest = LOWEST_FD;

	for (;;) {
		int a = fcntl(first, F_DUPFD_CLOEXEC, lowest);
		if (a < 0)
			return false;
		int b = fcntl(second, F_DUPFD_CLOEXEC, a + 1);
		if (b == a + 1) {
			ret->request_fd = a;
			ret->answer_fd = b;
			return true;
		}
		close(a);
		if (b < 0)
			return false;
		close(b);
		lowest = b;
	}
}

bool cw_channel_open(struct cw_channel *channel)
{
	int request = memfd_create("corewalk-request", MFD_CLOEXEC);
	int answer = memfd_create("corewalk-answer", MFD_CLOEXEC);
	bool is_open = request >= 0 && answer >= 0 &&
		       duplicate_side_by_side(request, answer, channel);

	if (request >= 0)
		close(request);
	if (answer >= 0)
		close(answer);
	return is_open;
}

/* Whether @bytes begin with the line @wanted; writes its length. */
static bool has_first_line(const char *bytes, size_t size, const char *wanted,
			   size_t *ret)
{
	size_t length = strlen(wanted);

	if (size < length || memcmp(bytes, wanted, length) != 0)
		return false;
	if (length < size && bytes[length] == '\0')
		length++;
	if (length == size || bytes[length] != CW_CHANNEL_RECORD)
		return false;
	*ret = length + 1;
	return true;
}

static bool read_whole(int fd, size_t size, char *bytes)
{
	size_t done = 0;

	while (done < size) {
		ssize_t got = pread(fd, bytes + done, size - done, done);
		if (got <= 0)
			return false;
		done += got;
	}
	return true;
}

static void split_records(struct cw_channel_message *message, char *start,
			  char *end)
{
	size_t num = 0;

	for (char *at = start; at < end; at++)
		num += *at == CW_CHANNEL_RECORD;
	message->records = calloc(num + 1, sizeof(*message->records));
	if (!message->records)
		return;

	char *record = start;
	for (char *at = start; at < end; at++) {
		if (*at != CW_CHANNEL_RECORD)
			continue;
		*at = '\0';
		message->records[message->num_records++] = record;
		record = at + 1;
	}
}

bool cw_channel_take(struct cw_channel *channel, struct cw_channel_message *ret)
{
	struct stat stat;

	if (fstat(channel->request_fd, &stat) != 0 || stat.st_size == 0 ||
	    stat.st_size > MAX_REQUEST_SIZE)
		return false;

	size_t size = stat.st_size;
	char last;
	if (pread(channel->request_fd, &last, 1, size - 1) != 1 ||
	    last != CW_CHANNEL_END)
		return false;

	char *bytes = malloc(size + 1);
	if (!bytes)
		return false;

	struct cw_channel_message message = {.bytes = bytes};
	size_t header;
	if (!read_whole(channel->request_fd, size, bytes) ||
	    (!has_first_line(bytes, size, CW_CHANNEL_COMMAND, &header) &&
	     !(message.is_replies = has_first_line(
		       bytes, size, CW_CHANNEL_REPLIES, &header)))) {
		free(bytes);
		return false;
	}
	bytes[size - 1] = '\0';
	if (ftruncate(channel->request_fd, 0) != 0) {
		free(bytes);
		return false;
	}
	split_records(&message, bytes + header, bytes + size);
	*ret = message;
	return true;
}

bool cw_channel_is_at_work(const struct cw_channel *channel)
{
	static const char replies[] = CW_CHANNEL_REPLIES;
	char start[sizeof(replies) - 1];
	ssize_t got = pread(channel->request_fd, start, sizeof(start), 0);

	return got == 0 || (got == (ssize_t)sizeof(start) &&
			    memcmp(start, replies, sizeof(start)) == 0);
}

void cw_channel_message_deinit(struct cw_channel_message *message)
{
	free(message->records);
	free(message->bytes);
}

bool cw_channel_put(struct cw_channel *channel, const char *script, size_t size)
{
	size_t done = 0;

	if (ftruncate(channel->answer_fd, 0) != 0)
		return false;
	while (done < size) {
		ssize_t put = pwrite(channel->answer_fd, script + done,
				     size - done, done);
		if (put <= 0)
			return false;
		done += put;
	}
	return true;
}

/*
 * Channel: two memory files through which GDB's commands talk to the loader.
 *
 * GDB's `dump` and `append` write a request into the first, under its name
 * /proc/self/fd/N; the loader writes an answer, commands of GDB, into the
 * second, N + 1, which GDB then reads with `source`.
 *
 * A request is a line that says what it is, then records, each ended by
 * RECORD, then END.  GDB adds a NUL to some strings and not to others, hence
 * a NUL before RECORD or at the end of the first line does not count.
 *
 * Not here: what the records mean (plugin/loader.c).
 */
#ifndef PLUGIN_CHANNEL_H
#define PLUGIN_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>

#define CW_CHANNEL_COMMAND "corewalk command"
#define CW_CHANNEL_REPLIES "corewalk replies"
#define CW_CHANNEL_RECORD  '\036'
#define CW_CHANNEL_END	   '\004'

struct cw_channel {
	int request_fd; /* -1: not open */
	int answer_fd;	/* request_fd + 1 */
};

struct cw_channel_message {
	char *bytes; /* of all records */
	bool is_replies;
	size_t num_records;
	const char **records; /* without the NUL that GDB may have added */
};

/* False: the system refuses, errno says why. */
bool cw_channel_open(struct cw_channel *channel);

/*
 * Takes a whole request out of the first file, once.  False, and this is
 * quick: there is none, or it is not whole yet.
 */
bool cw_channel_take(struct cw_channel *channel,
		     struct cw_channel_message *ret);

/*
 * Whether GDB is at work for a command: from when its request was taken until
 * its answer said that it is done, and not while the next one is written.
 */
bool cw_channel_is_at_work(const struct cw_channel *channel);
void cw_channel_message_deinit(struct cw_channel_message *message);

/* Puts a script into the second file, in place of what was there. */
bool cw_channel_put(struct cw_channel *channel, const char *script,
		    size_t size);

#endif

/*
 * What a `void *` leads to, the functions say that are kept beside it, in a
 * table of operations.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ops {
	const char *name;
	void (*step)(void *context, int by);
	void (*free)(void *context);
};

struct stream {
	struct stream *next;
	const struct ops *ops;
	void *context;
};

/* All of one size, and of numbers that say nothing. */
struct file {
	long position, length;
	char *path;
	long flags;
};
struct socket {
	long received, sent;
	char *host;
	long port;
};
struct pipe {
	long in, out;
	char *command;
	long status;
};

static void file_step(void *context, int by)
{
	struct file *file = context;
	file->position += by;
}
static void file_free(void *context)
{
	struct file *file = context;
	free(file->path);
	free(file);
}
static void socket_step(void *context, int by)
{
	struct socket *socket = context;
	socket->sent += by;
}
static void socket_free(void *context)
{
	struct socket *socket = context;
	free(socket->host);
	free(socket);
}
static void pipe_step(void *context, int by)
{
	struct pipe *pipe = context;
	pipe->out += by;
}
static void pipe_free(void *context)
{
	struct pipe *pipe = context;
	free(pipe->command);
	free(pipe);
}
static const struct ops file_ops = {"file", file_step, file_free};
static const struct ops socket_ops = {"socket", socket_step, socket_free};
static const struct ops pipe_ops = {"pipe", pipe_step, pipe_free};

static struct stream *streams;

static void *make_context(const char *name)
{
	char **context = calloc(1, 32);
	context[2] = strdup(name);
	return context;
}

static void add(const struct ops *ops)
{
	struct stream *stream = calloc(1, sizeof(*stream));
	stream->ops = ops;
	stream->context = make_context(ops->name);
	stream->next = streams;
	streams = stream;
}
static void step_all(int by)
{
	for (struct stream *s = streams; s; s = s->next)
		s->ops->step(s->context, by);
}
static void free_one(void)
{
	struct stream *s = streams;
	streams = s->next;
	s->ops->free(s->context);
	free(s);
}
int main(void)
{
	enum { NUM_FILES = 100, NUM_SOCKETS = 50, NUM_PIPES = 20 };

	for (int i = 0; i < NUM_FILES; i++) {
		add(&file_ops);
		if (i % 2)
			add(&socket_ops);
		if (i % 5 == 0)
			add(&pipe_ops);
	}
	step_all(1);
	free_one();
	printf("stream %d\n", NUM_FILES + NUM_SOCKETS + NUM_PIPES - 1);
	printf("file %d\nsocket %d\npipe %d\n", NUM_FILES, NUM_SOCKETS - 1,
	       NUM_PIPES);
	fflush(stdout);
	abort();
}

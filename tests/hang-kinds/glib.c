/*
 * The same for GLib's own locks, which are futexes that nobody owns.
 *
 *	glib REPORT threads
 */
#define _GNU_SOURCE
#include <glib.h>
#include <stdio.h>
#include <unistd.h>

static FILE *g_report;
static GMutex g_held, g_idle;
static GCond g_changed;
static GRecMutex g_again;
static GRWLock g_table;
static gint g_bits;
static pid_t g_owner;

static void say(const char *kind, const void *object, long owner)
{
	fprintf(g_report, "%d %s 0x%lx %ld\n", gettid(), kind, (long)object,
		owner);
	fflush(g_report);
}

static void *run_holder(void *argument)
{
	g_mutex_lock(&g_held);
	g_rec_mutex_lock(&g_again);
	g_rw_lock_writer_lock(&g_table);
	g_bit_lock(&g_bits, 3);
	g_owner = gettid();
	say("sleep", NULL, 0);
	for (;;)
		sleep(1000);
	return argument;
}

static void *run_mutex(void *argument)
{
	say("lock", argument, 0);
	g_mutex_lock(argument);
	return NULL;
}

static void *run_again(void *argument)
{
	say("mutex", NULL, g_owner);
	g_rec_mutex_lock(&g_again);
	return argument;
}

static void *run_reader(void *argument)
{
	say("rwlock-read", NULL, g_owner);
	g_rw_lock_reader_lock(&g_table);
	return argument;
}

static void *run_bits(void *argument)
{
	say("lock", &g_bits, 0);
	g_bit_lock(&g_bits, 3);
	return argument;
}

static void *run_cond(void *argument)
{
	g_mutex_lock(&g_idle);
	say("condition", &g_changed, 0);
	for (;;)
		g_cond_wait(&g_changed, &g_idle);
	return argument;
}

static void *run_queue(void *argument)
{
	say("condition", NULL, 0);
	g_async_queue_pop(argument);
	return NULL;
}

int main(int argc, char **argv)
{
	g_report = argc > 2 ? fopen(argv[1], "w") : stdout;
	g_thread_new("holder", run_holder, NULL);
	while (!g_owner)
		usleep(1000);
	g_thread_new("mutex", run_mutex, &g_held);
	g_thread_new("again", run_again, NULL);
	g_thread_new("reader", run_reader, NULL);
	g_thread_new("bits", run_bits, NULL);
	g_thread_new("cond", run_cond, NULL);
	g_thread_new("queue", run_queue, g_async_queue_new());
	usleep(500000);
	say("pause", NULL, 0);
	fprintf(g_report, "ready\n");
	fflush(g_report);
	for (;;)
		pause();
}

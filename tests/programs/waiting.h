/*
 * Threads that write a line before they wait: their TID, what for, the object,
 * and the TID of who owns it or 0.  Include after _GNU_SOURCE.
 */
#ifndef WAITING_H
#define WAITING_H

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef void *routine(void *);

static FILE *report;

static void say(const char *kind, const void *object, long owner)
{
	flockfile(report);
	fprintf(report, "%d %s 0x%lx %ld\n", gettid(), kind, (long)object,
		owner);
	fflush(report);
	funlockfile(report);
}

static pthread_t begin(const char *name, routine *run, void *argument)
{
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 65536);
	if (pthread_create(&thread, &attr, run, argument) != 0)
		abort();
	pthread_setname_np(thread, name);
	return thread;
}

static void make_mutex(pthread_mutex_t *mutex, int type, int robust, int pi,
		       int shared)
{
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_settype(&attr, type);
	if (robust)
		pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	if (pi)
		pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT);
	if (shared)
		pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	if (pthread_mutex_init(mutex, &attr) != 0)
		abort();
}

#endif

/* Holds three mutexes, and has what looks like some but for what they count. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

pthread_mutex_t plain = PTHREAD_MUTEX_INITIALIZER, recursive, robust;
/* Lock, count, owner, users, kind, spins, two pointers of a list. */
uint32_t ciphers[4][10] = {
	{0x03000040, 2, 0, 0x40, 0x10, 0x303, 0x303, 0xfefd, 0xfefd, 0x38},
	{0x03000041, 0, 0, 0x40, 0x10, 0x303, 0x303, 0xfefd, 0xfefd, 0x38},
	{1, 1, 0, 1, 0, 0, 0, 0, 0, 0},
	{1, 0, 0, 1, 1, 0, 0, 0, 0, 0},
};

int main(void)
{
	pthread_mutexattr_t kind;

	for (int i = 0; i < 4; i++)
		ciphers[i][2] = gettid();
	pthread_mutexattr_init(&kind);
	pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&recursive, &kind);
	pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_NORMAL);
	pthread_mutexattr_setrobust(&kind, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&robust, &kind);
	pthread_mutex_lock(&plain);
	pthread_mutex_lock(&recursive);
	pthread_mutex_lock(&recursive);
	pthread_mutex_lock(&robust);
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}

/*
 * Two threads: one waits in a function that code made at run time has called,
 * the other for a semaphore.
 *
 *	made_code REPORT
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static sem_t never;

static void *wait_semaphore(void *unused)
{
	sem_wait(&never);
	return unused;
}

static void wait_for_ever(void)
{
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	/* push %rbp; mov %rsp, %rbp; call *%rdi; pop %rbp; ret */
	static const unsigned char code[] = {0x55, 0x48, 0x89, 0xe5,
					     0xff, 0xd7, 0x5d, 0xc3};
	void (*call)(void (*)(void));
	pthread_t thread;
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (argc != 2 || page == MAP_FAILED)
		return 2;
	memcpy(page, code, sizeof(code));
	memcpy(&call, &page, sizeof(call));
	sem_init(&never, 0, 0);
	pthread_create(&thread, NULL, wait_semaphore, NULL);
	sleep(1);
	FILE *report = fopen(argv[1], "w");
	if (!report)
		return 2;
	fputs("ready\n", report);
	fclose(report);
	call(wait_for_ever);
}

/*
 * A list of jobs that grows all the time, lost notes, and pages; after so many
 *seconds another program, which sleeps for as long.
 *
 *	grow [SECONDS]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct job {
	struct job *next;
	char text[92];
};

struct job *g_jobs;

int main(int argc, char **argv)
{
	for (int round = 0;; round++) {
		if (argc > 1 && round == 100 * atoi(argv[1]))
			execlp("sleep", "sleep", argv[1], NULL);
		for (int i = 0; i < 50; i++) {
			struct job *job = calloc(1, sizeof(*job));
			job->next = g_jobs;
			g_jobs = job;
		}
		strcpy(malloc(200), "nobody will read this");
		strcpy(mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
		       "in one page of many");
		usleep(10000);
	}
}

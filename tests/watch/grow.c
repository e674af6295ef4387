/* A list of jobs that grows all the time, and lost notes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct job {
	struct job *next;
	char text[92];
};

struct job *g_jobs;

int main(void)
{
	for (;;) {
		for (int i = 0; i < 50; i++) {
			struct job *job = calloc(1, sizeof(*job));
			job->next = g_jobs;
			g_jobs = job;
		}
		strcpy(malloc(200), "nobody will read this");
		usleep(10000);
	}
}

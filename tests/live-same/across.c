/*
 * A table that begins in the last page of the program's file and goes on
 * behind it, and whose blocks only their content tells.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void *g_table[2000];

int main(void)
{
	for (int i = 0; i < 2000; i += 40)
		g_table[i] = malloc(1000);
	FILE *report = fopen("report", "w");
	fputs("ready\n", report);
	fclose(report);
	for (;;)
		pause();
}

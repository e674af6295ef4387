/* Stops with a library loaded and others only mapped or opened later. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

long from_library(void);
_Thread_local short in_tls;

int main(int num, char **arguments)
{
	void *opened = dlopen("./opened.so", RTLD_NOW);
	int fd = open("flat.so", O_RDONLY);
	void *flat = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE, fd, 0);

	in_tls = *(char *)flat;
	if (!opened || from_library() != 7)
		return 1;
	abort();
}

#include "target/debuginfod.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"

/* As in elfutils' debuginfod.h, which need not be there to build this. */
struct debuginfod_client;

struct library {
	struct debuginfod_client *(*begin)(void);
	void (*end)(struct debuginfod_client *client);
	int (*find_debuginfo)(struct debuginfod_client *client,
			      const unsigned char *build_id, int build_id_size,
			      char **ret_path);
};

/* Stays open: what it uses does not bear being closed. */
static bool library_open(struct library *ret)
{
	void *handle = dlopen("libdebuginfod.so.1", RTLD_NOW | RTLD_LOCAL);

	if (!handle)
		return false;
	ret->begin = dlsym(handle, "debuginfod_begin");
	ret->end = dlsym(handle, "debuginfod_end");
	ret->find_debuginfo = dlsym(handle, "debuginfod_find_debuginfo");
	return ret->begin && ret->end && ret->find_debuginfo;
}

char *cw_debuginfod_fetch(const unsigned char *build_id, size_t build_id_size,
			  struct cw_progress *progress)
{
	const char *urls = getenv("DEBUGINFOD_URLS");
	struct library library;
	char *path = NULL;

	if (!urls || !*urls || build_id_size == 0 ||
	    (progress && progress->must_stop) || !library_open(&library))
		return NULL;
	struct debuginfod_client *client = library.begin();
	if (!client)
		return NULL;
	cw_progress_begin(progress, "fetching debug info", 0);
	int file =
		library.find_debuginfo(client, build_id, build_id_size, &path);
	library.end(client);
	if (file < 0)
		return NULL;
	close(file);
	return path;
}

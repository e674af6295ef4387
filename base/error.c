#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct cw_error {
	enum cw_error_kind kind;
	char *message;
};

static struct cw_error *error_take(enum cw_error_kind kind, char *message)
{
	struct cw_error *err = cw_alloc(sizeof(*err));

	err->kind = kind;
	err->message = message;
	return err;
}

struct cw_error *cw_error_new(enum cw_error_kind kind, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	char *message = cw_vformat(format, args);
	va_end(args);
	return error_take(kind, message);
}

struct cw_error *cw_error_errno(enum cw_error_kind kind, int errnum,
				const char *format, ...)
{
	va_list args;

	va_start(args, format);
	cw_cleanup_free char *what = cw_vformat(format, args);
	va_end(args);

	char text[128];
	return error_take(kind,
			  cw_format("%s: %s", what,
				    strerror_r(errnum, text, sizeof(text))));
}

struct cw_error *cw_error_in(struct cw_error *err, const char *format, ...)
{
	if (!err)
		return NULL;

	va_list args;
	va_start(args, format);
	cw_cleanup_free char *where = cw_vformat(format, args);
	va_end(args);

	cw_cleanup_free char *old = err->message;
	err->message = cw_format("%s: %s", where, old);
	return err;
}

enum cw_error_kind cw_error_kind(const struct cw_error *err)
{
	return err->kind;
}

const char *cw_error_message(const struct cw_error *err)
{
	return err->message;
}

void cw_error_destroy(struct cw_error *err)
{
	if (!err)
		return;
	free(err->message);
	free(err);
}

void cw_error_cleanup(struct cw_error **err)
{
	cw_error_destroy(*err);
}

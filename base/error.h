/*
 * Error: what went wrong, in one line for the user.
 *
 * A function that can fail returns a struct cw_error *, NULL being success.
 * The caller owns the error: it hands it up (perhaps with more said by
 * cw_error_in()) or destroys it.  Results are written only on success.
 *
 * Messages are lower case, without a full stop: what failed, the thing in
 * quotes, why.  "cannot open 'core.12': not an ELF file".
 *
 * Not here: gaps (memory that could not be read), which are no errors; see
 * target/target.h.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdarg.h>

enum cw_error_kind {
	CW_ERROR_USAGE,	      /* wrong words from the user: exit status 2 */
	CW_ERROR_TARGET,      /* the target cannot be read: exit status 3 */
	CW_ERROR_MEMORY,      /* no memory for a large array */
	CW_ERROR_INTERRUPTED, /* the user said stop */
};

struct cw_error;

#define cw_must_check	       __attribute__((warn_unused_result))
#define cw_printf(text, first) __attribute__((format(printf, text, first)))

/* A new error with a formatted message. */
struct cw_error *cw_error_new(enum cw_error_kind kind, const char *format, ...)
	cw_printf(2, 3) cw_must_check;

/* As cw_error_new(), with ": " and the text of errno value @errnum behind. */
struct cw_error *cw_error_errno(enum cw_error_kind kind, int errnum,
				const char *format, ...)
	cw_printf(3, 4) cw_must_check;

/*
 * Puts "MESSAGE: " before the message of @err and returns @err.  For what
 * only this caller knows.  NULL stays NULL.
 */
struct cw_error *cw_error_in(struct cw_error *err, const char *format, ...)
	cw_printf(2, 3) cw_must_check;

enum cw_error_kind cw_error_kind(const struct cw_error *err);

/* Valid until the error is changed or destroyed. */
const char *cw_error_message(const struct cw_error *err);

void cw_error_destroy(struct cw_error *err);

/* Cleanup attribute: cw_cleanup_error struct cw_error *err = NULL; */
#define cw_cleanup_error __attribute__((cleanup(cw_error_cleanup), unused))
void cw_error_cleanup(struct cw_error **err);

#endif

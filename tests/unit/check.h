/*
 * Check: what the tests in C say when something is not so.
 */
#ifndef TESTS_UNIT_CHECK_H
#define TESTS_UNIT_CHECK_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#define check(condition)                                                       \
	do {                                                                   \
		if (!(condition)) {                                            \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__,       \
				__LINE__, #condition);                         \
			exit(1);                                               \
		}                                                              \
	} while (0)

#define check_same(wanted, got)                                                \
	do {                                                                   \
		uint64_t wanted_ = (wanted), got_ = (got);                     \
		if (wanted_ != got_) {                                         \
			fprintf(stderr,                                        \
				"%s:%d: %s: wanted %" PRIu64 ", got %" PRIu64  \
				"\n",                                          \
				__FILE__, __LINE__, #got, wanted_, got_);      \
			exit(1);                                               \
		}                                                              \
	} while (0)

#define check_text(wanted, got)                                                \
	do {                                                                   \
		const char *wanted_ = (wanted), *got_ = (got);                 \
		if (strcmp(wanted_, got_) != 0) {                              \
			fprintf(stderr, "%s:%d: %s: wanted '%s', got '%s'\n",  \
				__FILE__, __LINE__, #got, wanted_, got_);      \
			exit(1);                                               \
		}                                                              \
	} while (0)

/* No error, or the test fails with its message. */
#define check_ok(call)                                                         \
	do {                                                                   \
		struct cw_error *err_ = (call);                                \
		if (err_) {                                                    \
			fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, \
				#call, cw_error_message(err_));                \
			exit(1);                                               \
		}                                                              \
	} while (0)

#endif

/*
 * Record: what the recorder writes of each call.
 */
#ifndef TESTS_RECORDER_RECORD_H
#define TESTS_RECORDER_RECORD_H

#include <stdint.h>

enum record_kind {
	RECORD_NONE, /* not written: the program ended in between */
	RECORD_MALLOC,
	RECORD_FREE,
};

struct record {
	uint64_t address;
	uint64_t size_and_kind; /* usable size << 24 | slack << 8 | kind */
};

/* Slack: the usable bytes behind those asked for, up to this. */
#define RECORD_MAX_SLACK 0xffff

#endif

/*
 * g.labels points to
 *
 *	up to 1.23	a map[string]string: count 8, flags 1, log of the number
 *			of buckets 1, …, at 16 buckets, at 24 old buckets; a
 *			bucket has 8 bytes that tell what is there (5 and more:
 *			something), 8 keys, 8 values, and the next bucket
 *	from 1.24	a slice of pairs of strings, by key
 */
#include "golang/label.h"

#include <stdlib.h>
#include <string.h>

enum {
	SLICE_SINCE = 24,
	MAX_LENGTH = 1 << 12,
	MAP_LOG_BUCKETS = 9,
	MAP_BUCKETS = 16,
	MAP_OLD_BUCKETS = 24,
	MAP_SIZE = 32,
	BUCKET_SLOTS = 8,
	BUCKET_KEYS = 8,
	BUCKET_VALUES = BUCKET_KEYS + BUCKET_SLOTS * 16,
	BUCKET_NEXT = BUCKET_VALUES + BUCKET_SLOTS * 16,
	BUCKET_SIZE = BUCKET_NEXT + 8,
	MIN_FILLED = 5, /* minTopHash */
	MAX_LOG_BUCKETS = 6,
	MAX_BUCKETS = 256,
};

struct labels {
	const struct cw_target *target;
	struct cw_go_label *items;
	size_t num;
};

static bool string_read(const struct cw_target *target,
			const unsigned char *bytes, const char **ret,
			uint32_t *ret_length)
{
	uint64_t words[2];

	memcpy(words, bytes, sizeof(words));
	if (words[1] > MAX_LENGTH)
		return false;
	*ret_length = words[1];
	*ret = words[1] ? cw_target_bytes(target, words[0], words[1]) : "";
	return *ret != NULL;
}

static void add_label(struct labels *labels, const unsigned char *key,
		      const unsigned char *value)
{
	struct cw_go_label label;

	if (labels->num < CW_GO_MAX_LABELS &&
	    string_read(labels->target, key, &label.key, &label.key_length) &&
	    string_read(labels->target, value, &label.value,
			&label.value_length))
		labels->items[labels->num++] = label;
}

static void read_slice(struct labels *labels, cw_addr address)
{
	uint64_t slice[3];

	if (!cw_target_read(labels->target, address, slice, sizeof(slice)) ||
	    slice[1] > CW_GO_MAX_LABELS)
		return;
	for (uint64_t i = 0; i < slice[1]; i++) {
		const unsigned char *pair =
			cw_target_bytes(labels->target, slice[0] + i * 32, 32);

		if (pair)
			add_label(labels, pair, pair + 16);
	}
}

static void read_bucket(struct labels *labels, cw_addr bucket)
{
	for (unsigned i = 0; bucket && i < MAX_BUCKETS; i++) {
		const unsigned char *bytes =
			cw_target_bytes(labels->target, bucket, BUCKET_SIZE);

		if (!bytes)
			return;
		for (unsigned slot = 0; slot < BUCKET_SLOTS; slot++)
			if (bytes[slot] >= MIN_FILLED)
				add_label(labels,
					  bytes + BUCKET_KEYS + slot * 16,
					  bytes + BUCKET_VALUES + slot * 16);
		memcpy(&bucket, bytes + BUCKET_NEXT, sizeof(bucket));
	}
}

static void read_map(struct labels *labels, cw_addr address)
{
	const unsigned char *bytes;
	cw_addr map, buckets;

	if (!cw_target_read_word(labels->target, address, &map))
		return;
	bytes = cw_target_bytes(labels->target, map, MAP_SIZE);
	if (!bytes || bytes[MAP_LOG_BUCKETS] > MAX_LOG_BUCKETS)
		return;
	memcpy(&buckets, bytes + MAP_BUCKETS, sizeof(buckets));
	for (unsigned i = 0; buckets && i >> bytes[MAP_LOG_BUCKETS] == 0; i++)
		read_bucket(labels, buckets + i * BUCKET_SIZE);
	memcpy(&buckets, bytes + MAP_OLD_BUCKETS, sizeof(buckets));
	for (unsigned i = 0; buckets && bytes[MAP_LOG_BUCKETS] &&
			     i >> (bytes[MAP_LOG_BUCKETS] - 1) == 0;
	     i++)
		read_bucket(labels, buckets + i * BUCKET_SIZE);
}

static int by_key(const void *left, const void *right)
{
	const struct cw_go_label *a = left, *b = right;
	uint32_t length =
		a->key_length < b->key_length ? a->key_length : b->key_length;
	int order = memcmp(a->key, b->key, length);

	return order ? order
		     : (a->key_length > b->key_length) -
			       (a->key_length < b->key_length);
}

size_t cw_goroutine_labels(const struct cw_go *go,
			   const struct cw_goroutine *goroutine,
			   struct cw_go_label *ret)
{
	struct labels labels = {.target = go->target, .items = ret};

	if (goroutine->labels == 0)
		return 0;
	if (go->minor >= SLICE_SINCE)
		read_slice(&labels, goroutine->labels);
	else
		read_map(&labels, goroutine->labels);
	if (labels.num)
		qsort(ret, labels.num, sizeof(*ret), by_key);
	return labels.num;
}

void cw_goroutine_labels_text(const struct cw_go *go,
			      const struct cw_goroutine *goroutine,
			      struct cw_text *text)
{
	struct cw_go_label labels[CW_GO_MAX_LABELS];
	size_t num = cw_goroutine_labels(go, goroutine, labels);

	for (size_t i = 0; i < num; i++) {
		cw_text_add(text, i ? ", " : "");
		cw_text_add_n(text, labels[i].key, labels[i].key_length);
		cw_text_add(text, "=");
		cw_text_add_n(text, labels[i].value, labels[i].value_length);
	}
}

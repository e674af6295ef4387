#include "command/profile_samples.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/goroutine_text.h"
#include "golang/label.h"

enum { MAX_CALLS = 4096 };

void cw_profile_samples_init(struct cw_profile_samples *samples,
			     const struct cw_go *go, unsigned value)
{
	*samples = (struct cw_profile_samples){.go = go, .value = value};
	cw_profile_rows_init(&samples->rows);
	samples->pprof = cw_pprof_create();
}

void cw_profile_samples_deinit(struct cw_profile_samples *samples)
{
	cw_array_deinit(&samples->calls);
	cw_pprof_destroy(samples->pprof);
	cw_held_stacks_deinit(&samples->held);
	cw_profile_rows_deinit(&samples->rows);
}

static void add_call(struct cw_profile_samples *samples,
		     const struct cw_go_frame *frame)
{
	struct cw_pprof_place place = {
		.address = frame->place,
		.function = frame->name ? frame->name : "(not of Go)",
		.is_inlined = frame->is_inlined,
	};

	if (frame->name)
		cw_go_line_at(samples->go, &frame->function, frame->place,
			      &place.file, &place.line);
	*cw_array_push(&samples->calls) = place.function;
	cw_pprof_add_place(samples->pprof, &place);
}

static void end_sample(struct cw_profile_samples *samples,
		       const uint64_t *values)
{
	cw_pprof_end_sample(samples->pprof, values);
	cw_profile_rows_add(&samples->rows, samples->calls.items,
			    samples->calls.num, values[samples->value]);
}

static void add_calls(struct cw_profile_samples *samples,
		      const struct cw_go_bucket *bucket)
{
	struct cw_go_frame frame = {0};

	for (unsigned i = 0; i < MAX_CALLS; i++) {
		if (!cw_bucket_next_call(samples->go, bucket, &frame))
			break;
		add_call(samples, &frame);
	}
}

static void add_bucket(struct cw_profile_samples *samples,
		       const struct cw_go_profile *profile,
		       const struct cw_go_bucket *bucket)
{
	uint64_t values[CW_PROFILE_MAX_VALUES] = {bucket->num_waits,
						  bucket->cycles};

	if (profile->kind == CW_GO_PROFILE_MEMORY) {
		uint64_t in_use =
			bucket->num_allocs > bucket->num_frees
				? bucket->num_allocs - bucket->num_frees
				: 0;

		cw_go_profile_scale(profile, bucket->num_allocs, bucket->size,
				    &values[0], &values[1]);
		cw_go_profile_scale(profile, in_use, bucket->size, &values[2],
				    &values[3]);
	}
	samples->calls.num = 0;
	cw_pprof_begin_sample(samples->pprof);
	add_calls(samples, bucket);
	if (profile->kind == CW_GO_PROFILE_MEMORY)
		cw_pprof_add_number(samples->pprof, "bytes", bucket->size);
	end_sample(samples, values);
}

void cw_profile_samples_add_buckets(struct cw_profile_samples *samples,
				    enum cw_go_profile_kind kind)
{
	struct cw_go_profile profile;

	cw_go_profile_init(&profile, samples->go, kind);
	samples->rate = profile.rate;
	samples->num_damaged = profile.num_damaged;
	cw_array_foreach(bucket, &profile.items)
		add_bucket(samples, &profile, bucket);
	cw_go_profile_deinit(&profile);
}

/* The runtime's own are in no profile, but where they run what is not. */
static bool is_system(const struct cw_go *go,
		      const struct cw_goroutine *goroutine)
{
	static const char *const user[] = {"runtime.main", "runtime.corostart",
					   "runtime.handleAsyncEvent"};
	static const char *const runners[] = {"runtime.runfinq",
					      "runtime.runFinalizers",
					      "runtime.runCleanups"};
	struct cw_go_function start;

	if (!cw_go_function_at(go, goroutine->start, &start) ||
	    strncmp(start.name, "runtime.", 8) != 0)
		return false;
	for (size_t i = 0; i < cw_num_elements(user); i++)
		if (strcmp(start.name, user[i]) == 0)
			return false;
	for (size_t i = 0; i < cw_num_elements(runners); i++) {
		struct cw_go_frame frame;

		if (strcmp(start.name, runners[i]) != 0)
			continue;
		return !cw_goroutine_own_frame(go, goroutine, &frame);
	}
	return true;
}

static void add_labels(struct cw_profile_samples *samples,
		       const struct cw_goroutine *goroutine)
{
	struct cw_go_label labels[CW_GO_MAX_LABELS];
	size_t num = cw_goroutine_labels(samples->go, goroutine, labels);

	for (size_t i = 0; i < num; i++) {
		cw_cleanup_text struct cw_text key = {0}, value = {0};

		cw_text_add_n(&key, labels[i].key, labels[i].key_length);
		cw_text_add_n(&value, labels[i].value, labels[i].value_length);
		cw_pprof_add_text(samples->pprof, key.chars, value.chars);
	}
}

/* @num with the stack and the labels of that one. */
static void add_goroutine(struct cw_profile_samples *samples,
			  const struct cw_goroutine *goroutine, uint64_t num)
{
	struct cw_go_frame frame = {0};

	samples->calls.num = 0;
	cw_pprof_begin_sample(samples->pprof);
	for (unsigned i = 0; i < MAX_CALLS; i++) {
		if (!cw_go_call_next(samples->go, goroutine, &frame))
			break;
		if (!frame.is_wrapper &&
		    strcmp(frame.name, "runtime.goexit") != 0)
			add_call(samples, &frame);
	}
	add_labels(samples, goroutine);
	end_sample(samples, &num);
}

struct labeled {
	uint64_t hash; /* of labels */
	const struct cw_goroutine *goroutine;
};

static int by_labels(const void *left, const void *right)
{
	const struct labeled *a = left, *b = right;

	if (a->hash != b->hash)
		return a->hash > b->hash ? 1 : -1;
	return (a->goroutine > b->goroutine) - (a->goroutine < b->goroutine);
}

/* Those with the same labels once. */
static void add_group(struct cw_profile_samples *samples,
		      const struct cw_tasks *tasks,
		      const struct cw_group *group)
{
	cw_cleanup_free struct labeled *members =
		cw_alloc(group->num * sizeof(*members));
	cw_cleanup_text struct cw_text text = {0};

	for (uint32_t i = 0; i < group->num; i++) {
		members[i].goroutine =
			&tasks->goroutines.items
				 .items[tasks->alike.members[group->first + i]];
		cw_text_cut(&text, 0);
		cw_goroutine_labels_text(samples->go, members[i].goroutine,
					 &text);
		members[i].hash = cw_hash_bytes(text.chars, text.length);
	}
	qsort(members, group->num, sizeof(*members), by_labels);
	for (uint32_t i = 0, first = 0; i < group->num; i++)
		if (i + 1 == group->num ||
		    members[i + 1].hash != members[first].hash) {
			add_goroutine(samples, members[first].goroutine,
				      i + 1 - first);
			first = i + 1;
		}
}

void cw_profile_samples_add_goroutines(struct cw_profile_samples *samples,
				       const struct cw_tasks *tasks)
{
	const struct cw_goroutine *all = tasks->goroutines.items.items;

	samples->num_damaged = tasks->goroutines.num_damaged;
	cw_array_foreach(group, &tasks->alike.groups)
	{
		if (!is_system(samples->go,
			       &all[tasks->alike.members[group->first]]))
			add_group(samples, tasks, group);
	}
}

struct cw_error *cw_profile_samples_add_held(struct cw_profile_samples *samples,
					     struct cw_session *session)
{
	struct cw_error *err = cw_session_need(
		session, CW_NEEDS_TYPES | CW_NEEDS_REACH | CW_NEEDS_HOLDERS);
	if (!err)
		err = cw_held_stacks_init(&samples->held, session);
	if (err)
		return err;
	for (uint32_t i = 0; i < samples->held.items.num; i++) {
		const struct cw_heap_count *count =
			&samples->held.items.items[i].count;
		const uint64_t values[] = {count->blocks, count->bytes};
		const char *names[CW_MAX_HELD_DEPTH];

		if (count->blocks == 0)
			continue;
		size_t num = cw_held_stack_names(&samples->held, i, names);
		samples->calls.num = 0;
		cw_pprof_begin_sample(samples->pprof);
		for (size_t k = 0; k < num; k++) {
			*cw_array_push(&samples->calls) = names[k];
			cw_pprof_add_place(
				samples->pprof,
				&(struct cw_pprof_place){.function = names[k]});
		}
		end_sample(samples, values);
	}
	return NULL;
}

#include "command/task_labels.h"

#include <inttypes.h>
#include <string.h>

#include "golang/label.h"
#include "hang/label_sum.h"

enum { MAX_LISTED = 12 };

void cw_task_labels_write(struct cw_output *out, const struct cw_tasks *tasks,
			  const struct cw_group *group)
{
	cw_cleanup_text struct cw_text text = {0}, last = {0};
	unsigned num = 0;

	for (uint32_t i = 0; i < group->num && num < MAX_LISTED; i++) {
		const struct cw_goroutine *goroutine =
			cw_tasks_member(tasks, group, i);

		cw_text_cut(&text, 0);
		cw_goroutine_labels_text(tasks->go, goroutine, &text);
		if (text.length == 0 ||
		    (last.chars && strcmp(last.chars, text.chars) == 0))
			continue;
		cw_output_line(out, 4, "  labels of %" PRIu64 ": %s",
			       goroutine->id, text.chars);
		last.length = 0;
		cw_text_add(&last, text.chars);
		num++;
	}
}

void cw_task_labels_write_json(struct cw_json *json,
			       const struct cw_tasks *tasks,
			       const struct cw_goroutine *goroutine)
{
	struct cw_go_label labels[CW_GO_MAX_LABELS];
	size_t num = cw_goroutine_labels(tasks->go, goroutine, labels);

	cw_json_array(json, "labels");
	for (size_t i = 0; i < num; i++) {
		cw_cleanup_text struct cw_text key = {0}, value = {0};

		cw_text_add_n(&key, labels[i].key, labels[i].key_length);
		cw_text_add_n(&value, labels[i].value, labels[i].value_length);
		cw_json_object(json, NULL);
		cw_json_text(json, "key", key.chars);
		cw_json_text(json, "value", value.chars);
		cw_json_end(json);
	}
	cw_json_end(json);
}

void cw_task_label_sums_write(const struct cw_call *call,
			      const struct cw_tasks *tasks)
{
	struct cw_output *out = call->out;
	uint64_t limit = call->options->limit;
	char counted[CW_COUNTED_SIZE], blocks[CW_COUNTED_SIZE],
		bytes[CW_NUMBER_SIZE];
	struct cw_label_sums sums;

	cw_label_sums_init(&sums, tasks);
	for (size_t i = 0; i < sums.items.num; i++) {
		const struct cw_label_sum *sum = &sums.items.items[i];

		if (limit && i == limit) {
			cw_output_more(out, sums.items.num - i);
			break;
		}
		cw_output_line(out, 2, "leaked with %s: %s, retaining %s in %s",
			       sum->labels,
			       cw_output_counted(counted, sum->num_goroutines,
						 "goroutine"),
			       cw_output_bytes(out, bytes, sum->retained.bytes),
			       cw_output_counted(blocks, sum->retained.blocks,
						 "block"));
	}
	cw_label_sums_deinit(&sums);
}

void cw_task_label_sums_write_json(struct cw_json *json,
				   const struct cw_tasks *tasks)
{
	struct cw_label_sums sums;

	cw_label_sums_init(&sums, tasks);
	cw_json_array(json, "labels");
	cw_array_foreach(sum, &sums.items)
	{
		cw_json_object(json, NULL);
		cw_json_text(json, "labels", sum->labels);
		cw_json_count(json, "goroutines", sum->num_goroutines);
		cw_json_count(json, "blocks", sum->retained.blocks);
		cw_json_count(json, "retained", sum->retained.bytes);
		cw_json_end(json);
	}
	cw_json_end(json);
	cw_label_sums_deinit(&sums);
}

#include "command/gap.h"

#include "dwarf/stacks.h"
#include "target/far_memory.h"

/* Whether what is missing there may matter for an answer about the heap. */
static bool matters(const struct cw_segment *segment)
{
	if (segment->gap == CW_GAP_NONE || (segment->flags & CW_SEGMENT_SHARED))
		return false;
	return (segment->flags & CW_SEGMENT_WRITE) ||
	       (segment->gap == CW_GAP_TRUNCATED &&
		!(segment->flags & CW_SEGMENT_EXEC));
}

size_t cw_gap_lines(const struct cw_session *session, struct cw_gap_line *ret)
{
	uint64_t bytes[CW_NUM_GAPS] = {0};
	size_t num = 0;

	cw_array_foreach(segment,
			 &session->target->segments) if (matters(segment))
		bytes[segment->gap] += segment->end - segment->start;
	if (session->target->far)
		bytes[CW_GAP_UNREADABLE] +=
			cw_far_memory_num_unread(session->target->far);
	for (unsigned gap = CW_GAP_NONE + 1; gap < CW_NUM_GAPS; gap++)
		if (bytes[gap])
			ret[num++] = (struct cw_gap_line){cw_gap_name(gap),
							  bytes[gap]};
	if (session->heap && session->heap->unknown_size)
		ret[num++] = (struct cw_gap_line){
			"of heap that no block could be made of",
			session->heap->unknown_size};
	if (session->target->num_moving_threads)
		ret[num++] = (struct cw_gap_line){
			"of registers of threads that were not stopped, and "
			"their stacks",
			session->target->num_moving_threads *
				sizeof(session->target->threads.items->regs)};
	return num;
}

void cw_gaps_write_json(struct cw_json *json, const struct cw_session *session)
{
	struct cw_gap_line lines[CW_MAX_GAP_LINES];
	size_t num = cw_gap_lines(session, lines);

	cw_json_bool(json, "complete", num == 0);
	cw_json_array(json, "gaps");
	for (size_t i = 0; i < num; i++) {
		cw_json_object(json, NULL);
		cw_json_text(json, "what", lines[i].what);
		cw_json_count(json, "bytes", lines[i].bytes);
		cw_json_end(json);
	}
	cw_json_end(json);
	if (!session->reach || !session->roots->go)
		return;
	cw_json_object(json, "conservative");
	cw_json_count(json, "words", session->roots->num_unsure_words);
	cw_json_count(json, "frames", session->roots->num_unsure_frames);
	cw_json_count(json, "blocks", session->heap->go_unsure.blocks);
	cw_json_count(json, "bytes", session->heap->go_unsure.bytes);
	cw_json_end(json);
}

/* Pointers of Go are told by its own maps. */
static bool has_numbers_as_pointers(const struct cw_session *session)
{
	if (!session->reach || session->reach_has_types)
		return false;
	cw_array_foreach(region, &session->heap->regions)
	{
		if (region->kind != CW_REGION_SPANS)
			return true;
	}
	return false;
}

void cw_gaps_write_numbers_json(struct cw_json *json,
				const struct cw_session *session)
{
	cw_json_bool(json, "numbers_as_pointers",
		     has_numbers_as_pointers(session));
}

/* What is taken for pointers in a program of Go without knowing. */
static void write_unsure(struct cw_output *out,
			 const struct cw_session *session)
{
	const struct cw_roots *roots = session->roots;
	const struct cw_heap_count *blocks = &session->heap->go_unsure;
	char words[CW_COUNTED_SIZE], frames[CW_COUNTED_SIZE];
	char counted[CW_COUNTED_SIZE];

	if (roots->num_unsure_words)
		cw_output_line(
			out, 2,
			"taken for pointers without being known as such: "
			"%s of goroutines' stacks, in %s that no map "
			"tells of",
			cw_output_counted(words, roots->num_unsure_words,
					  "word"),
			cw_output_counted(frames, roots->num_unsure_frames,
					  "frame"));
	if (blocks->blocks)
		cw_output_line(
			out, 2,
			"any word counts as a pointer in %s of Go "
			"without a type that can be read",
			cw_output_counted(counted, blocks->blocks, "block"));
}

void cw_gaps_write_text(struct cw_output *out, const struct cw_session *session)
{
	struct cw_gap_line lines[CW_MAX_GAP_LINES];
	size_t num = cw_gap_lines(session, lines);
	cw_cleanup_text struct cw_text text = {0};
	char bytes[CW_NUMBER_SIZE], counted[CW_COUNTED_SIZE];

	for (size_t i = 0; i < num; i++)
		cw_text_addf(&text, "%s%s %s", i ? ", " : "",
			     cw_output_bytes(out, bytes, lines[i].bytes),
			     lines[i].what);
	if (num)
		cw_output_line(out, 10, "not seen: %s%s", text.chars,
			       session->reach ? "; what only that leads to "
						"looks lost"
					      : "");
	if (session->heap && session->heap->allocators.num == 0)
		cw_output_line(out, 2,
			       "no allocator was recognised: no blocks are "
			       "known");

	if (session->reach)
		write_unsure(out, session);
	if (has_numbers_as_pointers(session))
		cw_output_line(out, 2,
			       "numbers in blocks count as pointers, since "
			       "types were not looked for: what only they lead "
			       "to looks reachable");
	uint64_t num_frames =
		session->debug ? cw_debug_frames_left_out(session->debug) : 0;
	if (num_frames)
		cw_output_line(out, 2,
			       "locals not asked for types: those of %s in the "
			       "middle of very deep stacks",
			       cw_output_counted(counted, num_frames, "frame"));
	if (!session->typing)
		return;
	const char *const *problems;
	size_t num_problems = cw_debug_problems(session->debug, &problems);
	for (size_t i = 0; i < num_problems; i++)
		cw_output_line(out, 2, "types may be missing: %s", problems[i]);
}

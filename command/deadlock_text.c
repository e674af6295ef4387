#include "command/deadlock_text.h"

#include <stdlib.h>

#include "base/alike.h"
#include "base/memory.h"
#include "command/hang_text.h"
#include "hang/likeness.h"

/* Threads that belong together in what is told: a ring, or a single one. */
struct finding {
	const uint32_t *members; /* numbers of waits */
	uint32_t num;
};

struct findings {
	struct cw_call *call;
	const struct cw_wait *waits;
	CW_ARRAY(struct finding) items;
	struct cw_alike alike;
};

/* A goroutine for its thread, or the other way round: that is the owner. */
static bool is_for_runner(const struct cw_wait *wait)
{
	return wait->object.kind == CW_WAIT_THREAD ||
	       wait->object.kind == CW_WAIT_GOROUTINE;
}

static const char *held_word(const struct cw_wait *wait)
{
	switch (wait->object.kind) {
	case CW_WAIT_JOIN:
		return " of ";
	case CW_WAIT_THREAD:
	case CW_WAIT_GOROUTINE:
		return "";
	case CW_WAIT_CHANNEL:
		return " that else only has ";
	default:
		return " held by ";
	}
}

static struct cw_error *write_wait(struct cw_call *call,
				   const struct cw_wait *wait)
{
	cw_cleanup_text struct cw_text text = {0}, held = {0};

	cw_hang_waiter(wait, &text);
	cw_text_add(&text, " waits for ");
	if (!is_for_runner(wait))
		cw_text_addf(&text, "%s ", cw_hang_wait_name(wait));
	struct cw_error *err = cw_hang_object(call->session, wait, &text);
	if (err)
		return err;
	if (wait->owner != CW_NO_THREAD || wait->outside.kind)
		cw_text_add(&text, held_word(wait));
	cw_hang_owner(call->session, wait, &text);
	cw_hang_timeout(call->session->target, wait, &text);
	cw_output_line(call->out, 4, "  %s", text.chars);
	err = cw_hang_held(call->session,
			   wait - call->session->waits->items.items, &held);
	if (!err && held.length)
		cw_output_line(call->out, 6, "    it holds %s", held.chars);
	return err;
}

static struct cw_error *write_members(struct cw_call *call,
				      const struct finding *finding)
{
	struct cw_error *err = NULL;

	for (uint32_t i = 0; !err && i < finding->num; i++)
		err = write_wait(call, &call->session->waits->items
						.items[finding->members[i]]);
	return err;
}

/* What they are. */
static const char *nouns_of(const struct cw_wait *waits,
			    const struct finding *ring)
{
	uint32_t num_threads = 0;

	for (uint32_t i = 0; i < ring->num; i++)
		num_threads += waits[ring->members[i]].thread != NULL;
	return num_threads == ring->num ? "threads"
	       : num_threads == 0	? "goroutines"
					: "threads and goroutines";
}

static void write_ring(struct cw_call *call, const struct finding *ring)
{
	const struct cw_waits *waits = call->session->waits;
	const struct cw_wait *first = &waits->items.items[ring->members[0]];
	uint32_t num_others = first->num_held_up - (ring->num - 1);
	char others[CW_COUNTED_SIZE];

	cw_output_text(call->out, waits->cycles.items[first->cycle].has_timeout
					  ? "until a timeout: "
					  : "deadlock: ");
	if (ring->num == 1)
		cw_output_text(call->out, "a %s waits for itself",
			       first->thread ? "thread" : "goroutine");
	else
		cw_output_text(call->out, "%u %s wait in a ring", ring->num,
			       nouns_of(waits->items.items, ring));
	if (num_others)
		cw_output_text(call->out, ", holding up %s",
			       cw_output_counted(others, num_others,
						 waits->num_goroutines
							 ? "other"
							 : "other thread"));
	cw_output_text(call->out, "\n");
}

static void write_outside(struct cw_call *call, const struct finding *finding)
{
	static const char *const headings[] = {
		[CW_OUTSIDE_ENDED] = "orphan: its owner has ended\n",
		[CW_OUTSIDE_LEFT] = "orphan: fork() did not copy its owner\n",
		[CW_OUTSIDE_PROCESS] = "held elsewhere: another process has to "
				       "release it\n",
	};
	const struct cw_wait *wait =
		&call->session->waits->items.items[finding->members[0]];

	cw_output_text(call->out, "%s", headings[wait->outside.kind]);
}

static int by_number(const void *left, const void *right)
{
	const uint32_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

/* "threads 8-10, 14, …", all that are in the group's findings but the first. */
static void add_others(const struct findings *findings,
		       const struct cw_group *group, struct cw_text *text)
{
	const uint32_t *numbers = findings->alike.members + group->first;
	uint32_t num_of_each = findings->items.items[numbers[0]].num;
	cw_cleanup_free uint32_t *members =
		cw_alloc(sizeof(*members) * num_of_each * group->num);
	uint32_t num = 0;

	for (uint32_t i = 1; i < group->num; i++) {
		const struct finding *other =
			&findings->items.items[numbers[i]];
		for (uint32_t j = 0; j < other->num && j < num_of_each; j++)
			members[num++] = other->members[j];
	}
	qsort(members, num, sizeof(*members), by_number);
	cw_hang_waiters(findings->waits, members, num, text);
}

/* How many a group of findings is about, with those that they hold up. */
static uint64_t weight_of(const struct findings *findings,
			  const struct cw_group *group)
{
	uint64_t weight = 0;

	for (uint32_t i = 0; i < group->num; i++) {
		uint32_t number = findings->alike.members[group->first + i];
		uint32_t first = findings->items.items[number].members[0];
		weight += findings->waits[first].num_held_up + 1;
	}
	return weight;
}

static int by_weight(const void *left, const void *right, void *data)
{
	const struct findings *findings = data;
	uint64_t a = weight_of(findings, left), b = weight_of(findings, right);
	const struct cw_group *first = left, *second = right;

	if (a != b)
		return a < b ? 1 : -1;
	return (findings->alike.members[first->first] >
		findings->alike.members[second->first])
		       ? 1
		       : -1;
}

static void group_alike(struct findings *findings)
{
	const struct cw_session *session = findings->call->session;
	const struct cw_go *go = session->heap ? session->heap->go : NULL;
	size_t num = findings->items.num;
	cw_cleanup_free uint64_t *keys = cw_alloc((num + 1) * sizeof(*keys));

	for (size_t i = 0; i < num; i++) {
		const struct finding *finding = &findings->items.items[i];
		keys[i] = !findings->call->options->limit
				  ? i
				  : cw_ring_likeness(
					    session->debug, go, findings->waits,
					    finding->members, finding->num);
	}
	cw_alike_init(&findings->alike, keys, num);
	if (num)
		qsort_r(findings->alike.groups.items,
			findings->alike.groups.num, sizeof(struct cw_group),
			by_weight, findings);
}

/*
 * The first of each kind, under its own heading where @write_heading is given.
 * With --limit 0 each one.
 */
static struct cw_error *
findings_write(struct findings *findings,
	       void (*write_heading)(struct cw_call *, const struct finding *))
{
	struct cw_call *call = findings->call;
	uint64_t limit = call->options->limit, num = 0;
	struct cw_error *err = NULL;

	group_alike(findings);
	cw_array_foreach(group, &findings->alike.groups)
	{
		cw_cleanup_text struct cw_text others = {0};
		char counted[CW_NUMBER_SIZE];

		if (err || (limit && num++ == limit))
			break;
		const struct finding *finding =
			&findings->items
				 .items[findings->alike.members[group->first]];
		if (write_heading)
			write_heading(call, finding);
		err = write_members(call, finding);
		if (err || group->num == 1)
			continue;
		add_others(findings, group, &others);
		cw_output_line(call->out, 4, "  and %s alike: %s",
			       cw_text_count(counted, group->num - 1),
			       others.chars);
	}
	size_t num_kinds = findings->alike.groups.num;
	if (!err && limit && num_kinds > limit)
		cw_output_more(call->out, num_kinds - limit);
	cw_array_deinit(&findings->items);
	cw_alike_deinit(&findings->alike);
	return err;
}

static struct cw_error *write_rings(struct cw_call *call)
{
	const struct cw_waits *waits = call->session->waits;
	struct findings rings = {.call = call, .waits = waits->items.items};

	cw_array_foreach(cycle, &waits->cycles) * cw_array_push(&rings.items) =
		(struct finding){waits->members.items + cycle->first,
				 cycle->num};
	return findings_write(&rings, write_ring);
}

/* Those that @is_meant says. */
static struct cw_error *
write_single(struct cw_call *call, bool (*is_meant)(const struct cw_wait *wait),
	     void (*write_heading)(struct cw_call *, const struct finding *))
{
	const struct cw_waits *waits = call->session->waits;
	struct findings single = {.call = call, .waits = waits->items.items};
	CW_ARRAY(uint32_t) members = {0};

	cw_array_foreach(wait, &waits->items)
	{
		if (is_meant(wait))
			*cw_array_push(&members) = wait - waits->items.items;
	}
	cw_array_foreach(member, &members) * cw_array_push(&single.items) =
		(struct finding){member, 1};
	struct cw_error *err = findings_write(&single, write_heading);
	cw_array_deinit(&members);
	return err;
}

static bool is_orphan(const struct cw_wait *wait)
{
	return wait->is_orphaned;
}

static bool is_elsewhere(const struct cw_wait *wait)
{
	return wait->outside.kind == CW_OUTSIDE_PROCESS;
}

/* But for those that are in rings. */
static bool is_leaked(const struct cw_wait *wait)
{
	return wait->is_leaked && wait->cycle == CW_NO_THREAD;
}

static bool is_suspect(const struct cw_wait *wait)
{
	return wait->is_suspect && wait->cycle == CW_NO_THREAD;
}

struct cw_error *cw_deadlock_text_write(struct cw_call *call)
{
	const struct cw_waits *waits = call->session->waits;
	char counted[CW_COUNTED_SIZE];

	struct cw_error *err = write_rings(call);
	if (!err)
		err = write_single(call, is_orphan, write_outside);
	if (!err)
		err = write_single(call, is_elsewhere, write_outside);
	if (!err && waits->num_leaked) {
		cw_output_text(call->out,
			       "leaked: nobody is left who could wake %s\n",
			       cw_output_counted(counted, waits->num_leaked,
						 "goroutine"));
		err = write_single(call, is_leaked, NULL);
	}
	if (!err && waits->num_suspect) {
		cw_output_text(
			call->out,
			"perhaps leaked: only the other end of a connection "
			"could wake %s, and there is no deadline\n",
			cw_output_counted(counted, waits->num_suspect,
					  "goroutine"));
		err = write_single(call, is_suspect, NULL);
	}
	if (!err && waits->is_stuck) {
		cw_output_text(call->out,
			       "lost wakeup: no thread can go on, so that "
			       "nobody is left to signal\n");
		err = write_single(call, cw_wait_is_for_signal, NULL);
	}
	return err;
}

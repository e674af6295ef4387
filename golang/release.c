#include "golang/release.h"

#include <string.h>

#include "base/memory.h"
#include "code/instruction.h"

enum {
	MAX_VOTES = 256, /* of all variables of a release */
	MIN_VOTES = 2,	 /* that must agree */
	MAX_CODE = 1 << 16,
};

struct field_row {
	const char *type, *member;
	struct cw_go_place place;
};

/* The number-th mention of data in that function, from 1, is of the variable,
 * @offset bytes into it. */
struct vote_row {
	const char *variable, *function;
	uint32_t number, offset;
};

#include "golang/release_1_19.inc"
#include "golang/release_1_21.inc"
#include "golang/release_1_22.inc"
#include "golang/release_1_23.inc"
#include "golang/release_1_24.inc"
#include "golang/release_1_25.inc"
#include "golang/release_1_26.inc"
#include "golang/release_1_27.inc"

#define RELEASE(minor)                                                         \
	{                                                                      \
		minor, fields_##minor, cw_num_elements(fields_##minor),        \
			votes_##minor, cw_num_elements(votes_##minor),         \
	}

static const struct release {
	unsigned minor;
	const struct field_row *fields;
	size_t num_fields;
	const struct vote_row *votes;
	size_t num_votes;
} releases[] = {
	RELEASE(19), RELEASE(21), RELEASE(22), RELEASE(23),
	RELEASE(24), RELEASE(25), RELEASE(26), RELEASE(27),
};

static const struct release *release_of(unsigned minor)
{
	for (size_t i = 0; i < cw_num_elements(releases); i++)
		if (releases[i].minor == minor)
			return &releases[i];
	return NULL;
}

bool cw_go_release_place(unsigned minor, const char *type, const char *member,
			 struct cw_go_place *ret)
{
	const struct release *release = release_of(minor);

	for (size_t i = 0; release && i < release->num_fields; i++) {
		const struct field_row *row = &release->fields[i];
		if (strcmp(row->type, type) != 0 ||
		    strcmp(row->member, member) != 0)
			continue;
		*ret = row->place;
		return true;
	}
	return false;
}

size_t cw_go_release_names(const char *const **ret)
{
	static const char *const names[] = {
		"runtime.mheap_",
		"runtime.allgs",
		"runtime.allm",
		"runtime.allp",
		"runtime.sched",
		"runtime.semtable",
		"runtime.waitReasonStrings",
		"runtime.gcphase",
		"runtime.work",
		"runtime.writeBarrier",
		"runtime.memstats",
		"runtime.gcController",
		"runtime.allfin",
		"runtime.finq",
		"runtime.fing",
		"runtime.gcCleanups",
		"runtime.mbuckets",
		"runtime.bbuckets",
		"runtime.xbuckets",
		"runtime.mProfCycle",
		"runtime.MemProfileRate",
		"runtime.stackpool",
		"runtime.stackLarge",
		"runtime.emptymspan",
		"runtime.zerobase",
		"sync.allPools",
		"sync.oldPools",
	};

	*ret = names;
	return cw_num_elements(names);
}

/* ---- What code mentions */

static bool is_data(const struct cw_go *go, cw_addr address)
{
	return address >= go->variables && address < go->variables_end;
}

static void mentions_add(struct cw_go_mentions *mentions,
			 const struct cw_go *go,
			 const struct cw_instruction *instruction)
{
	for (size_t i = 0; i < 2; i++) {
		const struct cw_operand *operand = &instruction->operands[i];

		if (operand->kind == CW_OPERAND_MEMORY &&
		    operand->base == CW_NO_REGISTER &&
		    operand->index == CW_NO_REGISTER &&
		    is_data(go, operand->number))
			*cw_array_push(&mentions->addresses) = operand->number;
	}
}

void cw_go_mentions_read(struct cw_go_mentions *mentions,
			 const struct cw_go *go, struct cw_decoder *decoder,
			 cw_addr entry, cw_addr end)
{
	uint64_t size = end - entry < MAX_CODE ? end - entry : MAX_CODE;
	const unsigned char *bytes = cw_target_bytes(go->target, entry, size);

	mentions->addresses.num = 0;
	for (uint64_t at = 0; bytes && at < size;) {
		struct cw_instruction instruction;

		if (!cw_decoder_read(decoder, bytes + at, size - at, entry + at,
				     &instruction) ||
		    instruction.size == 0)
			return;
		mentions_add(mentions, go, &instruction);
		at += instruction.size;
	}
}

void cw_go_mentions_deinit(struct cw_go_mentions *mentions)
{
	cw_array_deinit(&mentions->addresses);
}

/* ---- Votes */

/* A function that is asked. */
struct witness {
	cw_addr entry, end; /* 0: the program does not have it */
};

struct inquiry {
	const struct cw_go *go;
	const struct release *release;
	struct cw_decoder *decoder;
	struct cw_go_mentions mentions;
	struct witness witnesses[MAX_VOTES]; /* by vote */
};

static void witness_read(struct inquiry *inquiry,
			 const struct cw_go_function *function, cw_addr end)
{
	const struct release *release = inquiry->release;

	for (size_t i = 0; i < release->num_votes; i++)
		if (strcmp(release->votes[i].function, function->name) == 0)
			inquiry->witnesses[i] =
				(struct witness){function->entry, end};
}

static void witnesses_read(struct inquiry *inquiry)
{
	uint64_t num = cw_go_num_functions(inquiry->go);

	for (uint64_t i = 0; i < num; i++) {
		struct cw_go_function function;
		cw_addr end;

		if (cw_go_function_number(inquiry->go, i, &function, &end) &&
		    cw_go_release_asks(function.name))
			witness_read(inquiry, &function, end);
	}
}

bool cw_go_release_asks(const char *name)
{
	return strncmp(name, "runtime.", 8) == 0 ||
	       strncmp(name, "sync.", 5) == 0;
}

/* What that function mentions there; 0: nothing. */
static cw_addr vote_ask(struct inquiry *inquiry, size_t vote)
{
	struct cw_go_mentions *mentions = &inquiry->mentions;
	const struct witness *witness = &inquiry->witnesses[vote];
	const struct vote_row *row = &inquiry->release->votes[vote];

	if (witness->entry == 0)
		return 0;
	cw_go_mentions_read(mentions, inquiry->go, inquiry->decoder,
			    witness->entry, witness->end);
	return row->number - 1 < mentions->addresses.num
		       ? mentions->addresses.items[row->number - 1] -
				 row->offset
		       : 0;
}

static cw_addr most_of(const cw_addr *answers, size_t num)
{
	cw_addr best = 0;
	size_t num_best = 0;

	for (size_t i = 0; i < num; i++) {
		size_t num_equal = 0;

		for (size_t j = 0; j < num; j++)
			num_equal += answers[j] == answers[i];
		if (num_equal > num_best) {
			best = answers[i];
			num_best = num_equal;
		}
	}
	/* Of some variables only one function speaks. */
	return num_best >= MIN_VOTES || num == 1 ? best : 0;
}

static cw_addr variable_find(struct inquiry *inquiry, const char *name)
{
	const struct release *release = inquiry->release;
	cw_addr answers[MAX_VOTES];
	size_t num = 0;

	for (size_t i = 0; i < release->num_votes; i++) {
		if (strcmp(release->votes[i].variable, name) != 0)
			continue;
		answers[num] = vote_ask(inquiry, i);
		num += answers[num] != 0;
	}
	return most_of(answers, num);
}

void cw_go_release_variables(const struct cw_go *go, const char *const *names,
			     size_t num, cw_addr *ret)
{
	struct inquiry inquiry = {.go = go, .release = release_of(go->minor)};

	memset(ret, 0, num * sizeof(*ret));
	if (!inquiry.release || inquiry.release->num_votes > MAX_VOTES)
		return;
	cw_cleanup_error struct cw_error *err =
		cw_decoder_create(&inquiry.decoder);
	if (err)
		return;
	witnesses_read(&inquiry);
	for (size_t i = 0; i < num; i++)
		ret[i] = variable_find(&inquiry, names[i]);
	cw_go_mentions_deinit(&inquiry.mentions);
	cw_decoder_destroy(inquiry.decoder);
}

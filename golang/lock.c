/*
 * package sync, 1.19 to 1.27:
 *
 *	Mutex		state 4 (bit 0: locked), semaphore 4
 *	RWMutex		Mutex of writers 8, semaphore of the writer 4, of
 *			readers 4, number of readers 4, of those to wait for 4
 *	WaitGroup	state 8, semaphore 4
 *
 * Lock(), RLock() and what releases are inlined but for what they call when
 * somebody else is there: lockSlow() and the like.
 */
#include "golang/lock.h"

#include <string.h>

#include "base/map.h"
#include "base/memory.h"
#include "code/instruction.h"
#include "golang/frame.h"
#include "golang/stack_map.h"

enum {
	MAX_CODE = 1 << 16,
	MAX_INNER_FRAMES = 8,
	MAX_FRAMES = 1000,
	MAX_DEPTH = 4, /* of the package's functions in each other */
	STEP = 64,
	SEMAPHORE_OF_MUTEX = 4,
	SEMAPHORE_OF_WRITER = 8,
	SEMAPHORE_OF_READERS = 12,
	SEMAPHORE_OF_GROUP = 8,
};

/* ---- Names */

enum deed { TAKES, GIVES, WAITS };

/* What a function of the package does when it is called. */
struct function_row {
	const char *name;
	enum deed deed;
	enum cw_go_lock lock;
	uint8_t semaphore; /* of those that wait: where it is in the lock */
};

static const struct function_row functions[] = {
	{"sync.(*Mutex).Lock", TAKES, CW_GO_LOCK_MUTEX, SEMAPHORE_OF_MUTEX},
	{"sync.(*Mutex).lockSlow", TAKES, CW_GO_LOCK_MUTEX, SEMAPHORE_OF_MUTEX},
	{"internal/sync.(*Mutex).Lock", TAKES, CW_GO_LOCK_MUTEX,
	 SEMAPHORE_OF_MUTEX},
	{"internal/sync.(*Mutex).lockSlow", TAKES, CW_GO_LOCK_MUTEX,
	 SEMAPHORE_OF_MUTEX},
	{"sync.(*Mutex).Unlock", GIVES, CW_GO_LOCK_MUTEX, 0},
	{"sync.(*Mutex).unlockSlow", GIVES, CW_GO_LOCK_MUTEX, 0},
	{"internal/sync.(*Mutex).Unlock", GIVES, CW_GO_LOCK_MUTEX, 0},
	{"internal/sync.(*Mutex).unlockSlow", GIVES, CW_GO_LOCK_MUTEX, 0},
	{"sync.(*RWMutex).Lock", TAKES, CW_GO_LOCK_WRITE, SEMAPHORE_OF_WRITER},
	{"sync.(*RWMutex).Unlock", GIVES, CW_GO_LOCK_WRITE, 0},
	{"sync.(*RWMutex).RLock", TAKES, CW_GO_LOCK_READ, SEMAPHORE_OF_READERS},
	{"sync.runtime_SemacquireRWMutexR", TAKES, CW_GO_LOCK_READ,
	 SEMAPHORE_OF_READERS},
	/* Up to 1.19. */
	{"sync.runtime_SemacquireMutex", TAKES, CW_GO_LOCK_READ, 0},
	{"sync.(*RWMutex).RUnlock", GIVES, CW_GO_LOCK_READ, 0},
	{"sync.(*RWMutex).rUnlockSlow", GIVES, CW_GO_LOCK_READ, 0},
	{"sync.(*WaitGroup).Wait", WAITS, CW_GO_LOCK_GROUP, SEMAPHORE_OF_GROUP},
	{"sync.(*WaitGroup).Add", GIVES, CW_GO_LOCK_GROUP, 0},
	{"sync.(*WaitGroup).Done", GIVES, CW_GO_LOCK_GROUP, 0},
};

static const struct function_row *row_of(const char *name)
{
	if (!name || (strncmp(name, "sync.", 5) != 0 &&
		      strncmp(name, "internal/sync.", 14) != 0))
		return NULL;
	for (size_t i = 0; i < cw_num_elements(functions); i++)
		if (strcmp(functions[i].name, name) == 0)
			return &functions[i];
	return NULL;
}

enum cw_go_lock cw_go_lock_waited_for(const struct cw_go *go,
				      const struct cw_goroutine *goroutine,
				      cw_addr semaphore, cw_addr *ret)
{
	struct cw_go_frame frame = {0};

	for (unsigned i = 0; i < MAX_INNER_FRAMES; i++) {
		if (!cw_go_call_next(go, goroutine, &frame))
			break;
		const struct function_row *row = row_of(frame.name);
		if (!row || row->semaphore == 0)
			continue;
		*ret = semaphore - row->semaphore;
		return row->lock;
	}
	return CW_GO_LOCK_NONE;
}

/* ---- Functions */

/*
 * A place of a function.  What is called where somebody has to wait may be far
 * behind what was inlined there, of which @start is the atomic instruction.
 * Where the compiler does not say what that is for, it is the first one of all.
 */
struct site {
	cw_addr start, place; /* last bytes of instructions */
	bool has_atomic;
	int32_t inlined[MAX_DEPTH]; /* numbers */
	uint8_t depth;
	uint8_t deed;
	uint8_t lock; /* enum cw_go_lock; CW_GO_LOCK_NONE: a mention */
	bool is_deferred;
	cw_addr mentioned; /* data */
};

struct body {
	uint32_t first, num; /* in sites */
};

struct search {
	const struct cw_go *go;
	const struct cw_goroutines *goroutines;
	struct cw_decoder *decoder;
	struct cw_map numbers; /* of bodies by entry */
	CW_ARRAY(struct body) bodies;
	CW_ARRAY(struct site) sites;
	struct cw_map given; /* locks that a function releases, by entry */
	struct cw_go_stack_map map;
	struct cw_go_holds *holds;
};

static int32_t inlined_number(const struct cw_go *go,
			      const struct cw_go_function *function,
			      cw_addr place)
{
	return cw_go_place_value(go, function, CW_GO_INLINE_INDEX, place);
}

/* Those of the package that the call is inlined with. */
static void find_inlined(const struct cw_go *go,
			 const struct cw_go_function *function,
			 struct site *site)
{
	struct cw_go_inlined inlined;
	cw_addr place = site->place;

	while (site->depth < MAX_DEPTH) {
		int32_t number = inlined_number(go, function, place);

		if (number < 0 ||
		    !cw_go_inlined_at(go, function, number, &inlined) ||
		    !row_of(inlined.name))
			return;
		site->inlined[site->depth++] = number;
		place = inlined.caller;
	}
}

typedef void visit_instruction(struct search *search, void *context,
			       const struct cw_instruction *instruction);

static void each_instruction(struct search *search, cw_addr entry, cw_addr end,
			     visit_instruction *visit, void *context)
{
	uint64_t size = end - entry < MAX_CODE ? end - entry : MAX_CODE;
	const unsigned char *bytes =
		cw_target_bytes(search->go->target, entry, size);

	for (uint64_t at = 0; bytes && at < size;) {
		struct cw_instruction instruction;

		if (!cw_decoder_read(search->decoder, bytes + at, size - at,
				     entry + at, &instruction) ||
		    instruction.size == 0)
			return;
		visit(search, context, &instruction);
		at += instruction.size;
	}
}

static const struct function_row *
called_by(const struct cw_go *go, const struct cw_instruction *instruction)
{
	struct cw_go_function callee;
	cw_addr entry = instruction->operands[0].number;

	return (instruction->kind == CW_INSTRUCTION_CALL ||
		instruction->kind == CW_INSTRUCTION_JUMP) &&
			       instruction->operands[0].kind ==
				       CW_OPERAND_NUMBER &&
			       cw_go_function_at(go, entry, &callee) &&
			       callee.entry == entry
		       ? row_of(callee.name)
		       : NULL;
}

static void note_given(struct search *search, void *context,
		       const struct cw_instruction *instruction)
{
	uint32_t *locks = context;
	const struct function_row *row = called_by(search->go, instruction);

	if (row && row->deed == GIVES)
		*locks |= 1u << row->lock;
}

/* Bits: locks that a function's own code releases. */
static uint32_t given_by(struct search *search, cw_addr entry)
{
	struct cw_go_function function;
	uint32_t locks = 0;
	cw_addr end;

	if (cw_map_get(&search->given, entry, &locks))
		return locks;
	if (cw_go_function_with_end(search->go, entry, &function, &end) &&
	    function.entry == entry && !row_of(function.name))
		each_instruction(search, entry, end, note_given, &locks);
	cw_map_set(&search->given, entry, locks);
	return locks;
}

struct reading {
	const struct cw_go_function *function;
	struct body body;
	bool has_inlined;
};

/* Its place is the one that frames have. */
static struct site *add_site(struct search *search, struct reading *reading,
			     const struct cw_instruction *instruction)
{
	struct site *site = cw_array_push(&search->sites);
	cw_addr place = instruction->address + instruction->size - 1;

	*site = (struct site){.start = place, .place = place};
	reading->body.num++;
	return site;
}

static bool is_within(const struct search *search,
		      const struct cw_go_function *function, int32_t number,
		      const struct site *site)
{
	struct cw_go_inlined inlined;

	for (unsigned i = 0; i < 2 * MAX_DEPTH && number >= 0; i++) {
		for (unsigned j = 0; j < site->depth; j++)
			if (site->inlined[j] == number)
				return true;
		if (!cw_go_inlined_at(search->go, function, number, &inlined))
			return false;
		number = inlined_number(search->go, function, inlined.caller);
	}
	return false;
}

static bool is_atomic(const struct cw_go *go,
		      const struct cw_instruction *instruction)
{
	enum { LOCK_PREFIX = 0xf0 };
	const unsigned char *byte =
		cw_target_bytes(go->target, instruction->address, 1);

	return byte && *byte == LOCK_PREFIX;
}

static void note_start(struct search *search, void *context,
		       const struct cw_instruction *instruction)
{
	struct reading *reading = context;
	cw_addr place = instruction->address + instruction->size - 1;
	int32_t number = inlined_number(search->go, reading->function, place);
	bool is_the_atomic = number >= 0 && is_atomic(search->go, instruction);

	for (uint32_t i = 0; number >= 0 && i < reading->body.num; i++) {
		struct site *site =
			&search->sites.items[reading->body.first + i];
		bool may_be_first = site->deed == TAKES && !site->has_atomic &&
				    place < site->start;

		if ((!is_the_atomic && !may_be_first) ||
		    !is_within(search, reading->function, number, site))
			continue;
		site->start = place;
		site->has_atomic |= is_the_atomic;
	}
}

/* A function that releases, which is to be deferred; or data. */
static void note_mention(struct search *search, struct reading *reading,
			 const struct cw_instruction *instruction,
			 cw_addr mentioned)
{
	const struct cw_go *go = search->go;
	struct cw_go_function function;
	cw_addr entry = mentioned;

	if (mentioned >= go->variables && mentioned < go->variables_end) {
		struct site *site = add_site(search, reading, instruction);
		site->mentioned = mentioned;
		return;
	}
	/* A function without captured variables has its value in the data. */
	if (!cw_go_function_at(go, entry, &function) &&
	    !cw_target_read_word(go->target, mentioned, &entry))
		return;
	uint32_t locks = cw_go_function_at(go, entry, &function) &&
					 function.entry == entry
				 ? given_by(search, entry)
				 : 0;
	for (unsigned lock = 1; reading->function->deferred && locks >> lock;
	     lock++) {
		if (!(locks >> lock & 1))
			continue;
		struct site *site = add_site(search, reading, instruction);
		site->deed = GIVES;
		site->lock = lock;
		site->is_deferred = true;
	}
}

static void note_site(struct search *search, void *context,
		      const struct cw_instruction *instruction)
{
	struct reading *reading = context;
	const struct function_row *row = called_by(search->go, instruction);

	if (row && row->deed != WAITS) {
		struct site *site = add_site(search, reading, instruction);
		site->deed = row->deed;
		site->lock = row->lock;
		find_inlined(search->go, reading->function, site);
		reading->has_inlined |= site->depth > 0;
	}
	for (size_t i = 0; i < 2; i++) {
		const struct cw_operand *operand = &instruction->operands[i];

		if (operand->kind == CW_OPERAND_MEMORY &&
		    operand->base == CW_NO_REGISTER &&
		    operand->index == CW_NO_REGISTER)
			note_mention(search, reading, instruction,
				     operand->number);
	}
}

/* Read once; what has nothing to do with locks has no sites. */
static struct body body_of(struct search *search,
			   const struct cw_go_function *function)
{
	struct reading reading = {.function = function};
	struct cw_go_function same;
	bool has_lock = false;
	uint32_t number;
	cw_addr end;

	if (cw_map_get(&search->numbers, function->entry, &number))
		return search->bodies.items[number];
	reading.body.first = search->sites.num;
	if (cw_go_function_with_end(search->go, function->entry, &same, &end))
		each_instruction(search, function->entry, end, note_site,
				 &reading);
	for (uint32_t i = 0; i < reading.body.num; i++)
		has_lock |=
			search->sites.items[reading.body.first + i].lock != 0;
	if (!has_lock) {
		search->sites.num = reading.body.first;
		reading.body.num = 0;
	}
	if (reading.has_inlined)
		each_instruction(search, function->entry, end, note_start,
				 &reading);
	cw_map_set(&search->numbers, function->entry, search->bodies.num);
	*cw_array_push(&search->bodies) = reading.body;
	return reading.body;
}

/* ---- Frames */

/* Bits: locks that the function has taken, or that it will give. */
static uint32_t held_at(const struct search *search, const struct body *body,
			cw_addr here)
{
	uint32_t taken = 1u << CW_GO_LOCK_GROUP, given = 0;

	for (uint32_t i = 0; i < body->num; i++) {
		const struct site *site = &search->sites.items[body->first + i];

		if (site->deed == TAKES && site->start < here &&
		    site->place != here)
			taken |= 1u << site->lock;
		if (site->deed == GIVES &&
		    (site->is_deferred ? site->place < here
				       : site->start > here))
			given |= 1u << site->lock;
	}
	return taken & given & ~1u;
}

static void add_hold(struct search *search, uint32_t goroutine, uint32_t locks,
		     cw_addr value)
{
	for (unsigned lock = 1; locks >> lock; lock++)
		if (locks >> lock & 1)
			*cw_array_push(&search->holds->items) =
				(struct cw_go_hold){goroutine, lock, value};
}

static void add_mentions(struct search *search, uint32_t goroutine,
			 const struct body *body, cw_addr here, uint32_t locks)
{
	for (uint32_t i = 0; i < body->num; i++) {
		const struct site *site = &search->sites.items[body->first + i];
		cw_addr value;

		if (site->mentioned == 0 || site->place >= here)
			continue;
		add_hold(search, goroutine, locks, site->mentioned);
		if (cw_target_read_word(search->go->target, site->mentioned,
					&value))
			add_hold(search, goroutine, locks, value);
	}
}

/* sync.(*Cond).Wait() releases the lock before it waits. */
static bool is_without_lock(const char *callee)
{
	return callee && strcmp(callee, "sync.(*Cond).Wait") == 0;
}

static void look_at(struct search *search, uint32_t number)
{
	const struct cw_go *go = search->go;
	const struct cw_goroutine *goroutine =
		&search->goroutines->items.items[number];
	CW_ARRAY(uint32_t) locks = {0}; /* by frame */
	struct cw_go_frame frame = {0};
	const char *callee = NULL;
	uint32_t all = 0;

	while (locks.num < MAX_FRAMES &&
	       cw_go_frame_next(go, goroutine, &frame)) {
		struct body body = body_of(search, &frame.function);
		uint32_t held = 0;

		if (body.num && !row_of(frame.function.name) &&
		    !is_without_lock(callee))
			held = held_at(search, &body, frame.pc - 1);
		if (held)
			add_mentions(search, number, &body, frame.pc - 1, held);
		all |= held;
		callee = frame.function.name;
		*cw_array_push(&locks) = held;
	}
	if (all) {
		search->map.words.num = 0;
		cw_go_stack_map_add(&search->map, go, goroutine);
	}
	for (size_t i = 0; all && i < search->map.words.num; i++) {
		const struct cw_go_stack_word *word =
			&search->map.words.items[i];
		if (word->frame < locks.num)
			add_hold(search, number, locks.items[word->frame],
				 word->value);
	}
	cw_array_deinit(&locks);
}

struct cw_error *cw_go_holds_find(const struct cw_go *go,
				  const struct cw_goroutines *goroutines,
				  struct cw_progress *progress,
				  struct cw_go_holds *ret)
{
	size_t num = goroutines->items.num;
	struct search search = {
		.go = go,
		.goroutines = goroutines,
		.holds = ret,
	};

	*ret = (struct cw_go_holds){0};
	struct cw_error *err = cw_decoder_create(&search.decoder);
	if (err)
		return err;
	cw_map_init(&search.numbers);
	cw_map_init(&search.given);
	cw_progress_begin(progress, "looking for who holds locks", num);
	for (size_t i = 0; !err && i < num; i++) {
		look_at(&search, i);
		err = i % STEP ? NULL : cw_progress_step(progress, i);
	}
	cw_decoder_destroy(search.decoder);
	cw_map_deinit(&search.numbers);
	cw_map_deinit(&search.given);
	cw_array_deinit(&search.bodies);
	cw_array_deinit(&search.sites);
	cw_go_stack_map_deinit(&search.map);
	if (err)
		cw_go_holds_deinit(ret);
	return err;
}

void cw_go_holds_deinit(struct cw_go_holds *holds)
{
	cw_array_deinit(&holds->items);
}

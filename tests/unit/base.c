/* What base/ promises. */
#include "base/arena.h"
#include "base/array.h"
#include "base/map.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/progress.h"
#include "base/sort.h"
#include "base/text.h"
#include "tests/unit/check.h"

static void errors_say_where(void)
{
	struct cw_error *err = cw_error_new(CW_ERROR_TARGET, "no %s", "luck");

	err = cw_error_in(err, "reading arena %d", 3);
	check_text("reading arena 3: no luck", cw_error_message(err));
	check(cw_error_kind(err) == CW_ERROR_TARGET);
	cw_error_destroy(err);
	check(!cw_error_in(NULL, "nothing"));
}

static void numbers_read_well(void)
{
	char buffer[CW_NUMBER_SIZE];

	check_text("0", cw_text_count(buffer, 0));
	check_text("999", cw_text_count(buffer, 999));
	check_text("1,000", cw_text_count(buffer, 1000));
	check_text("18,446,744,073,709,551,615",
		   cw_text_count(buffer, UINT64_MAX));
	check_text("1023 B", cw_text_bytes(buffer, 1023, false));
	check_text("1.00 KB", cw_text_bytes(buffer, 1024, false));
	check_text("39.1 KB", cw_text_bytes(buffer, 40000, false));
	check_text("1.00 MB", cw_text_bytes(buffer, 1023 * 1024, false));
	check_text("16.0 EB", cw_text_bytes(buffer, UINT64_MAX, false));
	check_text("40,000", cw_text_bytes(buffer, 40000, true));
	check_text("85.1 %", cw_text_share(buffer, 851, 1000));
	check_text("0.08 %", cw_text_share(buffer, 8, 10000));
	check_text("0.00 %", cw_text_share(buffer, 0, 0));
}

static void maps_keep_everything(void)
{
	struct cw_map map;
	uint32_t value;

	cw_map_init(&map);
	check(!cw_map_get(&map, 0, &value));
	for (uint64_t i = 0; i < 10000; i++)
		cw_map_set(&map, i * 4096, i);
	for (uint64_t i = 0; i < 10000; i++) {
		check(cw_map_get(&map, i * 4096, &value));
		check_same(i, value);
	}
	check(!cw_map_get(&map, 17, &value));
	check_same(10000, map.num);
	check_same(5, *cw_map_place(&map, 5 * 4096, 77));
	check_same(77, *cw_map_place(&map, 1, 77));
	cw_map_deinit(&map);
}

static void arenas_and_arrays_grow(void)
{
	struct cw_arena arena;
	CW_ARRAY(char *) texts = {0};

	cw_arena_init(&arena);
	for (int i = 0; i < 5000; i++)
		*cw_array_push(&texts) = cw_arena_format(&arena, "text %d", i);
	char *large = cw_arena_alloc(&arena, 1 << 20);
	check(large[(1 << 20) - 1] == 0);
	check_text("text 4999", texts.items[4999]);
	check_text("text 0", texts.items[0]);
	cw_array_deinit(&texts);
	cw_arena_deinit(&arena);
}

static struct cw_error *add_item(void *context, uint64_t item)
{
	if (item == 7777)
		return cw_error_new(CW_ERROR_TARGET, "item 7777");
	__atomic_add_fetch((uint64_t *)context, item, __ATOMIC_RELAXED);
	return NULL;
}

static void parallel_does_each_once(void)
{
	uint64_t sum = 0;

	check_ok(cw_parallel_for(4, 7777, add_item, &sum));
	check_same(UINT64_C(7776) * 7777 / 2, sum);
	struct cw_error *err = cw_parallel_for(4, 10000, add_item, &sum);
	check(err);
	cw_error_destroy(err);
	check_ok(cw_parallel_for(0, 0, add_item, &sum));
}

static void progress_stops(void)
{
	struct cw_progress progress = {0};

	cw_progress_begin(&progress, "reading blocks", 10);
	check_ok(cw_progress_step(&progress, 1));
	progress.must_stop = 1;
	struct cw_error *err = cw_progress_step(&progress, 2);
	check_text("stopped while reading blocks", cw_error_message(err));
	check(cw_error_kind(err) == CW_ERROR_INTERRUPTED);
	cw_error_destroy(err);
	check_ok(cw_progress_step(NULL, 1));
}

static int compare_numbers(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

static void numbers_are_sorted(void)
{
	enum { MAX = 300 };
	uint64_t items[MAX], expected[MAX], room[MAX];
	uint64_t state = 1;

	for (size_t num = 0; num < MAX; num++) {
		for (size_t i = 0; i < num; i++) {
			state = cw_hash_mix(state + i);
			items[i] = num % 3 ? state : state % (num / 2 + 1);
		}
		memcpy(expected, items, num * sizeof(*items));
		qsort(expected, num, sizeof(*expected), compare_numbers);
		cw_sort_numbers(items, num, room);
		check(memcmp(items, expected, num * sizeof(*items)) == 0);
	}
}

int main(void)
{
	errors_say_where();
	numbers_read_well();
	maps_keep_everything();
	numbers_are_sorted();
	arenas_and_arrays_grow();
	parallel_does_each_once();
	progress_stops();
	return 0;
}

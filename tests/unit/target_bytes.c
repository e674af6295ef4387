/* What target/ promises of an address space made of bytes. */
#include "base/memory.h"
#include "target/target.h"
#include "tests/unit/check.h"

static unsigned char bytes[256];

static void add(struct cw_target *target, cw_addr start, cw_addr end,
		const void *from, enum cw_gap gap)
{
	struct cw_segment segment = {
		.start = start,
		.end = end,
		.bytes = from,
		.flags = CW_SEGMENT_READ | CW_SEGMENT_WRITE,
		.gap = gap,
	};

	cw_target_add_segment(target, &segment);
}

/* Two that lie side by side in our memory, one that does not, a gap. */
static struct cw_target *target_make(void)
{
	struct cw_target *target = cw_target_create_empty();

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = i;
	memcpy(bytes + 0x3c, "across", 7);
	add(target, 0x3000, 0x3040, bytes + 0xc0, CW_GAP_NONE);
	add(target, 0x1000, 0x1040, bytes, CW_GAP_NONE);
	add(target, 0x1080, 0x10c0, NULL, CW_GAP_TRUNCATED);
	add(target, 0x1040, 0x1080, bytes + 0x40, CW_GAP_NONE);
	add(target, 0x3040, 0x3080, bytes + 0x20, CW_GAP_NONE);
	return target;
}

static void three_outcomes(struct cw_target *target)
{
	check(!cw_target_segment(target, 0xfff));
	check_same(0x1000, cw_target_segment(target, 0x1000)->start);
	check_same(0x1000, cw_target_segment(target, 0x103f)->start);
	check_same(0x1040, cw_target_segment(target, 0x1040)->start);
	check(!cw_target_segment(target, 0x1080)->bytes);
	check(!cw_target_segment(target, 0x10c0));
	check(!cw_target_segment(target, 0x3080));
	check(!cw_target_segment(target, UINT64_MAX));

	uint64_t gaps[CW_NUM_GAPS];
	cw_target_gaps(target, CW_SEGMENT_WRITE, gaps);
	check_same(0x100, gaps[CW_GAP_NONE]);
	check_same(0x40, gaps[CW_GAP_TRUNCATED]);
	cw_target_gaps(target, CW_SEGMENT_EXEC, gaps);
	check_same(0, gaps[CW_GAP_NONE]);
}

static void bytes_are_borrowed(struct cw_target *target)
{
	check(cw_target_bytes(target, 0x1000, 0x80) == bytes);
	check(cw_target_bytes(target, 0x1008, 0) == bytes + 8);
	check(!cw_target_bytes(target, 0x1000, 0x81));
	check(!cw_target_bytes(target, 0x3000, 0x41));
	check(!cw_target_bytes(target, 0x3000, UINT64_MAX));
	check(!cw_target_bytes(target, 0x1080, 1));
	check(!cw_target_bytes(target, 0x1080, 0));
}

static void reads_cross_segments(struct cw_target *target)
{
	unsigned char buffer[0x80];
	uint64_t word;

	check(cw_target_read(target, 0x3000, buffer, 0x80));
	check(memcmp(buffer, bytes + 0xc0, 0x40) == 0);
	check(memcmp(buffer + 0x40, bytes + 0x20, 0x40) == 0);
	check(!cw_target_read(target, 0x1000, buffer, 0x81));
	check(cw_target_read_word(target, 0x1001, &word));
	check_same(UINT64_C(0x0807060504030201), word);
	check(!cw_target_read_word(target, 0x1079, &word));
	check(!cw_target_read_word(target, UINT64_MAX - 3, &word));

	cw_cleanup_free char *text = cw_target_read_string(target, 0x103c, 100);
	check_text("across", text);
	cw_cleanup_free char *begin = cw_target_read_string(target, 0x103c, 3);
	check_text("acr", begin);
	check(!cw_target_read_string(target, 0x1050, 100));
	check(!cw_target_read_string(target, 0x2000, 100));
}

int main(void)
{
	struct cw_target *target = target_make();

	three_outcomes(target);
	bytes_are_borrowed(target);
	reads_cross_segments(target);
	cw_target_close(target);
	cw_target_close(NULL);
	return 0;
}

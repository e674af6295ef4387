/*
 * Locals in odd places: numbers with a point in registers, what is computed of
 * such, pieces, pointers to what is nowhere, and what was passed on by jumps.
 */

struct pair {
	double x, y;
};

struct mixed {
	long number;
	double share;
};

struct cell {
	struct cell *next;
	int value;
};

/* Nobody may know what the function leaves alone. */
#ifdef __clang__
#define APART __attribute__((noinline))
#else
#define APART __attribute__((noipa))
#endif

volatile long sink;
volatile double float_sink;
static volatile long bad_address;

APART double in_registers(double a, float b, long count)
{
	double product = a * 3.0;
	float half = b / 2;
	double sum = product + half;
	int wide = (int)count;
	long longer = wide * 2L;
	unsigned char narrow = (unsigned char)count;
	signed char small = (signed char)(count * 11);
	double converted = (double)count;
	float shrunk = (float)a;
	unsigned cut = (unsigned)a;

	*(volatile int *)bad_address = 1;
	sink = longer + narrow + small + cut;
	float_sink = sum + converted + shrunk + product + half;
	return sum * product;
}

APART double in_pieces(double a, long b)
{
	struct pair pair = {a + 1, a * 2};
	struct mixed mixed = {b + 1, a * 4};
	double got = in_registers(pair.x, (float)pair.y, mixed.number);

	float_sink = pair.x + pair.y + mixed.share;
	sink = mixed.number;
	return got;
}

static inline __attribute__((always_inline)) long total(const struct cell *cell)
{
	const struct cell *at = cell;
	long sum = at->value;

	float_sink = in_pieces((double)sum * 0.5, sum);
	return sum;
}

APART long implicit(int value)
{
	struct cell local = {0, value};
	const struct cell *pointer = &local;
	const struct cell **twice = &pointer;
	long got = total(pointer);

	return got + (*twice)->value;
}

/* No register but those that the jumps filled tells what was passed. */
APART long jumped_to(long passed, long other, double scale)
{
	long before = passed;

	passed = other * 3;
	float_sink = scale;
	long got = implicit((int)(passed + sink));
	return got + sink;
}

APART long jumps(long first, long second)
{
	sink += first;
	return jumped_to(first + 100, second - 1, 2.25);
}

APART long jumps_too(long first)
{
	sink -= first;
	return jumps(first * 2, 7);
}

/* There are two ways from the first of these to the other. */
APART long either(long passed)
{
	long got = jumps_too(passed + 1);

	return got - sink;
}

APART long left(long number)
{
	return either(number + 1);
}

APART long right(long number)
{
	return either(number + 2);
}

APART long forks(long number)
{
	sink += 3;
	return number & 1 ? left(number) : right(number);
}

/* What jumps to itself may have been passed anything. */
APART long again(long number, long other);

APART long other_half(long number, long other)
{
	sink += other;
	return again(number - 1, other + 1);
}

APART long again(long number, long other)
{
	long kept = other;

	if (number > 0)
		return other_half(number, other + 5);
	return forks(sink + 4) + sink;
}

int main(int argc, char **argv)
{
	long got = again(argc + 1, 5);

	sink = got;
	return (int)got + (argv == 0);
}

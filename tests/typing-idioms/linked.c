/*
 * A program whose allocator puts a link to the last piece before each one, and
 * frees all of a set together: all pointers lead behind that.  Beside it, a
 * list of no declared type, into whose nodes a pointer leads as well: these
 * have no such link, and nothing says what they are.  Prints how many of each
 * type it made, and ends by abort().
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RECORDS = 60 };

struct record {
	struct record *next;
	char *name;
	struct data *data;
	struct place *place;
};
struct data {
	long count, kind;
	int *lengths;
	unsigned char **bytes;
	long order[2];
};
struct place {
	struct record *owner;
	double position[4];
};
struct set {
	void *last;
	struct record *records;
	int **seconds;
	int num;
};

struct set *set;

static __attribute__((noinline)) void *get(size_t size)
{
	char **front = calloc(1, sizeof(*front) + size);

	*front = set->last;
	set->last = front;
	return front + 1;
}

static struct data *data_new(int num)
{
	struct data *data = get(sizeof(*data));

	data->count = num;
	data->kind = 7;
	data->lengths = get(num * sizeof(*data->lengths));
	data->bytes = get(num * sizeof(*data->bytes));
	for (int i = 0; i < num; i++) {
		data->lengths[i] = 12;
		data->bytes[i] = get(12);
		memset(data->bytes[i], 200 + i, 12);
	}
	return data;
}

int main(void)
{
	set = calloc(1, sizeof(*set));
	get(100);
	for (int i = 0; i < RECORDS; i++) {
		struct record *record = get(sizeof(*record));
		record->name = strcpy(get(20), "the name of a thing");
		record->data = data_new(3);
		record->place = get(sizeof(*record->place));
		record->place->owner = record;
		record->next = set->records;
		set->records = record;
		set->num++;
	}
	/* The first word leads to where a list of the set begins. */
	set->seconds = calloc(4, sizeof(*set->seconds));
	for (int i = 0; i < 4; i++) {
		void **node = calloc(3, sizeof(*node));
		node[0] = set->seconds;
		set->seconds[i] = (int *)&node[1];
	}
	printf("set 1\nrecord %d\ndata %d\nplace %d\nint %d\n"
	       "unsigned_char_* %d\nunsigned_char %d\nchar %d\nint_* 1\n",
	       RECORDS, RECORDS, RECORDS, RECORDS, RECORDS, 3 * RECORDS,
	       RECORDS + 1);
	fflush(stdout);
	abort();
}

/* One of each that C has; no headers, so that nothing else is in its types. */

struct later;

typedef struct {
	int a;
	struct {
		short x, y;
	};
	union {
		char *text;
		long number;
	} u;
} by_typedef;

enum color { RED = 1, GREEN, BLUE = -7 };

struct node {
	struct node *next;
	const char *name;
	unsigned first : 3, second : 7;
	unsigned long long third : 33;
	_Bool flag : 1;
	struct later *hidden;
	int grid[2][3];
	by_typedef inner;
	enum color color;
	int (*call)(struct node *, int);
	int (*calls[2])(void);
	const volatile void *const *anything;
	double weight;
	char tail[];
};

struct __attribute__((packed)) packed {
	char a;
	long b;
	unsigned c : 5;
	unsigned d : 30;
};

union number {
	float real;
	unsigned char bytes[4];
	signed char small;
};

__attribute__((used)) struct node *shapes_head;
__attribute__((used)) static struct node shapes_table[4];
__attribute__((used)) struct packed shapes_packed;
__attribute__((used)) union number shapes_number;
__attribute__((used)) __thread long shapes_counter;

int main(void)
{
	__attribute__((used)) static struct node *seen;

	return seen != 0;
}

/*
 * A program whose unions of pointers are told by a number beside them.  Prints
 * how many of each type it made, and ends by abort().
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define keep(value) __asm__ volatile("" : : "g"(value) : "memory")

/*
 * Statements of a program, one in another: a block and what is deferred look
 * the same, but the kinds are called after the members.
 */
struct statement {
	enum {
		STATEMENT_BLOCK = 1,
		STATEMENT_IF,
		STATEMENT_UNLESS,
		STATEMENT_WHILE,
		STATEMENT_DEFER,
		STATEMENT_LABEL,
	} kind;
	int line;
	union {
		struct block *block;
		struct branch *if_;
		struct loop *While;
		struct defer *defer;
		char *label;
		long number;
	} as;
	struct statement *next;
};
struct block {
	int line;
	struct statement *first;
};
struct defer {
	int line;
	struct statement *what;
};
struct branch {
	struct expression *condition;
	struct statement *then, *otherwise;
};
struct loop {
	struct expression *condition;
	struct statement *body;
	int line, flags;
};
struct expression {
	int operator, line;
	double value;
	struct expression *left, *right;
};
struct statement *program;

/* Pictures, whose kinds are numbers without a name. */
struct picture {
	unsigned char color, kind;
	union {
		struct circle *a;
		struct polygon *b;
		struct caption *c;
	} shape;
	struct picture *next;
};
struct circle {
	double x, y, radius;
	struct brush *brush;
};
struct polygon {
	struct point *points;
	long num;
	struct brush *brush;
	long depth;
};
struct point {
	double x, y;
};
struct caption {
	char *text;
	struct brush *brush;
	struct font *font;
	long size;
};
struct brush {
	long width[5];
};
struct font {
	long number[7];
	struct brush *brush;
};
struct picture *pictures;
static long num_texts;

enum {
	STATEMENT,
	BLOCK,
	DEFER,
	BRANCH,
	LOOP,
	EXPRESSION,
	PICTURE,
	CIRCLE,
	POLYGON,
	POINT,
	CAPTION,
	BRUSH,
	FONT,
	NUM_KINDS
};
static struct {
	const char *name;
	long num;
} kinds[NUM_KINDS] = {
	{"statement"},	{"block"},   {"defer"},	 {"branch"},  {"loop"},
	{"expression"}, {"picture"}, {"circle"}, {"polygon"}, {"point"},
	{"caption"},	{"brush"},   {"font"},
};

static void *made(int kind, size_t size)
{
	kinds[kind].num++;
	return calloc(1, size);
}
#define NEW(kind, type) ((struct type *)made(kind, sizeof(struct type)))

/* The next of a row that looks random. */
static unsigned draw(unsigned below)
{
	static unsigned long state = 4321;

	state = state * 6364136223846793005 + 1442695040888963407;
	return (state >> 40) % below;
}

static char *text_new(void)
{
	char text[32];

	num_texts++;
	snprintf(text, sizeof(text), "label of %u", draw(100000));
	return strdup(text);
}

static struct expression *expression_new(void)
{
	struct expression *expression = NEW(EXPRESSION, expression);

	expression->operator= draw(5);
	expression->value = draw(1000) / 3.0;
	if (draw(3) == 0) {
		expression->left = expression_new();
		expression->right = expression_new();
	}
	return expression;
}

/* What ends the rows of statements. */
static struct statement *label_new(void)
{
	struct statement *statement = NEW(STATEMENT, statement);

	statement->kind = STATEMENT_LABEL;
	statement->as.label = text_new();
	return statement;
}

static struct statement *statement_new(struct statement *inner)
{
	struct statement *statement = NEW(STATEMENT, statement);

	statement->kind = STATEMENT_BLOCK + draw(5);
	statement->line = draw(500);
	statement->next = label_new();
	switch (statement->kind) {
	case STATEMENT_BLOCK:
		statement->as.block = NEW(BLOCK, block);
		statement->as.block->first = inner;
		break;
	case STATEMENT_DEFER:
		statement->as.defer = NEW(DEFER, defer);
		statement->as.defer->what = inner;
		break;
	case STATEMENT_IF:
	case STATEMENT_UNLESS:
		statement->as.if_ = NEW(BRANCH, branch);
		statement->as.if_->condition = expression_new();
		statement->as.if_->then = inner;
		statement->as.if_->otherwise = label_new();
		break;
	default:
		statement->as.While = NEW(LOOP, loop);
		statement->as.While->condition = expression_new();
		statement->as.While->body = inner;
		break;
	}
	return statement;
}

/* One in three has none: what is there looks like several. */
static struct brush *brush_new(void)
{
	struct brush *brush = draw(3) ? NEW(BRUSH, brush) : NULL;

	if (!brush)
		return NULL;
	brush->width[0] = draw(100);
	return brush;
}

static void picture_add(void)
{
	struct picture *picture = NEW(PICTURE, picture);

	picture->color = draw(3);
	picture->kind = 10 + draw(3);
	picture->next = pictures;
	pictures = picture;
	switch (picture->kind) {
	case 10:
		picture->shape.a = NEW(CIRCLE, circle);
		picture->shape.a->radius = 1.5;
		picture->shape.a->brush = brush_new();
		break;
	case 11:
		picture->shape.b = NEW(POLYGON, polygon);
		if (draw(3))
			picture->shape.b->points =
				made(POINT, 4 * sizeof(struct point));
		picture->shape.b->num = 4;
		picture->shape.b->brush = brush_new();
		break;
	default:
		picture->shape.c = NEW(CAPTION, caption);
		if (draw(3))
			picture->shape.c->text = text_new();
		picture->shape.c->brush = brush_new();
		if (draw(3))
			picture->shape.c->font = NEW(FONT, font);
		break;
	}
}

int main(void)
{
	static char output[4096];

	setvbuf(stdout, output, _IOFBF, sizeof(output));
	for (int i = 0; i < 400; i++)
		program = statement_new(program ? program : label_new());
	for (int i = 0; i < 300; i++)
		picture_add();
	keep(program);
	for (int i = 0; i < NUM_KINDS; i++)
		printf("%s %ld\n", kinds[i].name, kinds[i].num);
	printf("char %ld\n", num_texts);
	fflush(stdout);
	abort();
}

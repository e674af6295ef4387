/*
 * Lists and trees as BSD's headers make them: the links are structs without a
 * name, all alike but for what they point to.  Prints how many of each type it
 * made, and ends by abort().
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/queue.h>

struct line {
	struct cell *cells;
	unsigned used, size;
};
struct __attribute__((packed)) cell {
	unsigned char flags, text[4];
};
struct grid {
	unsigned width, height;
	struct line *lines;
};

struct pane {
	long number;
	struct grid *grid;
	TAILQ_HEAD(, mode) modes;
	TAILQ_ENTRY(pane) entry;
	struct {
		struct pane *left, *right, *parent;
		int colour;
	} tree;
};
struct mode {
	long number, rest[9];
	TAILQ_ENTRY(mode) entry;
};
struct window {
	long number, rest[4];
	TAILQ_HEAD(, pane) panes;
	TAILQ_ENTRY(window) entry;
	struct {
		struct window *left, *right, *parent;
		int colour;
	} tree;
};

TAILQ_HEAD(, window) windows = TAILQ_HEAD_INITIALIZER(windows);
struct pane *tree;

static struct grid *grid_new(unsigned width, unsigned height)
{
	struct grid *grid = calloc(1, sizeof(*grid));

	*grid = (struct grid){width, height, NULL};
	for (unsigned i = 1; i <= height; i++)
		grid->lines = realloc(grid->lines, i * sizeof(*grid->lines));
	for (unsigned i = 0; i < height; i++)
		grid->lines[i] = (struct line){
			calloc(width, sizeof(struct cell)), width, width};
	return grid;
}

static void pane_add(struct window *window, long number)
{
	struct pane *pane = calloc(1, sizeof(*pane));

	pane->number = number;
	pane->grid = grid_new(80, 25);
	TAILQ_INIT(&pane->modes);
	for (int i = 0; i < 2; i++) {
		struct mode *mode = calloc(1, sizeof(*mode));
		TAILQ_INSERT_TAIL(&pane->modes, mode, entry);
	}
	pane->tree.left = tree;
	if (tree)
		tree->tree.parent = pane;
	tree = pane;
	if (window)
		TAILQ_INSERT_TAIL(&window->panes, pane, entry);
}

int main(void)
{
	for (int i = 0; i < 5; i++) {
		struct window *window = calloc(1, sizeof(*window));
		TAILQ_INIT(&window->panes);
		TAILQ_INSERT_TAIL(&windows, window, entry);
		for (int k = 0; k < 3; k++)
			pane_add(window, k);
	}
	/* Only the tree leads there. */
	pane_add(NULL, 3);
	puts("window 5\npane 16\nmode 32\ngrid 16\nline 16\ncell 400");
	fflush(stdout);
	abort();
}

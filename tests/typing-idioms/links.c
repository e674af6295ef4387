/*
 * Lists whose links are a member of what they hold, in its middle, and whose
 * heads are in something else: those of BSD's headers, and rings of one struct
 * for all, as Linux and Wayland have them, which only the code that takes the
 * place of the member away makes an object of.  Prints how many of each type
 * it made, and ends by abort().
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/queue.h>

struct list_head {
	struct list_head *next, *prev;
};
struct wl_list {
	struct wl_list *prev, *next;
};

#define container_of(pointer, type, member)                                    \
	((type *)((char *)(pointer)-offsetof(type, member)))

struct task {
	long number, state[3];
	struct list_head all;
	struct list_head children, sibling;
	double load;
};
struct view {
	long width, height;
	struct wl_list link;
	struct surface *surface;
};
struct surface {
	double scale;
	long number;
	struct wl_list views, link;
	char pixels[40];
};
struct route {
	long metric, flags;
	LIST_ENTRY(route) by_metric;
	long hops[4];
};
struct packet {
	long length;
	double time;
	STAILQ_ENTRY(packet) queue;
	long words[5];
};
struct timer {
	double at[6];
	SLIST_ENTRY(timer) later;
	long period;
};
struct device {
	long number;
	LIST_HEAD(, route) routes;
	STAILQ_HEAD(, packet) packets;
	SLIST_HEAD(, timer) timers;
};

enum { NUM = 20 };

struct list_head tasks;
struct wl_list surfaces;
struct device devices[3];

static void ring_add(struct list_head *head, struct list_head *link)
{
	link->next = head;
	link->prev = head->prev;
	head->prev->next = link;
	head->prev = link;
}

static void ring_init(struct list_head *head)
{
	head->next = head->prev = head;
}

static void wl_add(struct wl_list *list, struct wl_list *link)
{
	link->prev = list;
	link->next = list->next;
	list->next = link;
	link->next->prev = link;
}

static void wl_init(struct wl_list *list)
{
	list->next = list->prev = list;
}

__attribute__((noinline)) static void task_add(struct task *parent, long number)
{
	struct task *task = calloc(1, sizeof(*task));

	task->number = number;
	ring_init(&task->children);
	ring_add(&tasks, &task->all);
	if (parent)
		ring_add(&parent->children, &task->sibling);
	else
		ring_init(&task->sibling);
}

__attribute__((noinline)) static void surface_add(long number)
{
	struct surface *surface = calloc(1, sizeof(*surface));

	surface->number = number;
	wl_init(&surface->views);
	wl_add(&surfaces, &surface->link);
	for (int i = 0; i < 3; i++) {
		struct view *view = calloc(1, sizeof(*view));
		view->surface = surface;
		view->width = i;
		wl_add(&surface->views, &view->link);
	}
}

__attribute__((noinline)) static void device_fill(struct device *device)
{
	for (int i = 0; i < NUM; i++) {
		struct route *route = calloc(1, sizeof(*route));
		struct packet *packet = calloc(1, sizeof(*packet));
		struct timer *timer = calloc(1, sizeof(*timer));
		route->metric = packet->length = timer->period = i;
		LIST_INSERT_HEAD(&device->routes, route, by_metric);
		if (i == 0)
			STAILQ_INIT(&device->packets);
		STAILQ_INSERT_TAIL(&device->packets, packet, queue);
		SLIST_INSERT_HEAD(&device->timers, timer, later);
	}
}

__attribute__((noinline)) long sum(void)
{
	long sum = 0;

	for (struct list_head *at = tasks.next; at != &tasks; at = at->next) {
		struct task *task = container_of(at, struct task, all);
		sum += task->number;
		for (struct list_head *in = task->children.next;
		     in != &task->children; in = in->next)
			sum += container_of(in, struct task, sibling)->number;
	}
	for (struct wl_list *at = surfaces.next; at != &surfaces;
	     at = at->next) {
		struct surface *surface =
			container_of(at, struct surface, link);
		sum += surface->number;
		for (struct wl_list *in = surface->views.next;
		     in != &surface->views; in = in->next)
			sum += container_of(in, struct view, link)->width;
	}
	return sum;
}

int main(void)
{
	ring_init(&tasks);
	wl_init(&surfaces);
	for (int i = 0; i < NUM; i++) {
		task_add(i ? container_of(tasks.prev, struct task, all) : NULL,
			 i);
		surface_add(i);
	}
	for (int i = 0; i < 3; i++)
		device_fill(&devices[i]);
	fprintf(stderr, "%ld\n", sum());
	printf("task %d\nsurface %d\nview %d\n", NUM, NUM, 3 * NUM);
	printf("route %d\npacket %d\ntimer %d\n", 3 * NUM, 3 * NUM, 3 * NUM);
	fflush(stdout);
	abort();
}

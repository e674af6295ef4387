/*
 * What a `void *` leads to, the function says that is kept beside it and called
 * with it.  Prints how many of each type it made, and ends by abort().
 */
#include <stdio.h>
#include <stdlib.h>

struct timer {
	void (*expire)(void *data);
	void *data;
	long at;
	struct timer *next;
};

/* All of one size, and of numbers that say nothing. */
struct lamp {
	long hours, level, place;
};
struct sound {
	double pitch, length, volume;
};
struct note {
	char text[16];
	long length;
};

struct timer *timers;
static long total;

__attribute__((noinline)) static void lamp_expire(void *data)
{
	struct lamp *lamp = data;

	total += lamp->hours + lamp->place;
}

__attribute__((noinline)) static void sound_expire(void *data)
{
	struct sound *sound = data;

	total += sound->pitch + sound->length;
}

__attribute__((noinline)) static void note_expire(void *data)
{
	struct note *note = data;

	total += note->length + note->text[2];
}

__attribute__((noinline)) void timer_add(void (*expire)(void *data), void *data)
{
	struct timer *timer = calloc(1, sizeof(*timer));

	timer->expire = expire;
	timer->data = data;
	timer->next = timers;
	timers = timer;
}

__attribute__((noinline)) void timers_run(struct timer *timer)
{
	for (; timer; timer = timer->next)
		timer->expire(timer->data);
}

int main(void)
{
	for (int i = 0; i < 30; i++) {
		timer_add(lamp_expire, calloc(1, sizeof(struct lamp)));
		timer_add(sound_expire, calloc(1, sizeof(struct sound)));
		timer_add(note_expire, calloc(1, sizeof(struct note)));
	}
	timers_run(timers);
	fprintf(stderr, "%ld\n", total);
	puts("timer 90\nlamp 30\nsound 30\nnote 30");
	fflush(stdout);
	abort();
}

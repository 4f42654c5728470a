/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The heap: the children of place n are 2n and 2n + 1.
 */
#include "net/due.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

static struct due **heap;
static size_t count, room;

static void
put(struct due *d, size_t place)
{
	heap[place - 1] = d;
	d->place = place;
}

static void
rise(struct due *d, size_t place)
{
	while (place > 1 && heap[place / 2 - 1]->key_us > d->key_us) {
		put(heap[place / 2 - 1], place);
		place /= 2;
	}
	put(d, place);
}

static void
sink(struct due *d, size_t place)
{
	size_t child;

	while ((child = 2 * place) <= count) {
		if (child < count && heap[child]->key_us < heap[child - 1]->key_us)
			child++;
		if (heap[child - 1]->key_us >= d->key_us)
			break;
		put(heap[child - 1], place);
		place = child;
	}
	put(d, place);
}

int
due_add(struct due *d, void (*fn)(struct due *))
{
	struct due **more;

	if (count == room) {
		more = realloc(heap, (room * 2 + 64) * sizeof(struct due *));
		if (more == NULL)
			return ENOMEM;
		heap = more;
		room = room * 2 + 64;
	}
	*d = (struct due){.at_us = DUE_NEVER, .key_us = DUE_NEVER, .fn = fn};
	put(d, ++count);
	return 0;
}

void
due_remove(struct due *d)
{
	struct due *last;
	size_t place = d->place;

	if (place == 0)
		return;
	d->place = 0;
	last = heap[--count];
	if (last == d)
		return;
	sink(last, place);
	rise(last, last->place);
}

void
due_set(struct due *d, int64_t at_us)
{
	d->at_us = at_us;
	if (d->key_us <= at_us)
		return;
	d->key_us = at_us;
	rise(d, d->place);
}

int
due_run(int64_t now_us)
{
	struct due *d;
	int64_t ms;
	bool is_due;

	while (count > 0 && heap[0]->key_us <= now_us) {
		d = heap[0];
		is_due = d->at_us <= now_us;
		if (is_due)
			d->at_us = DUE_NEVER;
		d->key_us = d->at_us;
		sink(d, 1);
		if (is_due)
			d->fn(d);
	}
	if (count == 0 || heap[0]->key_us == DUE_NEVER)
		return -1;
	ms = (heap[0]->key_us - now_us + 999) / 1000;
	return ms > INT_MAX ? INT_MAX : (int)ms;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/stations.h"

#include <stdlib.h>

#include "probes/book.h"

#define SECOND	  INT64_C(1000000)
#define ANSWER_US (5 * SECOND)	/* a later answer is to nothing that was seen */
#define ROAM_US	  (10 * SECOND) /* who comes later was away */

struct station {
	uint64_t asked, current; /* its request; `asked` 0: none is open */
	uint64_t at;		 /* where it was let in, or left; 0: nowhere */
	int64_t asked_us, at_us;
	uint8_t generation;
};

struct stations {
	struct book *book;
	struct station *station;
};

struct stations *
stations_new(size_t capacity)
{
	struct stations *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->book = book_new(capacity);
	s->station = calloc(capacity, sizeof(*s->station));
	if (s->book == NULL || s->station == NULL) {
		stations_free(s);
		return NULL;
	}
	return s;
}

void
stations_free(struct stations *s)
{
	if (s == NULL)
		return;
	book_free(s->book);
	free(s->station);
	free(s);
}

/* Its place, made if need be. */
static struct station *
place(struct stations *s, uint64_t client, int64_t now_us)
{
	uint32_t at;

	while ((at = book_idle(s->book, now_us - ROAM_US)) != BOOK_NONE)
		book_close(s->book, at, now_us);
	book_forget(s->book, INT64_MAX);
	at = book_find(s->book, client);
	if (at != BOOK_NONE) {
		book_touch(s->book, at, now_us);
		return &s->station[at];
	}
	at = book_add(s->book, client, now_us);
	if (at == BOOK_NONE) {
		book_close(s->book, book_idle(s->book, INT64_MAX), now_us);
		at = book_add(s->book, client, now_us);
	}
	s->station[at] = (struct station){0};
	return &s->station[at];
}

void
stations_ask(struct stations *s, uint64_t client, uint64_t ap, uint64_t current, uint8_t generation,
    int64_t now_us)
{
	struct station *e = place(s, client, now_us);

	e->asked = ap;
	e->current = current;
	e->generation = generation;
	e->asked_us = now_us;
}

struct arrival
stations_admit(struct stations *s, uint64_t client, uint64_t ap, int64_t now_us)
{
	struct station *e = place(s, client, now_us);
	struct arrival a = {0};

	if (e->at != 0 && now_us - e->at_us <= ROAM_US)
		a.from = e->at;
	if (e->asked == ap && now_us - e->asked_us <= ANSWER_US) {
		a.generation = e->generation;
		if (e->current != 0)
			a.from = e->current;
	}
	*e = (struct station){.at = ap, .at_us = now_us};
	return a;
}

void
stations_leave(struct stations *s, uint64_t client, uint64_t ap, int64_t now_us)
{
	struct station *e = place(s, client, now_us);

	/* Where it was before may say so late. */
	if (e->at != 0 && e->at != ap)
		return;
	e->at = ap;
	e->at_us = now_us;
}

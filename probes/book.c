/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/book.h"

#include <stdlib.h>

enum list { OPEN, CLOSED, FREE, LISTS };

struct entry {
	uint64_t key;
	int64_t touched_us;
	uint32_t chain; /* the next one of its bucket */
	uint32_t before, after;
	uint8_t list; /* enum list */
};

struct book {
	uint32_t buckets; /* a power of two */
	uint32_t first[LISTS], last[LISTS];
	int64_t now_us; /* never goes back, so that lists are in order */
	uint32_t *bucket;
	struct entry *entry;
};

static void
unlink_entry(struct book *b, uint32_t at)
{
	struct entry *e = &b->entry[at];

	if (e->before != BOOK_NONE)
		b->entry[e->before].after = e->after;
	else
		b->first[e->list] = e->after;
	if (e->after != BOOK_NONE)
		b->entry[e->after].before = e->before;
	else
		b->last[e->list] = e->before;
}

static void
append(struct book *b, enum list list, uint32_t at)
{
	struct entry *e = &b->entry[at];

	e->list = (uint8_t)list;
	e->before = b->last[list];
	e->after = BOOK_NONE;
	if (e->before != BOOK_NONE)
		b->entry[e->before].after = at;
	else
		b->first[list] = at;
	b->last[list] = at;
}

static void
move(struct book *b, enum list list, uint32_t at, int64_t now_us)
{
	if (now_us > b->now_us)
		b->now_us = now_us;
	unlink_entry(b, at);
	append(b, list, at);
	b->entry[at].touched_us = b->now_us;
}

struct book *
book_new(size_t capacity)
{
	struct book *b = calloc(1, sizeof(*b));

	if (b == NULL)
		return NULL;
	for (b->buckets = 1; b->buckets < capacity; b->buckets *= 2)
		;
	b->entry = calloc(capacity, sizeof(*b->entry));
	b->bucket = calloc(b->buckets, sizeof(*b->bucket));
	if (b->entry == NULL || b->bucket == NULL) {
		book_free(b);
		return NULL;
	}
	b->now_us = INT64_MIN;
	for (uint32_t i = 0; i < b->buckets; i++)
		b->bucket[i] = BOOK_NONE;
	for (int i = 0; i < LISTS; i++)
		b->first[i] = b->last[i] = BOOK_NONE;
	for (uint32_t i = 0; i < capacity; i++)
		append(b, FREE, i);
	return b;
}

void
book_free(struct book *b)
{
	if (b == NULL)
		return;
	free(b->entry);
	free(b->bucket);
	free(b);
}

uint32_t
book_find(const struct book *b, uint64_t key)
{
	uint32_t at = b->bucket[key & (b->buckets - 1)];

	while (at != BOOK_NONE && b->entry[at].key != key)
		at = b->entry[at].chain;
	return at;
}

int
book_is_open(const struct book *b, uint32_t at)
{
	return b->entry[at].list == OPEN;
}

/* Take an entry out of its bucket, to the free ones. */
static void
drop(struct book *b, uint32_t at)
{
	uint32_t *link = &b->bucket[b->entry[at].key & (b->buckets - 1)];

	while (*link != at)
		link = &b->entry[*link].chain;
	*link = b->entry[at].chain;
	unlink_entry(b, at);
	append(b, FREE, at);
}

uint32_t
book_add(struct book *b, uint64_t key, int64_t now_us)
{
	uint32_t *bucket = &b->bucket[key & (b->buckets - 1)], at;

	if (b->first[FREE] == BOOK_NONE && b->first[CLOSED] != BOOK_NONE)
		drop(b, b->first[CLOSED]);
	at = b->first[FREE];
	if (at == BOOK_NONE)
		return BOOK_NONE;
	b->entry[at].key = key;
	b->entry[at].chain = *bucket;
	*bucket = at;
	move(b, OPEN, at, now_us);
	return at;
}

void
book_touch(struct book *b, uint32_t at, int64_t now_us)
{
	move(b, OPEN, at, now_us);
}

void
book_close(struct book *b, uint32_t at, int64_t now_us)
{
	move(b, CLOSED, at, now_us);
}

uint32_t
book_idle(const struct book *b, int64_t before_us)
{
	uint32_t at = b->first[OPEN];

	return at != BOOK_NONE && b->entry[at].touched_us < before_us ? at : BOOK_NONE;
}

void
book_forget(struct book *b, int64_t before_us)
{
	while (b->first[CLOSED] != BOOK_NONE && b->entry[b->first[CLOSED]].touched_us < before_us)
		drop(b, b->first[CLOSED]);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usm_table.c - a hash table whose members bring their links along; it doubles when it is full. */
#include <stdlib.h>

#include "collector/snmp/usm_in.h"

#define BUCKETS_MIN 64

static struct usm_link **
bucket_of(const struct usm_table *t, uint64_t hash)
{
	return &t->bucket[hash & (t->buckets - 1)];
}

static int
grow(struct usm_table *t)
{
	struct usm_table more = {
	    .buckets = t->buckets > 0 ? t->buckets * 2 : BUCKETS_MIN, .n = t->n};

	more.bucket = calloc(more.buckets, sizeof(*more.bucket));
	if (more.bucket == NULL)
		return KK_E_NOMEM;
	for (size_t i = 0; i < t->buckets; i++)
		for (struct usm_link *l = t->bucket[i], *next; l != NULL; l = next) {
			struct usm_link **b = bucket_of(&more, l->hash);

			next = l->next;
			l->next = *b;
			*b = l;
		}
	free(t->bucket);
	*t = more;
	return KK_OK;
}

int
usm_table_add(struct usm_table *t, struct usm_link *l, uint64_t hash)
{
	struct usm_link **b;

	if (t->n >= t->buckets && grow(t) != KK_OK)
		return KK_E_NOMEM;
	b = bucket_of(t, hash);
	l->hash = hash;
	l->next = *b;
	*b = l;
	t->n++;
	return KK_OK;
}

void
usm_table_remove(struct usm_table *t, struct usm_link *l)
{
	struct usm_link **b = bucket_of(t, l->hash);

	while (*b != l)
		b = &(*b)->next;
	*b = l->next;
	t->n--;
}

static struct usm_link *
with_hash(struct usm_link *l, uint64_t hash)
{
	while (l != NULL && l->hash != hash)
		l = l->next;
	return l;
}

struct usm_link *
usm_table_first(const struct usm_table *t, uint64_t hash)
{
	return t->buckets > 0 ? with_hash(*bucket_of(t, hash), hash) : NULL;
}

struct usm_link *
usm_table_next(const struct usm_link *l)
{
	return with_hash(l->next, l->hash);
}

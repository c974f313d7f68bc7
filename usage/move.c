/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/move.h"

#include <stdlib.h>

struct search {
	const struct move_ap *aps;
	struct move_candidate *of; /* one per access point */
	struct move_summary *sum;
	int apart;
};

static int
is_same_site(const struct move_ap *a, const struct move_ap *b)
{
	return a->site != MOVE_NOBODY && a->site == b->site;
}

/* Busier: more octets; of two with the same, the earlier one, so that one of them stays. */
static int
is_busier(const struct search *s, uint32_t a, uint32_t b)
{
	const struct move_ap *x = &s->aps[a], *y = &s->aps[b];

	if (!x->known || !y->known)
		return 0;
	return x->octets != y->octets ? x->octets > y->octets : a < b;
}

/* Whether `other` is the one to show beside this access point. */
static void
offer(struct search *s, uint32_t ap, uint32_t other, uint32_t cm)
{
	struct move_candidate *c = &s->of[ap];

	c->close++;
	c->same_point += cm == 0;
	if ((s->apart && cm == 0) || !is_busier(s, other, ap))
		return;
	if (c->neighbour != MOVE_NOBODY && !is_busier(s, other, c->neighbour))
		return;
	c->neighbour = other;
	c->cm = cm;
}

static void
take_pair(void *ctx, uint32_t a, uint32_t b, uint32_t cm)
{
	struct search *s = ctx;

	s->sum->pairs++;
	s->sum->pairs_same_point += cm == 0;
	s->sum->pairs_same_site += (uint64_t)is_same_site(&s->aps[a], &s->aps[b]);
	offer(s, a, b, cm);
	offer(s, b, a, cm);
}

static enum move_room
room_for(const struct move_ap *a, const struct move_ap *b, unsigned clients)
{
	if (a->clients < 0 || b->clients < 0)
		return MOVE_ROOM_UNKNOWN;
	return (uint64_t)a->clients + (uint64_t)b->clients <= clients ? MOVE_ROOM : MOVE_FULL;
}

/* Needs the octets of the access points, so they go along. */
struct ranked {
	struct move_candidate c;
	uint64_t octets;
};

static int
by_rank(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->c.room != y->c.room)
		return (x->c.room > y->c.room) - (x->c.room < y->c.room);
	if (x->octets != y->octets)
		return (x->octets > y->octets) - (x->octets < y->octets);
	return (x->c.ap > y->c.ap) - (x->c.ap < y->c.ap);
}

static int
rank(const struct move_ap *aps, struct move_list *m)
{
	struct ranked *r = calloc(m->n + 1, sizeof(*r));

	if (r == NULL)
		return KK_E_NOMEM;
	for (size_t i = 0; i < m->n; i++)
		r[i] = (struct ranked){m->rows[i], aps[m->rows[i].ap].octets};
	qsort(r, m->n, sizeof(*r), by_rank);
	for (size_t i = 0; i < m->n; i++)
		m->rows[i] = r[i].c;
	free(r);
	return KK_OK;
}

/* Leave those that have a busier neighbour. */
static void
sift(struct move_list *m, const struct move_ap *aps, size_t n, unsigned clients)
{
	for (size_t i = 0; i < n; i++) {
		struct move_candidate *c = &m->rows[i];

		m->sum.close += c->close > 0;
		m->sum.unmeasured += c->close > 0 && !aps[i].known;
		m->sum.unplaced += !pairs_placed(aps[i].at);
		if (c->neighbour == MOVE_NOBODY)
			continue;
		c->same_site = is_same_site(&aps[i], &aps[c->neighbour]);
		c->room = room_for(&aps[i], &aps[c->neighbour], clients);
		m->rows[m->n++] = *c;
	}
}

int
move_find(const struct move_ap *aps, size_t n, const struct move_limits *l, struct move_list **out)
{
	struct move_list *m = calloc(1, sizeof(*m));
	struct pairs_point *at = calloc(n + 1, sizeof(*at));
	struct search s = {.aps = aps, .apart = l->apart};
	int rc = KK_E_NOMEM;

	*out = NULL;
	if (m != NULL)
		m->rows = calloc(n + 1, sizeof(*m->rows));
	if (m == NULL || at == NULL || m->rows == NULL)
		goto fail;
	s.of = m->rows;
	s.sum = &m->sum;
	m->sum.aps = n;
	for (size_t i = 0; i < n; i++) {
		at[i] = aps[i].at;
		m->rows[i] = (struct move_candidate){.ap = (uint32_t)i, .neighbour = MOVE_NOBODY};
	}
	if ((rc = pairs_walk(at, n, l->metres, take_pair, &s)) != KK_OK)
		goto fail;
	sift(m, aps, n, l->clients);
	if ((rc = rank(aps, m)) != KK_OK)
		goto fail;
	free(at);
	*out = m;
	return KK_OK;
fail:
	free(at);
	move_free(m);
	return rc;
}

void
move_free(struct move_list *m)
{
	if (m == NULL)
		return;
	free(m->rows);
	free(m);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* count_ways.c - packets whose way is known by others that came before in this interval. */
#include "probes/count_table.h"

/* What a front tells itself; and what it never goes with. */
#define OF_FRONT (SEEN_UNIQUE | SEEN_ALIKE | SEEN_IP | SEEN_FROM_PRIVATE | SEEN_TO_PRIVATE)
#define NEVER	 (SEEN_ESTIMATED | SEEN_OPAQUE | SEEN_RADIO | SEEN_HAS_STATUS)

void
count_foresee_way(const struct count *c, const struct front *f)
{
	ways_foresee(&c->ways, f->way);
}

struct way *
count_knows(const struct count *c, const struct front *f)
{
	struct way *w = ways_find(&c->ways, f->way);

	if (w->key == 0)
		return NULL;
	if (w->by_address && (w->from_private != ((f->flags & SEEN_FROM_PRIVATE) != 0) ||
				 w->to_private != ((f->flags & SEEN_TO_PRIVATE) != 0)))
		return NULL;
	return w;
}

struct aim
count_aim_known(struct count *c, const struct front *f, const struct way *w)
{
	struct aim aim = {.cell = &c->cell[w->cell], .direction = w->direction, .place = w->place};

	count_foresee_aim(c, &aim, f->identity);
	return aim;
}

void
count_settle_ways(struct count *c)
{
	for (size_t i = 0; c->ways.n > 0 && i <= c->ways.mask; i++) {
		struct way *w = &c->ways.row[i];

		if (w->pair != 0)
			clients_place(&c->clients, w->pair)->octets += w->octets;
		w->octets = 0;
	}
}

/* Whether its front said all that it said. */
static int
is_plain(const struct seen *s, const struct front *f)
{
	return s->next == DEC_DONE && s->packets == 1 && s->octets == f->octets &&
	       s->identity == f->identity && (s->flags & OF_FRONT) == f->flags &&
	       (s->flags & NEVER) == 0 && s->detail == 0 && s->dhcp == 0 && s->radius == 0 &&
	       s->ssid == 0;
}

void
count_learn(struct count *c, const struct aim *aim, const struct seen *s, const struct front *f)
{
	struct way w = {.key = f->way,
	    .pair = aim->pair,
	    .direction = aim->direction,
	    .place = aim->place,
	    .air = (s->flags & SEEN_AIR) != 0,
	    .tunnels = s->tunnels,
	    .by_address = aim->by_address,
	    .from_private = (s->flags & SEEN_FROM_PRIVATE) != 0,
	    .to_private = (s->flags & SEEN_TO_PRIVATE) != 0};

	if (aim->cell == NULL || !is_plain(s, f))
		return;
	/* One who found no room is told of with each packet. */
	if (aim->pair != 0 && clients_place(&c->clients, aim->pair)->pair != aim->pair)
		return;
	w.cell = (uint32_t)(aim->cell - c->cell);
	if (ways_find(&c->ways, w.key)->key != 0 || ways_put(&c->ways, &w))
		return;
	count_settle_ways(c);
	ways_clear(&c->ways);
}

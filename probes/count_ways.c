/* SPDX-License-Identifier: GPL-3.0-or-later */
/* count_ways.c - packets whose way is known by others that came before in this interval. */
#include "probes/count_table.h"

/* What a front tells itself; and what it never goes with. */
#define OF_FRONT (SEEN_UNIQUE | SEEN_ALIKE)
#define NEVER	 (SEEN_ESTIMATED | SEEN_OPAQUE | SEEN_RADIO | SEEN_HAS_STATUS)

void
count_foresee_way(const struct count *c, const struct front *f)
{
	ways_foresee(&c->ways, f->way);
}

/* Whether a packet goes another way than others with the same front. */
static int
goes_otherwise(const struct way *w, const struct front *f)
{
	unsigned flags = dec_front_addresses(f);

	return w->from_private != ((flags & SEEN_FROM_PRIVATE) != 0) ||
	       w->to_private != ((flags & SEEN_TO_PRIVATE) != 0);
}

struct way *
count_knows(const struct count *c, struct front *f)
{
	struct way *w = ways_find(&c->ways, f->way);

	if (w->key == 0 || (w->by_address && goes_otherwise(w, f)))
		return NULL;
	f->identity = count_identity_at(w->owner, f->identity);
	copies_foresee(&c->copies, f->identity);
	return w;
}

void
count_foresee_segment(const struct count *c, const struct way *w, const struct detail *said)
{
	__builtin_prefetch(&c->cell[w->cell]);
	if (c->watch != NULL)
		watch_foresee(c->watch, said);
}

/* The first packet in an interval of a way that was known before. */
static void __attribute__((noinline)) renew(struct count *c, struct way *w)
{
	const struct way_end *end = ways_end(&c->ways, w);
	const struct aim aim = {
	    .cell = &c->cell[w->cell], .pair = end->pair, .direction = w->direction};

	aim.cell->seen = 1;
	count_client(c, &aim, end->client, 0);
	w->fresh = 0;
}

static void
settle(struct count *c, struct way *w)
{
	const struct way_end *end = ways_end(&c->ways, w);
	struct tally *t = &c->cell[w->cell].t;
	struct client_row *row;

	t->frames += w->packets;
	count_add(t, w->octets, w->packets, w->direction);
	row = clients_place(&c->clients, end->pair);
	if (row->pair != 0) /* one who found no room has none */
		row->octets += w->octets;
	w->octets = 0;
	w->packets = 0;
}

int
count_known(struct count *c, const struct packet *packet, const struct front *f, struct way *w)
{
	const struct copies_frame frame = {.hash = f->identity,
	    .time_us = packet->time_us,
	    .soon_us = count_soon(f->flags),
	    .place = w->place,
	    .direction = w->direction};

	if (f->identity != 0 && copies_note(&c->copies, &frame)) {
		c->cell[w->cell].t.copies++;
		return 0;
	}
	if (w->fresh)
		renew(c, w);
	if (w->packets == UINT16_MAX)
		settle(c, w);
	w->octets += f->octets;
	w->packets++;
	return 1;
}

void
count_settle_ways(struct count *c)
{
	for (size_t i = 0; c->ways.n > 0 && i <= c->ways.mask; i++)
		if (c->ways.row[i].packets > 0)
			settle(c, &c->ways.row[i]);
}

/* Whether its front said all that it said. */
static int
is_plain(const struct seen *s, const struct front *f)
{
	return s->next == DEC_DONE && s->packets == 1 && s->octets == f->octets &&
	       s->identity == f->identity && (s->flags & OF_FRONT) == f->flags &&
	       (s->flags & NEVER) == 0 && (s->detail == 0 || f->tells) && s->dhcp == 0 &&
	       s->radius == 0 && s->ssid == 0;
}

void
count_learn(struct count *c, const struct aim *aim, const struct seen *s, const struct front *f)
{
	struct way w = {.key = f->way,
	    .direction = aim->direction,
	    .place = aim->place,
	    .air = (s->flags & SEEN_AIR) != 0,
	    .tunnels = s->tunnels,
	    .by_address = aim->by_address,
	    .from_private = (s->flags & SEEN_FROM_PRIVATE) != 0,
	    .to_private = (s->flags & SEEN_TO_PRIVATE) != 0};
	struct way_end end = {.pair = aim->pair, .client = count_client_of(aim, s)};

	if (aim->cell == NULL || !is_plain(s, f))
		return;
	/* One who found no room is told of with each packet. */
	if (aim->pair != 0 && clients_place(&c->clients, aim->pair)->pair != aim->pair)
		return;
	w.owner = count_owner(c, aim->cell);
	w.lasting = aim->cell->ap != COUNT_NONE;
	w.cell = (uint32_t)(aim->cell - c->cell);
	if (ways_find(&c->ways, w.key)->key != 0 || ways_put(&c->ways, &w, &end))
		return;
	count_settle_ways(c);
	ways_clear(&c->ways);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* count_tell.c - intervals: when they end, and what is told of them. */
#include <stdio.h>
#include <string.h>

#include "probes/count_table.h"

#define US	     INT64_C(1000000)
#define QUIET_MAX    1440
#define LIVE_QUIET_S 10
#define LINE_BSSIDS  64 /* that one access point's line names */

static void
tally_add(struct tally *sum, const struct tally *t)
{
	/* Every member is a uint64_t. */
	const uint64_t *from = (const uint64_t *)t;
	uint64_t *to = (uint64_t *)sum;

	_Static_assert(sizeof(*sum) % sizeof(uint64_t) == 0, "members are of one type");
	for (size_t i = 0; i < sizeof(*sum) / sizeof(uint64_t); i++)
		to[i] += from[i];
}

static const char *
cell_name(const struct cell *cell, char out[COUNT_NAME_MAX])
{
	uint64_t v = cell->key & ((UINT64_C(1) << 56) - 1);

	switch ((enum map_key)(cell->key >> 56)) {
	case MAP_BSSID:
		snprintf(out, COUNT_NAME_MAX, "bssid:%02x:%02x:%02x:%02x:%02x:%02x",
		    (unsigned)(v >> 40 & 255), (unsigned)(v >> 32 & 255), (unsigned)(v >> 24 & 255),
		    (unsigned)(v >> 16 & 255), (unsigned)(v >> 8 & 255), (unsigned)(v & 255));
		break;
	case MAP_VLAN:
		if (v >> COUNT_VLAN_BITS != 0)
			snprintf(out, COUNT_NAME_MAX, "vlan:%u.%u",
			    (unsigned)(v >> COUNT_VLAN_BITS & 4095), (unsigned)(v & 4095));
		else
			snprintf(out, COUNT_NAME_MAX, "vlan:%u", (unsigned)v);
		break;
	case MAP_TUNNEL:
		if (v & DEC_END_IPV6) {
			/* Of the address no more than this is known. */
			snprintf(out, COUNT_NAME_MAX, "tunnel6:%014llx",
			    (unsigned long long)(v & ~DEC_END_IPV6));
			break;
		}
		snprintf(out, COUNT_NAME_MAX, "tunnel:%u.%u.%u.%u", (unsigned)(v >> 24 & 255),
		    (unsigned)(v >> 16 & 255), (unsigned)(v >> 8 & 255), (unsigned)(v & 255));
		break;
	default:
		snprintf(out, COUNT_NAME_MAX, "unknown");
		break;
	}
	return out;
}

/* Once encrypted, until a client's packet comes that can be looked into: the silence between is not
 * known to be its clients'. */
static int
is_opaque(const struct tally *t, int was)
{
	return t->encrypted > 0 ||
	       (was && t->packets_down + t->packets_up + t->packets_undirected == 0);
}

/* Clients are known only if every packet was looked into and its direction known: those that had
 * room, and an estimate of others; then nobody knows which was the busiest. */
static void
tell_clients(
    const struct count *c, struct ap_line *line, int64_t clients, int64_t busiest, uint32_t beyond)
{
	int64_t more = beyond_count(&c->beyond, beyond);

	line->estimated = more > 0;
	line->clients =
	    line->t.packets_undirected == 0 && !line->opaque && more >= 0 ? clients + more : -1;
	line->busiest = line->clients >= 0 && more == 0 ? busiest : -1;
}

static void
line_add(struct ap_line *line, struct bssid_line *bssid, struct cell *cell)
{
	tally_add(&line->t, &cell->t);
	if (cell->key >> 56 != MAP_BSSID || !cell->seen)
		return;
	line->air = 1;
	if (line->bssids < LINE_BSSIDS)
		bssid[line->bssids++] =
		    (struct bssid_line){cell->key & ((UINT64_C(1) << 48) - 1), &cell->t};
}

/* Kinds of exchanges that are seen at an access point: those of which there was one, and on the air
 * how clients log in. A wire has them only where somebody hands them on. */
static unsigned
exchanges_seen(const struct ap_line *line)
{
	unsigned seen = line->air ? EXCHANGES_ALL & ~(1U << EXCHANGE_DHCP) : 0;

	for (unsigned kind = 0; kind < EXCHANGE_KIND_COUNT && line->figures != NULL; kind++)
		if (figures_any(&line->figures->exchange[kind]))
			seen |= 1U << kind;
	return seen;
}

static void
tell(struct count *c, const struct interval *iv, struct ap_line *line)
{
	static const struct figures none;

	line->said = line->figures != NULL;
	if (line->said)
		figures_add(&c->totals.figures, line->figures);
	else if (c->watch != NULL)
		line->figures = &none;
	c->sink.ap(c->sink.ctx, iv, line);
}

static void
tell_mapped(struct count *c, const struct interval *iv, size_t i)
{
	struct bssid_line bssid[LINE_BSSIDS];
	struct ap_line line = {
	    .name = map_ap(c->map, i), .mapped = 1, .ap = (uint32_t)i, .bssid = bssid};
	struct ap *ap = &c->ap[i];

	for (uint32_t at = ap->cells; at != COUNT_NONE; at = c->cell[at].next)
		line_add(&line, bssid, &c->cell[at]);
	ap->heard |= line.t.frames > 0;
	line.figures = count_figures(c, ap->figures);
	ap->accounted |=
	    ap->sessions > 0 || (line.figures != NULL && line.figures->radius.messages > 0);
	line.sessions = ap->accounted ? ap->sessions : -1;
	line.heard = ap->heard;
	line.opaque = ap->opaque = is_opaque(&line.t, ap->opaque);
	ap->air |= line.air;
	/* Its air may have been heard in the tunnel, before that was encrypted. */
	if (!line.opaque)
		line.air = ap->air;
	ap->exchanges |= exchanges_seen(&line);
	line.exchanges = line.opaque ? exchanges_seen(&line) : ap->exchanges;
	line.clients = line.busiest = -1;
	if (ap->counts_clients)
		tell_clients(c, &line, ap->clients, ap->busiest, ap->beyond);
	if (ap->heard || ap->accounted || line.figures != NULL)
		tell(c, iv, &line);
	for (uint32_t at = ap->cells; at != COUNT_NONE; at = c->cell[at].next) {
		memset(&c->cell[at].t, 0, sizeof(c->cell[at].t));
		c->cell[at].figures = 0;
		c->cell[at].seen = 0;
	}
	ap->clients = ap->busiest = ap->sessions = 0;
	ap->beyond = 0;
	ap->figures = 0;
}

static void
tell_unmapped(struct count *c, const struct interval *iv, struct cell *cell)
{
	struct bssid_line bssid[LINE_BSSIDS];
	char name[COUNT_NAME_MAX];
	struct ap_line line = {.name = cell_name(cell, name), .bssid = bssid};

	line.figures =
	    cell == &c->cell[0] ? count_figures_unknown(c) : count_figures(c, cell->figures);
	if (!cell->seen && line.figures == NULL)
		return;
	line_add(&line, bssid, cell);
	line.opaque = is_opaque(&line.t, 0);
	line.exchanges = exchanges_seen(&line);
	line.clients = line.busiest = -1;
	if (cell != &c->cell[0])
		tell_clients(c, &line, cell->clients, cell->busiest, cell->beyond);
	line.sessions =
	    line.figures != NULL && line.figures->radius.messages > 0 ? cell->sessions : -1;
	line.heard = cell->seen;
	tell(c, iv, &line);
}

/* Names of one's own live for an interval, so that a bus through the city fills no table. */
static void
forget_unmapped(struct count *c)
{
	if (c->cells > c->mapped_cells) {
		memset(c->index, 0, (c->index_mask + 1) * sizeof(*c->index));
		c->cells = c->mapped_cells;
		count_index_all(c);
	}
	memset(&c->cell[0].t, 0, sizeof(c->cell[0].t));
	c->cell[0].seen = 0;
	c->cell[0].sessions = 0;
}

static void
find_busiest(struct count *c)
{
	if (c->clients.n == 0)
		return;
	for (size_t i = 0; i <= c->clients.mask; i++) {
		const struct client_row *row = &c->clients.row[i];
		int64_t octets = (int64_t)row->octets, *most;
		uint32_t owner = c->clients.owner[i];

		if (row->pair == 0)
			continue;
		most = owner & COUNT_OWN ? &c->cell[owner & ~COUNT_OWN].busiest
					 : &c->ap[owner].busiest;
		if (octets > *most)
			*most = octets;
	}
}

/* Whoever comes again is somebody new: how many there were in all is not known any more. */
static void
turn(struct count *c)
{
	c->turn_us = 0;
	if (c->watch != NULL)
		(void)watch_turn(c->watch);
	set_clear(&c->totals.clients);
	set_clear(&c->totals.ssids);
	c->totals.clients.full = c->totals.ssids.full = 1;
}

void
count_turn(struct count *c, int64_t from_us)
{
	c->turn_us = from_us;
}

static void
close_interval(struct count *c, int64_t to_us)
{
	uint64_t late = c->sink.lost != NULL ? c->sink.lost(c->sink.ctx) : 0;
	struct interval iv = {c->from_us, to_us, c->lossy || late > 0, -1};

	if (c->sink.lost != NULL)
		iv.lost = (int64_t)(c->lost + late);
	count_settle_ways(c);
	find_busiest(c);
	count_figures_close(c, to_us);
	for (size_t i = 0; i < map_aps(c->map); i++)
		tell_mapped(c, &iv, i);
	tell_unmapped(c, &iv, &c->cell[0]);
	for (size_t i = c->mapped_cells; i < c->cells; i++)
		tell_unmapped(c, &iv, &c->cell[i]);
	c->sink.end(c->sink.ctx, &iv);
	forget_unmapped(c);
	count_figures_clear(c);
	clients_clear(&c->clients);
	ways_age(&c->ways);
	c->cell[0].beyond = 0;
	beyond_clear(&c->beyond);
	/* What was lost last may as well have been of the next interval. */
	c->lossy = late > 0;
	c->lost = 0;
	if (c->turn_us != 0 && to_us >= c->turn_us)
		turn(c);
}

static void
open_interval(struct count *c, int64_t from_us)
{
	int64_t step = (int64_t)c->o.interval_s * US;

	c->from_us = from_us;
	c->end_us = from_us - from_us % step + step;
}

void
count_start(struct count *c, int64_t now_us)
{
	if (c->end_us == 0 && now_us > 0)
		open_interval(c, now_us);
}

/* Intervals without a packet that are told one by one. */
static int64_t
quiet_max(const struct count *c)
{
	return c->o.live ? LIVE_QUIET_S / c->o.interval_s + 2 : QUIET_MAX;
}

void
count_advance(struct count *c, int64_t now_us)
{
	int64_t step = (int64_t)c->o.interval_s * US;

	while (c->end_us != 0 && now_us >= c->end_us) {
		int64_t end = c->end_us;
		int gap = now_us - end > step * quiet_max(c);

		c->lossy |= gap && c->o.live;
		close_interval(c, end);
		/* After a long silence of a file it is not known whether anybody listened; one who
		 * listens is never so late, but when the clock was set or the machine slept. */
		if (gap)
			end = c->o.live ? now_us : now_us - now_us % step;
		open_interval(c, end);
	}
}

void
count_finish(struct count *c, int64_t now_us)
{
	if (c->end_us == 0)
		return;
	count_advance(c, now_us);
	if (now_us <= c->newest_us)
		now_us = c->newest_us + 1;
	if (now_us > c->from_us)
		close_interval(c, now_us < c->end_us ? now_us : c->end_us);
	c->end_us = 0;
}

void
count_lost(struct count *c, uint64_t n)
{
	c->lossy = 1;
	c->lost += n;
}

int64_t
count_due(const struct count *c)
{
	return c->end_us;
}

const struct totals *
count_totals(const struct count *c)
{
	return &c->totals;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* count_packet.c - where one packet's figures go. */
#include "probes/count_table.h"

/* A frame that its transmitter sent again, and whose first copy was seen. */
static int
is_copy(struct count *c, const struct seen *s)
{
	struct last_frame *l;
	uint64_t sender;

	/* What comes in a tunnel an access point has received, and it leaves copies out. */
	if ((s->flags & SEEN_HAS_SEQUENCE) == 0 || s->tunnels > 0)
		return 0;
	sender = set_mix(s->sender + s->tid);
	l = &c->last[sender & (COUNT_COPIES - 1)];
	if ((s->flags & SEEN_RETRY) && l->sender == sender && l->sequence == s->sequence)
		return 1;
	*l = (struct last_frame){sender, s->sequence};
	return 0;
}

static void
add_client(struct count *c, struct cell *cell)
{
	if (cell->ap != COUNT_NONE)
		c->ap[cell->ap].clients++;
	else
		cell->clients++;
}

static void __attribute__((noinline)) add_beyond(struct count *c, const struct aim *aim)
{
	struct cell *cell = aim->cell;

	beyond_add(&c->beyond, cell->ap != COUNT_NONE ? &c->ap[cell->ap].beyond : &cell->beyond,
	    aim->pair);
}

/* Whoever counts a day's clients may have room for one more. Not for each packet, so out of its
 * way. */
static void __attribute__((noinline))
tell_client(struct count *c, const struct aim *aim, uint64_t client)
{
	if (c->sink.client != NULL && aim->cell->ap != COUNT_NONE)
		c->sink.client(c->sink.ctx, aim->cell->ap, client);
}

uint64_t
count_client_of(const struct aim *aim, const struct seen *s)
{
	if (s->flags & SEEN_AIR)
		return s->client;
	return aim->direction == SEEN_UP ? s->from : s->to;
}

int
count_client(struct count *c, const struct aim *aim, uint64_t client, uint32_t octets)
{
	struct client_row *row;
	int known;

	if (aim->pair == 0)
		return 0;
	row = clients_place(&c->clients, aim->pair);
	known = row->pair == aim->pair;
	if (!known) {
		tell_client(c, aim, client);
		row = clients_add(&c->clients, count_owner(c, aim->cell), aim->pair);
		if (row == NULL) {
			add_beyond(c, aim);
			return 0;
		}
		add_client(c, aim->cell);
	}
	known = known && row->octets > 0;
	row->octets += octets;
	return known;
}

static void
count_octets(struct tally *t, const struct seen *s, unsigned direction)
{
	if (s->flags & SEEN_ESTIMATED)
		t->octets_estimated += s->octets;
	count_add(t, s->octets, s->packets, direction);
}

static void
count_management(struct tally *t, const struct seen *s)
{
	switch (s->kind) {
	case SEEN_BEACON:
		t->beacons++;
		break;
	case SEEN_AUTHENTICATION:
		t->authentications++;
		break;
	case SEEN_ASSOCIATION_REQUEST:
		t->association_requests++;
		break;
	case SEEN_REASSOCIATION_REQUEST:
		t->reassociation_requests++;
		break;
	case SEEN_ASSOCIATION_RESPONSE:
	case SEEN_REASSOCIATION_RESPONSE:
		if (count_is_success(s))
			t->associations++;
		else if (s->flags & SEEN_HAS_STATUS)
			t->refusals++;
		break;
	case SEEN_DISASSOCIATION:
		t->disassociations++;
		break;
	case SEEN_DEAUTHENTICATION:
		t->deauthentications++;
		break;
	default:
		break;
	}
}

/* ---- counting ---- */

/* What the totals know of a frame already by its cell and client is not looked up again. */
static void
count_air_total(struct totals *t, const struct seen *s, int cell_known, int client_known)
{
	if (!cell_known && (s->flags & SEEN_HAS_BSSID))
		set_add(&t->bssids, s->bssid);
	if (s->ssid != 0)
		set_add(&t->ssids, s->ssid);
	if (!client_known && s->client != 0 &&
	    (s->kind == SEEN_DATA || s->kind == SEEN_ASSOCIATION_REQUEST ||
		s->kind == SEEN_REASSOCIATION_REQUEST))
		set_add(&t->clients, s->client);
}

/* Every frame that the access point's radio sent or received, copies too. */
static void
count_radio(struct tally *t, const struct seen *s)
{
	t->radio_frames++;
	t->airtime_us += s->airtime_us;
	t->airtime_unmeasured += s->airtime_us == 0;
	if (s->kind != SEEN_DATA)
		return;
	t->data_frames++;
	t->retries += (s->flags & SEEN_RETRY) != 0;
}

/* 0: it is a copy, or nobody's. */
static int
count_air(struct count *c, const struct aim *aim, const struct seen *s, int64_t time_us)
{
	struct cell *cell = aim->cell;
	int known = 0, cell_known = 0, counts = 0;

	if (cell != NULL) {
		cell_known = cell->seen && cell != &c->cell[0];
		cell->seen = 1;
		if (s->flags & SEEN_RADIO)
			count_radio(&cell->t, s);
		if (is_copy(c, s) || count_is_again(c, aim, s->flags, time_us)) {
			cell->t.copies++;
		} else {
			counts = 1;
			cell->t.frames++;
			if (s->kind == SEEN_DATA)
				count_octets(&cell->t, s, aim->direction);
			else
				count_management(&cell->t, s);
			known = count_client(c, aim, count_client_of(aim, s), s->octets);
		}
	}
	if (!c->o.octets_only)
		count_air_total(&c->totals, s, cell_known, known);
	return counts;
}

static int
count_wire(struct count *c, const struct aim *aim, const struct seen *s, int64_t time_us)
{
	struct cell *cell = aim->cell;

	if (cell == NULL)
		return 0;
	cell->seen = 1;
	if (count_is_again(c, aim, s->flags, time_us)) {
		cell->t.copies++;
		return 0;
	}
	cell->t.frames++;
	if (s->flags & SEEN_OPAQUE) {
		cell->t.encrypted++;
		return 1;
	}
	count_octets(&cell->t, s, aim->direction);
	count_client(c, aim, count_client_of(aim, s), s->octets);
	return 1;
}

/* For few of many packets, so out of the others' way. */
static void __attribute__((noinline)) count_aimed(struct count *c, const struct aim *aim,
    const struct packet *packet, const struct seen *s, const struct detail *said)
{
	struct totals *t = &c->totals;
	int counts;

	t->packets++;
	t->octets += packet->len;
	t->kind[s->kind]++;
	t->stopped[s->next]++;
	t->dhcp += s->dhcp;
	t->radius += s->radius;
	t->tunnel_octets += s->tunnels > 0 ? s->octets : 0;
	t->associations += count_is_success(s);
	counts = s->flags & SEEN_AIR ? count_air(c, aim, s, packet->time_us)
				     : count_wire(c, aim, s, packet->time_us);
	if (counts && s->detail != 0 && c->watch != NULL)
		count_said(c, aim->cell, (enum seen_direction)aim->direction, s,
		    &said[s->detail - 1], packet->time_us);
}

/* What is in the totals of those that were not decoded, copies too. */
struct known {
	uint64_t packets, octets; /* on the wire */
	uint64_t air;		  /* of the packets */
	uint64_t tunnel_octets;
};

static inline void
add_known(struct known *k, const struct packet *packet, const struct front *f, const struct way *w)
{
	k->packets++;
	k->octets += packet->len;
	k->air += w->air;
	k->tunnel_octets += w->tunnels > 0 ? f->octets : 0;
}

static void
total_known(struct totals *t, const struct known *k)
{
	t->packets += k->packets;
	t->octets += k->octets;
	t->kind[SEEN_DATA] += k->air;
	t->kind[SEEN_FRAME] += k->packets - k->air;
	t->stopped[DEC_DONE] += k->packets;
	t->tunnel_octets += k->tunnel_octets;
}

/* Where nobody reads fronts. */
static struct way *const all_decoded[COUNT_BATCH];

/* One that may end the interval. Then nothing was known of its batch, and each was decoded. */
static void
count_alone(
    struct count *c, const struct packet *packet, const struct seen *s, const struct detail *said)
{
	struct likely likely;
	struct aim aim;

	count_start(c, packet->time_us);
	count_advance(c, packet->time_us);
	if (packet->time_us > c->newest_us)
		c->newest_us = packet->time_us;
	count_likely(c, s, &likely);
	aim = count_aim(c, s, &likely);
	count_aimed(c, &aim, packet, s, said);
}

void
count_packet(struct count *c, int64_t time_us, size_t len, const struct seen *s)
{
	const struct packet packet = {.time_us = time_us, .len = (uint32_t)len};

	count_alone(c, &packet, s, NULL);
}

/* The newest of them, or of those that were counted before. */
static int64_t
newest_of(const struct count *c, const struct packet *packet, size_t n)
{
	int64_t newest_us = c->newest_us;

	for (size_t i = 0; i < n; i++)
		newest_us = packet[i].time_us > newest_us ? packet[i].time_us : newest_us;
	return newest_us;
}

int
count_is_within(const struct count *c, const struct packet *packet, size_t n)
{
	return c->end_us != 0 && newest_of(c, packet, n) < c->end_us;
}

/* Where those go that were decoded. Each loop finds in the cache what the one before it asked for.
 */
static void
take_aims(
    struct count *c, const struct count_batch *b, const uint8_t *decoded, size_t n, struct aim *aim)
{
	struct likely likely[COUNT_BATCH];

	for (size_t i = 0; i < n; i++)
		count_likely(c, &b->seen[decoded[i]], &likely[i]);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < 2 && likely[i].key[j] != 0; j++)
			count_foresee_cell(c, likely[i].hash[j]);
	for (size_t i = 0; i < n; i++) {
		const struct seen *s = &b->seen[decoded[i]];

		aim[i] = count_aim(c, s, &likely[i]);
		if (s->detail != 0 && c->watch != NULL && aim[i].cell != NULL)
			count_foresee_said(c, aim[i].cell, &b->said[s->detail - 1]);
	}
}

/* One whose way is known; few tell more than their octets. */
static inline void
count_one_known(struct count *c, const struct count_batch *b, size_t i)
{
	const struct front *f = &b->front[i];
	struct way *w = b->way[i];

	if (count_known(c, &b->packet[i], f, w) && f->detail != 0 && c->watch != NULL)
		count_segment(c, &c->cell[w->cell], (enum seen_direction)w->direction,
		    &b->said[f->detail - 1].tcp, b->packet[i].time_us);
}

static void
count_together(struct count *c, const struct count_batch *b, size_t n)
{
	struct aim aim[COUNT_BATCH];
	struct known known = {0};
	uint8_t decoded[COUNT_BATCH];
	size_t some = 0;

	for (size_t i = 0; i < n; i++) {
		decoded[some] = (uint8_t)i;
		some += b->way[i] == NULL;
		if (b->way[i] != NULL && b->front[i].detail != 0 && c->watch != NULL)
			count_foresee_sums(c, &c->cell[b->way[i]->cell]);
	}
	take_aims(c, b, decoded, some, aim);
	some = 0;
	for (size_t i = 0; i < n; i++) {
		if (b->way[i] == NULL) {
			count_aimed(c, &aim[some++], &b->packet[i], &b->seen[i], b->said);
			continue;
		}
		add_known(&known, &b->packet[i], &b->front[i], b->way[i]);
		count_one_known(c, b, i);
	}
	total_known(&c->totals, &known);
	/* Ways move when others are learned: now nobody needs those of this batch any more. */
	for (size_t i = 0; b->front != NULL && i < some; i++)
		if (b->front[decoded[i]].way != 0)
			count_learn(c, &aim[i], &b->seen[decoded[i]], &b->front[decoded[i]]);
}

void
count_packets(struct count *c, const struct count_batch *batch, size_t n)
{
	struct count_batch b = *batch;
	int64_t newest_us;

	if (b.front == NULL)
		b.way = all_decoded;
	newest_us = newest_of(c, b.packet, n);
	if (c->end_us != 0 && newest_us < c->end_us) {
		c->newest_us = newest_us;
		count_together(c, &b, n);
		return;
	}
	for (size_t i = 0; i < n; i++)
		count_alone(c, &b.packet[i], &b.seen[i], b.said);
}

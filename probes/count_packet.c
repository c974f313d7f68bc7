/* SPDX-License-Identifier: GPL-3.0-or-later */
/* count_packet.c - where one packet's figures go. */
#include "probes/count_table.h"

/* Where a packet's figures go; found for many packets before any of them is counted. */
struct aim {
	struct cell *cell; /* NULL: nowhere but in the totals */
	uint64_t pair;	   /* the client's, 0: none */
	enum seen_direction direction;
};

/* A frame that its transmitter sent again, and whose first copy was seen. */
static int
is_copy(struct count *c, const struct seen *s)
{
	uint64_t sender = set_mix(s->sender + s->tid);
	struct last_frame *l = &c->last[sender & (COUNT_COPIES - 1)];

	if ((s->flags & SEEN_HAS_SEQUENCE) == 0)
		return 0;
	if ((s->flags & SEEN_RETRY) && l->sender == sender && l->sequence == s->sequence)
		return 1;
	*l = (struct last_frame){sender, s->sequence};
	return 0;
}

/* Whose a client of a cell is. */
static uint32_t
owner_of(const struct count *c, const struct cell *cell)
{
	return cell->ap != COUNT_NONE ? cell->ap : (uint32_t)(cell - c->cell) | COUNT_OWN;
}

static void
add_client(struct count *c, struct cell *cell)
{
	if (cell->ap != COUNT_NONE)
		c->ap[cell->ap].clients++;
	else
		cell->clients++;
}

/* What a client carried. 1: it had carried something before in this interval. */
static int
count_client(struct count *c, const struct aim *aim, const struct seen *s)
{
	struct client_row *row;
	int known;

	if (aim->pair == 0)
		return 0;
	row = clients_place(&c->clients, aim->pair);
	known = row->pair == aim->pair;
	if (!known) {
		row = clients_add(&c->clients, owner_of(c, aim->cell), aim->pair);
		if (row == NULL)
			return 0;
		add_client(c, aim->cell);
	}
	known = known && row->octets > 0;
	row->octets += s->octets;
	return known;
}

static void
count_octets(struct tally *t, const struct seen *s, enum seen_direction direction)
{
	if (s->flags & SEEN_ESTIMATED)
		t->octets_estimated += s->octets;
	switch (direction) {
	case SEEN_DOWN:
		t->octets_down += s->octets;
		t->packets_down += s->packets;
		break;
	case SEEN_UP:
		t->octets_up += s->octets;
		t->packets_up += s->packets;
		break;
	default:
		t->octets_undirected += s->octets;
		t->packets_undirected += s->packets;
		break;
	}
}

static int
is_success(const struct seen *s)
{
	return (s->kind == SEEN_ASSOCIATION_RESPONSE || s->kind == SEEN_REASSOCIATION_RESPONSE) &&
	       (s->flags & SEEN_HAS_STATUS) && s->status == 0;
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
		if (is_success(s))
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

/* Whose a frame of the wire is: an address of the map, else its tags from the most exact on. */
static struct cell *
wire_cell(struct count *c, const struct seen *s, enum seen_direction *direction)
{
	struct cell *cell;
	uint64_t inner, outer, key;

	if (c->has_mac && (cell = count_find(c, count_key(MAP_MAC, s->from))) != NULL) {
		*direction = SEEN_UP;
		return cell;
	}
	if (c->has_mac && s->to != 0 && (cell = count_find(c, count_key(MAP_MAC, s->to))) != NULL) {
		*direction = SEEN_DOWN;
		return cell;
	}
	if (s->vlans == 0)
		return &c->cell[0];
	inner = s->vlan[s->vlans - 1];
	outer = s->vlans > 1 ? s->vlan[s->vlans - 2] : 0;
	key = count_key(MAP_VLAN, outer << COUNT_VLAN_BITS | inner);
	if ((cell = count_find(c, key)) != NULL)
		return cell;
	if (outer != 0 &&
	    ((cell = count_find(c, count_key(MAP_VLAN, inner))) != NULL ||
		(cell = count_find(c, count_key(MAP_VLAN, outer))) != NULL) &&
	    cell->ap != COUNT_NONE)
		return cell;
	return count_get(c, key);
}

/* Towards the client or from it: by the gateway's address, else by private and public addresses. */
static enum seen_direction
wire_direction(const struct count *c, const struct seen *s)
{
	const unsigned both = SEEN_FROM_PRIVATE | SEEN_TO_PRIVATE;

	if (c->has_gateway && set_has(&c->gateways, s->from))
		return SEEN_DOWN;
	if (c->has_gateway && s->to != 0 && set_has(&c->gateways, s->to))
		return SEEN_UP;
	if (s->flags & SEEN_FROM_ROUTER)
		return SEEN_DOWN;
	if (s->flags & SEEN_TO_ROUTER)
		return SEEN_UP;
	if ((s->flags & both) == SEEN_FROM_PRIVATE)
		return SEEN_UP;
	if ((s->flags & both) == SEEN_TO_PRIVATE)
		return SEEN_DOWN;
	return SEEN_NOWHERE;
}

/* ---- where to ---- */

/* The likely keys of a packet's cell: at most two. */
static size_t
likely_keys(const struct count *c, const struct seen *s, uint64_t key[2])
{
	uint64_t outer;

	if (s->flags & SEEN_AIR) {
		key[0] = count_key(MAP_BSSID, s->bssid);
		return (s->flags & SEEN_HAS_BSSID) != 0;
	}
	if (c->has_mac) {
		key[0] = count_key(MAP_MAC, s->from);
		key[1] = count_key(MAP_MAC, s->to);
		return 2;
	}
	outer = s->vlans > 1 ? s->vlan[s->vlans - 2] : 0;
	key[0] = count_key(
	    MAP_VLAN, outer << COUNT_VLAN_BITS | s->vlan[s->vlans > 0 ? s->vlans - 1 : 0]);
	return s->vlans > 0;
}

static struct aim
aim_air(struct count *c, const struct seen *s)
{
	struct aim aim = {NULL, 0, s->direction};

	/* Without a direction the BSSID need not be an access point's. */
	if ((s->flags & SEEN_HAS_BSSID) == 0 || s->direction == SEEN_NOWHERE ||
	    s->kind == SEEN_PROBE_REQUEST)
		return aim;
	aim.cell = count_get(c, count_key(MAP_BSSID, s->bssid));
	if (s->client != 0 && (s->kind == SEEN_DATA || is_success(s)))
		aim.pair = clients_pair(owner_of(c, aim.cell), s->client);
	return aim;
}

static struct aim
aim_wire(struct count *c, const struct seen *s)
{
	struct aim aim = {NULL, 0, SEEN_NOWHERE};
	uint64_t client;

	if (s->packets == 0)
		return aim;
	aim.cell = wire_cell(c, s, &aim.direction);
	if (aim.direction == SEEN_NOWHERE)
		aim.direction = wire_direction(c, s);
	if (aim.cell->key >> 56 != MAP_VLAN || aim.direction == SEEN_NOWHERE)
		return aim;
	client = aim.direction == SEEN_UP ? s->from : s->to;
	if (client != 0)
		aim.pair = clients_pair(owner_of(c, aim.cell), client);
	return aim;
}

static struct aim
aim_at(struct count *c, const struct seen *s)
{
	struct aim aim = s->flags & SEEN_AIR ? aim_air(c, s) : aim_wire(c, s);

	if (aim.pair != 0)
		clients_foresee(&c->clients, aim.pair);
	return aim;
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
count_air(struct count *c, const struct aim *aim, const struct seen *s)
{
	struct cell *cell = aim->cell;
	int known = 0, cell_known = 0, counts = 0;

	if (cell != NULL) {
		cell_known = cell->seen && cell != &c->cell[0];
		cell->seen = 1;
		if (s->flags & SEEN_RADIO)
			count_radio(&cell->t, s);
		if (is_copy(c, s)) {
			cell->t.copies++;
		} else {
			counts = 1;
			cell->t.frames++;
			if (s->kind == SEEN_DATA)
				count_octets(&cell->t, s, aim->direction);
			else
				count_management(&cell->t, s);
			known = count_client(c, aim, s);
		}
	}
	if (!c->o.octets_only)
		count_air_total(&c->totals, s, cell_known, known);
	return counts;
}

static int
count_wire(struct count *c, const struct aim *aim, const struct seen *s)
{
	struct cell *cell = aim->cell;

	if (cell == NULL)
		return 0;
	cell->seen = 1;
	cell->t.frames++;
	count_octets(&cell->t, s, aim->direction);
	count_client(c, aim, s);
	return 1;
}

static void
count_aimed(struct count *c, const struct aim *aim, const struct packet *packet,
    const struct seen *s, const struct detail *said)
{
	struct totals *t = &c->totals;
	int counts;

	t->packets++;
	t->octets += packet->len;
	t->kind[s->kind]++;
	t->stopped[s->next]++;
	t->dhcp += s->dhcp;
	t->radius += s->radius;
	t->associations += is_success(s);
	counts = s->flags & SEEN_AIR ? count_air(c, aim, s) : count_wire(c, aim, s);
	if (counts && s->detail != 0 && c->watch != NULL)
		count_said(c, aim->cell, s, &said[s->detail - 1], packet->time_us);
}

static void
count_alone(
    struct count *c, const struct packet *packet, const struct seen *s, const struct detail *said)
{
	struct aim aim;

	count_start(c, packet->time_us);
	count_advance(c, packet->time_us);
	if (packet->time_us > c->newest_us)
		c->newest_us = packet->time_us;
	aim = aim_at(c, s);
	count_aimed(c, &aim, packet, s, said);
}

void
count_packet(struct count *c, int64_t time_us, size_t len, const struct seen *s)
{
	const struct packet packet = {.time_us = time_us, .len = (uint32_t)len};

	count_alone(c, &packet, s, NULL);
}

/* Whether none of them ends the interval. */
static int
in_interval(struct count *c, const struct packet *packet, size_t n)
{
	int64_t newest_us = c->newest_us;

	for (size_t i = 0; i < n; i++)
		if (packet[i].time_us > newest_us)
			newest_us = packet[i].time_us;
	if (c->end_us == 0 || newest_us >= c->end_us)
		return 0;
	c->newest_us = newest_us;
	return 1;
}

void
count_packets(struct count *c, const struct packet *packet, const struct seen *s,
    const struct detail *said, size_t n)
{
	struct aim aim[COUNT_BATCH];
	uint64_t key[2];

	if (!in_interval(c, packet, n)) {
		for (size_t i = 0; i < n; i++)
			count_alone(c, &packet[i], &s[i], said);
		return;
	}
	/* Each loop finds in the cache what the one before it asked for. */
	for (size_t i = 0; i < n; i++)
		for (size_t j = likely_keys(c, &s[i], key); j > 0; j--)
			count_foresee(c, key[j - 1]);
	for (size_t i = 0; i < n; i++)
		for (size_t j = likely_keys(c, &s[i], key); j > 0; j--)
			count_foresee_cell(c, key[j - 1]);
	for (size_t i = 0; i < n; i++)
		aim[i] = aim_at(c, &s[i]);
	for (size_t i = 0; i < n; i++)
		count_aimed(c, &aim[i], &packet[i], &s[i], said);
}

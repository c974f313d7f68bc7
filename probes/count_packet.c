/* SPDX-License-Identifier: GPL-3.0-or-later */
/* count_packet.c - where one packet's figures go. */
#include "probes/count_table.h"

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

static void
count_client(struct count *c, struct cell *cell, uint64_t client)
{
	uint64_t owner =
	    cell->ap != COUNT_NONE ? cell->ap : (uint64_t)(cell - c->cell) << 32 | COUNT_NONE;
	uint64_t pair = set_mix(client ^ set_mix(owner + 1));

	if (client == 0 || set_add(&c->clients, pair != 0 ? pair : 1) != 1)
		return;
	if (cell->ap != COUNT_NONE)
		c->ap[cell->ap].clients++;
	else
		cell->clients++;
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

static void
count_air(struct count *c, const struct seen *s)
{
	struct cell *cell;

	/* Without a direction the BSSID need not be an access point's. */
	if ((s->flags & SEEN_HAS_BSSID) == 0 || s->direction == SEEN_NOWHERE ||
	    s->kind == SEEN_PROBE_REQUEST)
		return;
	cell = count_get(c, count_key(MAP_BSSID, s->bssid));
	cell->seen = 1;
	if (is_copy(c, s)) {
		cell->t.copies++;
		return;
	}
	cell->t.frames++;
	if (s->kind == SEEN_DATA) {
		count_octets(&cell->t, s, s->direction);
		count_client(c, cell, s->client);
		return;
	}
	count_management(&cell->t, s);
	if (is_success(s))
		count_client(c, cell, s->client);
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

static void
count_wire(struct count *c, const struct seen *s)
{
	enum seen_direction direction = SEEN_NOWHERE;
	struct cell *cell;

	if (s->packets == 0)
		return;
	cell = wire_cell(c, s, &direction);
	cell->seen = 1;
	cell->t.frames++;
	if (direction == SEEN_NOWHERE)
		direction = wire_direction(c, s);
	count_octets(&cell->t, s, direction);
	if (cell->key >> 56 == MAP_VLAN && direction != SEEN_NOWHERE)
		count_client(c, cell, direction == SEEN_UP ? s->from : s->to);
}

static void
count_total(struct totals *t, size_t len, const struct seen *s)
{
	t->packets++;
	t->octets += len;
	t->kind[s->kind]++;
	t->stopped[s->next]++;
	t->dhcp += s->dhcp;
	t->radius += s->radius;
	t->associations += is_success(s);
	if (s->flags & SEEN_HAS_BSSID)
		set_add(&t->bssids, s->bssid);
	if (s->ssid != 0)
		set_add(&t->ssids, s->ssid);
	if (s->client != 0 && (s->kind == SEEN_DATA || s->kind == SEEN_ASSOCIATION_REQUEST ||
				  s->kind == SEEN_REASSOCIATION_REQUEST))
		set_add(&t->clients, s->client);
}

void
count_packet(struct count *c, int64_t time_us, size_t len, const struct seen *s)
{
	count_start(c, time_us);
	count_advance(c, time_us);
	if (time_us > c->newest_us)
		c->newest_us = time_us;
	count_total(&c->totals, len, s);
	if (s->flags & SEEN_AIR)
		count_air(c, s);
	else
		count_wire(c, s);
}

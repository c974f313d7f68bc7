/* SPDX-License-Identifier: GPL-3.0-or-later */
/* count_aim.c - whose a packet is, which way it goes, and who is its client. */
#include "probes/count_table.h"

/* Whose a client of a cell is. */
uint32_t
count_owner(const struct count *c, const struct cell *cell)
{
	return cell->ap != COUNT_NONE ? cell->ap : (uint32_t)(cell - c->cell) | COUNT_OWN;
}

int
count_is_success(const struct seen *s)
{
	return (s->kind == SEEN_ASSOCIATION_RESPONSE || s->kind == SEEN_REASSOCIATION_RESPONSE) &&
	       (s->flags & SEEN_HAS_STATUS) && s->status == 0;
}

static struct cell *
find(const struct count *c, const struct likely *l, uint64_t key)
{
	uint64_t hash = key == l->key[0]   ? l->hash[0]
			: key == l->key[1] ? l->hash[1]
					   : set_mix(key);

	return count_find_hashed(c, key, hash);
}

/* ---- tunnels ---- */

/* The access point of the map that a tunnel is of. */
static struct cell *
tunnel_cell(const struct count *c, const struct likely *l, const struct seen *s,
    enum seen_direction *direction)
{
	struct cell *cell;

	if (c->has_radio && s->radio != 0 &&
	    (cell = find(c, l, count_key(MAP_RADIO, s->radio))) != NULL)
		return cell;
	if (!c->has_tunnel)
		return NULL;
	if (s->tunnel_from != 0 &&
	    (cell = find(c, l, count_key(MAP_TUNNEL, s->tunnel_from))) != NULL &&
	    cell->ap != COUNT_NONE) {
		*direction = SEEN_UP;
		return cell;
	}
	if (s->tunnel_to != 0 && (cell = find(c, l, count_key(MAP_TUNNEL, s->tunnel_to))) != NULL &&
	    cell->ap != COUNT_NONE) {
		*direction = SEEN_DOWN;
		return cell;
	}
	return NULL;
}

/* Which way a tunnel's packet goes by its ends, if the map has none of them as an access point. */
static enum seen_direction
tunnel_direction(const struct count *c, const struct seen *s)
{
	if (s->direction != SEEN_NOWHERE || !c->has_controller)
		return s->direction;
	if (s->tunnel_from != 0 && set_has(&c->controllers, s->tunnel_from))
		return SEEN_DOWN;
	if (s->tunnel_to != 0 && set_has(&c->controllers, s->tunnel_to))
		return SEEN_UP;
	return SEEN_NOWHERE;
}

/* A name of its own for an access point whose end of a tunnel is known; NULL: it is not. */
static struct cell *
unmapped_tunnel(struct count *c, const struct seen *s, enum seen_direction direction)
{
	uint64_t end = direction == SEEN_UP ? s->tunnel_from : s->tunnel_to;

	if (direction == SEEN_NOWHERE || end == 0)
		return NULL;
	return count_get(c, count_key(MAP_TUNNEL, end));
}

/* ---- the wire ---- */

/* An access point that routes, by its address, around a tunnel too. */
static struct cell *
mac_cell(const struct count *c, const struct likely *l, uint64_t from, uint64_t to,
    enum seen_direction *direction)
{
	struct cell *cell;

	if (from != 0 && (cell = find(c, l, count_key(MAP_MAC, from))) != NULL) {
		*direction = SEEN_UP;
		return cell;
	}
	if (to != 0 && (cell = find(c, l, count_key(MAP_MAC, to))) != NULL) {
		*direction = SEEN_DOWN;
		return cell;
	}
	return NULL;
}

/* By its tags, from the most exact on; what the map lacks gets a name of its own. */
static struct cell *
vlan_cell(struct count *c, const struct likely *l, const struct seen *s, enum seen_direction tunnel)
{
	struct cell *cell, *named;
	uint64_t inner, outer, key;

	if (s->vlans == 0)
		return (named = unmapped_tunnel(c, s, tunnel)) != NULL ? named : &c->cell[0];
	inner = s->vlan[s->vlans - 1];
	outer = s->vlans > 1 ? s->vlan[s->vlans - 2] : 0;
	key = count_key(MAP_VLAN, outer << COUNT_VLAN_BITS | inner);
	if ((cell = find(c, l, key)) != NULL && cell->ap != COUNT_NONE)
		return cell;
	if (outer != 0 &&
	    ((cell = find(c, l, count_key(MAP_VLAN, inner))) != NULL ||
		(cell = find(c, l, count_key(MAP_VLAN, outer))) != NULL) &&
	    cell->ap != COUNT_NONE)
		return cell;
	return (named = unmapped_tunnel(c, s, tunnel)) != NULL ? named : count_get(c, key);
}

/* Whose a frame of the wire is: a tunnel's end or an address of the map, else by its tags. */
static struct cell *
wire_cell(
    struct count *c, const struct likely *l, const struct seen *s, enum seen_direction *direction)
{
	enum seen_direction tunnel = SEEN_NOWHERE;
	struct cell *cell;

	if (s->tunnels > 0) {
		*direction = tunnel = tunnel_direction(c, s);
		if ((cell = tunnel_cell(c, l, s, direction)) != NULL)
			return cell;
	}
	if (c->has_mac && ((s->tunnels > 0 && (cell = mac_cell(c, l, s->outer_from, s->outer_to,
						   direction)) != NULL) ||
			      (cell = mac_cell(c, l, s->from_mark, s->to_mark, direction)) != NULL))
		return cell;
	return vlan_cell(c, l, s, tunnel);
}

/* Mostly there is one. */
static int
is_gateway(const struct count *c, uint64_t mark)
{
	return mark == c->gateway ||
	       (c->gateways.n > 1 && mark != 0 && set_has(&c->gateways, mark));
}

/* Towards the client or from it, by the gateway's address. */
static enum seen_direction
gateway_direction(const struct count *c, const struct seen *s)
{
	if (c->gateway != 0 && is_gateway(c, s->from_mark))
		return SEEN_DOWN;
	if (c->gateway != 0 && is_gateway(c, s->to_mark))
		return SEEN_UP;
	if (s->flags & SEEN_FROM_ROUTER)
		return SEEN_DOWN;
	if (s->flags & SEEN_TO_ROUTER)
		return SEEN_UP;
	return SEEN_NOWHERE;
}

/* By private and public addresses. */
static enum seen_direction
address_direction(const struct seen *s)
{
	const unsigned both = SEEN_FROM_PRIVATE | SEEN_TO_PRIVATE;

	if ((s->flags & both) == SEEN_FROM_PRIVATE)
		return SEEN_UP;
	if ((s->flags & both) == SEEN_TO_PRIVATE)
		return SEEN_DOWN;
	return SEEN_NOWHERE;
}

/* ---- where to ---- */

static void
likely_keys(const struct count *c, const struct seen *s, uint64_t key[2])
{
	uint64_t outer;

	if (s->flags & SEEN_AIR) {
		if (s->flags & SEEN_HAS_BSSID)
			key[0] = count_key(MAP_BSSID, s->bssid);
	} else if (c->has_tunnel && s->tunnel != SEEN_TUNNEL_NONE) {
		key[0] = count_key(MAP_TUNNEL, s->tunnel_from);
		key[1] = count_key(MAP_TUNNEL, s->tunnel_to);
	} else if (c->has_mac) {
		key[0] = count_key(MAP_MAC, s->tunnels > 0 ? s->outer_from : s->from_mark);
		key[1] = count_key(MAP_MAC, s->tunnels > 0 ? s->outer_to : s->to_mark);
	} else if (s->vlans > 0) {
		outer = s->vlans > 1 ? s->vlan[s->vlans - 2] : 0;
		key[0] = count_key(MAP_VLAN, outer << COUNT_VLAN_BITS | s->vlan[s->vlans - 1]);
	}
}

void
count_likely(const struct count *c, const struct seen *s, struct likely *l)
{
	*l = (struct likely){{0, 0}, {0, 0}};
	likely_keys(c, s, l->key);
	for (unsigned i = 0; i < 2 && l->key[i] != 0; i++) {
		l->hash[i] = set_mix(l->key[i]);
		count_foresee(c, l->hash[i]);
	}
}

/* By BSSID; one that the map lacks may have come through a tunnel that it has. */
static struct cell *
air_cell(struct count *c, const struct likely *l, const struct seen *s)
{
	uint64_t key = count_key(MAP_BSSID, s->bssid);
	struct cell *cell = find(c, l, key), *other;
	enum seen_direction direction;

	if (cell != NULL && cell->ap != COUNT_NONE)
		return cell;
	if (s->tunnels > 0 && (other = tunnel_cell(c, l, s, &direction)) != NULL)
		return other;
	/* Two phones that speak to each other (Wi-Fi Direct) do so in action frames, with an
	 * address of their own as the BSSID: who is an access point says so in others. */
	if (cell == NULL && s->kind == SEEN_ACTION)
		return NULL;
	return cell != NULL ? cell : count_get(c, key);
}

static struct aim
aim_air(struct count *c, const struct seen *s, const struct likely *l)
{
	struct aim aim = {.direction = s->direction};

	/* Without a direction the BSSID need not be an access point's. */
	if ((s->flags & SEEN_HAS_BSSID) == 0 || s->direction == SEEN_NOWHERE ||
	    s->kind == SEEN_PROBE_REQUEST)
		return aim;
	aim.cell = air_cell(c, l, s);
	if (aim.cell != NULL && s->client != 0 && (s->kind == SEEN_DATA || count_is_success(s)))
		aim.pair = clients_pair(count_owner(c, aim.cell), s->client);
	return aim;
}

/* Whether a cell's clients are those whose addresses its frames have. */
static int
has_clients(const struct cell *cell)
{
	enum map_key key = (enum map_key)(cell->key >> 56);

	return key == MAP_VLAN || key == MAP_TUNNEL || key == MAP_RADIO;
}

static struct aim
aim_wire(struct count *c, const struct seen *s, const struct likely *l)
{
	enum seen_direction direction = SEEN_NOWHERE;
	struct aim aim = {.direction = SEEN_NOWHERE};
	uint64_t client;

	if (s->packets == 0 && (s->flags & SEEN_OPAQUE) == 0)
		return aim;
	aim.cell = wire_cell(c, l, s, &direction);
	if (direction == SEEN_NOWHERE)
		direction = gateway_direction(c, s);
	if (direction == SEEN_NOWHERE) {
		direction = address_direction(s);
		aim.by_address = 1;
	}
	aim.direction = (uint8_t)direction;
	if (!has_clients(aim.cell) || direction == SEEN_NOWHERE)
		return aim;
	client = direction == SEEN_UP ? s->from : s->to;
	if (client != 0)
		aim.pair = clients_pair(count_owner(c, aim.cell), client);
	return aim;
}

/* Where a frame was seen: another place has other addresses, tags or tunnels. */
static uint8_t
place_of(const struct seen *s)
{
	uint64_t v = s->from_mark ^ s->to_mark << 1 ^ s->tunnels;

	v ^= (uint64_t)s->vlan[0] << 48 ^ (uint64_t)s->vlan[1] << 32 ^ s->tunnel_from;
	return (uint8_t)(v * UINT64_C(0x9e3779b97f4a7c15) >> 58);
}

void
count_foresee_aim(struct count *c, struct aim *aim, uint64_t identity)
{
	if (aim->cell == NULL || identity == 0)
		return;
	aim->identity = count_identity_at(count_owner(c, aim->cell), identity);
	copies_foresee(&c->copies, aim->identity);
}

struct aim
count_aim(struct count *c, const struct seen *s, const struct likely *l)
{
	struct aim aim = s->flags & SEEN_AIR ? aim_air(c, s, l) : aim_wire(c, s, l);

	aim.place = place_of(s);
	if (aim.pair != 0)
		clients_foresee(&c->clients, aim.pair);
	count_foresee_aim(c, &aim, s->identity);
	return aim;
}

int
count_is_again(struct count *c, const struct aim *aim, unsigned flags, int64_t time_us)
{
	const struct copies_frame f = {.hash = aim->identity,
	    .time_us = time_us,
	    .soon_us = count_soon(flags),
	    .place = aim->place,
	    .direction = aim->direction};

	return aim->identity != 0 && copies_note(&c->copies, &f);
}

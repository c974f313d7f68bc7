/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/ports.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAG_INT	   0x02
#define TAG_OCTETS 0x04
#define TAG_OID	   0x06
#define TAG_C32	   0x41
#define TAG_GAUGE  0x42
#define TAG_TICKS  0x43
#define TAG_C64	   0x46

#define UP_INDEX  1001 /* ifIndex of xe1; xe2 behind it */
#define MOVED	  5000 /* added to every ifIndex of a switch whose interfaces moved */
#define ROWS_MAX  2048
#define PORTS_MAX 500 /* more devices than ports: the others are not seen */
#define STRANGERS 3   /* stations of people behind each access point, in bridge tables */

/* ENTITY-MIB: the optics of xe1 and its sensors. */
#define ENT_PORT 10
#define ENT_RX	 11
#define ENT_TX	 12

/* How a table's rows are numbered. */
enum rows {
	ONE,
	PORTS,
	DOWN_PORTS,
	SUPPLY,
	NEIGHBOURS,
	ADDRESSES,
	BRIDGE_PORTS,
	FDB,
	VLAN_FDB,
	ENTITIES,
	ALIAS,
	SENSORS
};

enum value {
	NUMBER,
	INDEX,
	NAME,
	TYPE,
	MAC,
	MBPS,
	BPS,
	IN,
	OUT,
	PACKETS_IN,
	PACKETS_OUT,
	DISCONTINUITY,
	ERRORS,
	OWN_MAC,
	OWN_NAME,
	FAR_MAC,
	FAR_PORT,
	FAR_NAME,
	FAR_DOES,
	FDB_PORT,
	WATTS,
	POWER,
	ENT_CLASS,
	ENT_NAME,
	ENT_IN,
	ALIAS_OF
};

struct column {
	const char *base;
	uint8_t rows, tag, value;
	uint64_t number;
};

/* In the order of their names. */
static const struct column columns[] = {
    {"1.0.8802.1.1.2.1.3.1", ONE, TAG_INT, NUMBER, 4},
    {"1.0.8802.1.1.2.1.3.2", ONE, TAG_OCTETS, OWN_MAC, 0},
    {"1.0.8802.1.1.2.1.3.3", ONE, TAG_OCTETS, OWN_NAME, 0},
    {"1.0.8802.1.1.2.1.3.7.1.2", PORTS, TAG_INT, NUMBER, 5},
    {"1.0.8802.1.1.2.1.3.7.1.3", PORTS, TAG_OCTETS, NAME, 0},
    {"1.0.8802.1.1.2.1.3.7.1.4", PORTS, TAG_OCTETS, NAME, 0},
    {"1.0.8802.1.1.2.1.4.1.1.4", NEIGHBOURS, TAG_INT, NUMBER, 4},
    {"1.0.8802.1.1.2.1.4.1.1.5", NEIGHBOURS, TAG_OCTETS, FAR_MAC, 0},
    {"1.0.8802.1.1.2.1.4.1.1.6", NEIGHBOURS, TAG_INT, NUMBER, 5},
    {"1.0.8802.1.1.2.1.4.1.1.7", NEIGHBOURS, TAG_OCTETS, FAR_PORT, 0},
    {"1.0.8802.1.1.2.1.4.1.1.8", NEIGHBOURS, TAG_OCTETS, FAR_PORT, 0},
    {"1.0.8802.1.1.2.1.4.1.1.9", NEIGHBOURS, TAG_OCTETS, FAR_NAME, 0},
    {"1.0.8802.1.1.2.1.4.1.1.12", NEIGHBOURS, TAG_OCTETS, FAR_DOES, 0},
    {"1.0.8802.1.1.2.1.4.2.1.3", ADDRESSES, TAG_INT, NUMBER, 2},
    {"1.3.6.1.2.1.2.2.1.1", PORTS, TAG_INT, INDEX, 0},
    {"1.3.6.1.2.1.2.2.1.2", PORTS, TAG_OCTETS, NAME, 0},
    {"1.3.6.1.2.1.2.2.1.3", PORTS, TAG_INT, TYPE, 6},
    {"1.3.6.1.2.1.2.2.1.4", PORTS, TAG_INT, NUMBER, 1500},
    {"1.3.6.1.2.1.2.2.1.5", PORTS, TAG_GAUGE, BPS, 0},
    {"1.3.6.1.2.1.2.2.1.6", PORTS, TAG_OCTETS, MAC, 0},
    {"1.3.6.1.2.1.2.2.1.7", PORTS, TAG_INT, NUMBER, 1},
    {"1.3.6.1.2.1.2.2.1.8", PORTS, TAG_INT, NUMBER, 1},
    {"1.3.6.1.2.1.2.2.1.9", PORTS, TAG_TICKS, NUMBER, 0},
    {"1.3.6.1.2.1.2.2.1.10", PORTS, TAG_C32, IN, 0},
    {"1.3.6.1.2.1.2.2.1.11", PORTS, TAG_C32, PACKETS_IN, 0},
    {"1.3.6.1.2.1.2.2.1.13", PORTS, TAG_C32, NUMBER, 0},
    {"1.3.6.1.2.1.2.2.1.14", PORTS, TAG_C32, ERRORS, 3},
    {"1.3.6.1.2.1.2.2.1.16", PORTS, TAG_C32, OUT, 0},
    {"1.3.6.1.2.1.2.2.1.17", PORTS, TAG_C32, PACKETS_OUT, 0},
    {"1.3.6.1.2.1.2.2.1.19", PORTS, TAG_C32, NUMBER, 0},
    {"1.3.6.1.2.1.2.2.1.20", PORTS, TAG_C32, ERRORS, 1},
    {"1.3.6.1.2.1.17.1.4.1.2", BRIDGE_PORTS, TAG_INT, INDEX, 0},
    {"1.3.6.1.2.1.17.4.3.1.2", FDB, TAG_INT, FDB_PORT, 0},
    {"1.3.6.1.2.1.17.7.1.2.2.1.2", VLAN_FDB, TAG_INT, FDB_PORT, 0},
    {"1.3.6.1.2.1.31.1.1.1.1", PORTS, TAG_OCTETS, NAME, 0},
    {"1.3.6.1.2.1.31.1.1.1.6", PORTS, TAG_C64, IN, 0},
    {"1.3.6.1.2.1.31.1.1.1.7", PORTS, TAG_C64, PACKETS_IN, 0},
    {"1.3.6.1.2.1.31.1.1.1.10", PORTS, TAG_C64, OUT, 0},
    {"1.3.6.1.2.1.31.1.1.1.11", PORTS, TAG_C64, PACKETS_OUT, 0},
    {"1.3.6.1.2.1.31.1.1.1.15", PORTS, TAG_GAUGE, MBPS, 0},
    {"1.3.6.1.2.1.31.1.1.1.18", PORTS, TAG_OCTETS, FAR_NAME, 0},
    {"1.3.6.1.2.1.31.1.1.1.19", PORTS, TAG_TICKS, DISCONTINUITY, 0},
    {"1.3.6.1.2.1.47.1.1.1.1.4", ENTITIES, TAG_INT, ENT_IN, 0},
    {"1.3.6.1.2.1.47.1.1.1.1.5", ENTITIES, TAG_INT, ENT_CLASS, 0},
    {"1.3.6.1.2.1.47.1.1.1.1.7", ENTITIES, TAG_OCTETS, ENT_NAME, 0},
    {"1.3.6.1.2.1.47.1.3.2.1.2", ALIAS, TAG_OID, ALIAS_OF, 0},
    {"1.3.6.1.2.1.99.1.1.1.1", SENSORS, TAG_INT, NUMBER, 6},
    {"1.3.6.1.2.1.99.1.1.1.2", SENSORS, TAG_INT, NUMBER, 7},
    {"1.3.6.1.2.1.99.1.1.1.3", SENSORS, TAG_INT, NUMBER, 1},
    {"1.3.6.1.2.1.99.1.1.1.4", SENSORS, TAG_INT, POWER, 0},
    {"1.3.6.1.2.1.99.1.1.1.5", SENSORS, TAG_INT, NUMBER, 1},
    {"1.3.6.1.2.1.105.1.1.1.3", DOWN_PORTS, TAG_INT, NUMBER, 1},
    {"1.3.6.1.2.1.105.1.1.1.6", DOWN_PORTS, TAG_INT, NUMBER, 3},
    {"1.3.6.1.2.1.105.1.1.1.10", DOWN_PORTS, TAG_INT, NUMBER, 5},
    {"1.3.6.1.2.1.105.1.3.1.1.2", SUPPLY, TAG_GAUGE, NUMBER, 740},
    {"1.3.6.1.2.1.105.1.3.1.1.3", SUPPLY, TAG_INT, NUMBER, 1},
    {"1.3.6.1.2.1.105.1.3.1.1.4", SUPPLY, TAG_GAUGE, WATTS, 0},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

/* One switch as it is asked now. */
struct box {
	const struct fleet *f;
	uint32_t index;
	const uint32_t *child;
	uint32_t n_children, n_up;
	int64_t now_cs;
	int bare; /* FDB instead of VLAN_FDB */
};

/* A row: where it stands, and what it is about. */
struct row {
	uint32_t port; /* of its switch, from 0; n_children and on: xe1, xe2 */
	uint32_t far;  /* device at it; UINT32_MAX: none */
	uint32_t sub[8];
	uint8_t n;
};

static struct box
box_of(const struct fleet *f, uint32_t index, int64_t now_cs)
{
	struct box b = {.f = f, .index = index, .now_cs = now_cs, .bare = index % 2 != 0};
	const struct sim_device *d = &f->devices[index];

	b.child = cables_children(f, index, &b.n_children);
	if (b.n_children > PORTS_MAX)
		b.n_children = PORTS_MAX;
	b.n_up = 1u + (d->parent2 != UINT32_MAX);
	return b;
}

static uint32_t
if_index(const struct box *b, uint32_t port)
{
	uint32_t shift = b->f->devices[b->index].moved ? MOVED : 0;

	return shift + (port < b->n_children ? port + 1 : UP_INDEX + port - b->n_children);
}

/* Who is at the other end of a port. */
static uint32_t
far_of(const struct box *b, uint32_t port)
{
	const struct sim_device *d = &b->f->devices[b->index];

	if (port < b->n_children)
		return b->child[port];
	return port == b->n_children ? d->cabled : d->parent2;
}

static const char *
port_name(const struct box *b, uint32_t port, char out[16])
{
	if (port < b->n_children)
		snprintf(out, 16, "ge%u", port + 1);
	else
		snprintf(out, 16, "xe%u", port - b->n_children + 1);
	return out;
}

static void
mac_of(const struct fleet *f, uint32_t index, unsigned port, uint8_t mac[6])
{
	uint32_t box = index + f->devices[index].replaced * 0x100000;

	mac[0] = 0x02;
	mac[1] = 0x4b;
	mac[2] = (uint8_t)(box >> 16);
	mac[3] = (uint8_t)(box >> 8);
	mac[4] = (uint8_t)box;
	mac[5] = (uint8_t)port;
}

/* ---- rows ---- */

static void
put_mac_row(
    struct row *r, const struct box *b, uint32_t port, uint32_t far, const uint8_t mac[6], int vlan)
{
	*r = (struct row){.port = port, .far = far};
	if (vlan)
		r->sub[r->n++] = 1;
	for (int i = 0; i < 6; i++)
		r->sub[r->n++] = mac[i];
	(void)b;
}

static int
by_sub(const void *x, const void *y)
{
	const struct row *p = x, *q = y;

	for (uint8_t i = 0; i < p->n && i < q->n; i++)
		if (p->sub[i] != q->sub[i])
			return p->sub[i] < q->sub[i] ? -1 : 1;
	return p->n - q->n;
}

/* Everybody who was heard: what hangs on a port, people's stations behind access points, and the
 * switch above. */
static uint32_t
fdb_rows(const struct box *b, struct row *out, int vlan)
{
	uint32_t n = 0;
	uint8_t mac[6];

	for (uint32_t p = 0; p < b->n_children + b->n_up; p++) {
		uint32_t far = far_of(b, p);

		if (far == UINT32_MAX || n + 1 + STRANGERS > ROWS_MAX)
			continue;
		mac_of(b->f, far, 0, mac);
		put_mac_row(&out[n++], b, p, far, mac, vlan);
		for (unsigned k = 0; k < STRANGERS && far < b->f->aps; k++) {
			uint64_t who = load_mix(b->f->seed ^ (uint64_t)far << 8 ^ k);

			for (int i = 1; i < 6; i++)
				mac[i] = (uint8_t)(who >> 8 * i);
			mac[0] = 0xda; /* as phones make up for each network */
			put_mac_row(&out[n++], b, p, UINT32_MAX, mac, vlan);
		}
	}
	qsort(out, n, sizeof(*out), by_sub);
	return n;
}

static uint32_t
neighbour_rows(const struct box *b, struct row *out, int addresses)
{
	uint32_t n = 0, address;

	for (uint32_t p = 0; p < b->n_children + b->n_up && n < ROWS_MAX; p++) {
		uint32_t far = far_of(b, p);

		if (far == UINT32_MAX || b->f->devices[far].no_lldp || b->f->devices[far].silent)
			continue;
		out[n] = (struct row){
		    .port = p, .far = far, .sub = {0, if_index(b, p), 1, 1, 4}, .n = 3};
		if (addresses) {
			/* time mark, port, index, subtype and length, address: 9 in all, without
			 * the mark */
			address = fleet_address(far);
			out[n] = (struct row){.port = p,
			    .far = far,
			    .sub = {if_index(b, p), 1, 1, 4, address >> 24, address >> 16 & 255,
				address >> 8 & 255, address & 255},
			    .n = 8};
		}
		n++;
	}
	return n;
}

static uint32_t
put(struct row out[ROWS_MAX], uint32_t n, struct row row)
{
	out[n] = row;
	return n + 1;
}

static uint32_t
rows_of(const struct box *b, enum rows kind, struct row out[ROWS_MAX])
{
	static const uint32_t entity[] = {1, ENT_PORT, ENT_RX, ENT_TX};
	uint32_t n = 0, ports = b->n_children + b->n_up;

	switch (kind) {
	case ONE:
		n = put(out, n, (struct row){.n = 1});
		break;
	case SUPPLY:
		n = put(out, n, (struct row){.sub = {1}, .n = 1});
		break;
	case PORTS:
		for (uint32_t p = 0; p < ports && n < ROWS_MAX; p++)
			n = put(out, n,
			    (struct row){
				.port = p, .far = far_of(b, p), .sub = {if_index(b, p)}, .n = 1});
		break;
	case BRIDGE_PORTS:
		for (uint32_t p = 0; p < ports && n < ROWS_MAX; p++)
			n = put(out, n, (struct row){.port = p, .sub = {p + 1}, .n = 1});
		break;
	case DOWN_PORTS:
		for (uint32_t p = 0; p < b->n_children && n < ROWS_MAX; p++)
			n = put(out, n, (struct row){.port = p, .sub = {1, p + 1}, .n = 2});
		break;
	case NEIGHBOURS:
	case ADDRESSES:
		return neighbour_rows(b, out, kind == ADDRESSES);
	case FDB:
	case VLAN_FDB:
		return (kind == FDB) == b->bare ? fdb_rows(b, out, kind == VLAN_FDB) : 0;
	case ENTITIES:
		for (; n < 4; n++)
			out[n] = (struct row){.far = entity[n], .sub = {entity[n]}, .n = 1};
		break;
	case ALIAS:
		n = put(out, n, (struct row){.port = b->n_children, .sub = {ENT_PORT, 0}, .n = 2});
		break;
	default: /* SENSORS */
		for (; n < 2; n++)
			out[n] = (struct row){.far = entity[n + 2], .sub = {entity[n + 2]}, .n = 1};
	}
	return n;
}

/* A row's full name. */
static void
name_of(const struct column *c, const struct row *r, struct ber_oid *out)
{
	if (!ber_oid_parse(c->base, out))
		abort(); /* the table above is wrong */
	if (c->rows == ADDRESSES)
		out->sub[out->n++] = 0; /* lldpRemTimeMark */
	for (uint8_t i = 0; i < r->n; i++)
		out->sub[out->n++] = r->sub[i];
}

/* ---- values ---- */

static void
put_text(struct ber_out *o, const void *p, size_t n)
{
	const uint8_t *end = o->at;

	ber_put(o, p, n);
	ber_close(o, TAG_OCTETS, end);
}

/* What a device below has carried since this switch counts. */
static uint64_t
carried(const struct box *b, uint32_t far, int down)
{
	int64_t zero = b->f->devices[b->index].zero_cs;
	uint64_t sum = 0;

	if (far >= b->f->aps) { /* another switch: as much as one of its access points would */
		far = (far - b->f->aps) % b->f->aps;
	}
	for (unsigned r = 0; r < SIM_RADIOS; r++)
		sum += down ? load_down(&b->f->load, far, r, b->now_cs) -
				  load_down(&b->f->load, far, r, zero)
			    : load_up(&b->f->load, far, r, b->now_cs) -
				  load_up(&b->f->load, far, r, zero);
	return sum * 21 / 20; /* headers */
}

/* Octets of a port: what goes to clients leaves at ge, and comes in at xe1. */
static uint64_t
octets(const struct box *b, const struct row *r, int in)
{
	uint64_t sum = 0;

	if (r->port < b->n_children)
		return carried(b, r->far, !in);
	if (r->port > b->n_children)
		return 0;
	for (uint32_t p = 0; p < b->n_children; p++)
		sum += carried(b, b->child[p], in);
	return sum;
}

/* Received light as tenths of a microwatt: about -8 dBm, or -31 when something is wrong. */
static uint64_t
light(const struct box *b, uint32_t sensor)
{
	uint64_t noise = load_mix(b->f->seed ^ b->index ^ (uint64_t)(b->now_cs / 6000) << 32) % 64;

	if (sensor == ENT_TX)
		return 5000 + noise;
	return b->f->devices[b->index].dim ? 8 : 1550 + noise;
}

static void
put_far_port(struct ber_out *o, const struct box *b, const struct row *r)
{
	struct box far;
	char name[16] = "eth0";
	uint32_t p = 0;

	if (r->far >= b->f->aps) {
		far = box_of(b->f, r->far, b->now_cs);
		while (p < far.n_children + far.n_up && far_of(&far, p) != b->index)
			p++;
		port_name(&far, p, name);
	}
	put_text(o, name, strlen(name));
}

static void
put_entity(struct ber_out *o, const struct row *r, enum value what)
{
	static const struct {
		uint32_t entity;
		uint8_t class, in;
		const char *name;
	} known[] = {{1, 3, 0, "Chassis"}, {ENT_PORT, 10, 1, "xe1"},
	    {ENT_RX, 8, ENT_PORT, "xe1 Receive Power"},
	    {ENT_TX, 8, ENT_PORT, "xe1 Transmit Power"}};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (known[i].entity != r->far)
			continue;
		if (what == ENT_NAME)
			put_text(o, known[i].name, strlen(known[i].name));
		else
			ber_put_int(o, TAG_INT, what == ENT_CLASS ? known[i].class : known[i].in);
	}
}

static void
put_mac(struct ber_out *o, const struct box *b, uint32_t index, unsigned port)
{
	uint8_t mac[6];

	mac_of(b->f, index, port, mac);
	put_text(o, mac, sizeof(mac));
}

static void
put_alias(struct ber_out *o, const struct box *b, const struct row *r)
{
	const uint8_t *end = o->at;
	struct ber_oid oid;
	uint8_t buf[80];

	if (ber_oid_parse("1.3.6.1.2.1.2.2.1.1", &oid)) {
		oid.sub[oid.n++] = if_index(b, r->port);
		ber_put(o, buf, ber_oid_encode(&oid, buf, sizeof(buf)));
	}
	ber_close(o, TAG_OID, end);
}

static void
put_text_value(struct ber_out *o, const struct box *b, const struct column *c, const struct row *r)
{
	static const uint8_t ap[2] = {0x10, 0}, bridge[2] = {0x20, 0};
	char text[32] = "";

	switch (c->value) {
	case OWN_MAC:
		put_mac(o, b, b->index, 0);
		return;
	case MAC:
		put_mac(o, b, b->index, 1 + r->port % 250);
		return;
	case FAR_MAC:
		put_mac(o, b, r->far, 0);
		return;
	case FAR_PORT:
		put_far_port(o, b, r);
		return;
	case FAR_DOES:
		put_text(o, r->far < b->f->aps ? ap : bridge, 2);
		return;
	case NAME:
		port_name(b, r->port, text);
		break;
	case OWN_NAME:
		fleet_id(b->f, b->index, text);
		break;
	default: /* FAR_NAME */
		if (r->far != UINT32_MAX)
			fleet_id(b->f, r->far, text);
	}
	put_text(o, text, strlen(text));
}

static uint64_t
number(const struct box *b, const struct column *c, const struct row *r)
{
	const struct sim_device *d = &b->f->devices[b->index];
	int up = r->port >= b->n_children;

	switch (c->value) {
	case INDEX:
		return if_index(b, r->port);
	case MBPS:
		return up ? 10000 : 1000;
	case BPS:
		return up ? UINT32_MAX : 1000000000;
	case IN:
	case OUT:
		return octets(b, r, c->value == IN);
	case PACKETS_IN:
	case PACKETS_OUT:
		return octets(b, r, c->value == PACKETS_IN) / 700;
	case DISCONTINUITY:
		return (uint64_t)(d->zero_cs - d->boot_cs);
	case FDB_PORT:
		return r->port + 1;
	case WATTS:
		return (uint64_t)b->n_children * 11;
	case POWER:
		return light(b, r->far);
	default: /* NUMBER, TYPE, ERRORS */
		return c->number;
	}
}

static void
put_value(struct ber_out *o, const struct box *b, const struct column *c, const struct row *r)
{
	uint64_t n;

	if (c->value == ENT_NAME || c->value == ENT_CLASS || c->value == ENT_IN) {
		put_entity(o, r, (enum value)c->value);
		return;
	}
	if (c->tag == TAG_OID) {
		put_alias(o, b, r);
		return;
	}
	if (c->tag == TAG_OCTETS) {
		put_text_value(o, b, c, r);
		return;
	}
	n = number(b, c, r);
	if (c->tag == TAG_INT)
		ber_put_int(o, c->tag, (int64_t)n);
	else
		ber_put_unsigned(o, c->tag, c->tag == TAG_C64 ? n : n & UINT32_MAX);
}

/* ---- the two ways to ask ---- */

static int
is_below(const struct ber_oid *name, const struct ber_oid *base)
{
	return name->n > base->n &&
	       memcmp(name->sub, base->sub, base->n * sizeof(base->sub[0])) == 0;
}

static void
put_named(struct ber_out *o, const struct ber_oid *name)
{
	const uint8_t *end = o->at;
	uint8_t buf[300];

	ber_put(o, buf, ber_oid_encode(name, buf, sizeof(buf)));
	ber_close(o, TAG_OID, end);
}

int
ports_get(const struct fleet *f, uint32_t index, int64_t now_cs, const struct ber_oid *name,
    struct ber_out *o)
{
	struct row rows[ROWS_MAX];
	struct box b = box_of(f, index, now_cs);

	for (size_t k = 0; k < COLUMNS; k++) {
		struct ber_oid at;
		uint32_t n;

		if (!ber_oid_parse(columns[k].base, &at) || !is_below(name, &at))
			continue;
		n = rows_of(&b, (enum rows)columns[k].rows, rows);
		for (uint32_t i = 0; i < n; i++) {
			name_of(&columns[k], &rows[i], &at);
			if (ber_oid_cmp(&at, name) != 0)
				continue;
			put_value(o, &b, &columns[k], &rows[i]);
			put_named(o, name);
			return 1;
		}
		return n > 0 ? 0 : -1;
	}
	return -1;
}

int
ports_next(const struct fleet *f, uint32_t index, const struct ber_oid *name, struct ber_oid *out)
{
	struct row rows[ROWS_MAX];
	struct box b = box_of(f, index, 0);

	for (size_t k = 0; k < COLUMNS; k++) {
		struct ber_oid base;
		uint32_t n;

		if (!ber_oid_parse(columns[k].base, &base) ||
		    (ber_oid_cmp(name, &base) > 0 && !is_below(name, &base)))
			continue;
		n = rows_of(&b, (enum rows)columns[k].rows, rows);
		for (uint32_t i = 0; i < n; i++) {
			name_of(&columns[k], &rows[i], out);
			if (ber_oid_cmp(out, name) > 0)
				return 1;
		}
	}
	return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/mib.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OBJECTS_MAX 160
#define HASH_SIZE   512
#define TAG_INT	    0x02
#define TAG_OCTETS  0x04
#define TAG_OID	    0x06
#define TAG_C32	    0x41
#define TAG_GAUGE   0x42
#define TAG_TICKS   0x43
#define TAG_C64	    0x46

enum what {
	NUMBER,
	TEXT_,
	OID_,
	NAME_,
	SERIAL,
	VERSION,
	UPTIME,
	MAC,
	BSSID,
	DISCONTINUITY,
	IN_OCTETS,
	OUT_OCTETS,
	PACKETS_IN,
	PACKETS_OUT,
	STATIONS,
	BUSY,
	SECONDS
};

struct mib {
	struct mib_object objects[OBJECTS_MAX];
	size_t n;
	uint16_t hash[HASH_SIZE]; /* index + 1; open addressing */
};

/* What a column of a table answers for each port. */
struct column {
	const char *base;
	uint8_t tag, what;
	const char *text;
	uint64_t number;
};

static const struct column scalars[] = {
    {"1.3.6.1.2.1.1.3.0", TAG_TICKS, UPTIME, NULL, 0},
    {"1.3.6.1.2.1.1.4.0", TAG_OCTETS, TEXT_, "wifi@seoul.example", 0},
    {"1.3.6.1.2.1.1.5.0", TAG_OCTETS, NAME_, NULL, 0},
    {"1.3.6.1.2.1.25.1.1.0", TAG_TICKS, UPTIME, NULL, 0},
    {"1.3.6.1.2.1.31.1.5.0", TAG_TICKS, NUMBER, NULL, 0},
};

static const struct {
	const char *descr, *oid;
} system_of[SIM_PROFILE_COUNT] = {
    [SIM_UNIFI] = {"U6-Enterprise 6.6.55", "1.3.6.1.4.1.41112"},
    [SIM_IFMIB] = {"Linux ap 5.15 aarch64", "1.3.6.1.4.1.8072.3.2.10"},
    [SIM_IFMIB32] = {"Linux ap 2.6.36 mips", "1.3.6.1.4.1.8072.3.2.10"},
    [SIM_FIT] = {"", "1.3.6.1.4.1.14823.1.2"},
    [SIM_CONTROLLER] = {"ArubaOS (MODEL: Aruba7240), Version 8.10.0.12",
	"1.3.6.1.4.1.14823.1.1.23"},
    [SIM_SWITCH] = {"PoE switch 24 ports", "1.3.6.1.4.1.6296.1.64"},
};

static const struct column if_columns[] = {
    {"1.3.6.1.2.1.2.2.1.4", TAG_INT, NUMBER, NULL, 1500},
    {"1.3.6.1.2.1.2.2.1.6", TAG_OCTETS, MAC, NULL, 0},
    {"1.3.6.1.2.1.2.2.1.7", TAG_INT, NUMBER, NULL, 1},
    {"1.3.6.1.2.1.2.2.1.8", TAG_INT, NUMBER, NULL, 1},
    {"1.3.6.1.2.1.2.2.1.9", TAG_TICKS, NUMBER, NULL, 0},
    {"1.3.6.1.2.1.2.2.1.10", TAG_C32, IN_OCTETS, NULL, 0},
    {"1.3.6.1.2.1.2.2.1.11", TAG_C32, PACKETS_IN, NULL, 0},
    {"1.3.6.1.2.1.2.2.1.13", TAG_C32, NUMBER, NULL, 0},
    {"1.3.6.1.2.1.2.2.1.14", TAG_C32, NUMBER, NULL, 3},
    {"1.3.6.1.2.1.2.2.1.16", TAG_C32, OUT_OCTETS, NULL, 0},
    {"1.3.6.1.2.1.2.2.1.17", TAG_C32, PACKETS_OUT, NULL, 0},
    {"1.3.6.1.2.1.2.2.1.19", TAG_C32, NUMBER, NULL, 0},
    {"1.3.6.1.2.1.2.2.1.20", TAG_C32, NUMBER, NULL, 1},
};

static const struct column ifx_columns[] = {
    {"1.3.6.1.2.1.31.1.1.1.6", TAG_C64, IN_OCTETS, NULL, 0},
    {"1.3.6.1.2.1.31.1.1.1.7", TAG_C64, PACKETS_IN, NULL, 0},
    {"1.3.6.1.2.1.31.1.1.1.10", TAG_C64, OUT_OCTETS, NULL, 0},
    {"1.3.6.1.2.1.31.1.1.1.11", TAG_C64, PACKETS_OUT, NULL, 0},
    {"1.3.6.1.2.1.31.1.1.1.15", TAG_GAUGE, NUMBER, NULL, 1000},
    {"1.3.6.1.2.1.31.1.1.1.18", TAG_OCTETS, TEXT_, "", 0},
    {"1.3.6.1.2.1.31.1.1.1.19", TAG_TICKS, DISCONTINUITY, NULL, 0},
};

/* UBNT-UniFi-MIB: radios (.1.1.1) and virtual APs (.1.2.1); the index is the radio's number from 1.
 */
static const struct column unifi_radio[] = {
    {"1.3.6.1.4.1.41112.1.6.1.1.1.6", TAG_INT, BUSY, NULL, 0},
    {"1.3.6.1.4.1.41112.1.6.1.1.1.7", TAG_INT, NUMBER, NULL, 4},
    {"1.3.6.1.4.1.41112.1.6.1.1.1.8", TAG_INT, NUMBER, NULL, 7},
};
static const struct column unifi_vap[] = {
    {"1.3.6.1.4.1.41112.1.6.1.2.1.2", TAG_OCTETS, BSSID, NULL, 0},
    {"1.3.6.1.4.1.41112.1.6.1.2.1.6", TAG_OCTETS, TEXT_, "SEOUL", 0},
    {"1.3.6.1.4.1.41112.1.6.1.2.1.8", TAG_INT, STATIONS, NULL, 0},
    {"1.3.6.1.4.1.41112.1.6.1.2.1.10", TAG_C32, IN_OCTETS, NULL, 0},
    {"1.3.6.1.4.1.41112.1.6.1.2.1.16", TAG_C32, OUT_OCTETS, NULL, 0},
    {"1.3.6.1.4.1.41112.1.6.1.2.1.22", TAG_INT, NUMBER, NULL, 1},
};

/* ENTITY-MIB, entPhysicalTable: the box itself. */
static const struct column entity[] = {
    {"1.3.6.1.2.1.47.1.1.1.1.5", TAG_INT, NUMBER, NULL, 3},
    {"1.3.6.1.2.1.47.1.1.1.1.10", TAG_OCTETS, VERSION, "5.15", 100},
    {"1.3.6.1.2.1.47.1.1.1.1.11", TAG_OCTETS, SERIAL, NULL, 0},
    {"1.3.6.1.2.1.47.1.1.1.1.13", TAG_OCTETS, TEXT_, "AP-2400", 0},
};

static void
add(struct mib *m, const char *base, uint32_t index, uint8_t tag, uint8_t what, uint8_t port,
    const char *text, uint64_t number)
{
	struct mib_object *o = &m->objects[m->n];

	if (m->n == OBJECTS_MAX || !ber_oid_parse(base, &o->name))
		abort(); /* the tables above are wrong */
	if (index > 0)
		o->name.sub[o->name.n++] = index;
	o->encoded_len = (uint8_t)ber_oid_encode(&o->name, o->encoded, sizeof(o->encoded));
	o->tag = tag;
	o->what = what;
	o->port = port;
	o->text = text;
	o->number = number;
	m->n++;
}

static void
add_columns(struct mib *m, const struct column *c, size_t n, uint32_t index, uint8_t port)
{
	for (size_t i = 0; i < n; i++)
		add(m, c[i].base, index, c[i].tag, c[i].what, port, c[i].text, c[i].number);
}
#define COLUMNS(table) table, sizeof(table) / sizeof((table)[0])

static void
add_interface(
    struct mib *m, uint32_t index, uint8_t port, const char *name, unsigned type, int with_ifx)
{
	add(m, "1.3.6.1.2.1.2.2.1.1", index, TAG_INT, NUMBER, port, NULL, index);
	add(m, "1.3.6.1.2.1.2.2.1.2", index, TAG_OCTETS, TEXT_, port, name, 0);
	add(m, "1.3.6.1.2.1.2.2.1.3", index, TAG_INT, NUMBER, port, NULL, type);
	add(m, "1.3.6.1.2.1.2.2.1.5", index, TAG_GAUGE, NUMBER, port, NULL, 1000000000);
	add_columns(m, COLUMNS(if_columns), index, port);
	if (with_ifx) {
		add(m, "1.3.6.1.2.1.31.1.1.1.1", index, TAG_OCTETS, TEXT_, port, name, 0);
		add_columns(m, COLUMNS(ifx_columns), index, port);
	}
}

static int
by_name(const void *a, const void *b)
{
	return ber_oid_cmp(
	    &((const struct mib_object *)a)->name, &((const struct mib_object *)b)->name);
}

static uint32_t
hash_of(const uint8_t *p, size_t len)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ p[i]) * 16777619u;
	return h;
}

static void
finish(struct mib *m)
{
	qsort(m->objects, m->n, sizeof(m->objects[0]), by_name);
	for (size_t i = 0; i < m->n; i++) {
		uint32_t h = hash_of(m->objects[i].encoded, m->objects[i].encoded_len);

		while (m->hash[h % HASH_SIZE] != 0)
			h++;
		m->hash[h % HASH_SIZE] = (uint16_t)(i + 1);
	}
}

struct mib *
mib_new(unsigned profile, int moved)
{
	struct mib *m = calloc(1, sizeof(*m));
	uint32_t shift = moved ? 10 : 0;

	if (m == NULL)
		return NULL;
	add(m, "1.3.6.1.2.1.1.1.0", 0, TAG_OCTETS, TEXT_, 0, system_of[profile].descr, 0);
	add(m, "1.3.6.1.2.1.1.2.0", 0, TAG_OID, OID_, 0, system_of[profile].oid, 0);
	add_columns(m, COLUMNS(scalars), 0, 0);
	if (profile < SIM_SWITCH) { /* a switch's tables are in ports.c */
		add(m, "1.3.6.1.2.1.2.1.0", 0, TAG_INT, NUMBER, 0, NULL, 3);
		add_interface(m, 2, 0, "eth0", 6, profile != SIM_IFMIB32);
		add_interface(m, 5 + shift, 1, "ra0", 71, profile != SIM_IFMIB32);
		add_interface(m, 6 + shift, 2, "rai0", 71, profile != SIM_IFMIB32);
	}
	if (profile == SIM_UNIFI) {
		static const char *const bands[] = {"ng", "na"}, *const vaps[] = {"ra0", "rai0"};

		for (uint32_t r = 0; r < SIM_RADIOS; r++) {
			add(m, "1.3.6.1.4.1.41112.1.6.1.1.1.2", r + 1, TAG_OCTETS, TEXT_,
			    (uint8_t)(r + 1), r ? "wifi1" : "wifi0", 0);
			add(m, "1.3.6.1.4.1.41112.1.6.1.1.1.3", r + 1, TAG_OCTETS, TEXT_,
			    (uint8_t)(r + 1), bands[r], 0);
			add_columns(m, COLUMNS(unifi_radio), r + 1, (uint8_t)(r + 1));
			add(m, "1.3.6.1.4.1.41112.1.6.1.2.1.4", r + 1, TAG_INT, NUMBER,
			    (uint8_t)(r + 1), NULL, r ? 44 : 6);
			add(m, "1.3.6.1.4.1.41112.1.6.1.2.1.7", r + 1, TAG_OCTETS, TEXT_,
			    (uint8_t)(r + 1), vaps[r], 0);
			add(m, "1.3.6.1.4.1.41112.1.6.1.2.1.9", r + 1, TAG_OCTETS, TEXT_,
			    (uint8_t)(r + 1), bands[r], 0);
			add_columns(m, COLUMNS(unifi_vap), r + 1, (uint8_t)(r + 1));
		}
		add(m, "1.3.6.1.4.1.41112.1.6.3.3.0", 0, TAG_OCTETS, TEXT_, 0, "U6-Enterprise", 0);
		add(m, "1.3.6.1.4.1.41112.1.6.3.5.0", 0, TAG_C32, SECONDS, 0, NULL, 0);
		add(m, "1.3.6.1.4.1.41112.1.6.3.6.0", 0, TAG_OCTETS, VERSION, 0, "6.6", 55);
	}
	if (profile == SIM_IFMIB)
		add_columns(m, COLUMNS(entity), 1, 0);
	finish(m);
	return m;
}

void
mib_free(struct mib *m)
{
	free(m);
}

const struct mib_object *
mib_get(const struct mib *m, const uint8_t *encoded, size_t len)
{
	for (uint32_t h = hash_of(encoded, len); m->hash[h % HASH_SIZE] != 0; h++) {
		const struct mib_object *o = &m->objects[m->hash[h % HASH_SIZE] - 1];

		if (o->encoded_len == len && memcmp(o->encoded, encoded, len) == 0)
			return o;
	}
	return NULL;
}

const struct mib_object *
mib_next(const struct mib *m, const struct ber_oid *name)
{
	size_t low = 0, high = m->n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (ber_oid_cmp(&m->objects[mid].name, name) <= 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < m->n ? &m->objects[low] : NULL;
}

int
mib_has_object(const struct mib *m, const struct ber_oid *name)
{
	struct ber_oid type = *name;
	const struct mib_object *o;

	if (type.n < 3)
		return 0;
	type.n--;
	o = mib_next(m, &type);
	return o != NULL && o->name.n == type.n + 1 &&
	       memcmp(o->name.sub, type.sub, type.n * sizeof(type.sub[0])) == 0;
}

static void
put_text(struct ber_out *o, const void *p, size_t n)
{
	const uint8_t *end = o->at;

	ber_put(o, p, n);
	ber_close(o, TAG_OCTETS, end);
}

/* A hardware address of the device's own: locally administered; replaced hardware has another. */
static void
put_mac(struct ber_out *o, const struct fleet *f, uint32_t index, unsigned port, unsigned bss)
{
	uint32_t box = index + f->devices[index].replaced * 0x100000;
	uint8_t mac[6] = {0x02, (uint8_t)(0x4b + bss), (uint8_t)(box >> 16), (uint8_t)(box >> 8),
	    (uint8_t)box, (uint8_t)port};

	put_text(o, mac, sizeof(mac));
}

/* Octets of a port. The radios' out is towards clients; the wired port sees the sum the other way
 * round. */
static uint64_t
octets_of(const struct fleet *f, uint32_t index, unsigned port, int out, int64_t now_cs)
{
	uint64_t down = 0, up = 0, d, u;

	if (port > 0) {
		fleet_counters(f, index, port - 1, now_cs, &down, &up);
		return out ? down : up;
	}
	for (unsigned r = 0; r < SIM_RADIOS; r++) {
		fleet_counters(f, index, r, now_cs, &d, &u);
		down += d;
		up += u;
	}
	return (out ? up : down) * 21 / 20; /* headers */
}

static void
put_counter(struct ber_out *o, uint8_t tag, uint64_t v)
{
	ber_put_unsigned(o, tag, tag == TAG_C32 ? v & UINT32_MAX : v);
}

static void
put_own_text(struct ber_out *o, const struct mib_object *obj, const struct fleet *f, uint32_t index)
{
	const struct sim_device *d = &f->devices[index];
	char text[40];

	if (obj->what == NAME_)
		fleet_id(f, index, text);
	else if (obj->what == SERIAL)
		snprintf(text, sizeof(text), "SN%08u", index + d->replaced * 1000000);
	else
		snprintf(
		    text, sizeof(text), "%s.%u", obj->text, (unsigned)obj->number + d->upgraded);
	put_text(o, text, strlen(text));
}

void
mib_put_value(struct ber_out *o, const struct mib_object *obj, const struct fleet *f,
    uint32_t index, int64_t now_cs, unsigned *served)
{
	const struct sim_device *d = &f->devices[index];
	uint32_t uptime = (uint32_t)(now_cs - d->boot_cs);
	uint32_t load_index = index < f->aps ? index : (index - f->aps) % f->aps;
	unsigned radio = obj->port ? obj->port - 1u : 0;
	const uint8_t *end = o->at;
	struct ber_oid oid;
	uint8_t buf[80];

	switch (obj->what) {
	case NUMBER:
		if (obj->tag == TAG_INT)
			ber_put_int(o, obj->tag, (int64_t)obj->number);
		else
			ber_put_unsigned(o, obj->tag, obj->number);
		break;
	case TEXT_:
		put_text(o, obj->text, strlen(obj->text));
		break;
	case OID_:
		if (ber_oid_parse(obj->text, &oid))
			ber_put(o, buf, ber_oid_encode(&oid, buf, sizeof(buf)));
		ber_close(o, TAG_OID, end);
		break;
	case NAME_:
	case SERIAL:
	case VERSION:
		put_own_text(o, obj, f, index);
		break;
	case UPTIME:
		ber_put_unsigned(o, obj->tag, uptime);
		break;
	case SECONDS:
		ber_put_unsigned(o, obj->tag, uptime / 100);
		break;
	case MAC:
	case BSSID:
		put_mac(o, f, index, obj->port, obj->what == BSSID);
		break;
	case DISCONTINUITY: /* sysUpTime at which the counters started anew; 0: with the boot */
		ber_put_unsigned(o, obj->tag, (uint64_t)(d->zero_cs - d->boot_cs));
		break;
	case IN_OCTETS:
	case OUT_OCTETS:
		put_counter(
		    o, obj->tag, octets_of(f, index, obj->port, obj->what == OUT_OCTETS, now_cs));
		if (obj->port > 0)
			*served |= 1u << radio;
		break;
	case PACKETS_IN:
	case PACKETS_OUT:
		put_counter(o, obj->tag,
		    octets_of(f, index, obj->port, obj->what == PACKETS_OUT, now_cs) / 700);
		break;
	case STATIONS:
		ber_put_int(o, obj->tag, load_clients(&f->load, load_index, radio, now_cs));
		break;
	default: /* BUSY */
		ber_put_int(
		    o, obj->tag, 5 + load_clients(&f->load, load_index, radio, now_cs) % 80);
		break;
	}
}

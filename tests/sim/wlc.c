/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/wlc.h"

#include <stdio.h>
#include <string.h>

#define TAG_INT	   0x02
#define TAG_OCTETS 0x04
#define TAG_TICKS  0x43
#define TAG_C64	   0x46
#define MAC_SUBS   6

#define WLAN  "1.3.6.1.4.1.14823.2.2.1.5.2.1."
#define STATS "1.3.6.1.4.1.14823.2.2.1.5.3.1.1.1."

enum what { NAME, SERIAL, UPTIME, MODEL, STATUS, FIRMWARE, STANDBY, TYPE, BUSY, STATIONS, IN, OUT };

/* In the order of their names. */
static const struct {
	const char *oid;
	enum what what;
	uint8_t radios; /* a row per radio */
	uint8_t bssid;	/* and its BSSID behind it */
} columns[] = {
    {WLAN "4.1.3", NAME, 0, 0},
    {WLAN "4.1.6", SERIAL, 0, 0},
    {WLAN "4.1.12", UPTIME, 0, 0},
    {WLAN "4.1.13", MODEL, 0, 0},
    {WLAN "4.1.19", STATUS, 0, 0},
    {WLAN "4.1.34", FIRMWARE, 0, 0},
    {WLAN "4.1.41", STANDBY, 0, 0},
    {WLAN "5.1.2", TYPE, 1, 0},
    {WLAN "5.1.6", BUSY, 1, 0},
    {WLAN "5.1.7", STATIONS, 1, 0},
    {STATS "23", IN, 1, 1},
    {STATS "25", OUT, 1, 1},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

/* The hardware address of an access point, `bss` 1: a BSSID of it. */
static void
put_mac(const struct fleet *f, uint32_t i, unsigned bss, unsigned port, uint32_t out[MAC_SUBS])
{
	uint32_t box = i + f->devices[i].replaced * 0x100000;

	out[0] = 0x02;
	out[1] = 0x4b + bss;
	out[2] = box >> 16 & 255;
	out[3] = box >> 8 & 255;
	out[4] = box & 255;
	out[5] = port;
}

/* Row k of a column. Returns the access point. */
static uint32_t
row_name(const struct fleet *f, uint32_t index, size_t c, uint32_t k, struct ber_oid *out)
{
	unsigned per = columns[c].radios ? SIM_RADIOS : 1, radio = k % per;
	uint32_t i = f->listed[fleet_first_listed(f, index) + k / per];

	(void)ber_oid_parse(columns[c].oid, out);
	put_mac(f, i, 0, 0, out->sub + out->n);
	out->n += MAC_SUBS;
	if (columns[c].radios)
		out->sub[out->n++] = radio + 1;
	if (columns[c].bssid) {
		put_mac(f, i, 1, radio + 1, out->sub + out->n);
		out->n += MAC_SUBS;
	}
	return i;
}

static uint32_t
rows_of(const struct fleet *f, uint32_t index, size_t c)
{
	uint32_t n = fleet_first_listed(f, index + 1) - fleet_first_listed(f, index);

	return columns[c].radios ? n * SIM_RADIOS : n;
}

/* The first row of a column that is not before a name, or with `behind` is behind it. */
static uint32_t
search(const struct fleet *f, uint32_t index, size_t c, const struct ber_oid *name, int behind)
{
	uint32_t low = 0, high = rows_of(f, index, c);
	struct ber_oid at;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		row_name(f, index, c, mid, &at);
		if (ber_oid_cmp(&at, name) < behind)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

int
wlc_next(const struct fleet *f, uint32_t index, const struct ber_oid *name, struct ber_oid *out)
{
	for (size_t c = 0; c < COLUMNS; c++) {
		uint32_t n = rows_of(f, index, c);

		if (n == 0)
			continue;
		row_name(f, index, c, n - 1, out);
		if (ber_oid_cmp(out, name) <= 0)
			continue; /* the column is over */
		for (uint32_t k = search(f, index, c, name, 1); k < n; k++)
			if (!f->devices[row_name(f, index, c, k, out)].unlisted)
				return 1;
	}
	return 0;
}

static void
put_octets(struct ber_out *o, const char *text)
{
	const uint8_t *end = o->at;

	ber_put(o, text, strlen(text));
	ber_close(o, TAG_OCTETS, end);
}

static void
put_text(struct ber_out *o, const struct fleet *f, uint32_t i, enum what what)
{
	char text[64];

	if (what == NAME)
		fleet_id(f, i, text);
	else if (what == SERIAL)
		snprintf(text, sizeof(text), "SIM%06u-%u", i, f->devices[i].replaced);
	else if (what == MODEL)
		snprintf(text, sizeof(text), "515");
	else
		snprintf(text, sizeof(text), "8.10.%u", f->devices[i].upgraded);
	put_octets(o, text);
}

/* Octets of one radio, both of the moment at which the first of them was asked for. */
static void
put_counter(struct ber_out *o, struct fleet *f, uint32_t i, unsigned radio, int out, int64_t now_cs,
    struct wlc_served *served)
{
	struct sim_device *d = &f->devices[i];
	uint64_t down, up;

	/* Of one that it has lost it keeps what it read last. */
	if ((!out && fleet_reachable(f, i)) || d->read_cs[radio] < d->zero_cs)
		d->read_cs[radio] = now_cs;
	fleet_counters(f, i, radio, d->read_cs[radio], &down, &up);
	ber_put_unsigned(o, TAG_C64, out ? down : up);
	if (!out || served->n == WLC_SERVED)
		return;
	served->of[served->n].index = i;
	served->of[served->n].radio = (uint8_t)radio;
	served->of[served->n++].cs = d->read_cs[radio];
}

static void
put_value(struct ber_out *o, struct fleet *f, uint32_t i, unsigned radio, enum what what,
    int64_t now_cs, struct wlc_served *served)
{
	const struct sim_device *d = &f->devices[i];
	int64_t n = load_clients(&f->load, i, radio, now_cs);

	switch (what) {
	case UPTIME:
		ber_put_unsigned(o, TAG_TICKS, (uint32_t)(now_cs - d->boot_cs));
		break;
	case STATUS:
		ber_put_int(o, TAG_INT, fleet_reachable(f, i) ? 1 : 2);
		break;
	case STANDBY:
		ber_put_int(o, TAG_INT, 0);
		break;
	case TYPE: /* 2.4 GHz, then 5 GHz */
		ber_put_int(o, TAG_INT, radio == 0 ? 3 : 1);
		break;
	case BUSY:
		ber_put_int(o, TAG_INT, 5 + n % 80);
		break;
	case STATIONS:
		ber_put_int(o, TAG_INT, n);
		break;
	case IN:
	case OUT:
		put_counter(o, f, i, radio, what == OUT, now_cs, served);
		break;
	default:
		put_text(o, f, i, what);
		break;
	}
}

static void
put_name(struct ber_out *o, const struct ber_oid *name)
{
	const uint8_t *end = o->at;
	uint8_t encoded[120];

	ber_put(o, encoded, ber_oid_encode(name, encoded, sizeof(encoded)));
	ber_close(o, 0x06, end);
}

int
wlc_get(struct fleet *f, uint32_t index, int64_t now_cs, const struct ber_oid *name,
    struct ber_out *o, struct wlc_served *served)
{
	struct ber_oid at;

	for (size_t c = 0; c < COLUMNS; c++) {
		uint32_t k, i;

		(void)ber_oid_parse(columns[c].oid, &at);
		if (name->n <= at.n || memcmp(name->sub, at.sub, at.n * sizeof(at.sub[0])) != 0)
			continue;
		k = search(f, index, c, name, 0);
		if (k == rows_of(f, index, c))
			return 0;
		i = row_name(f, index, c, k, &at);
		if (ber_oid_cmp(&at, name) != 0 || f->devices[i].unlisted)
			return 0;
		put_value(o, f, i, columns[c].radios ? k % SIM_RADIOS : 0, columns[c].what, now_cs,
		    served);
		put_name(o, name);
		return 1;
	}
	return -1;
}

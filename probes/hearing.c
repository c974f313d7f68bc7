/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/hearing.h"

#include <stdlib.h>
#include <string.h>

#define US_PER_CS 10000

/* ---- hearing ---- */

/* Said by the frame itself, else where the radio was tuned to, which may be next to it. */
static uint8_t
channel_of(const struct detail_management *m)
{
	if (m->channel != 0)
		return m->channel;
	if (m->mhz == 2484)
		return 14;
	if (m->mhz >= 2412 && m->mhz <= 2472)
		return (uint8_t)((m->mhz - 2407) / 5);
	if (m->mhz >= 5955 && m->mhz <= 7115)
		return (uint8_t)((m->mhz - 5950) / 5);
	if (m->mhz >= 5005 && m->mhz <= 5900)
		return (uint8_t)((m->mhz - 5000) / 5);
	return 0;
}

static void
add_channel(struct hearing *h, uint8_t channel)
{
	size_t at = 0;

	if (channel == 0 || (h->channels > 0 && h->channel[0] == channel))
		return;
	while (at < h->channels && h->channel[at] != channel)
		at++;
	if (at == h->channels && h->channels < HEARING_CHANNELS)
		h->channels++;
	if (at == HEARING_CHANNELS)
		at--;
	memmove(&h->channel[1], &h->channel[0], at);
	h->channel[0] = channel;
}

void
hearing_add(struct hearing *h, int64_t time_us, const struct detail_management *m)
{
	if (h->first_us == 0) {
		h->first_us = time_us;
		h->signal_last = h->signal_best = EVENT_NO_SIGNAL;
	}
	if (time_us > h->last_us)
		h->last_us = time_us;
	add_channel(h, channel_of(m));
	if ((m->flags & MANAGEMENT_SIGNAL) == 0 || m->signal == EVENT_NO_SIGNAL)
		return;
	h->signal_last = m->signal;
	if (h->signal_best == EVENT_NO_SIGNAL || m->signal > h->signal_best)
		h->signal_best = m->signal;
}

void
hearing_tell(const struct hearing *h, struct event *e)
{
	e->since_cs = h->first_us / US_PER_CS;
	e->last_cs = h->last_us / US_PER_CS;
	e->channel = h->channels > 0 ? h->channel[0] : 0;
	e->signal_last = h->signal_last;
	e->signal_best = h->signal_best;
}

/* ---- own ---- */

struct own_row {
	uint64_t bssid;
	uint32_t ap;
};

struct own {
	size_t n;
	struct own_row row[]; /* by BSSID */
};

static int
by_bssid(const void *a, const void *b)
{
	const struct own_row *x = a, *y = b;

	return (x->bssid > y->bssid) - (x->bssid < y->bssid);
}

struct own *
own_new(const struct map *map)
{
	size_t rows;
	const struct map_row *row = map_rows(map, &rows);
	struct own *own = malloc(sizeof(*own) + rows * sizeof(own->row[0]));

	if (own == NULL)
		return NULL;
	own->n = 0;
	for (size_t i = 0; i < rows; i++)
		if (row[i].key == MAP_BSSID)
			own->row[own->n++] = (struct own_row){row[i].value, row[i].ap};
	qsort(own->row, own->n, sizeof(own->row[0]), by_bssid);
	return own;
}

void
own_free(struct own *own)
{
	free(own);
}

int
own_known(const struct own *own)
{
	return own->n > 0;
}

uint32_t
own_find(const struct own *own, uint64_t bssid)
{
	struct own_row key = {bssid, 0}, *at;

	if (own->n == 0)
		return OWN_NONE;
	at = bsearch(&key, own->row, own->n, sizeof(key), by_bssid);
	return at != NULL ? at->ap : OWN_NONE;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/air.h"

#include <stdlib.h>
#include <string.h>

#include "probes/book.h"
#include "probes/flood.h"

#define US	 INT64_C(1000000)
#define CONFIRM	 3	    /* frames that name a network until it is told */
#define GONE_US	 (600 * US) /* not heard for so long: it is off the air */
#define STILL_US (900 * US) /* between two words on one that is on the air */
#define SWEEP_US (10 * US)
#define NEAR_US	 (60 * US) /* an access point that was heard within this is near */
#define NOTHING	 (-1)
#define PMF	 (SECURITY_PMF_CAPABLE | SECURITY_PMF_REQUIRED)

/* A network, and what is told of it. */
struct entry {
	struct air_network n;
	int kind;	 /* enum event_kind; NOTHING: it is nobody's business */
	int named;	 /* the city's network of this name, -1: none */
	int open;	 /* an event was told */
	uint64_t frames; /* of the event, as `heard` */
	struct hearing heard;
	int64_t told_us;
};

struct air {
	struct air_options o;
	struct air_sink sink;
	const struct map *map;
	struct own *own;
	struct pseudonyms *key;
	struct book *book;
	struct entry *entry;
	size_t entries;
	struct floods *floods; /* NULL: not told */
	uint16_t own_security[SSID_LIST_MAX];
	unsigned open[EVENT_KIND_COUNT];
	struct air_stats stats;
	int64_t now_us, sweep_us;
};

/* ---- beginning and end ---- */

static int
new_floods(struct air *a)
{
	const struct flood_options fo = {.threshold = a->o.flood,
	    .map = a->map,
	    .key = a->key,
	    .own = a->own,
	    .ctx = a->sink.ctx,
	    .tell = a->sink.event};

	if (a->o.flood == 0)
		return 1;
	a->floods = floods_new(&fo);
	return a->floods != NULL;
}

int
air_new(const struct air_options *o, const struct map *map, const struct air_sink *sink,
    struct air **out, struct diag *d)
{
	static const struct ssid_list none;
	struct air *a = calloc(1, sizeof(*a));
	int rc = KK_E_NOMEM;

	if (a == NULL)
		return diag_set(d, rc, "out of memory");
	a->o = *o;
	a->sink = *sink;
	a->map = map;
	if (a->o.ssids == NULL)
		a->o.ssids = &none;
	if (a->o.legacy == NULL)
		a->o.legacy = &none;
	if (a->o.networks_max == 0)
		a->o.networks_max = AIR_NETWORKS_MAX;
	if ((rc = pseudonyms_new(&a->key, d)) != KK_OK)
		goto fail;
	a->own = own_new(map);
	a->book = book_new(a->o.networks_max);
	a->entry = calloc(a->o.networks_max, sizeof(*a->entry));
	if (a->own == NULL || a->book == NULL || a->entry == NULL || !new_floods(a)) {
		rc = diag_set(d, KK_E_NOMEM, "out of memory for the networks on the air");
		goto fail;
	}
	*out = a;
	return KK_OK;
fail:
	air_free(a);
	return rc;
}

void
air_free(struct air *a)
{
	if (a == NULL)
		return;
	floods_free(a->floods);
	own_free(a->own);
	book_free(a->book);
	free(a->entry);
	pseudonyms_free(a->key);
	free(a);
}

void
air_stats(const struct air *a, struct air_stats *out)
{
	*out = a->stats;
	if (a->floods != NULL)
		out->untold += floods_untold(a->floods);
}

/* ---- telling ---- */

static enum event_difference
difference(unsigned theirs, unsigned ours)
{
	theirs &= ~(unsigned)PMF;
	ours &= ~(unsigned)PMF;
	if (theirs == 0 || ours == 0)
		return EVENT_DIFFERS_UNKNOWN;
	if (theirs == ours)
		return EVENT_DIFFERS_SAME;
	if ((theirs & SECURITY_OPEN) && (ours & SECURITY_OPEN) == 0)
		return EVENT_DIFFERS_OPEN;
	return EVENT_DIFFERS_OTHER;
}

/* The city's access point that this probe hears best: where to look. */
static uint32_t
nearest(const struct air *a)
{
	const struct entry *best = NULL;

	for (size_t i = 0; i < a->entries; i++) {
		const struct entry *e = &a->entry[i];

		if (e->n.ap != OWN_NONE && a->now_us - e->n.heard.last_us <= NEAR_US &&
		    e->n.heard.signal_last != EVENT_NO_SIGNAL &&
		    (best == NULL || e->n.heard.signal_last > best->n.heard.signal_last))
			best = e;
	}
	return best != NULL ? best->n.ap : OWN_NONE;
}

static void
tell(struct air *a, struct entry *e, enum event_phase phase)
{
	struct event ev = {.kind = (uint8_t)e->kind,
	    .phase = (uint8_t)phase,
	    .bssid = e->n.bssid,
	    .ssid = e->n.ssid,
	    .frames = e->frames};
	uint32_t ap = e->n.ap != OWN_NONE ? e->n.ap : nearest(a);

	hearing_tell(&e->heard, &ev);
	if (ap != OWN_NONE) {
		const char *id = map_ap(a->map, ap);

		memcpy(ev.ap, id, strnlen(id, EVENT_AP_MAX - 1));
	}
	if (e->n.security != 0)
		detail_security_text(e->n.security, ev.security, sizeof(ev.security));
	if (e->named >= 0 && a->own_security[e->named] != 0)
		detail_security_text(
		    a->own_security[e->named], ev.own_security, sizeof(ev.own_security));
	if (e->kind == EVENT_EVIL_TWIN)
		ev.differs = (uint8_t)difference(e->n.security, a->own_security[e->named]);
	e->told_us = a->now_us;
	a->sink.event(a->sink.ctx, &ev);
}

static void
begin(struct air *a, struct entry *e)
{
	if (a->open[e->kind] == AIR_EVENTS_MAX) {
		a->stats.untold++;
		return;
	}
	a->open[e->kind]++;
	e->open = 1;
	tell(a, e, EVENT_BEGIN);
}

static void
end(struct air *a, struct entry *e)
{
	tell(a, e, EVENT_END);
	a->open[e->kind]--;
	e->open = 0;
	e->frames = 0;
}

/* ---- the table ---- */

/* What there is to say about a network. */
static void
judge(const struct air *a, const struct own *own, struct entry *e)
{
	e->n.ap = own_find(own, e->n.bssid);
	e->named = e->n.ssid.len > 0 ? ssid_list_find(a->o.ssids, &e->n.ssid) : -1;
	e->kind = NOTHING;
	if (e->n.ssid.len == 0)
		return;
	if (e->named >= 0) {
		if (own_known(own) && e->n.ap == OWN_NONE)
			e->kind = EVENT_EVIL_TWIN;
	} else if (ssid_list_find(a->o.legacy, &e->n.ssid) >= 0) {
		e->kind = EVENT_LEGACY_SSID;
	}
}

/* The network not heard of for longest, but for those that an event is open about: they are fewer
 * than the places, or every place is theirs and the oldest one ends. */
static void
make_room(struct air *a)
{
	size_t open = 0;
	uint32_t at = book_idle(a->book, INT64_MAX);

	while (a->entry[at].open && open++ < a->entries) {
		book_touch(a->book, at, a->now_us);
		at = book_idle(a->book, INT64_MAX);
	}
	if (a->entry[at].open)
		end(a, &a->entry[at]);
	a->stats.forgotten++;
	book_close(a->book, at, a->now_us);
}

static uint64_t
key_of(const struct air *a, uint64_t bssid, const struct ssid *ssid)
{
	uint8_t octets[sizeof(bssid) + SSID_MAX];

	memcpy(octets, &bssid, sizeof(bssid));
	memcpy(octets + sizeof(bssid), ssid->octets, ssid->len);
	return pseudonym_octets(a->key, octets, sizeof(bssid) + ssid->len);
}

static struct entry *
entry_of(struct air *a, uint64_t bssid, const struct ssid *ssid)
{
	uint64_t key = key_of(a, bssid, ssid);
	uint32_t at = book_find(a->book, key);
	struct entry *e;

	if (at != BOOK_NONE) {
		book_touch(a->book, at, a->now_us);
		return &a->entry[at];
	}
	at = book_add(a->book, key, a->now_us);
	if (at == BOOK_NONE) {
		make_room(a);
		at = book_add(a->book, key, a->now_us);
	}
	if (at >= a->entries)
		a->entries = at + 1;
	e = &a->entry[at];
	memset(e, 0, sizeof(*e));
	e->n.bssid = bssid;
	e->n.ssid = *ssid;
	judge(a, a->own, e);
	return e;
}

/* ---- hearing ---- */

static void
watch(struct air *a, struct entry *e, const struct detail_management *m)
{
	if (e->frames > 0 && a->now_us - e->heard.last_us > GONE_US) {
		if (e->open)
			end(a, e);
		e->frames = 0;
	}
	if (e->frames == 0)
		memset(&e->heard, 0, sizeof(e->heard));
	hearing_add(&e->heard, a->now_us, m);
	e->frames++;
	if (!e->open && e->frames >= CONFIRM)
		begin(a, e);
}

static void
hear_network(struct air *a, const struct seen *s, const struct detail_management *m)
{
	struct entry *e = entry_of(a, s->bssid, &m->ssid);

	hearing_add(&e->n.heard, a->now_us, m);
	if (s->kind == SEEN_BEACON)
		e->n.beacons++;
	else
		e->n.responses++;
	if (m->flags & MANAGEMENT_ELEMENTS) {
		e->n.security = m->security;
		if (e->named >= 0 && e->n.ap != OWN_NONE)
			a->own_security[e->named] = m->security;
	}
	if (e->kind != NOTHING)
		watch(a, e, m);
}

void
air_hear(struct air *a, int64_t time_us, const struct seen *s, const struct detail_management *m)
{
	if ((s->flags & SEEN_HAS_BSSID) == 0)
		return;
	if (time_us > a->now_us)
		a->now_us = time_us;
	if (a->now_us >= a->sweep_us)
		air_advance(a, a->now_us);
	switch (s->kind) {
	case SEEN_BEACON:
	case SEEN_PROBE_RESPONSE:
		/* Sent by the BSSID itself, in the clear, with all of its name. */
		if (s->direction == SEEN_DOWN && (m->flags & MANAGEMENT_PROTECTED) == 0 &&
		    (s->next == DEC_DONE || m->ssid.len > 0))
			hear_network(a, s, m);
		break;
	case SEEN_DEAUTHENTICATION:
	case SEEN_DISASSOCIATION:
		if (a->floods != NULL)
			floods_hear(a->floods, time_us, s, m);
		break;
	default:
		break;
	}
}

void
air_advance(struct air *a, int64_t now_us)
{
	if (now_us > a->now_us)
		a->now_us = now_us;
	if (a->now_us < a->sweep_us)
		return;
	a->sweep_us = a->now_us + SWEEP_US;
	for (size_t i = 0; i < a->entries; i++) {
		struct entry *e = &a->entry[i];

		if (!e->open)
			continue;
		if (a->now_us - e->heard.last_us > GONE_US)
			end(a, e);
		else if (a->now_us - e->told_us >= STILL_US)
			tell(a, e, EVENT_STILL);
	}
	if (a->floods != NULL)
		floods_advance(a->floods, a->now_us);
}

int
air_map(struct air *a, const struct map *map)
{
	struct own *own = own_new(map), *old = a->own;

	if (own == NULL)
		return KK_E_NOMEM;
	if (a->floods != NULL)
		floods_map(a->floods, map, own);
	/* What ends is told in the old map's words. */
	for (size_t i = 0; i < a->entries; i++) {
		struct entry next = a->entry[i];

		judge(a, own, &next);
		if (a->entry[i].open && next.kind != a->entry[i].kind)
			end(a, &a->entry[i]);
	}
	a->own = own;
	a->map = map;
	for (size_t i = 0; i < a->entries; i++)
		judge(a, own, &a->entry[i]);
	own_free(old);
	return KK_OK;
}

/* ---- all of them ---- */

static int
by_bssid(const void *a, const void *b)
{
	const struct air_network *x = *(const struct air_network *const *)a;
	const struct air_network *y = *(const struct air_network *const *)b;

	if (x->bssid != y->bssid)
		return x->bssid < y->bssid ? -1 : 1;
	if (x->ssid.len != y->ssid.len)
		return x->ssid.len - y->ssid.len;
	return memcmp(x->ssid.octets, y->ssid.octets, x->ssid.len);
}

int
air_networks(const struct air *a, void *ctx, void (*each)(void *ctx, const struct air_network *n))
{
	const struct air_network **all = calloc(a->entries + 1, sizeof(const struct air_network *));

	if (all == NULL)
		return 0;
	for (size_t i = 0; i < a->entries; i++)
		all[i] = &a->entry[i].n;
	qsort(all, a->entries, sizeof(const struct air_network *), by_bssid);
	for (size_t i = 0; i < a->entries; i++)
		each(ctx, all[i]);
	free(all);
	return 1;
}

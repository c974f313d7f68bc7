/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/odometers.h"

#include <stdlib.h>
#include <string.h>

#include "lib/frame_code.h"

#define FUTURE_CS	  500 /* the probe's clock is ours, but the packet's may be ahead of a tick */
#define GAP_CS		  100	  /* a longer hole between two intervals: nobody was looking */
#define SPAN_MAX_CS	  8640000 /* a day */
#define YEAR_2000_CS	  INT64_C(94668480000)
#define OWNER_MS	  180000 /* an AP whose probe is silent for so long goes to the next one */
#define OCTETS_PER_CS_MAX (INT64_C(12500000000) / 100) /* 100 Gbit/s: no access point's */
#define PLACES_FIRST	  1024

/* What a probe measures: counts that become odometers, and gauges that pass through. */
static const uint8_t measured[] = {METRIC_OCTETS_DOWN, METRIC_OCTETS_UP, METRIC_PACKETS_DOWN,
    METRIC_PACKETS_UP, METRIC_ASSOCIATIONS, METRIC_CLIENTS, METRIC_REASSOCIATIONS, METRIC_REFUSALS,
    METRIC_DISASSOCIATIONS, METRIC_DEAUTHENTICATIONS, METRIC_ROAMS, METRIC_AUTH_FAILURES,
    METRIC_EAP_FAILURES, METRIC_HANDSHAKE_FAILURES, METRIC_DHCP_ASKED, METRIC_DHCP_ANSWERED,
    METRIC_DHCP_TIME, METRIC_RTT_CLIENT, METRIC_RTT_NETWORK, METRIC_RETRANSMISSIONS, METRIC_RETRIES,
    METRIC_AIRTIME, METRIC_SESSIONS, METRIC_WIFI3_CLIENTS, METRIC_WIFI4_CLIENTS,
    METRIC_WIFI5_CLIENTS, METRIC_WIFI6_CLIENTS, METRIC_WIFI6E_CLIENTS, METRIC_WIFI7_CLIENTS,
    METRIC_CAPTURE_LOST};
#define MEASURED (sizeof(measured) / sizeof(measured[0]))
#define OCTETS	 (METRIC_BIT(METRIC_OCTETS_DOWN) | METRIC_BIT(METRIC_OCTETS_UP))

/* One access point as last taken from one source. */
struct ap {
	uint32_t device;
	uint8_t source;
	uint16_t flags;
	uint64_t known; /* as in the sample */
	int64_t time_cs;
	int64_t heard_ms; /* monotonic: when its owner last delivered */
	uint64_t owner;	  /* hash of the probe's name; 0: nobody yet */
	int64_t value[MEASURED];
	struct frame_codes codes; /* reasons and statuses; owned by the row in struct odometers */
};

struct odometers {
	odometers_put *put;
	void *ctx;
	struct ingest_stats *stats;
	uint64_t allowed[SOURCE_COUNT]; /* what a source may tell */
	uint64_t gauges;
	struct ap *ap; /* dense, as they were met */
	size_t n, room;
	uint32_t *place; /* open addressing by device and source: from 1 */
	size_t places;	 /* a power of two */
	struct counter counter[SAMPLE_COUNTERS_MAX]; /* of the interval that is being taken */
};

struct odometers *
odometers_new(odometers_put *put, void *ctx, struct ingest_stats *stats)
{
	struct odometers *o = calloc(1, sizeof(*o));

	if (o == NULL)
		return NULL;
	o->put = put;
	o->ctx = ctx;
	o->stats = stats;
	for (size_t i = 0; i < MEASURED; i++) {
		o->allowed[SOURCE_PROBE] |= METRIC_BIT(measured[i]);
		if (metric_info(measured[i])->kind == METRIC_GAUGE)
			o->gauges |= METRIC_BIT(measured[i]);
	}
	o->allowed[SOURCE_RADIUS] =
	    OCTETS | METRIC_BIT(METRIC_CLIENTS) | METRIC_BIT(METRIC_SESSIONS);
	o->places = PLACES_FIRST;
	o->place = calloc(o->places, sizeof(*o->place));
	if (o->place == NULL) {
		free(o);
		return NULL;
	}
	return o;
}

void
odometers_free(struct odometers *o)
{
	if (o == NULL)
		return;
	for (size_t i = 0; i < o->n; i++)
		frame_codes_free(&o->ap[i].codes);
	free(o->ap);
	free(o->place);
	free(o);
}

/* ---- access points ---- */

static uint32_t *
place_of(const struct odometers *o, uint32_t device, uint8_t source)
{
	uint64_t id = (uint64_t)device * SOURCE_COUNT + source;
	size_t at = (size_t)(id * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (o->places - 1);
	const struct ap *ap;

	for (; o->place[at] != 0; at = (at + 1) & (o->places - 1)) {
		ap = &o->ap[o->place[at] - 1];
		if (ap->device == device && ap->source == source)
			break;
	}
	return &o->place[at];
}

/* Half full at the most; 0: memory is out. */
static int
grow(struct odometers *o)
{
	size_t room = o->room > 0 ? 2 * o->room : PLACES_FIRST / 2;
	uint32_t *place = calloc(2 * room, sizeof(*place));
	struct ap *ap = realloc(o->ap, room * sizeof(*ap));

	if (ap != NULL)
		o->ap = ap;
	if (ap == NULL || place == NULL) {
		free(place);
		return 0;
	}
	free(o->place);
	o->place = place;
	o->places = 2 * room;
	o->room = room;
	for (size_t i = 0; i < o->n; i++)
		*place_of(o, ap[i].device, ap[i].source) = (uint32_t)i + 1;
	return 1;
}

/* The AP's place, made if need be; NULL: out of memory. */
static struct ap *
ap_get(struct odometers *o, uint32_t device, uint8_t source)
{
	uint32_t at = *place_of(o, device, source);

	if (at != 0)
		return &o->ap[at - 1];
	if (o->n == o->room && !grow(o))
		return NULL;
	o->ap[o->n] = (struct ap){.device = device, .source = source};
	*place_of(o, device, source) = (uint32_t)o->n + 1;
	return &o->ap[o->n++];
}

int
odometers_restore(struct odometers *o, const struct sample *s)
{
	struct ap *ap;
	int rc;

	if (s->source >= SOURCE_COUNT || o->allowed[s->source] == 0 || s->device == 0)
		return KK_OK;
	if ((ap = ap_get(o, s->device, s->source)) == NULL)
		return KK_E_NOMEM;
	if (ap->time_cs >= s->time_cs)
		return KK_OK;
	if ((rc = frame_codes_copy(&ap->codes, s->counters, s->n_counters)) != KK_OK)
		return rc;
	ap->time_cs = s->time_cs;
	ap->flags = s->flags;
	ap->known = s->known & o->allowed[s->source];
	for (size_t i = 0; i < MEASURED; i++)
		ap->value[i] = s->value[measured[i]];
	return KK_OK;
}

/* ---- entries ---- */

static int
put(struct odometers *o, const struct ap *ap)
{
	struct sample s = {.device = ap->device,
	    .source = ap->source,
	    .flags = ap->flags,
	    .time_cs = ap->time_cs,
	    .known = ap->known,
	    .n_counters = ap->codes.n,
	    .counters = ap->codes.counter};
	int rc;

	for (uint16_t i = 0; i < ap->codes.n; i++)
		ap->codes.counter[i].when_cs = ap->time_cs;
	for (size_t i = 0; i < MEASURED; i++)
		s.value[measured[i]] = ap->value[i];
	if ((rc = o->put(o->ctx, &s)) == KK_OK)
		o->stats->samples++;
	return rc;
}

/* Where nobody looked before an interval: the odometers stand, and the hole is marked. `counts` are
 * those that the interval moves: the very first one is preceded by their 0. */
static int
put_start(struct odometers *o, struct ap *ap, int64_t from_cs, uint64_t counts)
{
	struct ap start = *ap;
	int rc;

	start.flags = ap->time_cs == 0 ? SAMPLE_FIRST : SAMPLE_RESTART;
	start.time_cs = from_cs;
	start.known = ap->time_cs == 0 ? counts : ap->known & ~o->gauges;
	if ((rc = put(o, &start)) == KK_OK)
		*ap = start; /* it stands, whatever becomes of the interval */
	return rc;
}

/* Frames of an interval, with a reason or a status. */
static int
is_code(const struct counter *c, int64_t span)
{
	uint64_t most = (uint64_t)span * OCTETS_PER_CS_MAX;

	return frame_code_kind(c->key) != FRAME_CODE_KINDS && c->width == 64 && c->down <= most &&
	       c->up <= most;
}

int
odometers_unfit(const struct odometers *o, const struct batch_entry *e, int64_t now_cs)
{
	const struct sample *s = &e->sample;
	int64_t span = s->time_cs - e->from_cs;

	if ((s->known & ~o->allowed[s->source]) != 0 || (s->known & OCTETS) != OCTETS)
		return INGEST_DROP_SOURCE;
	if (span > SPAN_MAX_CS || e->from_cs < YEAR_2000_CS)
		return INGEST_DROP_INTERVAL;
	if (s->time_cs > now_cs + FUTURE_CS)
		return INGEST_DROP_FUTURE;
	for (uint16_t i = 0; i < s->n_counters; i++)
		if (!is_code(&s->counters[i], span))
			return INGEST_DROP_IMPLAUSIBLE;
	for (uint64_t rest = s->known; rest != 0; rest &= rest - 1) {
		int64_t value = s->value[metric_first(rest)];

		if (value < 0 || value > span * OCTETS_PER_CS_MAX)
			return INGEST_DROP_IMPLAUSIBLE;
	}
	return -1;
}

/* The reasons after the interval, in `o`; 0: a sum would be full. */
static int
advance_codes(
    struct odometers *o, const struct ap *ap, const struct sample *s, struct frame_codes *next)
{
	*next = (struct frame_codes){o->counter, ap->codes.n, SAMPLE_COUNTERS_MAX};
	if (ap->codes.n > 0)
		memcpy(o->counter, ap->codes.counter, ap->codes.n * sizeof(o->counter[0]));
	for (uint16_t i = 0; i < s->n_counters; i++) {
		struct counter more = s->counters[i];

		more.boot_cs = 0;
		if (!frame_codes_add(o->counter, &next->n, &more))
			return 0;
	}
	return 1;
}

/* The AP as it is after the interval; 0 if an odometer would be full. */
static int
advance(struct odometers *o, const struct ap *ap, const struct batch_entry *e, struct ap *next)
{
	*next = *ap;
	if (!advance_codes(o, ap, &e->sample, &next->codes))
		return 0;
	next->time_cs = e->sample.time_cs;
	next->flags = e->sample.flags & SAMPLE_PARTIAL;
	next->known = (ap->known & ~o->gauges) | e->sample.known;
	for (size_t i = 0; i < MEASURED; i++) {
		enum metric m = measured[i];

		if (!sample_has(&e->sample, m))
			continue;
		if (o->gauges & METRIC_BIT(m))
			next->value[i] = e->sample.value[m];
		else if (__builtin_add_overflow(ap->value[i], e->sample.value[m], &next->value[i]))
			return 0;
	}
	return 1;
}

/* The clock was set back since the newest interval was taken: until it is there again, every
 * interval would be older. */
static int
is_ahead(const struct ap *ap, int64_t now_cs)
{
	return ap->time_cs > now_cs + FUTURE_CS;
}

/* The interval is taken; enum ingest_drop in `left` if it is not. */
static int
take_next(struct odometers *o, struct ap *ap, const struct batch_entry *e, int *left)
{
	struct ap next;
	int rc;

	if (!advance(o, ap, e, &next)) {
		*left = INGEST_DROP_IMPLAUSIBLE;
		return KK_OK;
	}
	if (frame_codes_room(&ap->codes, next.codes.n) != KK_OK)
		return KK_E_FULL;
	if ((rc = put(o, &next)) != KK_OK)
		return rc;
	frame_codes_copy(&ap->codes, next.codes.counter, next.codes.n);
	next.codes = ap->codes;
	*ap = next;
	o->stats->entries++;
	return KK_OK;
}

static int
take(struct odometers *o, struct ap *ap, const struct batch_entry *e, int64_t now_cs, int *left)
{
	int ahead = is_ahead(ap, now_cs), rc;

	/* One that was taken before: its odometers are put once more, as nobody knows whether the
	 * first time has become durable. */
	if (!ahead && e->sample.time_cs <= ap->time_cs) {
		*left = INGEST_DROP_REPEATED;
		return put(o, ap);
	}
	if (!ahead && e->from_cs < ap->time_cs) {
		*left = INGEST_DROP_OVERLAP;
		return KK_OK;
	}
	if ((ahead || e->from_cs - ap->time_cs > GAP_CS) &&
	    (rc = put_start(o, ap, e->from_cs, e->sample.known & ~o->gauges)) != KK_OK)
		return rc;
	return take_next(o, ap, e, left);
}

int
odometers_take(struct odometers *o, uint32_t device, const struct delivery *from,
    const struct batch_entry *e, int *left)
{
	struct ap *ap;
	int rc;

	*left = -1;
	if ((ap = ap_get(o, device, e->sample.source)) == NULL)
		return KK_E_FULL;
	if (ap->owner != 0 && ap->owner != from->probe && from->now_ms - ap->heard_ms < OWNER_MS) {
		*left = INGEST_DROP_FOREIGN;
		return KK_OK;
	}
	if ((rc = take(o, ap, e, from->now_cs, left)) != KK_OK)
		return rc;
	ap->owner = from->probe;
	ap->heard_ms = from->now_ms;
	return KK_OK;
}

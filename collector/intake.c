/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/intake.h"

#include <stdlib.h>
#include <string.h>

#include "lib/batch_wire.h"

#define FUTURE_CS	  500 /* the probe's clock is ours, but the packet's may be ahead of a tick */
#define GAP_CS		  100	  /* a longer hole between two intervals: nobody was looking */
#define SPAN_MAX_CS	  8640000 /* a day */
#define YEAR_2000_CS	  INT64_C(94668480000)
#define OWNER_MS	  180000 /* an AP whose probe is silent for so long goes to the next one */
#define OCTETS_PER_CS_MAX (INT64_C(12500000000) / 100) /* 100 Gbit/s: no access point's */
#define FLIGHT_MAX	  16

/* What a probe measures: counts that become odometers, and gauges that pass through. */
static const uint8_t measured[] = {METRIC_OCTETS_DOWN, METRIC_OCTETS_UP, METRIC_PACKETS_DOWN,
    METRIC_PACKETS_UP, METRIC_ASSOCIATIONS, METRIC_CLIENTS};
#define MEASURED (sizeof(measured) / sizeof(measured[0]))

/* One AP as last taken; `device` 0 is an empty place. */
struct ap {
	uint32_t device;
	uint64_t known; /* as in the sample */
	int64_t time_cs;
	int64_t value[MEASURED];
	int64_t heard_ms; /* monotonic: when its owner last delivered */
	uint64_t owner;	  /* hash of the probe's name; 0: nobody yet */
	uint16_t flags;
};

/* Sequences up to `sequence` are durable when the store's batch `batch` is. */
struct flight {
	uint64_t sequence;
	int64_t batch;
};

struct probe {
	struct batch_head head; /* name, run, and the newest sequence taken */
	uint64_t hash;
	uint64_t tagged; /* newest sequence that is in one of the store's batches */
	uint64_t synced; /* newest durable sequence */
	int due;	 /* an answer is due */
	int connected;
	int64_t heard_ms;
	struct flight flight[FLIGHT_MAX];
	unsigned flights;
};

struct intake {
	struct ingest_env env;
	struct ingest_stats *stats;
	struct ap *aps; /* open addressing by device, a power of two */
	size_t room, used;
	struct probe probe[INTAKE_PROBES_MAX];
	unsigned probes;
};

struct intake *
intake_new(const struct ingest_env *env, struct ingest_stats *stats)
{
	struct intake *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->env = *env;
	t->stats = stats;
	t->room = 1024;
	t->aps = calloc(t->room, sizeof(*t->aps));
	if (t->aps == NULL) {
		free(t);
		return NULL;
	}
	return t;
}

void
intake_free(struct intake *t)
{
	if (t == NULL)
		return;
	free(t->aps);
	free(t);
}

/* ---- access points ---- */

static struct ap *
ap_place(struct ap *aps, size_t room, uint32_t device)
{
	size_t at = (size_t)(device * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (room - 1);

	while (aps[at].device != 0 && aps[at].device != device)
		at = (at + 1) & (room - 1);
	return &aps[at];
}

/* Half full at the most; false when memory is out. */
static int
aps_grow(struct intake *t)
{
	struct ap *bigger;

	if (t->used * 2 < t->room)
		return 1;
	bigger = calloc(t->room * 2, sizeof(*bigger));
	if (bigger == NULL)
		return 0;
	for (size_t i = 0; i < t->room; i++)
		if (t->aps[i].device != 0)
			*ap_place(bigger, t->room * 2, t->aps[i].device) = t->aps[i];
	free(t->aps);
	t->aps = bigger;
	t->room *= 2;
	return 1;
}

/* The AP's place, made if need be; NULL: out of memory. */
static struct ap *
ap_get(struct intake *t, uint32_t device)
{
	struct ap *ap = ap_place(t->aps, t->room, device);

	if (ap->device != 0)
		return ap;
	if (!aps_grow(t))
		return NULL;
	ap = ap_place(t->aps, t->room, device);
	ap->device = device;
	t->used++;
	return ap;
}

int
intake_restore(struct intake *t, const struct sample *s)
{
	struct ap *ap;

	if (s->source != SOURCE_PROBE || s->device == 0)
		return KK_OK;
	if ((ap = ap_get(t, s->device)) == NULL)
		return KK_E_NOMEM;
	if (ap->time_cs >= s->time_cs)
		return KK_OK;
	ap->time_cs = s->time_cs;
	ap->flags = s->flags;
	ap->known = 0;
	for (size_t i = 0; i < MEASURED; i++) {
		enum metric m = measured[i];

		ap->value[i] = s->value[m];
		ap->known |= sample_has(s, m) ? METRIC_BIT(m) : 0;
	}
	return KK_OK;
}

/* ---- entries ---- */

static int
put(struct intake *t, const struct ap *ap)
{
	struct sample s = {.device = ap->device,
	    .source = SOURCE_PROBE,
	    .flags = ap->flags,
	    .time_cs = ap->time_cs,
	    .known = ap->known};
	int rc;

	for (size_t i = 0; i < MEASURED; i++)
		s.value[measured[i]] = ap->value[i];
	if ((rc = t->env.put(t->env.ctx, &s)) == KK_OK)
		t->stats->samples++;
	return rc;
}

/* Where nobody looked before an interval: the odometers stand, and the hole is marked. */
static int
put_start(struct intake *t, struct ap *ap, int64_t from_cs)
{
	struct ap start = *ap;
	int rc;

	start.flags = ap->time_cs == 0 ? SAMPLE_FIRST : SAMPLE_RESTART;
	start.time_cs = from_cs;
	start.known &= ~METRIC_BIT(METRIC_CLIENTS);
	if (ap->time_cs == 0)
		start.known = METRIC_BIT(METRIC_OCTETS_DOWN) | METRIC_BIT(METRIC_OCTETS_UP);
	if ((rc = put(t, &start)) == KK_OK)
		*ap = start; /* it stands, whatever becomes of the interval */
	return rc;
}

/* What makes an entry unfit whoever's it is; -1: nothing. */
static int
unfit(const struct batch_entry *e, int64_t now_cs)
{
	const struct sample *s = &e->sample;
	int64_t span = s->time_cs - e->from_cs;
	uint64_t allowed = 0;

	for (size_t i = 0; i < MEASURED; i++)
		allowed |= METRIC_BIT(measured[i]);
	if (s->source != SOURCE_PROBE || (s->known & ~allowed) != 0 ||
	    !sample_has(s, METRIC_OCTETS_DOWN) || !sample_has(s, METRIC_OCTETS_UP))
		return INGEST_DROP_SOURCE;
	if (span > SPAN_MAX_CS || e->from_cs < YEAR_2000_CS)
		return INGEST_DROP_INTERVAL;
	if (s->time_cs > now_cs + FUTURE_CS)
		return INGEST_DROP_FUTURE;
	for (size_t i = 0; i < MEASURED; i++)
		if (s->value[measured[i]] < 0 || s->value[measured[i]] > span * OCTETS_PER_CS_MAX)
			return INGEST_DROP_IMPLAUSIBLE;
	return -1;
}

/* The AP as it is after the interval; 0 if an odometer would be full. */
static int
advance(const struct ap *ap, const struct batch_entry *e, struct ap *next)
{
	*next = *ap;
	next->time_cs = e->sample.time_cs;
	next->flags = e->sample.flags & SAMPLE_PARTIAL;
	next->known &= ~METRIC_BIT(METRIC_CLIENTS);
	next->known |= e->sample.known;
	for (size_t i = 0; i < MEASURED; i++) {
		enum metric m = measured[i];

		if (!sample_has(&e->sample, m))
			continue;
		if (metric_info(m)->kind == METRIC_GAUGE)
			next->value[i] = e->sample.value[m];
		else if (__builtin_add_overflow(ap->value[i], e->sample.value[m], &next->value[i]))
			return 0;
	}
	return 1;
}

/* An interval that was taken before: its odometers are put once more, as nobody knows whether the
 * first time has become durable. */
static int
again(struct intake *t, const struct ap *ap)
{
	t->stats->drops[INGEST_DROP_REPEATED]++;
	return put(t, ap);
}

static int
take(struct intake *t, struct ap *ap, const struct batch_entry *e)
{
	struct ap next;
	int rc;

	if (e->sample.time_cs <= ap->time_cs)
		return again(t, ap);
	if (e->from_cs < ap->time_cs) {
		t->stats->drops[INGEST_DROP_OVERLAP]++;
		return KK_OK;
	}
	if (!advance(ap, e, &next)) {
		t->stats->drops[INGEST_DROP_IMPLAUSIBLE]++;
		return KK_OK;
	}
	if (e->from_cs - ap->time_cs > GAP_CS && (rc = put_start(t, ap, e->from_cs)) != KK_OK)
		return rc;
	if ((rc = put(t, &next)) != KK_OK)
		return rc;
	*ap = next;
	t->stats->entries++;
	return KK_OK;
}

static int
take_entry(struct intake *t, const struct probe *p, const struct batch_entry *e)
{
	int64_t now_ms = clock_mono_ms(t->env.clock);
	int reason = unfit(e, clock_utc_cs(t->env.clock));
	uint32_t device = 0;
	struct ap *ap;
	int rc;

	if (reason < 0 && (device = t->env.device(t->env.ctx, e->id)) == 0)
		reason = INGEST_DROP_UNKNOWN_AP;
	if (reason >= 0) {
		t->stats->drops[reason]++;
		return KK_OK;
	}
	if ((ap = ap_get(t, device)) == NULL)
		return KK_E_FULL;
	if (ap->owner != 0 && ap->owner != p->hash && now_ms - ap->heard_ms < OWNER_MS) {
		t->stats->drops[INGEST_DROP_FOREIGN]++;
		return KK_OK;
	}
	if ((rc = take(t, ap, e)) != KK_OK)
		return rc;
	ap->owner = p->hash;
	ap->heard_ms = now_ms;
	return KK_OK;
}

/* ---- probes and batches ---- */

static uint64_t
hash_name(const char *name)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *name != '\0'; name++)
		h = (h ^ (uint8_t)*name) * UINT64_C(0x100000001b3);
	return h == 0 ? 1 : h;
}

/* A place for a probe that is new here: a free one, or that of the one silent for longest. */
static struct probe *
probe_room(struct intake *t)
{
	struct probe *oldest = NULL;

	if (t->probes < INTAKE_PROBES_MAX)
		return &t->probe[t->probes++];
	for (unsigned i = 0; i < INTAKE_PROBES_MAX; i++) {
		struct probe *p = &t->probe[i];

		if (!p->connected && (oldest == NULL || p->heard_ms < oldest->heard_ms))
			oldest = p;
	}
	return oldest;
}

static struct probe *
probe_get(struct intake *t, const struct batch_head *head)
{
	struct probe *p = NULL;

	for (unsigned i = 0; i < t->probes && p == NULL; i++)
		if (strcmp(t->probe[i].head.probe, head->probe) == 0)
			p = &t->probe[i];
	if (p != NULL && p->head.run == head->run)
		return p;
	if (p == NULL && (p = probe_room(t)) == NULL)
		return NULL;
	/* Another run starts its sequences again; what the old one is owed is of no use to it. */
	memset(p, 0, sizeof(*p));
	p->head = *head;
	p->head.sequence = p->tagged = p->synced = head->sequence - 1;
	p->hash = hash_name(head->probe);
	return p;
}

/* The whole batch is read once before any of it is taken. */
static int
check(struct batch_reader r)
{
	struct batch_entry e;
	int rc;

	while ((rc = batch_next(&r, &e)) == KK_OK)
		;
	return rc == KK_END ? KK_OK : rc;
}

static int
take_batch(struct intake *t, struct probe *p, struct batch_reader r, uint64_t sequence)
{
	struct batch_entry e;

	while (batch_next(&r, &e) == KK_OK) {
		if (take_entry(t, p, &e) != KK_OK) {
			t->stats->drops[INGEST_DROP_STORE_FULL]++;
			return KK_E_FULL;
		}
	}
	t->stats->gaps += sequence - p->head.sequence - 1;
	p->head.sequence = sequence;
	t->stats->batches++;
	return KK_OK;
}

int
intake_batch(struct intake *t, const uint8_t *in, size_t len, int *probe)
{
	struct batch_reader r;
	struct batch_head head;
	struct probe *p;
	int rc;

	if ((rc = batch_open(&r, in, len, &head)) != KK_OK || (rc = check(r)) != KK_OK)
		goto malformed;
	/* One connection is one probe. */
	if (*probe >= 0 && strcmp(t->probe[*probe].head.probe, head.probe) != 0) {
		rc = KK_E_SYNTAX;
		goto malformed;
	}
	if ((p = probe_get(t, &head)) == NULL)
		return KK_E_FULL;
	p->connected = 1;
	p->heard_ms = clock_mono_ms(t->env.clock);
	*probe = (int)(p - t->probe);
	if (head.sequence <= p->head.sequence) {
		t->stats->drops[INGEST_DROP_REPEATED]++;
		p->due = 1;
		return KK_OK;
	}
	return take_batch(t, p, r, head.sequence);
malformed:
	t->stats->drops[INGEST_DROP_MALFORMED]++;
	return rc;
}

int
intake_committed(struct intake *t, int64_t batch)
{
	int forgotten = 0;

	for (unsigned i = 0; i < t->probes; i++) {
		struct probe *p = &t->probe[i];
		struct flight *last;

		if (p->tagged == p->head.sequence)
			continue;
		if (batch < 0) {
			p->head.sequence = p->tagged;
			forgotten = 1;
			continue;
		}
		/* With no place left the newest one waits for the later batch: it is answered late,
		 * never early. */
		if (p->flights < FLIGHT_MAX)
			p->flights++;
		last = &p->flight[p->flights - 1];
		*last =
		    (struct flight){p->head.sequence, batch > last->batch ? batch : last->batch};
		p->tagged = p->head.sequence;
	}
	if (batch == 0)
		intake_synced(t, 0);
	return forgotten;
}

void
intake_synced(struct intake *t, int64_t batch)
{
	for (unsigned i = 0; i < t->probes; i++) {
		struct probe *p = &t->probe[i];
		unsigned done = 0;

		while (done < p->flights && p->flight[done].batch <= batch)
			p->synced = p->flight[done++].sequence;
		if (done == 0)
			continue;
		p->due = 1;
		p->flights -= done;
		memmove(p->flight, p->flight + done, p->flights * sizeof(p->flight[0]));
		memset(p->flight + p->flights, 0, done * sizeof(p->flight[0]));
	}
}

int
intake_answer(struct intake *t, int probe, uint64_t *run, uint64_t *sequence)
{
	struct probe *p = &t->probe[probe];

	if (!p->due)
		return 0;
	p->due = 0;
	*run = p->head.run;
	*sequence = p->synced;
	return 1;
}

void
intake_gone(struct intake *t, int probe)
{
	if (probe >= 0)
		t->probe[probe].connected = 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/intake.h"

#include <stdlib.h>
#include <string.h>

#include "collector/odometers.h"
#include "lib/batch_wire.h"
#include "lib/log.h"

#define FLIGHT_MAX 16

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
	struct odometers *odometers;
	struct probe probe[INTAKE_PROBES_MAX];
	unsigned probes;
	struct complaint left[INGEST_DROP_COUNT];
};

/* Why an interval is left out, for the log. */
static const char *const drop_texts[INGEST_DROP_COUNT] = {
    [INGEST_DROP_UNKNOWN_AP] = "the inventory lacks it",
    [INGEST_DROP_SOURCE] = "it has what no probe measures",
    [INGEST_DROP_OVERLAP] = "it begins before the one before it ended",
    [INGEST_DROP_FOREIGN] = "another probe tells of this access point",
    [INGEST_DROP_FUTURE] = "it ends after now: is a clock wrong?",
    [INGEST_DROP_INTERVAL] = "it is of no time, or longer than a day",
    [INGEST_DROP_IMPLAUSIBLE] = "more passed than any link carries"};

struct intake *
intake_new(const struct ingest_env *env, struct ingest_stats *stats)
{
	struct intake *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->env = *env;
	t->stats = stats;
	t->odometers = odometers_new(env->put, env->ctx, stats);
	if (t->odometers == NULL) {
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
	odometers_free(t->odometers);
	free(t);
}

int
intake_restore(struct intake *t, const struct sample *s)
{
	return odometers_restore(t->odometers, s);
}

/* ---- entries ---- */

/* What comes twice is as it should be; whoever wonders where the rest is finds it in the log. */
static void
leave_out(struct intake *t, const struct probe *p, const struct batch_entry *e, int why)
{
	t->stats->drops[why]++;
	if (why != INGEST_DROP_REPEATED)
		complain(&t->left[why], clock_mono_ms(t->env.clock), LOG_LV_WARNING,
		    "probe %s: an interval of %s is left out: %s", p->head.probe, e->id,
		    drop_texts[why]);
}

static int
take_entry(struct intake *t, const struct probe *p, const struct batch_entry *e)
{
	const struct delivery from = {
	    p->hash, clock_mono_ms(t->env.clock), clock_utc_cs(t->env.clock)};
	int left = odometers_unfit(t->odometers, e, from.now_cs), rc = KK_OK;
	uint32_t device = 0;

	if (left < 0 && (device = t->env.device(t->env.ctx, e->id)) == 0)
		left = INGEST_DROP_UNKNOWN_AP;
	if (left < 0)
		rc = odometers_take(t->odometers, device, &from, e, &left);
	if (left >= 0)
		leave_out(t, p, e, left);
	return rc;
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
take_one(struct intake *t, const struct probe *p, const struct batch_entry *e)
{
	int rc;

	if (e->kind == BATCH_SAMPLE)
		return take_entry(t, p, e);
	if (t->env.event == NULL)
		return KK_OK;
	if ((rc = t->env.event(t->env.ctx, p->head.probe, &e->event)) == KK_OK)
		t->stats->events++;
	return rc;
}

static int
take_batch(struct intake *t, struct probe *p, struct batch_reader r, uint64_t sequence)
{
	struct batch_entry e;

	while (batch_next(&r, &e) == KK_OK) {
		if (take_one(t, p, &e) != KK_OK) {
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

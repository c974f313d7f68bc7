/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From batches in memory to the journal and the live table; and the journal's housekeeping. */
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/sample_wire.h"
#include "rrd/store_in.h"

#define LIVE_AT_ONCE 64
#define AGAIN_MS     1000
#define TRIM_MS	     60000

void
store_wait(struct store *s, pthread_cond_t *c, unsigned ms)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	ts.tv_sec += ms / 1000;
	ts.tv_nsec += (long)(ms % 1000) * 1000000;
	if (ts.tv_nsec >= 1000000000) {
		ts.tv_sec++;
		ts.tv_nsec -= 1000000000;
	}
	pthread_cond_timedwait(c, &s->lock, &ts);
}

void
store_signal(struct store *s)
{
	uint64_t one = 1;

	if (s->event_fd >= 0 && write(s->event_fd, &one, sizeof(one)) < 0)
		return; /* it is readable already */
}

static void
show_live(struct store *s, const struct batch *b)
{
	struct counter counters[SAMPLE_COUNTERS_MAX];
	struct sample sample[LIVE_AT_ONCE];
	struct diag d = {""};
	size_t at = 0, n = 0;
	int len, rc = KK_OK, worst = KK_OK;

	while (at < b->len && rc == KK_OK) {
		/* The live table asks for no counters, so they may overwrite one another. */
		len = sample_decode(b->octets + at, b->len - at, &sample[n], counters);
		if (len <= 0)
			break;
		at += (size_t)len;
		if (++n == LIVE_AT_ONCE || at == b->len) {
			rc = live_take(s->live, sample, n, &d);
			worst = rc != KK_OK ? rc : worst;
			rc = KK_OK;
			n = 0;
		}
	}
	if (worst != KK_OK)
		log_line(LOG_LV_ERROR, "live table: %s", d.text);
}

struct batch *
store_keep(struct store *s, struct batch *b, struct diag *d)
{
	struct batch *end = b, *i;
	int rc = KK_OK, appended;

	while (end != NULL) {
		appended = journal_append_encoded(s->journal, end->octets, end->len, d);
		if (appended != KK_OK)
			break;
		end = end->next;
	}
	if (end == b) /* not one of them */
		return b;
	rc = journal_sync(s->journal, d);
	if (rc != KK_OK)
		return b; /* all that was appended is cut off again */
	for (i = b; i != end; i = i->next) {
		atomic_fetch_add(&s->journal_octets, i->len);
		atomic_store(&s->synced, i->number);
	}
	for (i = b; i != end && s->live != NULL; i = i->next)
		show_live(s, i);
	return end;
}

/* Give committed batches back, from `b` to before `end`. Locked. */
static void
give_back(struct store *s, struct batch *b, const struct batch *end)
{
	struct batch *next;

	for (; b != end; b = next) {
		next = b->next;
		s->queued -= b->len;
		b->len = 0;
		b->samples = 0;
		b->next = s->spare;
		s->spare = b;
	}
}

static void
drop(struct store *s, struct batch *b)
{
	uint64_t samples = 0;

	for (struct batch *i = b; i != NULL; i = i->next)
		samples += i->samples;
	if (samples == 0)
		return;
	atomic_fetch_add(&s->dropped, samples);
	log_line(LOG_LV_ERROR,
	    "journal: %llu samples were not written before the end; odometers carry their octets "
	    "into the next ones",
	    (unsigned long long)samples);
	give_back(s, b, NULL);
}

/* Keep a chain that was taken off the queue; what cannot be written stays and is tried again. */
static struct batch *
keep_some(struct store *s, struct batch *chain, struct complaint *c)
{
	struct diag d = {""};
	struct batch *rest = store_keep(s, chain, &d);

	if (rest == NULL)
		complaint_over(c, "journal: writes again");
	else
		complain(c, clock_mono_ms(NULL), LOG_LV_ERROR,
		    "journal: %s: samples wait in memory", d.text);
	pthread_mutex_lock(&s->lock);
	s->journal_ok = rest == NULL;
	give_back(s, chain, rest);
	pthread_cond_broadcast(&s->moved);
	if (rest != NULL && !s->stopping)
		store_wait(s, &s->work, AGAIN_MS);
	pthread_mutex_unlock(&s->lock);
	store_signal(s);
	return rest;
}

void *
store_keep_main(void *arg)
{
	struct complaint c = {0};
	struct store *s = arg;
	struct batch *chain = NULL, **end;
	int stop;

	for (;;) {
		pthread_mutex_lock(&s->lock);
		while (s->head == NULL && chain == NULL && !s->stopping)
			pthread_cond_wait(&s->work, &s->lock);
		for (end = &chain; *end != NULL;)
			end = &(*end)->next;
		*end = s->head;
		s->head = NULL;
		s->tail = &s->head;
		stop = s->stopping;
		pthread_mutex_unlock(&s->lock);
		if (chain != NULL)
			chain = keep_some(s, chain, &c);
		if (stop)
			break;
	}
	pthread_mutex_lock(&s->lock);
	drop(s, chain);
	s->journal_done = 1;
	pthread_cond_broadcast(&s->moved);
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

struct cursor
store_passed(struct store *s)
{
	struct cursor passed;
	int64_t patience = (int64_t)s->conf->store.journal_days * 86400000;
	const struct keeper *a = &s->archive_keeper;

	pthread_mutex_lock(&s->lock);
	passed = s->ledger_keeper.known ? s->ledger_keeper.durable : (struct cursor){0, 0};
	/* Archives that nobody repairs for a week must not fill the disk with the journal. */
	if (s->conf->store.archives && (a->ok || clock_mono_ms(NULL) - a->trouble_ms < patience)) {
		if (!a->known)
			passed = (struct cursor){0, 0};
		else if (cursor_cmp(a->durable, passed) < 0)
			passed = a->durable;
	}
	pthread_mutex_unlock(&s->lock);
	return passed;
}

void *
store_trim_main(void *arg)
{
	struct store *s = arg;
	int64_t last = clock_mono_ms(NULL);
	int stop;

	for (;;) {
		pthread_mutex_lock(&s->lock);
		while (!(stop = s->stopping) && clock_mono_ms(NULL) - last < TRIM_MS)
			store_wait(s, &s->moved, TRIM_MS);
		pthread_mutex_unlock(&s->lock);
		if (stop)
			return NULL;
		last = clock_mono_ms(NULL);
		journal_trim(s->journal, store_passed(s), clock_utc_cs(NULL) / 100);
	}
}

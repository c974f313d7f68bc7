/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the journal to ledger and archives: each in a thread of its own, from a cursor of its own.
 */
#include <string.h>

#include "lib/clock.h"
#include "rrd/archive/schema.h"
#include "rrd/store_in.h"

#define IDLE_MS	      1000
#define SLICE_FILES   32 /* visits before a reader's wish is looked at */
#define SLICE_RECORDS 8
#define STOP_MS	      5000 /* of a backlog at the end; the rest is read at the next start */

/* ---- both ---- */

/* Tell the others how the sink does. */
static void
report(struct store *s, struct keeper *k, const struct sink *sink, int ok)
{
	struct cursor durable;
	int known = sink != NULL && sink->where(sink->ctx, &durable) == KK_OK;

	pthread_mutex_lock(&s->lock);
	if (known) {
		k->durable = durable;
		k->known = 1;
	}
	if (!ok && k->ok)
		k->trouble_ms = clock_mono_ms(NULL);
	k->ok = ok;
	pthread_mutex_unlock(&s->lock);
}

static void
cannot_open(struct keeper *k, const char *what, const struct diag *d)
{
	int64_t now = clock_mono_ms(NULL);

	complain(&k->complaint, now, LOG_LV_ERROR, "%s: %s: tried again later", what, d->text);
	k->retry_ms = now + STORE_RETRY_S * 1000;
}

/* One step of a feed, with its trouble told. */
static int
step(struct store *s, struct keeper *k, const struct sink *sink, unsigned records)
{
	struct cursor limit = journal_synced(s->journal);
	struct diag d = {""};
	int rc = feed_step(k->feed, &limit, records, &d);

	if (rc == KK_OK || rc == KK_END)
		complaint_over(&k->complaint, "%s: goes on", sink->name);
	else if (rc != KK_E_BUSY) /* the sinks tell of their own trouble, with files' names */
		complain(&k->complaint, clock_mono_ms(NULL), LOG_LV_WARNING,
		    "%s: waits in the journal: %s", sink->name, d.text);
	/* Archives that do not know the inventory yet are not in trouble. */
	report(s, k, sink,
	    rc == KK_OK || rc == KK_END || (rc == KK_E_BUSY && k == &s->archive_keeper));
	return rc;
}

/* ---- ledger ---- */

static int
take_counted(void *ctx, const struct sample *s, size_t n, struct cursor end)
{
	struct store *store = ctx;
	const struct sink *own = ledger_sink(store->ledger);
	int rc = own->take(own->ctx, s, n, end);

	if (rc == KK_OK)
		atomic_fetch_add(&store->ledger_samples, n);
	return rc;
}

static int
where_counted(void *ctx, struct cursor *c)
{
	const struct sink *own = ledger_sink(((struct store *)ctx)->ledger);

	return own->where(own->ctx, c);
}

static int
open_ledger(struct store *s)
{
	struct diag d = {""};
	int rc = KK_OK;

	if (s->ledger_keeper.feed != NULL)
		return KK_OK;
	if (clock_mono_ms(NULL) < s->ledger_keeper.retry_ms)
		return KK_E_BUSY;
	if (s->ledger == NULL)
		rc = ledger_open(
		    s->conf->state_dir, schema_heartbeat(s->conf->snmp.interval), &s->ledger, &d);
	if (rc == KK_OK) {
		s->counted = (struct sink){"ledger", s, take_counted, where_counted};
		rc = feed_open(s->conf->state_dir, &s->counted, &s->ledger_keeper.feed, &d);
	}
	if (rc != KK_OK) {
		cannot_open(&s->ledger_keeper, "ledger", &d);
		report(s, &s->ledger_keeper, NULL, 0);
	}
	return rc;
}

int
store_step_ledger(struct store *s)
{
	int rc = open_ledger(s);

	while (rc == KK_OK)
		rc = step(s, &s->ledger_keeper, &s->counted, 0);
	return rc == KK_END ? KK_OK : rc;
}

/* Sleep until the journal has more, a second when in trouble. 1: the end has come. */
static int
sleep_for_more(struct store *s, const struct keeper *k, int trouble)
{
	struct cursor at = k->feed == NULL ? (struct cursor){0, 0} : feed_where(k->feed);
	int done;

	pthread_mutex_lock(&s->lock);
	done = s->journal_done;
	if (!done && (trouble || cursor_cmp(at, journal_synced(s->journal)) >= 0))
		store_wait(s, &s->moved, IDLE_MS);
	pthread_mutex_unlock(&s->lock);
	return done;
}

void *
store_ledger_main(void *arg)
{
	struct store *s = arg;
	int rc;

	do
		rc = store_step_ledger(s);
	while (!sleep_for_more(s, &s->ledger_keeper, rc != KK_OK));
	store_step_ledger(s);
	return NULL;
}

/* ---- archives ---- */

static int
open_archives(struct store *s)
{
	struct keeper *k = &s->archive_keeper;
	struct diag d = {""};
	int rc = KK_OK;

	if (k->feed != NULL)
		return KK_OK;
	if (clock_mono_ms(NULL) < k->retry_ms)
		return KK_E_BUSY;
	if (s->archive == NULL)
		rc = archive_open(s->conf, &s->archive, &d);
	if (rc == KK_OK)
		rc = feed_open(s->conf->state_dir, archive_sink(s->archive), &k->feed, &d);
	if (rc != KK_OK) {
		cannot_open(k, "archives", &d);
		report(s, k, NULL, 0);
	}
	return rc;
}

/* A new roster, if one has come. */
static void
fetch_roster(struct store *s)
{
	struct roster *r;

	if (s->archive == NULL)
		return;
	pthread_mutex_lock(&s->lock);
	r = s->roster;
	s->roster = NULL;
	pthread_mutex_unlock(&s->lock);
	if (r != NULL && archive_roster(s->archive, r) != KK_OK)
		log_line(
		    LOG_LV_ERROR, "archives: no memory for the new inventory: the old one stays");
}

void
store_copy_stats(struct store *s)
{
	struct archive_stats stats;

	archive_stats(s->archive, &stats);
	pthread_mutex_lock(&s->lock);
	s->archive_stats = stats;
	pthread_mutex_unlock(&s->lock);
}

int
store_step_archives(struct store *s, unsigned records)
{
	int rc = open_archives(s);

	if (rc != KK_OK)
		return rc;
	fetch_roster(s);
	rc = step(s, &s->archive_keeper, archive_sink(s->archive), records);
	store_copy_stats(s);
	return rc;
}

/* Readers' wishes: everything that is synced is taken, then their files are visited. */
static void
grant_wishes(struct store *s)
{
	struct wish wish[STORE_WISHES];
	unsigned n;
	int rc;

	pthread_mutex_lock(&s->lock);
	n = s->wishes;
	memcpy(wish, s->wish, n * sizeof(*wish));
	s->wishes = 0;
	pthread_mutex_unlock(&s->lock);
	if (n == 0)
		return;
	while ((rc = store_step_archives(s, 0)) == KK_OK)
		;
	for (unsigned i = 0; i < n; i++)
		wish[i].rc = s->archive == NULL ? rc : archive_flush(s->archive, wish[i].key);
	pthread_mutex_lock(&s->lock);
	for (unsigned i = 0; i < n && s->dones < STORE_WISHES; i++)
		s->done[s->dones++] = wish[i];
	pthread_mutex_unlock(&s->lock);
	store_signal(s);
}

void *
store_archive_main(void *arg)
{
	struct store *s = arg;
	int64_t until;
	unsigned visited;
	int rc, done = 0;

	while (!done) {
		rc = store_step_archives(s, SLICE_RECORDS);
		visited = s->archive == NULL
			      ? 0
			      : archive_work(s->archive, clock_utc_cs(NULL) / 100, SLICE_FILES);
		grant_wishes(s);
		pthread_mutex_lock(&s->lock);
		done = s->journal_done;
		if (!done && rc != KK_OK && visited < SLICE_FILES && s->wishes == 0)
			store_wait(s, &s->moved, IDLE_MS);
		pthread_mutex_unlock(&s->lock);
	}
	until = clock_mono_ms(NULL) + STOP_MS;
	while (store_step_archives(s, SLICE_RECORDS) == KK_OK && clock_mono_ms(NULL) < until)
		;
	grant_wishes(s);
	archive_close(s->archive);
	s->archive = NULL;
	return NULL;
}

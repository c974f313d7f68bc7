/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/sample_wire.h"
#include "rrd/recover.h"
#include "rrd/store_in.h"

#define TAIL_SEGMENTS 2 /* of the journal, for the silences in a live table that is made anew */

/* ---- the live table ---- */

static void
show(void *ctx, const struct sample *s)
{
	live_take(ctx, s, 1, NULL);
}

static int
show_all(void *ctx, const struct sample *s, size_t n, struct cursor end)
{
	(void)end;
	live_take(ctx, s, n, NULL);
	return KK_OK;
}

/* Where the journal's last segments begin. */
static int
tail(struct store *s, struct cursor *c)
{
	*c = journal_synced(s->journal);
	c->segment = c->segment > TAIL_SEGMENTS ? c->segment - TAIL_SEGMENTS : 0;
	c->offset = 0;
	return KK_OK;
}

/* The sink of the rebuild: reads the tail, shows every sample. */
struct rebuild {
	struct store *store;
	struct live *live;
};

static int
rebuild_where(void *ctx, struct cursor *c)
{
	return tail(((struct rebuild *)ctx)->store, c);
}

static int
rebuild_take(void *ctx, const struct sample *s, size_t n, struct cursor end)
{
	return show_all(((struct rebuild *)ctx)->live, s, n, end);
}

/* A live table that was missing: the newest answers, then who has been silent since. */
static void
rebuild_live(struct store *s)
{
	struct rebuild r = {s, s->live};
	struct sink sink = {"live table", &r, rebuild_take, rebuild_where};
	struct diag d = {""};
	struct recover *known;
	struct feed *f = NULL;
	int rc = recover_read(s->conf->state_dir, &known, &d);

	if (rc == KK_OK)
		recover_each(known, show, s->live);
	recover_free(known);
	if (rc == KK_OK)
		rc = feed_open(s->conf->state_dir, &sink, &f, &d);
	while (rc == KK_OK)
		rc = feed_step(f, NULL, 0, &d);
	feed_free(f);
	if (rc != KK_END)
		log_line(LOG_LV_WARNING, "live table: not all of it could be restored: %s", d.text);
}

/* ---- life ---- */

static int
start_threads(struct store *s, struct diag *d)
{
	void *(*const mains[])(void *) = {
	    store_keep_main, store_ledger_main, store_trim_main, store_archive_main};
	pthread_t *const threads[] = {
	    &s->keep_thread, &s->ledger_thread, &s->trim_thread, &s->archive_thread};
	unsigned n = s->conf->store.archives ? 4 : 3;

	s->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (s->event_fd < 0)
		return diag_set(d, kk_from_errno(errno), "eventfd: %s", strerror(errno));
	for (; s->started < n; s->started++)
		if (pthread_create(threads[s->started], NULL, mains[s->started], s) != 0)
			return diag_set(d, KK_E_NOMEM, "store: a thread cannot be started");
	return KK_OK;
}

static struct store *
store_new(const struct conf *c, int threads)
{
	struct store *s = calloc(1, sizeof(*s));
	pthread_condattr_t attr;

	if (s == NULL)
		return NULL;
	s->conf = c;
	s->threads = threads;
	s->event_fd = -1;
	s->tail = &s->head;
	s->journal_ok = 1;
	s->ledger_keeper.ok = s->archive_keeper.ok = 1;
	pthread_mutex_init(&s->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&s->work, &attr);
	pthread_cond_init(&s->moved, &attr);
	pthread_condattr_destroy(&attr);
	return s;
}

int
store_open(const struct conf *c, int threads, struct store **out, struct diag *d)
{
	struct store *s = store_new(c, threads);
	int fresh = 0, rc;

	*out = NULL;
	if (s == NULL)
		return diag_set(d, KK_E_NOMEM, "store: %s", kk_strerror(KK_E_NOMEM));
	rc = journal_open(c->state_dir, c->store.journal_days, &s->journal, d);
	if (rc == KK_OK)
		rc = live_open_writer(c->run_dir, &fresh, &s->live, d);
	if (rc != KK_OK)
		goto fail;
	/* The ledger's odometers are what polling starts from: bring them up to date first. The
	 * archives cannot go on before they know the inventory. */
	store_step_ledger(s);
	if (fresh)
		rebuild_live(s);
	if (threads)
		rc = start_threads(s, d);
	if (rc != KK_OK)
		goto fail;
	*out = s;
	return KK_OK;
fail:
	store_close(s);
	return rc;
}

static void
stop_threads(struct store *s)
{
	pthread_t *const threads[] = {
	    &s->keep_thread, &s->ledger_thread, &s->trim_thread, &s->archive_thread};

	pthread_mutex_lock(&s->lock);
	s->stopping = 1;
	if (s->started == 0)
		s->journal_done = 1;
	pthread_cond_broadcast(&s->work);
	pthread_cond_broadcast(&s->moved);
	pthread_mutex_unlock(&s->lock);
	for (unsigned i = 0; i < s->started; i++)
		pthread_join(*threads[i], NULL);
	s->started = 0;
}

static void
free_batches(struct batch *b)
{
	struct batch *next;

	for (; b != NULL; b = next) {
		next = b->next;
		free(b->octets);
		free(b);
	}
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	if (s->building != NULL && s->building->len > 0)
		store_commit(s, NULL);
	stop_threads(s);
	if (!s->threads && s->conf->store.archives && s->archive != NULL)
		while (store_step_archives(s, 0) == KK_OK)
			;
	feed_free(s->ledger_keeper.feed);
	feed_free(s->archive_keeper.feed);
	archive_close(s->archive);
	roster_free(s->roster);
	ledger_close(s->ledger);
	live_close(s->live);
	journal_close(s->journal);
	free_batches(s->building);
	free_batches(s->head);
	free_batches(s->spare);
	if (s->event_fd >= 0)
		close(s->event_fd);
	pthread_cond_destroy(&s->work);
	pthread_cond_destroy(&s->moved);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

int
store_restore(
    struct store *s, void (*each)(void *ctx, const struct sample *s), void *ctx, struct diag *d)
{
	struct recover *r;
	int rc = recover_read(s->conf->state_dir, &r, d);

	if (rc != KK_OK)
		return rc;
	recover_each(r, each, ctx);
	recover_free(r);
	return KK_OK;
}

void
store_inventory(struct store *s, const struct inventory *inv)
{
	const struct device *all;
	struct roster *r, *old;
	size_t n;

	if (!s->conf->store.archives)
		return;
	all = inventory_all(inv, &n);
	if (roster_make(all, n, &r) != KK_OK) {
		log_line(
		    LOG_LV_ERROR, "archives: no memory for the new inventory: the old one stays");
		return;
	}
	pthread_mutex_lock(&s->lock);
	old = s->roster;
	s->roster = r;
	pthread_cond_broadcast(&s->moved);
	pthread_mutex_unlock(&s->lock);
	roster_free(old);
}

/* ---- samples in ---- */

/* A batch to fill: a used one, or a new one. */
static struct batch *
take_batch(struct store *s)
{
	struct batch *b;

	pthread_mutex_lock(&s->lock);
	b = s->spare;
	if (b != NULL)
		s->spare = b->next;
	pthread_mutex_unlock(&s->lock);
	if (b == NULL)
		b = calloc(1, sizeof(*b));
	if (b != NULL)
		b->next = NULL;
	return b;
}

/* Whether what waits for the journal leaves no room for this batch. */
static int
too_far_behind(struct store *s, const struct batch *b)
{
	size_t queued;

	pthread_mutex_lock(&s->lock);
	queued = s->queued;
	pthread_mutex_unlock(&s->lock);
	return queued + b->len > STORE_QUEUE_OCTETS;
}

static int
batch_room(struct store *s, struct batch *b)
{
	size_t room = b->room == 0 ? 65536 : b->room * 2;
	uint8_t *p;

	if (b->room - b->len >= SAMPLE_WIRE_MAX)
		return KK_OK;
	if (too_far_behind(s, b))
		return KK_E_FULL;
	p = realloc(b->octets, room);
	if (p == NULL)
		return KK_E_FULL;
	b->octets = p;
	b->room = room;
	return KK_OK;
}

int
store_put(struct store *s, const struct sample *sample)
{
	struct batch *b = s->building;
	int n = KK_E_FULL;

	atomic_fetch_add_explicit(&s->put, 1, memory_order_relaxed);
	if (b == NULL)
		s->building = b = take_batch(s);
	if (b != NULL && (b->len > 0 || !too_far_behind(s, b)))
		n = batch_room(s, b);
	if (n == KK_OK)
		n = sample_encode(sample, b->octets + b->len, b->room - b->len);
	if (n < 0) {
		atomic_fetch_add_explicit(&s->dropped, 1, memory_order_relaxed);
		return n;
	}
	b->len += (size_t)n;
	b->samples++;
	return KK_OK;
}

/* Without threads: journal, live table and ledger before it returns. */
static int64_t
commit_now(struct store *s, struct batch *b, struct diag *d)
{
	struct batch *rest = store_keep(s, b, d);
	int64_t number = b->number;
	int rc;

	s->journal_ok = rest == NULL;
	if (rest != NULL) {
		atomic_fetch_add(&s->dropped, b->samples);
		log_line(LOG_LV_ERROR, "journal: %s", d->text);
	}
	b->len = 0;
	b->samples = 0;
	s->building = b;
	if (rest != NULL)
		return KK_E_IO;
	rc = store_step_ledger(s);
	if (rc != KK_OK)
		diag_set(d, rc, "ledger: %s", kk_strerror(rc));
	return rc == KK_OK ? number : rc;
}

int64_t
store_commit(struct store *s, struct diag *d)
{
	struct batch *b = s->building;
	struct diag own = {""};

	if (b == NULL || b->len == 0)
		return 0;
	b->number = ++s->batches;
	s->building = NULL;
	if (!s->threads)
		return commit_now(s, b, d == NULL ? &own : d);
	pthread_mutex_lock(&s->lock);
	s->queued += b->len;
	*s->tail = b;
	s->tail = &b->next;
	pthread_cond_signal(&s->work);
	pthread_mutex_unlock(&s->lock);
	return s->batches;
}

int64_t
store_synced(const struct store *s)
{
	return atomic_load(&s->synced);
}

int
store_event_fd(const struct store *s)
{
	return s->event_fd;
}

/* ---- archives out ---- */

int
store_archives(struct store *s, struct diag *d)
{
	int rc;

	if (!s->conf->store.archives)
		return KK_OK;
	while ((rc = store_step_archives(s, 0)) == KK_OK)
		;
	if (rc == KK_END)
		rc = archive_flush_all(s->archive, clock_utc_cs(NULL) / 100);
	if (s->archive != NULL)
		store_copy_stats(s);
	if (rc != KK_OK)
		diag_set(d, rc, "archives: %s", kk_strerror(rc));
	return rc;
}

/* Answer a wish at once. */
static void
answer(struct store *s, int64_t ticket, int rc)
{
	pthread_mutex_lock(&s->lock);
	if (s->dones < STORE_WISHES)
		s->done[s->dones++] = (struct wish){.ticket = ticket, .rc = rc};
	pthread_mutex_unlock(&s->lock);
	store_signal(s);
}

int64_t
store_flush(struct store *s, const char *key)
{
	int64_t ticket = s->tickets + 1;
	int full;

	pthread_mutex_lock(&s->lock);
	full = s->wishes + s->dones >= STORE_WISHES || strlen(key) >= ROSTER_KEY;
	if (!full && s->threads && s->conf->store.archives) {
		struct wish *w = &s->wish[s->wishes++];

		w->ticket = ticket;
		w->rc = KK_OK;
		memcpy(w->key, key, strlen(key) + 1);
		pthread_cond_broadcast(&s->moved);
	}
	pthread_mutex_unlock(&s->lock);
	if (full)
		return KK_E_FULL;
	s->tickets = ticket;
	if (!s->conf->store.archives)
		answer(s, ticket, KK_E_NOTFOUND);
	else if (!s->threads) {
		int rc;

		while ((rc = store_step_archives(s, 0)) == KK_OK)
			;
		answer(s, ticket, s->archive == NULL ? rc : archive_flush(s->archive, key));
	}
	return ticket;
}

int
store_flush_done(struct store *s, int64_t *ticket, int *rc)
{
	int any;

	pthread_mutex_lock(&s->lock);
	any = s->dones > 0;
	if (any) {
		*ticket = s->done[0].ticket;
		*rc = s->done[0].rc;
		memmove(s->done, s->done + 1, --s->dones * sizeof(*s->done));
	}
	pthread_mutex_unlock(&s->lock);
	return any;
}

void
store_stats(const struct store *s, struct store_stats *out)
{
	struct store *own = (struct store *)s; /* for its lock */

	*out = (struct store_stats){
	    .samples_put = atomic_load(&s->put),
	    .samples_dropped = atomic_load(&s->dropped),
	    .batches = (uint64_t)atomic_load(&s->synced),
	    .journal_octets = atomic_load(&s->journal_octets),
	    .ledger_samples = atomic_load(&s->ledger_samples),
	};
	pthread_mutex_lock(&own->lock);
	out->archive_samples = s->archive_stats.samples;
	out->archive_visits = s->archive_stats.visits;
	out->archive_waiting = s->archive_stats.waiting;
	out->ledger_ok = s->ledger_keeper.ok;
	out->archives_ok =
	    s->archive_keeper.ok &&
	    (s->archive_stats.visits + s->archive_stats.failed == 0 || s->archive_stats.ok);
	out->journal_ok = s->journal_ok;
	pthread_mutex_unlock(&own->lock);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/workers.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "lib/clock.h"
#include "probes/alone.h"

#define SLOTS	 256 /* a power of two; of COUNT_BATCH packets each, 7 MB a lane */
#define CS_US	 10000
#define WAIT_NS	 1000000 /* for room, when the counting thread is slow */
#define EMPTY_MS (2 * LIVE_BLOCK_MS)
#define LINE	 64 /* of the cache */

/* One lane: its thread writes slots, the counting thread reads them. */
struct worker {
	struct workers *all;
	struct decoder *decoder;
	struct decoded *slot;
	pthread_t thread;
	int lane, started;
	struct diag why;
	int64_t read_us; /* newest packet */

	_Alignas(LINE) atomic_size_t head; /* slots written ever */
	_Atomic int64_t passed_us;	   /* older packets will not come */
	atomic_int rc;			   /* KK_END: it has ended; KK_E_...: and why */

	_Alignas(LINE) atomic_size_t tail; /* slots counted ever */
	size_t at;			   /* packets counted of the slot at `tail` */
};

struct workers {
	struct live *live;
	int lanes;
	struct alone *alone; /* one lane; else NULL */
	int fd;		     /* eventfd, for the counting thread */
	atomic_int sleeping; /* the counting thread may be in poll() */
	atomic_int end, abandon;
	struct worker worker[];
};

/* ---- a lane's thread ---- */

static void
wake(struct workers *all)
{
	const uint64_t one = 1;

	if (atomic_exchange(&all->sleeping, 0) && write(all->fd, &one, sizeof(one)) < 0)
		return; /* it is readable already */
}

static struct decoded *
slot_of(const struct worker *w, size_t n)
{
	return &w->slot[n & (SLOTS - 1)];
}

/* The slot that is filled is the lane's own; behind it there must be another one. */
static void
wait_for_room(struct worker *w)
{
	const struct timespec t = {0, WAIT_NS};

	while (atomic_load(&w->head) - atomic_load(&w->tail) >= SLOTS - 1 &&
	       !atomic_load(&w->all->abandon))
		nanosleep(&t, NULL);
}

static void
publish(struct worker *w)
{
	size_t head = atomic_load_explicit(&w->head, memory_order_relaxed);

	if (slot_of(w, head)->n == 0)
		return;
	wait_for_room(w);
	decoded_clear(slot_of(w, head + 1));
	/* In this order: who sees the time sees the packets before it. */
	atomic_store(&w->head, head + 1);
	atomic_store(&w->passed_us, w->read_us);
	wake(w->all);
}

static void
on_packet(void *ctx, const struct packet *p)
{
	struct worker *w = ctx;
	size_t head = atomic_load_explicit(&w->head, memory_order_relaxed);

	if (p->time_us > w->read_us)
		w->read_us = p->time_us;
	if (decoded_add(slot_of(w, head), w->decoder, p))
		publish(w);
}

/* Packets, 0, or KK_E_... */
static int
read_some(struct worker *w)
{
	struct pollfd fd = {live_fd(w->all->live, w->lane), POLLIN, 0};
	int ending = atomic_load(&w->all->end), ready = poll(&fd, 1, EMPTY_MS), n;
	int64_t before_us = clock_utc_cs(NULL) * CS_US - WORKERS_LATE_US;

	n = live_read(w->all->live, w->lane, on_packet, w, &w->why);
	publish(w);
	if (n == 0 && before_us > atomic_load(&w->passed_us)) {
		atomic_store(&w->passed_us, before_us);
		wake(w->all);
	}
	poll(NULL, 0, live_rest_ms(w->all->live, n));
	return n == 0 && ready == 0 && ending ? KK_E_CLOSED : n;
}

static void *
run(void *ctx)
{
	struct worker *w = ctx;
	int rc = 0;

	while (rc >= 0 && !atomic_load(&w->all->abandon))
		rc = read_some(w);
	atomic_store(&w->passed_us, INT64_MAX);
	atomic_store(&w->rc, rc == KK_E_CLOSED || rc >= 0 ? KK_END : rc);
	atomic_store(&w->all->sleeping, 1);
	wake(w->all);
	return NULL;
}

/* ---- one lane, no thread ---- */

static int
take_alone(struct workers *all, const struct counting *to, struct diag *d)
{
	struct pollfd fd = {live_fd(all->live, 0), POLLIN, 0};
	int ending = atomic_load(&all->end);
	int ready = ending ? poll(&fd, 1, EMPTY_MS) : 1, n = alone_take(all->alone, to, d);

	if (n < 0)
		return n;
	return n == 0 && ready == 0 ? KK_END : KK_OK;
}

/* ---- beginning and end ---- */

static int
start_threads(struct workers *all, struct decoder *const *decoder)
{
	int err;

	if ((all->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) < 0)
		return kk_from_errno(errno);
	for (int i = 0; i < all->lanes; i++) {
		struct worker *w = &all->worker[i];

		*w = (struct worker){.all = all, .decoder = decoder[i], .lane = i};
		if ((w->slot = calloc(SLOTS, sizeof(*w->slot))) == NULL)
			return KK_E_NOMEM;
		if ((err = pthread_create(&w->thread, NULL, run, w)) != 0)
			return kk_from_errno(err);
		w->started = 1;
	}
	return KK_OK;
}

int
workers_start(struct live *live, struct decoder *const *decoder, int lanes, struct workers **out,
    struct diag *d)
{
	size_t size = sizeof(struct workers) + (size_t)lanes * sizeof(struct worker);
	struct workers *all = aligned_alloc(LINE, (size + LINE - 1) / LINE * LINE);
	int rc = KK_OK;

	if (all == NULL)
		return diag_set(d, KK_E_NOMEM, "out of memory");
	memset(all, 0, size);
	all->live = live;
	all->lanes = lanes;
	all->fd = -1;
	if (lanes > 1)
		rc = start_threads(all, decoder);
	else if ((all->alone = alone_new(live, decoder[0])) == NULL)
		rc = KK_E_NOMEM;
	if (rc == KK_OK) {
		*out = all;
		return KK_OK;
	}
	workers_free(all);
	return diag_set(d, rc, "threads: %s", kk_strerror(rc));
}

void
workers_free(struct workers *all)
{
	if (all == NULL)
		return;
	atomic_store(&all->abandon, 1);
	for (int i = 0; i < all->lanes; i++) {
		if (all->worker[i].started)
			pthread_join(all->worker[i].thread, NULL);
		free(all->worker[i].slot);
	}
	if (all->fd >= 0)
		close(all->fd);
	alone_free(all->alone);
	free(all);
}

void
workers_end(struct workers *all)
{
	atomic_store(&all->end, 1);
}

int
workers_fd(const struct workers *all)
{
	return all->alone != NULL ? live_fd(all->live, 0) : all->fd;
}

int
workers_rest_ms(const struct workers *all)
{
	return all->alone != NULL ? alone_rest_ms(all->alone) : 0;
}

/* ---- the counting thread ---- */

/* When the next packet of a lane came, or how late it must be; `there`: it is in a slot. */
static int64_t
next_us(struct worker *w, int *there)
{
	int64_t passed_us = atomic_load(&w->passed_us);
	size_t tail = atomic_load_explicit(&w->tail, memory_order_relaxed);

	*there = atomic_load(&w->head) != tail;
	return *there ? slot_of(w, tail)->packet[w->at].time_us : passed_us;
}

int64_t
workers_passed(struct workers *all)
{
	int64_t least = INT64_MAX;
	int there;

	if (all->alone != NULL)
		return alone_passed(all->alone);
	for (int i = 0; i < all->lanes; i++) {
		int64_t us = next_us(&all->worker[i], &there);

		least = us < least ? us : least;
	}
	return least;
}

/* How many packets of the slot may be counted now. An interval is closed by the first packet behind
 * it, and not before every lane has come so far. */
static size_t
countable(struct worker *w, const struct decoded *slot, int64_t due_us)
{
	size_t n = w->at;

	if (due_us == 0)
		return slot->n - w->at;
	while (n < slot->n && slot->packet[n].time_us < due_us)
		n++;
	if (n == w->at && workers_passed(w->all) >= due_us)
		n++;
	return n - w->at;
}

/* Slots that were done with; SLOTS: perhaps there are more. */
static size_t
take_lane(struct worker *w, const struct counting *to)
{
	size_t done = 0, tail = atomic_load_explicit(&w->tail, memory_order_relaxed);

	while (done < SLOTS && atomic_load(&w->head) != tail) {
		const struct decoded *slot = slot_of(w, tail);
		size_t n = countable(w, slot, count_due(to->count));

		if (n == 0)
			break;
		decoded_count(slot, to, w->at, n);
		w->at += n;
		if (w->at < slot->n)
			continue;
		w->at = 0;
		atomic_store(&w->tail, ++tail);
		done++;
	}
	return done;
}

/* KK_END: all lanes have ended, and nothing of them is left. */
static int
ended(struct workers *all, struct diag *d)
{
	int rc = KK_END, there;

	for (int i = 0; i < all->lanes; i++) {
		int lane = atomic_load(&all->worker[i].rc);

		if (lane < 0)
			return diag_set(d, lane, "%s", all->worker[i].why.text);
		next_us(&all->worker[i], &there);
		if (lane != KK_END || there)
			rc = KK_OK;
	}
	return rc;
}

int
workers_take(struct workers *all, const struct counting *to, struct diag *d)
{
	size_t done, sum = 0;
	uint64_t ignored;

	if (all->alone != NULL)
		return take_alone(all, to, d);
	if (read(all->fd, &ignored, sizeof(ignored)) < 0 && errno != EAGAIN)
		return diag_set(d, kk_from_errno(errno), "eventfd: %s", strerror(errno));
	do {
		/* Before the last look: what comes after it wakes this thread. */
		atomic_store(&all->sleeping, 1);
		done = 0;
		for (int i = 0; i < all->lanes; i++)
			done += take_lane(&all->worker[i], to);
		sum += done;
	} while (done > 0 && sum < (size_t)all->lanes * SLOTS);
	if (done > 0) { /* signals and the collector have their turn between */
		atomic_store(&all->sleeping, 1);
		wake(all);
	}
	return ended(all, d);
}

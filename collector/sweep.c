/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/sweep.h"

#include <stdlib.h>
#include <string.h>

#include "lib/text.h"

#define TICK_MS	       10
#define BUCKETS_MAX    6000
#define STARTS_PER_RUN 256 /* between two looks at the network */
#define SLEEP_MS_MAX   1000

struct sweep {
	const struct kk_clock *clock;
	sweep_start_cb start;
	sweep_late_cb late;
	sweep_turned_cb turned_cb;
	sweep_foresee_cb foresee;
	void *ctx;
	struct sweep_item **bucket;
	unsigned n_buckets;
	int64_t tick_ms;
	int64_t zero_ms; /* monotonic: when the wheel was, or would have been, at bucket 0 */
	int64_t turned;	 /* ticks that are done, since zero_ms */
	int still;	 /* sweep_all(): the wheel does not turn */
	struct sweep_item *due_first, *due_last;
	struct sweep_stats stats;
};

/* ---- the wheel ---- */

static struct sweep_item **
bucket_of(struct sweep *s, const struct sweep_item *it)
{
	return &s->bucket[it->hash % s->n_buckets];
}

static void
wheel_add(struct sweep *s, struct sweep_item *it)
{
	struct sweep_item **head = bucket_of(s, it);

	it->prev = NULL;
	it->next = *head;
	if (*head != NULL)
		(*head)->prev = it;
	*head = it;
}

static void
wheel_remove(struct sweep *s, struct sweep_item *it)
{
	if (it->prev != NULL)
		it->prev->next = it->next;
	else
		*bucket_of(s, it) = it->next;
	if (it->next != NULL)
		it->next->prev = it->prev;
}

/* Bucket 0 is where the wall clock's interval begins, so that a device keeps its moment over
 * restarts; from then on only monotonic time counts. */
static void
set_wheel(struct sweep *s, unsigned interval_s)
{
	int64_t interval_ms = (int64_t)interval_s * 1000, now = clock_mono_ms(s->clock);
	int64_t into = clock_utc_cs(s->clock) * 10 % interval_ms;

	s->zero_ms = now - into;
	s->turned = into / s->tick_ms;
}

static int
make_buckets(unsigned interval_s, struct sweep_item ***out, unsigned *n, int64_t *tick_ms)
{
	int64_t interval_ms = (int64_t)interval_s * 1000;

	*tick_ms = interval_ms / BUCKETS_MAX > TICK_MS ? interval_ms / BUCKETS_MAX : TICK_MS;
	while (interval_ms % *tick_ms != 0)
		++*tick_ms;
	*n = (unsigned)(interval_ms / *tick_ms);
	*out = calloc(*n, sizeof(**out));
	return *out != NULL ? KK_OK : KK_E_NOMEM;
}

int
sweep_new(const struct kk_clock *c, unsigned interval_s, sweep_start_cb start, void *ctx,
    struct sweep **out)
{
	struct sweep *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return KK_E_NOMEM;
	s->clock = c;
	s->start = start;
	s->ctx = ctx;
	if (make_buckets(interval_s, &s->bucket, &s->n_buckets, &s->tick_ms) != KK_OK) {
		free(s);
		return KK_E_NOMEM;
	}
	set_wheel(s, interval_s);
	*out = s;
	return KK_OK;
}

void
sweep_listen(struct sweep *s, sweep_late_cb late, sweep_turned_cb turned)
{
	s->late = late;
	s->turned_cb = turned;
}

void
sweep_foresee(struct sweep *s, sweep_foresee_cb foresee)
{
	s->foresee = foresee;
}

void
sweep_free(struct sweep *s)
{
	if (s == NULL)
		return;
	free(s->bucket);
	free(s);
}

int
sweep_retime(struct sweep *s, unsigned interval_s)
{
	struct sweep_item **old = s->bucket, **fresh;
	unsigned n_old = s->n_buckets, n;
	int64_t tick_ms;

	if (make_buckets(interval_s, &fresh, &n, &tick_ms) != KK_OK)
		return KK_E_NOMEM;
	s->bucket = fresh;
	s->n_buckets = n;
	s->tick_ms = tick_ms;
	for (unsigned i = 0; i < n_old; i++)
		for (struct sweep_item *it = old[i], *next; it != NULL; it = next) {
			next = it->next;
			wheel_add(s, it);
		}
	free(old);
	set_wheel(s, interval_s);
	return KK_OK;
}

/* ---- the line of those that are due ---- */

static void
due_add(struct sweep *s, struct sweep_item *it)
{
	it->due = 1;
	it->due_next = NULL;
	it->due_prev = s->due_last;
	if (s->due_last != NULL)
		s->due_last->due_next = it;
	else
		s->due_first = it;
	s->due_last = it;
	s->stats.due++;
}

/* Its moment has come. */
static void
due_at(struct sweep *s, struct sweep_item *it, int64_t slot_ms)
{
	if ((it->flying || it->due) && s->late != NULL)
		s->late(s->ctx, it);
	if (it->due)
		s->stats.waited++;
	else if (it->flying)
		s->stats.overruns++;
	else
		due_add(s, it);
	if (it->due)
		it->slot_ms = slot_ms;
}

static void
due_remove(struct sweep *s, struct sweep_item *it)
{
	if (it->due_prev != NULL)
		it->due_prev->due_next = it->due_next;
	else
		s->due_first = it->due_next;
	if (it->due_next != NULL)
		it->due_next->due_prev = it->due_prev;
	else
		s->due_last = it->due_prev;
	it->due = 0;
	s->stats.due--;
}

/* ---- items ---- */

void
sweep_add(struct sweep *s, struct sweep_item *it, const char *id)
{
	it->hash = text_hash(id, strlen(id));
	it->in = 1;
	wheel_add(s, it);
	s->stats.items++;
}

void
sweep_remove(struct sweep *s, struct sweep_item *it)
{
	if (!it->in)
		return;
	wheel_remove(s, it);
	if (it->due)
		due_remove(s, it);
	if (it->flying)
		s->stats.flying--;
	it->in = it->flying = 0;
	s->stats.items--;
}

void
sweep_ended(struct sweep *s, struct sweep_item *it)
{
	if (it->flying)
		s->stats.flying--;
	it->flying = 0;
}

int
sweep_now(struct sweep *s, struct sweep_item *it)
{
	if (!it->in)
		return KK_E_NOTFOUND;
	if (it->due || it->flying)
		return KK_E_BUSY;
	due_add(s, it);
	it->slot_ms = 0;
	return KK_OK;
}

void
sweep_all(struct sweep *s)
{
	s->still = 1;
	for (int early = 1; early >= 0; early--)
		for (unsigned i = 0; i < s->n_buckets; i++)
			for (struct sweep_item *it = s->bucket[i]; it != NULL; it = it->next)
				if (it->early == early)
					(void)sweep_now(s, it);
}

/* ---- turning ---- */

/* All whose moment has passed get in line, each once, however long nobody turned the wheel. */
static void
turn(struct sweep *s)
{
	int64_t until = (clock_mono_ms(s->clock) - s->zero_ms) / s->tick_ms;

	if (until - s->turned > s->n_buckets)
		s->turned = until - s->n_buckets;
	while (s->turned < until) {
		int64_t slot_ms = s->zero_ms + s->turned * s->tick_ms;

		for (struct sweep_item *it = s->bucket[s->turned % s->n_buckets]; it != NULL;
		     it = it->next)
			due_at(s, it, slot_ms);
		if (++s->turned % s->n_buckets == 0 && s->turned_cb != NULL)
			s->turned_cb(s->ctx);
	}
}

/* While one is started, the next one is brought near, and the place of the one after that. */
static void
foresee(const struct sweep *s, const struct sweep_item *it)
{
	struct sweep_item *next = it->due_next;

	if (next == NULL)
		return;
	__builtin_prefetch(next->due_next, 1);
	if (s->foresee != NULL)
		s->foresee(s->ctx, next);
}

/* Returns 1 when the engine takes no more for now. */
static int
start_due(struct sweep *s)
{
	for (unsigned i = 0; i < STARTS_PER_RUN && s->due_first != NULL; i++) {
		struct sweep_item *it = s->due_first;
		int rc;

		foresee(s, it);
		it->flying = 1; /* before: a poll may end from inside `start` */
		s->stats.flying++;
		rc = s->start(s->ctx, it);
		if (rc == KK_OK) {
			s->stats.started++;
		} else {
			sweep_ended(s, it);
			if (rc == KK_E_FULL)
				return 1;
			s->stats.refused++;
		}
		due_remove(s, it);
	}
	return 0;
}

/* Until the next bucket that holds somebody, looked for only a little ahead. */
static int
sleep_ms(const struct sweep *s)
{
	int64_t now = clock_mono_ms(s->clock), tick = s->turned, at;

	while (s->bucket[tick % s->n_buckets] == NULL &&
	       (tick - s->turned) * s->tick_ms < SLEEP_MS_MAX)
		tick++;
	at = s->zero_ms + (tick + 1) * s->tick_ms; /* a bucket is over when its last moment is */
	return at > now ? (int)(at - now) : 0;
}

int
sweep_run(struct sweep *s)
{
	int full;

	if (!s->still)
		turn(s);
	full = start_due(s);
	if (s->due_first != NULL)
		return full ? TICK_MS : 0;
	if (s->still || s->stats.items == 0)
		return -1;
	return sleep_ms(s);
}

void
sweep_stats(const struct sweep *s, struct sweep_stats *out)
{
	*out = s->stats;
}

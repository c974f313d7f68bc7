/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/distinct.h"

#include <stdlib.h>
#include <string.h>

#include "collector/distinct_day.h"
#include "lib/daykey_wire.h"
#include "rrd/distinct.h"

#define DAYS_OPEN		   4 /* yesterday's, today's and tomorrow's; a clock that was set */
#define CLOSE_S			   900 /* after its end a day waits so long for the last sketches */
#define KEEP_MS			   300000 /* between two rounds */
#define ROWS_AT_ONCE		   500	  /* in a transaction */
#define FUTURE_CS		   500	  /* a probe's clock is ours, but for a tick */
#define AP_CLIENTS		   1000000
#define CITY_CLIENTS		   100000000
#define DISTINCT_AS_NAME(id, name) name,

struct distinct {
	struct distinct_env env;
	struct distinct_stats stats;
	struct distinct_day *day[DAYS_OPEN]; /* NULL: none */
	int64_t round_ms;		     /* when the next round begins */
	int keeping;			     /* a round runs */
	uint8_t scratch[1 << SKETCH_BITS_MAX];
};

static const char *const drop_names[DISTINCT_DROP_COUNT] = {DISTINCT_DROPS(DISTINCT_AS_NAME)};

const char *
distinct_drop_name(unsigned reason)
{
	return reason < DISTINCT_DROP_COUNT ? drop_names[reason] : "?";
}

const struct distinct_stats *
distinct_stats(const struct distinct *t)
{
	return &t->stats;
}

struct distinct *
distinct_new(const struct distinct_env *env)
{
	struct distinct *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->env = *env;
	t->round_ms = clock_mono_ms(env->clock) + KEEP_MS;
	return t;
}

void
distinct_free(struct distinct *t)
{
	if (t == NULL)
		return;
	for (unsigned i = 0; i < DAYS_OPEN; i++)
		distinct_day_free(t->day[i]);
	explicit_bzero(t->scratch, sizeof(t->scratch));
	free(t);
}

int
distinct_open(struct distinct *t, const struct daykey_facts *key)
{
	unsigned at = 0;

	for (unsigned i = 0; i < DAYS_OPEN; i++)
		if (t->day[i] != NULL && distinct_day_key(t->day[i])->epoch == key->epoch)
			return KK_OK;
	/* A free place, else that of the oldest. */
	for (unsigned i = 0; i < DAYS_OPEN && t->day[at] != NULL; i++)
		if (t->day[i] == NULL ||
		    distinct_day_key(t->day[i])->from_s < distinct_day_key(t->day[at])->from_s)
			at = i;
	distinct_day_free(t->day[at]);
	t->day[at] = distinct_day_new(key);
	return t->day[at] != NULL ? KK_OK : KK_E_NOMEM;
}

/* ---- taking ---- */

static void
drop(struct distinct *t, enum distinct_drop why)
{
	t->stats.drops[why]++;
}

/* All of a message is read once before any of it is taken. */
static int
check(struct sketches_reader r)
{
	struct sketches_entry e;
	int rc;

	while ((rc = sketches_next(&r, &e)) == KK_OK)
		;
	return rc == KK_END ? KK_OK : rc;
}

/* A sketch of which no more than so many can have been: into the scratch. 0: it is dropped. */
static int
is_likely(struct distinct *t, const struct sketches_entry *e, unsigned bits, uint64_t most)
{
	struct sketch s = {bits, t->scratch};

	memset(t->scratch, 0, sketch_octets(bits));
	if (sketch_decode(e->octets, e->len, &s) != KK_OK) {
		drop(t, DISTINCT_DROP_PRECISION);
		return 0;
	}
	if (sketch_estimate(&s) > most) {
		drop(t, DISTINCT_DROP_IMPLAUSIBLE);
		return 0;
	}
	return 1;
}

static void
take_one(struct distinct *t, struct distinct_day *day, const struct sketches_head *head,
    const struct sketches_entry *e)
{
	struct distinct_place place = {0, ""};
	int all = e->id[0] == '\0';
	struct sketch s = {all ? DAYKEY_ALL_BITS : DAYKEY_AP_BITS, t->scratch};

	if (!is_likely(t, e, s.bits, all ? CITY_CLIENTS : AP_CLIENTS))
		return;
	if (!all && (place = t->env.place(t->env.ctx, e->id)).device == 0) {
		drop(t, DISTINCT_DROP_UNKNOWN_AP);
		return;
	}
	if (!distinct_day_merge(day, head, place.device, place.district, &s))
		drop(t, DISTINCT_DROP_ROOM);
	else
		t->stats.sketches++;
}

static int
has_key(const struct distinct *t, uint64_t epoch)
{
	for (unsigned i = 0; i < DAYS_OPEN; i++)
		if (t->day[i] != NULL && distinct_day_key(t->day[i])->epoch == epoch)
			return 1;
	return 0;
}

/* The day that a message is of; NULL: it is dropped. */
static struct distinct_day *
day_of(struct distinct *t, const struct sketches_head *head)
{
	struct zone_day bounds;

	for (unsigned i = 0; i < DAYS_OPEN; i++) {
		const struct daykey_facts *key =
		    t->day[i] != NULL ? distinct_day_key(t->day[i]) : NULL;

		if (key == NULL || key->epoch != head->epoch || key->day != head->day)
			continue;
		if (head->from_cs < key->from_s * 100 || head->to_cs > key->to_s * 100 ||
		    head->to_cs > clock_utc_cs(t->env.clock) + FUTURE_CS)
			break;
		return t->day[i];
	}
	if (zone_day_bounds(head->day, &bounds) == KK_OK &&
	    bounds.to_s + CLOSE_S <= clock_utc_cs(t->env.clock) / 100)
		drop(t, DISTINCT_DROP_LATE);
	else if (has_key(t, head->epoch))
		drop(t, DISTINCT_DROP_SPAN);
	else
		drop(t, DISTINCT_DROP_FOREIGN_KEY);
	return NULL;
}

int
distinct_take(struct distinct *t, const uint8_t *in, size_t len)
{
	struct sketches_head head;
	struct sketches_reader r;
	struct sketches_entry e;
	struct distinct_day *day;
	int rc = sketches_open(&r, in, len, &head);

	if (rc == KK_OK)
		rc = check(r);
	if (rc != KK_OK) {
		drop(t, DISTINCT_DROP_MALFORMED);
		return rc;
	}
	if ((day = day_of(t, &head)) == NULL)
		return KK_OK;
	t->stats.messages++;
	while (sketches_next(&r, &e) == KK_OK)
		take_one(t, day, &head, &e);
	explicit_bzero(t->scratch, sizeof(t->scratch));
	return KK_OK;
}

/* ---- keeping ---- */

static int
is_over(const struct distinct *t, const struct distinct_day *day)
{
	return clock_utc_cs(t->env.clock) / 100 >= distinct_day_key(day)->to_s + CLOSE_S;
}

/* Some rows of a day; KK_OK: there are none left. */
static int
keep_some(struct distinct *t, struct distinct_day *day, struct db *db, struct diag *d)
{
	struct distinct_row *row = calloc(ROWS_AT_ONCE, sizeof(*row));
	size_t n;
	int rc;

	if (row == NULL)
		return diag_set(d, KK_E_NOMEM, "%s", kk_strerror(KK_E_NOMEM));
	n = distinct_day_rows(day, is_over(t, day), row, ROWS_AT_ONCE);
	rc = n > 0 ? distinct_put(db, row, n, d) : KK_OK;
	if (rc == KK_OK) {
		distinct_day_kept(day);
		t->stats.kept += n;
	}
	free(row);
	return rc == KK_OK && n > 0 ? KK_END : rc;
}

int
distinct_keep(struct distinct *t, struct db *db, int all, struct diag *d)
{
	int64_t now_ms = clock_mono_ms(t->env.clock);

	if (!all && !t->keeping && now_ms < t->round_ms)
		return KK_OK;
	t->keeping = 1;
	for (unsigned i = 0; i < DAYS_OPEN; i++) {
		int rc = t->day[i] != NULL ? keep_some(t, t->day[i], db, d) : KK_OK;

		if (rc != KK_OK)
			return rc;
	}
	for (unsigned i = 0; i < DAYS_OPEN; i++) {
		if (t->day[i] == NULL)
			continue;
		distinct_day_again(t->day[i]);
		if (is_over(t, t->day[i])) {
			distinct_day_free(t->day[i]);
			t->day[i] = NULL;
		}
	}
	t->keeping = 0;
	t->round_ms = now_ms + KEEP_MS;
	return KK_OK;
}

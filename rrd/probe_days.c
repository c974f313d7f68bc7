/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/probe_days.h"

#include <stdlib.h>
#include <string.h>

#include "lib/sample_wire.h"
#include "rrd/code_days.h"

#define FIRST_BIND 4 /* the parameter of the first count */

#define AS_COLUMN(metric, column) ", " #column
#define AS_MARK(metric, column)	  ", ?"
/* NULL where nobody has counted that yet. */
#define AS_ADDED(metric, column)                                                                  \
#column " = CASE WHEN excluded." #column " IS NULL THEN " #column " ELSE ifnull(" #column \
		", 0) + excluded." #column " END,"
#define AS_SUM(metric, column)	  ", sum(" #column ")"
#define AS_METRIC(metric, column) METRIC_##metric,

static const char add_sql[] = "INSERT INTO probe_day (day, device, source" PROBE_DAY_COUNTS(
    AS_COLUMN) ") VALUES (?1, ?2, ?3" PROBE_DAY_COUNTS(AS_MARK) ") ON CONFLICT DO UPDATE "
								"SET " PROBE_DAY_COUNTS(
								    AS_ADDED) " source = source";

static const uint8_t metric_of[PROBE_DAY_COUNT] = {PROBE_DAY_COUNTS(AS_METRIC)};

/* What was counted up to a moment. */
struct reading {
	int64_t time_cs;
	uint32_t known;
	int64_t value[PROBE_DAY_COUNT];
	struct frame_codes codes; /* owned */
};

/* One (device, source). */
struct entry {
	uint64_t key; /* device << 8 | source; 0: an empty place */
	uint64_t round;
	struct reading kept; /* as committed */
	struct reading next; /* of this round */
};

struct probe_days {
	struct db *db;
	struct code_days *codes;
	sqlite3_stmt *add;
	struct entry *entry; /* open addressing; a power of two */
	size_t room, used;
	uint64_t round;
	struct zone_day day; /* of the newest sample */
	struct reading now;  /* it */
};

/* ---- entries ---- */

static int
is_counted(const struct sample *s)
{
	return (s->source == SOURCE_PROBE || s->source == SOURCE_RADIUS) && s->device != 0 &&
	       !(s->flags & SAMPLE_SILENT);
}

static struct entry *
place(struct entry *e, size_t room, uint64_t key)
{
	size_t at = (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (room - 1);

	while (e[at].key != 0 && e[at].key != key)
		at = (at + 1) & (room - 1);
	return &e[at];
}

/* Half full at the most. 0: out of memory. */
static int
grow(struct probe_days *p)
{
	size_t room = p->room == 0 ? 256 : p->room * 2;
	struct entry *bigger;

	if (p->used * 2 < p->room)
		return 1;
	if ((bigger = calloc(room, sizeof(*bigger))) == NULL)
		return 0;
	for (size_t i = 0; i < p->room; i++)
		if (p->entry[i].key != 0)
			*place(bigger, room, p->entry[i].key) = p->entry[i];
	free(p->entry);
	p->entry = bigger;
	p->room = room;
	return 1;
}

/* NULL: out of memory. */
static struct entry *
entry_of(struct probe_days *p, const struct sample *s)
{
	uint64_t key = (uint64_t)s->device << 8 | s->source;
	struct entry *e;

	if (!grow(p))
		return NULL;
	e = place(p->entry, p->room, key);
	if (e->key == 0) {
		e->key = key;
		p->used++;
	}
	return e;
}

/* 0: out of memory, and `r` is as it was. */
static int
read_sample(const struct sample *s, struct reading *r)
{
	if (frame_codes_copy(&r->codes, s->counters, s->n_counters) != KK_OK)
		return 0;
	r->time_cs = s->time_cs;
	for (unsigned i = 0; i < PROBE_DAY_COUNT; i++) {
		if (!sample_has(s, metric_of[i]))
			continue; /* it stays where it was; one that was told once is told always
				   */
		r->known |= UINT32_C(1) << i;
		r->value[i] = s->value[metric_of[i]];
	}
	return 1;
}

/* A reading made equal to another. 0: out of memory, and `to` is as it was. */
static int
take_over(struct reading *to, const struct reading *from)
{
	struct frame_codes codes = to->codes;

	if (frame_codes_copy(&codes, from->codes.counter, from->codes.n) != KK_OK)
		return 0;
	*to = *from;
	to->codes = codes;
	return 1;
}

/* ---- opening ---- */

static int
restore(struct probe_days *p, const void *octets, size_t len)
{
	struct counter counters[SAMPLE_COUNTERS_MAX];
	struct sample s;
	struct entry *e;

	/* What is damaged was complained of by the ledger: its next reading is a new base. */
	if (octets == NULL || sample_decode(octets, len, &s, counters) <= 0 || !is_counted(&s))
		return KK_OK;
	if ((e = entry_of(p, &s)) == NULL)
		return KK_E_NOMEM;
	return read_sample(&s, &e->kept) ? KK_OK : KK_E_NOMEM;
}

static int
load(struct probe_days *p, struct diag *d)
{
	sqlite3_stmt *s;
	int step,
	    rc = db_prepare(p->db, "SELECT sample FROM odometer WHERE source IN (?1, ?2)", &s, d);

	if (rc != KK_OK)
		return rc;
	sqlite3_bind_int(s, 1, SOURCE_PROBE);
	sqlite3_bind_int(s, 2, SOURCE_RADIUS);
	while ((step = sqlite3_step(s)) == SQLITE_ROW && rc == KK_OK)
		rc = restore(p, sqlite3_column_blob(s, 0), (size_t)sqlite3_column_bytes(s, 0));
	if (rc == KK_E_NOMEM)
		diag_set(d, rc, "%s: out of memory", db_file(p->db));
	else if (rc == KK_OK && step != SQLITE_DONE)
		rc = db_error(p->db, d, "read the odometers of probes");
	sqlite3_finalize(s);
	return rc;
}

int
probe_days_open(struct db *db, struct probe_days **out, struct diag *d)
{
	struct probe_days *p = calloc(1, sizeof(*p));
	int rc;

	*out = NULL;
	if (p == NULL)
		return diag_set(d, KK_E_NOMEM, "out of memory");
	p->db = db;
	rc = load(p, d);
	if (rc == KK_OK)
		rc = db_prepare(db, add_sql, &p->add, d);
	if (rc == KK_OK)
		rc = code_days_open(db, &p->codes, d);
	if (rc == KK_OK)
		*out = p;
	else
		probe_days_close(p);
	return rc;
}

void
probe_days_close(struct probe_days *p)
{
	if (p == NULL)
		return;
	sqlite3_finalize(p->add);
	code_days_close(p->codes);
	frame_codes_free(&p->now.codes);
	for (size_t i = 0; i < p->room; i++) {
		frame_codes_free(&p->entry[i].kept.codes);
		frame_codes_free(&p->entry[i].next.codes);
	}
	free(p->entry);
	free(p);
}

/* ---- samples ---- */

/* What passed since the last reading; 0: none of it is known. A counter that fell, as its state was
 * lost, is a new base. */
static int
bind_counts(struct probe_days *p, const struct reading *from, const struct reading *to)
{
	int any = 0;

	for (unsigned i = 0; i < PROBE_DAY_COUNT; i++) {
		int64_t passed = to->value[i] - from->value[i];

		if (((to->known >> i) & 1) == 0 || passed < 0) {
			sqlite3_bind_null(p->add, FIRST_BIND + (int)i);
			continue;
		}
		sqlite3_bind_int64(p->add, FIRST_BIND + (int)i, passed);
		any = 1;
	}
	return any;
}

static void
swap(struct reading *a, struct reading *b)
{
	struct reading was = *a;

	*a = *b;
	*b = was;
}

static int
count(struct probe_days *p, struct entry *e, const struct sample *s, struct diag *d)
{
	int rc = KK_OK;

	if (!take_over(&p->now, &e->next) || !read_sample(s, &p->now))
		return diag_set(d, KK_E_NOMEM, "%s: out of memory", db_file(p->db));
	/* An interval that ends at midnight is of the day that ends there. */
	zone_day_of((s->time_cs - 1) / 100, &p->day);
	sqlite3_bind_int(p->add, 1, p->day.day);
	sqlite3_bind_int64(p->add, 2, s->device);
	sqlite3_bind_int(p->add, 3, s->source);
	if (bind_counts(p, &e->next, &p->now))
		rc = db_step_done(p->db, p->add, d, "write a probe's day");
	if (rc == KK_OK)
		rc = code_days_add(
		    p->codes, p->day.day, s->device, &e->next.codes, &p->now.codes, d);
	if (rc == KK_OK)
		swap(&e->next, &p->now);
	return rc;
}

/* As in the ledger: a counter that grew counts even if the wall clock went back. */
static int
is_news(const struct reading *from, const struct sample *s)
{
	if (s->time_cs > from->time_cs)
		return 1;
	for (unsigned i = 0; i < PROBE_DAY_COUNT; i++)
		if (sample_has(s, metric_of[i]) && s->value[metric_of[i]] > from->value[i])
			return 1;
	return 0;
}

int
probe_days_take(struct probe_days *p, const struct sample *s, size_t n, struct diag *d)
{
	int rc = KK_OK;

	p->round++;
	for (size_t i = 0; i < n && rc == KK_OK; i++) {
		struct entry *e;

		if (!is_counted(&s[i]))
			continue;
		if ((e = entry_of(p, &s[i])) == NULL ||
		    (e->round != p->round && !take_over(&e->next, &e->kept)))
			return diag_set(d, KK_E_NOMEM, "%s: out of memory", db_file(p->db));
		e->round = p->round;
		if (is_news(&e->next, &s[i]))
			rc = count(p, e, &s[i], d);
	}
	return rc;
}

void
probe_days_keep(struct probe_days *p)
{
	for (size_t i = 0; i < p->room; i++) {
		struct entry *e = &p->entry[i];

		if (e->key == 0 || e->round != p->round)
			continue;
		swap(&e->kept, &e->next);
		e->round = 0; /* the next round begins with what is kept */
	}
}

/* ---- reading ---- */

#define SUMS "SELECT key, month, count(DISTINCT device)" PROBE_DAY_COUNTS(AS_SUM) " FROM (SELECT "
#define SUMS_END                                                                                  \
	" AS key, day / 100 AS month, p.* FROM probe_day p WHERE source = ?1 AND day BETWEEN ?2 " \
	"AND ?3)"                                                                                 \
	" GROUP BY key, month ORDER BY key, month"

static const char *const read_sql[] = {
    [PROBE_DAYS_CITY] = SUMS "'city'" SUMS_END,
    [PROBE_DAYS_DISTRICT] = SUMS
    "ifnull((SELECT district FROM belonging b WHERE b.device = p.device AND b.since <= p.day"
    " ORDER BY b.since DESC LIMIT 1), '')" SUMS_END,
    [PROBE_DAYS_AP] = SUMS "(SELECT id FROM device v WHERE v.num = p.device)" SUMS_END,
};

static void
fill(sqlite3_stmt *s, struct probe_days_sum *sum)
{
	const char *key = (const char *)sqlite3_column_text(s, 0);

	*sum = (struct probe_days_sum){.key = key != NULL ? key : "",
	    .month = (kk_day)sqlite3_column_int(s, 1),
	    .aps = (uint32_t)sqlite3_column_int64(s, 2)};
	for (int i = 0; i < PROBE_DAY_COUNT; i++) {
		if (sqlite3_column_type(s, 3 + i) == SQLITE_NULL)
			continue;
		sum->known |= UINT32_C(1) << i;
		sum->n[i] = (uint64_t)sqlite3_column_int64(s, 3 + i);
	}
}

int
probe_days_read(struct db *db, kk_day from, kk_day to, int source, enum probe_days_by by,
    int (*each)(void *ctx, const struct probe_days_sum *sum), void *ctx, struct diag *d)
{
	struct probe_days_sum sum;
	sqlite3_stmt *s;
	int step = SQLITE_DONE, rc = db_prepare(db, read_sql[by], &s, d);

	if (rc != KK_OK)
		return rc;
	sqlite3_bind_int(s, 1, source);
	sqlite3_bind_int(s, 2, from * 100);
	sqlite3_bind_int(s, 3, to * 100 + 31);
	while (rc == KK_OK && (step = sqlite3_step(s)) == SQLITE_ROW) {
		fill(s, &sum);
		rc = each(ctx, &sum);
	}
	if (rc == KK_OK && step != SQLITE_DONE)
		rc = db_error(db, d, "read what probes counted");
	sqlite3_finalize(s);
	return rc;
}

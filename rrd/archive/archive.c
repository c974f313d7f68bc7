/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/archive/archive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/seglog.h"
#include "rrd/archive/archive_in.h"
#include "rrd/archive/schema.h"

#define CHECKPOINT_S 120
#define CLOSE_MS     20000   /* a stop waits no longer: what is left stands in the journal */
#define FUTURE_CS    6000    /* a sample from further ahead would lock its file until then */
#define GIVE_UP_MS   3600000 /* points of a file that alone cannot be written */
#define PROBE_S	     5
#define STREAK	     16 /* so many visits in vain: it is not the files */
#define CROWD	     (ROWS_MAX - 8)

/* ---- visiting ---- */

/* The file's key; NULL: its device is no longer in service. */
static const char *
key_of(const struct archive *a, const struct file_series *s, char out[ROSTER_KEY])
{
	const struct roster_entry *e;
	unsigned source = (unsigned)(s->id >> 1 & 0x7f);

	if (s->area != NULL)
		return s->area;
	e = a->roster == NULL ? NULL : roster_find(a->roster, (uint32_t)(s->id >> 8));
	if (e == NULL)
		return NULL;
	snprintf(out, ROSTER_KEY, "%s%s%s%s", e->stem, source == SOURCE_SNMP ? "" : ".",
	    source == SOURCE_SNMP ? "" : sample_source_name(source), s->id & 1 ? ".x" : "");
	return out;
}

/* Whether it is the disk or the folder, and not one file. */
static int
all_fail(const struct archive *a)
{
	return a->streak >= STREAK || (a->streak > 0 && a->streak >= a->table.n);
}

static void
done_with(struct archive *a, struct file_series *s)
{
	if (s->rows.n > 0)
		marks_release(&a->marks, s->mark);
	rows_clear(&s->rows);
}

static void
failed(struct archive *a, uint32_t i, int rc, const struct diag *d, int64_t now_ms)
{
	struct file_series *s = &a->table.at[i];

	a->stats.failed++;
	a->streak++;
	a->trouble = rc;
	if (s->failed_ms == 0)
		s->failed_ms = now_ms;
	if (rc == KK_E_BUSY) {
		if (a->retries < ARCHIVE_RETRIES)
			a->retry[a->retries++] = i;
		return;
	}
	complain(&a->complaint[s->id % ARCHIVE_COMPLAINTS], now_ms, LOG_LV_ERROR,
	    "archives: %s: tried again later", d->text);
	/* One file must not hold the journal for ever; a disk may, as its owner is told. */
	if (!all_fail(a) && now_ms - s->failed_ms > GIVE_UP_MS) {
		a->stats.dropped += s->rows.n;
		done_with(a, s);
	}
}

/* Write one file's points. */
static int
visit(struct archive *a, uint32_t i)
{
	struct file_series *s = &a->table.at[i];
	struct diag d = {""};
	char room[ROSTER_KEY];
	const char *key;
	int rc;

	if (s->rows.n == 0)
		return KK_OK;
	key = key_of(a, s, room);
	if (key == NULL) {
		done_with(a, s);
		return KK_OK;
	}
	rc = rrdfiles_write(a->files, key, &s->known, &s->rows, &d);
	if (rc != KK_OK) {
		failed(a, i, rc, &d, clock_mono_ms(NULL));
		return rc;
	}
	if (s->failed_ms != 0)
		complaint_over(&a->complaint[s->id % ARCHIVE_COMPLAINTS],
		    "archives: %s/%s.rrd is written again", a->root, key);
	s->failed_ms = 0;
	a->streak = 0;
	a->stats.visits++;
	a->dirty = 1;
	done_with(a, s);
	return KK_OK;
}

/* ---- the sink ---- */

/* A point for one file. */
static void
add(struct archive *a, uint64_t id, const char *area, int64_t time_cs, uint64_t known,
    const int64_t *value)
{
	uint32_t i = table_get(&a->table, id, area);
	struct file_series *s;
	int rc, had;

	if (i == TABLE_END) {
		a->stats.dropped++;
		return;
	}
	s = &a->table.at[i];
	if (s->rows.mask == 0 && (area != NULL || !(id & 1)))
		s->rows.mask = SCHEMA_MAIN;
	if (s->rows.n == ROWS_MAX && visit(a, i) != KK_OK && s->rows.n == ROWS_MAX) {
		rows_drop(&s->rows, 1);
		marks_release(&a->marks, s->mark);
		marks_hold(&a->marks, s->mark = a->batch);
		a->stats.dropped++;
	}
	had = s->rows.n;
	rc = rows_add(&s->rows, time_cs, known, value);
	if (rc == KK_E_NOMEM)
		a->stats.dropped++;
	if (had == 0 && s->rows.n == 1) {
		s->mark = a->batch;
		marks_hold(&a->marks, s->mark);
	}
	if (s->rows.n >= CROWD)
		a->crowded = 1;
}

static void
area_point(void *ctx, const struct area_point *p)
{
	add(ctx, table_area_id(p->key), p->key, p->time_cs, p->known, p->value);
}

static void
take_one(struct archive *a, const struct sample *s, int64_t now_cs)
{
	const struct roster_entry *e = roster_find(a->roster, s->device);

	if (e == NULL || s->source >= SOURCE_COUNT || s->time_cs <= 0)
		return;
	if (s->time_cs > now_cs + FUTURE_CS) {
		complain(&a->clock_complaint, clock_mono_ms(NULL), LOG_LV_WARNING,
		    "archives: %s: a sample is of %lld s ahead: left out", e->stem,
		    (long long)(s->time_cs - now_cs) / 100);
		return;
	}
	a->stats.samples++;
	areas_take(a->areas, e, s);
	if (s->flags & SAMPLE_SILENT)
		return;
	if (s->known & SCHEMA_MAIN)
		add(a, table_id(s->device, s->source, 0), NULL, s->time_cs, s->known & SCHEMA_MAIN,
		    s->value);
	if (s->known & SCHEMA_EXTRA)
		add(a, table_id(s->device, s->source, 1), NULL, s->time_cs, s->known & SCHEMA_EXTRA,
		    s->value);
}

static int
take(void *ctx, const struct sample *s, size_t n, struct cursor end)
{
	struct archive *a = ctx;
	int64_t now_cs = clock_utc_cs(NULL);

	if (a->roster == NULL)
		return KK_E_BUSY; /* names are not known yet: come again */
	if (a->crowded && all_fail(a))
		return a->trouble; /* the disk or the folder: wait here until it is well */
	a->crowded = 0;
	if (marks_begin(&a->marks, &a->batch) != KK_OK)
		return KK_E_NOMEM;
	for (size_t i = 0; i < n; i++)
		take_one(a, &s[i], now_cs);
	marks_end(&a->marks, end);
	return KK_OK;
}

static int
where(void *ctx, struct cursor *c)
{
	*c = ((struct archive *)ctx)->saved;
	return KK_OK;
}

const struct sink *
archive_sink(struct archive *a)
{
	return &a->sink;
}

/* ---- life ---- */

int
archive_open(const struct conf *c, struct archive **out, struct diag *d)
{
	struct archive *a = calloc(1, sizeof(*a));
	unsigned heartbeat = schema_heartbeat(c->snmp.interval);
	int rc = KK_E_NOMEM;

	*out = NULL;
	if (a == NULL)
		return diag_set(d, rc, "archives: %s", kk_strerror(rc));
	snprintf(a->state_dir, sizeof(a->state_dir), "%s", c->state_dir);
	snprintf(a->root, sizeof(a->root), "%s/rrd", c->state_dir);
	a->sink = (struct sink){.name = "archives", .ctx = a, .take = take, .where = where};
	a->areas = areas_new(heartbeat, area_point, a);
	if (a->areas != NULL)
		rc = rrdfiles_open(a->root, heartbeat, c->store.rrdcached, &a->files, d);
	if (rc == KK_OK)
		rc = archive_state_load(a);
	if (rc != KK_OK) {
		archive_close(a);
		return diag_set(d, rc, "%s: %s", c->state_dir, kk_strerror(rc));
	}
	*out = a;
	return KK_OK;
}

static void
checkpoint(struct archive *a, int last)
{
	struct cursor passed = marks_passed(&a->marks);
	struct diag d = {""};

	if (!a->dirty && cursor_cmp(passed, a->older) == 0 && cursor_cmp(passed, a->saved) == 0)
		return; /* nothing has happened since */
	/* The cursor of one checkpoint ago: what was written since may still be in the page cache
	 * only, and a power cut would take it. */
	if (archive_state_save(a, last ? passed : a->older, &d) == KK_OK) {
		complaint_over(&a->save_complaint, "archives: %s/.state is written again", a->root);
		a->older = passed;
		a->dirty = 0;
	} else {
		complain(
		    &a->save_complaint, clock_mono_ms(NULL), LOG_LV_ERROR, "archives: %s", d.text);
	}
}

void
archive_close(struct archive *a)
{
	int64_t until = clock_mono_ms(NULL) + CLOSE_MS;

	if (a == NULL)
		return;
	for (uint32_t i = 0; i < a->table.n && clock_mono_ms(NULL) < until && !all_fail(a); i++)
		visit(a, i);
	if (a->areas != NULL && (a->dirty || a->stats.samples > 0))
		checkpoint(a, 1);
	areas_free(a->areas);
	rrdfiles_close(a->files);
	roster_free(a->roster);
	table_free(&a->table);
	marks_free(&a->marks);
	free(a);
}

int
archive_roster(struct archive *a, struct roster *r)
{
	int rc = areas_roster(a->areas, r);

	if (rc != KK_OK) {
		roster_free(r);
		return rc;
	}
	roster_free(a->roster);
	a->roster = r;
	return KK_OK;
}

int
archive_inventory(struct archive *a, const struct inventory *inv)
{
	const struct device *all;
	struct roster *r;
	size_t n;
	int rc;

	all = inventory_all(inv, &n);
	rc = roster_make(all, n, &r);
	return rc == KK_OK ? archive_roster(a, r) : rc;
}

void
archive_stats(const struct archive *a, struct archive_stats *out)
{
	*out = a->stats;
	out->ok = a->streak == 0;
	out->waiting = a->marks.held;
}

/* ---- turns ---- */

static unsigned
work_retries(struct archive *a)
{
	uint32_t again[ARCHIVE_RETRIES];
	unsigned n = a->retries;

	memcpy(again, a->retry, n * sizeof(*again));
	a->retries = 0;
	for (unsigned i = 0; i < n; i++)
		visit(a, again[i]);
	return n;
}

/* While the disk or the folder is in trouble: try one file now and then, so that the end of it is
 * seen at once. */
static void
probe(struct archive *a, int64_t now_s)
{
	if (!all_fail(a) || (now_s < a->probe_s && now_s > a->probe_s - 2 * PROBE_S))
		return;
	a->probe_s = now_s + PROBE_S;
	for (uint32_t i = 0; i < a->table.n; i++) {
		a->probe_at = (a->probe_at + 1) % a->table.n;
		if (a->table.at[a->probe_at].rows.n > 0) {
			visit(a, a->probe_at);
			return;
		}
	}
}

unsigned
archive_work(struct archive *a, int64_t now_s, unsigned budget)
{
	unsigned done = work_retries(a);

	probe(a, now_s);
	/* The start, or the clock was set. A second call in the same second finds its turn done. */
	if (a->turn_s > now_s + 1 || a->turn_s < now_s - TURN_S) {
		a->turn_s = a->turn_s == 0 ? now_s : now_s - TURN_S;
		a->turn_begun = 0;
	}
	while (done < budget && a->turn_s <= now_s) {
		if (!a->turn_begun)
			a->turn_at = table_turn(&a->table, (unsigned)(a->turn_s % TURN_S));
		a->turn_begun = 1;
		while (done < budget && a->turn_at != TABLE_END) {
			uint32_t i = a->turn_at;

			a->turn_at = a->table.at[i].next;
			done += a->table.at[i].rows.n > 0;
			visit(a, i);
		}
		if (a->turn_at != TABLE_END)
			break;
		a->turn_s++;
		a->turn_begun = 0;
	}
	if (a->saved_s == 0)
		a->saved_s = now_s;
	if (now_s - a->saved_s >= CHECKPOINT_S || now_s < a->saved_s) {
		a->saved_s = now_s;
		checkpoint(a, 0);
	}
	return done;
}

int
archive_flush_all(struct archive *a, int64_t now_s)
{
	int rc = KK_OK, one;

	for (uint32_t i = 0; i < a->table.n; i++) {
		one = visit(a, i);
		if (rc == KK_OK)
			rc = one;
	}
	a->saved_s = now_s;
	checkpoint(a, 1);
	return rc;
}

/* ---- a reader's wish ---- */

static int
flush_one(struct archive *a, uint32_t i, const char *key)
{
	struct diag d = {""};
	int rc = i == TABLE_END ? KK_OK : visit(a, i);

	return rc == KK_OK ? rrdfiles_flush(a->files, key, &d) : rc;
}

static int
flush_area(struct archive *a, const char *key)
{
	uint32_t i = table_find(&a->table, table_area_id(key));

	if (i != TABLE_END)
		return flush_one(a, i, key);
	for (size_t k = 0; a->roster != NULL && k < roster_areas(a->roster); k++)
		if (strcmp(roster_area(a->roster, k), key) == 0)
			return KK_OK;
	return KK_E_NOTFOUND;
}

int
archive_flush(struct archive *a, const char *key)
{
	const struct roster_entry *e;
	unsigned source;
	size_t len = strlen(key);
	int extra = len > 2 && strcmp(key + len - 2, ".x") == 0;

	if (strncmp(key, "area/", 5) == 0)
		return flush_area(a, key);
	e = a->roster == NULL ? NULL : roster_by_key(a->roster, key, &source);
	if (e == NULL)
		return KK_E_NOTFOUND;
	return flush_one(a, table_find(&a->table, table_id(e->num, source, extra)), key);
}

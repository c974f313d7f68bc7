/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/recover.h"

#include <stdlib.h>
#include <string.h>

#include "lib/sample_wire.h"
#include "rrd/journal.h"
#include "rrd/ledger.h"

/* One (device, source): its sample as octets. */
struct last {
	uint64_t id; /* 0: free */
	int64_t time_cs;
	uint8_t *octets;
	size_t len;
};

struct recover {
	struct last *last; /* open addressing */
	size_t n, room;
	struct cursor from; /* where the ledger has not been yet */
	int failed;
};

static struct last *
find(struct recover *r, uint64_t id)
{
	size_t i = (size_t)(id * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (r->room - 1);

	while (r->last[i].id != 0 && r->last[i].id != id)
		i = (i + 1) & (r->room - 1);
	return &r->last[i];
}

static int
grow(struct recover *r)
{
	struct recover wide = {.room = r->room == 0 ? 1024 : r->room * 2};

	if (r->n * 2 < r->room)
		return KK_OK;
	wide.last = calloc(wide.room, sizeof(*wide.last));
	if (wide.last == NULL)
		return KK_E_NOMEM;
	for (size_t i = 0; i < r->room; i++)
		if (r->last[i].id != 0)
			*find(&wide, r->last[i].id) = r->last[i];
	free(r->last);
	r->last = wide.last;
	r->room = wide.room;
	return KK_OK;
}

/* A sample without octets leaves the odometers where they were. */
static void
keep_octets(const struct last *l, struct sample *s)
{
	struct counter counters[SAMPLE_COUNTERS_MAX];
	struct sample old;

	if (l->octets == NULL || sample_decode(l->octets, l->len, &old, counters) <= 0)
		return;
	for (int m = METRIC_OCTETS_DOWN; m <= METRIC_OCTETS_UP; m++)
		if (!sample_has(s, (enum metric)m) && sample_has(&old, (enum metric)m))
			sample_set(s, (enum metric)m, old.value[m]);
}

/* As in the ledger: an odometer that grew is news even if the wall clock went back. */
static int
grew(const struct last *l, const struct sample *s)
{
	struct counter counters[SAMPLE_COUNTERS_MAX];
	struct sample old;

	if (sample_decode(l->octets, l->len, &old, counters) <= 0)
		return 1;
	for (int m = METRIC_OCTETS_DOWN; m <= METRIC_OCTETS_UP; m++)
		if (sample_has(s, (enum metric)m) && s->value[m] > old.value[m])
			return 1;
	return 0;
}

static int
take_one(struct recover *r, struct sample s)
{
	uint64_t id = (uint64_t)s.device << 8 | s.source;
	uint8_t octets[SAMPLE_WIRE_MAX], *own;
	struct last *l;
	int len;

	if (s.flags & SAMPLE_SILENT || id == 0)
		return KK_OK;
	if (grow(r) != KK_OK)
		return KK_E_NOMEM;
	l = find(r, id);
	if (l->id != 0 && s.time_cs <= l->time_cs && !grew(l, &s))
		return KK_OK;
	if (!sample_has(&s, METRIC_OCTETS_DOWN) || !sample_has(&s, METRIC_OCTETS_UP))
		keep_octets(l, &s);
	len = sample_encode(&s, octets, sizeof(octets));
	if (len < 0)
		return KK_OK;
	own = realloc(l->octets, (size_t)len);
	if (own == NULL)
		return KK_E_NOMEM;
	memcpy(own, octets, (size_t)len);
	r->n += l->id == 0;
	*l = (struct last){id, s.time_cs, own, (size_t)len};
	return KK_OK; /* cppcheck-suppress memleak */
}

static int
from_ledger(void *ctx, const struct sample *s)
{
	struct recover *r = ctx;

	r->failed = take_one(r, *s);
	return r->failed != KK_OK;
}

static int
from_journal(void *ctx, const struct sample *s, size_t n, struct cursor end)
{
	int rc = KK_OK;

	(void)end;
	for (size_t i = 0; i < n && rc == KK_OK; i++)
		rc = take_one(ctx, s[i]);
	return rc;
}

static int
where(void *ctx, struct cursor *c)
{
	*c = ((struct recover *)ctx)->from;
	return KK_OK;
}

static int
read_cursor(struct db *db, struct cursor *c, struct diag *d)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "SELECT segment, offset FROM cursor WHERE sink = 'ledger'", &s, d);

	if (rc != KK_OK)
		return rc;
	if (sqlite3_step(s) == SQLITE_ROW) {
		c->segment = (uint64_t)sqlite3_column_int64(s, 0);
		c->offset = (uint64_t)sqlite3_column_int64(s, 1);
	}
	sqlite3_finalize(s);
	return KK_OK;
}

/* The ledger's odometers and its cursor, of one moment. */
static int
read_ledger(struct recover *r, const char *state_dir, struct diag *d)
{
	struct db *db;
	int rc = db_open(state_dir, DB_READ, &db, d);

	if (rc == KK_E_NOTFOUND)
		return KK_OK;
	if (rc == KK_OK)
		rc = db_begin_read(db, d);
	if (rc == KK_OK)
		rc = read_cursor(db, &r->from, d);
	if (rc == KK_OK)
		rc = ledger_odometers(db, from_ledger, r, d);
	if (rc == KK_OK && r->failed != KK_OK)
		rc = diag_set(d, r->failed, "%s: %s", state_dir, kk_strerror(r->failed));
	db_close(db);
	return rc;
}

static int
read_journal(struct recover *r, const char *state_dir, struct diag *d)
{
	struct sink sink = {.name = "recovery", .ctx = r, .take = from_journal, .where = where};
	struct feed *f;
	int rc = feed_open(state_dir, &sink, &f, d);

	while (rc == KK_OK)
		rc = feed_step(f, NULL, 0, d);
	feed_free(f);
	return rc == KK_END ? KK_OK : rc;
}

int
recover_read(const char *state_dir, struct recover **out, struct diag *d)
{
	struct recover *r = calloc(1, sizeof(*r));
	int rc;

	*out = NULL;
	if (r == NULL)
		return diag_set(d, KK_E_NOMEM, "%s: %s", state_dir, kk_strerror(KK_E_NOMEM));
	rc = read_ledger(r, state_dir, d);
	if (rc == KK_OK)
		rc = read_journal(r, state_dir, d);
	if (rc != KK_OK) {
		recover_free(r);
		return rc;
	}
	*out = r;
	return KK_OK;
}

void
recover_each(const struct recover *r, void (*each)(void *ctx, const struct sample *s), void *ctx)
{
	struct counter counters[SAMPLE_COUNTERS_MAX];
	struct sample s;

	for (size_t i = 0; i < r->room; i++)
		if (r->last[i].id != 0 &&
		    sample_decode(r->last[i].octets, r->last[i].len, &s, counters) > 0)
			each(ctx, &s);
}

void
recover_free(struct recover *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->room; i++)
		free(r->last[i].octets);
	free(r->last);
	free(r);
}

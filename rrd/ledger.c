/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/log.h"
#include "lib/sample_wire.h"
#include "rrd/db/months.h"
#include "rrd/ledger_days.h"
#include "rrd/probe_days.h"

/* The day's sums are added to what the row has. ?10 is -1 where the clients are unknown. A row that
 * was imported and is measured now is both (2): no import may replace it any more. */
#define ADD_TO_DAY                                                       \
	"octets_down = octets_down + ?4, octets_up = octets_up + ?5,"    \
	" observed_s = observed_s + ?6, octets_lump = octets_lump + ?7," \
	" restarts = restarts + ?8, unsure = unsure + ?9,"               \
	" clients_peak = nullif(max(ifnull(clients_peak, -1), ?10), -1), up_s = up_s + ?11"

static const char update_day[] =
    "UPDATE usage_day SET " ADD_TO_DAY " WHERE day = ?1 AND device = ?2 AND source = ?3";
static const char insert_day[] =
    "INSERT INTO usage_day (day, device, source, octets_down, octets_up, observed_s, octets_lump,"
    " restarts, unsure, clients_peak, up_s)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, nullif(?10, -1), ?11)"
    " ON CONFLICT DO UPDATE SET " ADD_TO_DAY ", imported = CASE imported WHEN 0 THEN 0 ELSE 2 END";
static const char update_odometer[] =
    "UPDATE odometer SET time_cs = ?3, octets_down = ?4, octets_up = ?5, sample = ?6"
    " WHERE device = ?1 AND source = ?2";
static const char insert_odometer[] =
    "INSERT OR REPLACE INTO odometer (device, source, time_cs, octets_down, octets_up, sample)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
static const char put_cursor[] = "INSERT OR REPLACE INTO cursor VALUES ('ledger', ?1, ?2)";

struct ledger {
	struct db *db;
	struct ledger_days *days;
	struct months *months;
	struct probe_days *probes;
	struct cursor at;
	struct sink sink;
	struct complaint trouble, fallen;
	sqlite3_stmt *update_day, *insert_day, *update_odometer, *insert_odometer, *put_cursor;
};

/* ---- one transaction ---- */

static int
write_day(struct ledger *l, const struct day_sum *sum, struct diag *d)
{
	struct day_state *st = days_state(l->days, sum->state - 1);
	int is_there = st->written == sum->day, rc;
	sqlite3_stmt *s = is_there ? l->update_day : l->insert_day;

	for (;;) {
		sqlite3_bind_int(s, 1, sum->day);
		sqlite3_bind_int64(s, 2, sum->device);
		sqlite3_bind_int(s, 3, sum->source);
		sqlite3_bind_int64(s, 4, (int64_t)sum->octets_down);
		sqlite3_bind_int64(s, 5, (int64_t)sum->octets_up);
		sqlite3_bind_int64(s, 6, sum->observed_s);
		sqlite3_bind_int64(s, 7, (int64_t)sum->octets_lump);
		sqlite3_bind_int64(s, 8, sum->restarts);
		sqlite3_bind_int64(s, 9, sum->unsure);
		sqlite3_bind_int(s, 10, sum->clients_peak);
		sqlite3_bind_int64(s, 11, sum->up_s);
		rc = db_step_done(l->db, s, d, "write a day");
		/* Someone deleted the row by hand: write a new one. */
		if (rc != KK_OK || s == l->insert_day || sqlite3_changes(db_handle(l->db)) == 1)
			break;
		s = l->insert_day;
	}
	if (sum->day > st->new_written)
		st->new_written = sum->day;
	return rc == KK_OK ? months_touch(l->months, sum->day, sum->device, d) : rc;
}

static int
write_odometer(
    struct ledger *l, const struct day_state *st, const struct sample *newest, struct diag *d)
{
	sqlite3_stmt *s = st->known ? l->update_odometer : l->insert_odometer;
	uint8_t octets[SAMPLE_WIRE_MAX];
	int len = sample_encode(newest, octets, sizeof(octets)), rc;

	if (len < 0)
		return diag_set(d, len, "device %u: its sample cannot be kept: %s", st->device,
		    kk_strerror(len));
	for (;;) {
		sqlite3_bind_int64(s, 1, st->device);
		sqlite3_bind_int(s, 2, st->source);
		sqlite3_bind_int64(s, 3, st->new_time_cs);
		sqlite3_bind_int64(s, 4, (int64_t)st->new_down);
		sqlite3_bind_int64(s, 5, (int64_t)st->new_up);
		sqlite3_bind_blob(s, 6, octets, len, SQLITE_STATIC);
		rc = db_step_done(l->db, s, d, "write an odometer");
		if (rc != KK_OK || s == l->insert_odometer ||
		    sqlite3_changes(db_handle(l->db)) == 1)
			return rc;
		s = l->insert_odometer;
	}
}

/* Beside the round, in its transaction, a piece of what is to be summed by months. */
static int
sum_months(struct ledger *l, const struct sample *s, size_t n, struct diag *d)
{
	int64_t newest_cs = 0;
	int worked;

	for (size_t i = 0; i < n; i++)
		if (s[i].time_cs > newest_cs && s[i].time_cs < SAMPLE_TIME_MAX)
			newest_cs = s[i].time_cs;
	return months_work(l->months, newest_cs / 100, &worked, d);
}

/* Days, odometers and the cursor: all or nothing. */
static int
write_round(struct ledger *l, const struct sample *s, size_t n, struct cursor end, struct diag *d)
{
	size_t n_sums, n_moved;
	const struct day_sum *sums = days_sums(l->days, &n_sums);
	const uint32_t *moved = days_moved(l->days, &n_moved);
	int rc = db_begin(l->db, d);

	if (rc == KK_OK && n_sums > 0)
		rc = months_begin(l->months, sums[n_sums - 1].day, d);
	for (size_t i = 0; i < n_sums && rc == KK_OK; i++)
		rc = write_day(l, &sums[i], d);
	for (size_t i = 0; i < n_moved && rc == KK_OK; i++) {
		const struct day_state *st = days_state(l->days, moved[i]);

		rc = write_odometer(l, st, &s[st->newest], d);
	}
	if (rc == KK_OK)
		rc = probe_days_take(l->probes, s, n, d);
	if (rc == KK_OK && n_sums > 0)
		rc = sum_months(l, s, n, d);
	if (rc == KK_OK) {
		sqlite3_bind_int64(l->put_cursor, 1, (int64_t)end.segment);
		sqlite3_bind_int64(l->put_cursor, 2, (int64_t)end.offset);
		rc = db_step_done(l->db, l->put_cursor, d, "write the cursor");
	}
	if (rc == KK_OK)
		return db_commit(l->db, d);
	db_rollback(l->db);
	return rc;
}

static void
tell_of_fallen(struct ledger *l)
{
	uint32_t device;
	unsigned n = days_fallen(l->days, &device);

	if (n > 0)
		complain(&l->fallen, clock_mono_ms(NULL), LOG_LV_WARNING,
		    "%s: %u odometer%s started anew below what is booked (device %u%s): taken over "
		    "without counting",
		    db_file(l->db), n, n == 1 ? "" : "s", device, n == 1 ? "" : " and others");
}

static int
take(void *ctx, const struct sample *s, size_t n, struct cursor end)
{
	struct ledger *l = ctx;
	struct diag d = {""};
	int rc = days_take(l->days, s, n);

	if (rc == KK_OK)
		rc = write_round(l, s, n, end, &d);
	else
		diag_set(&d, rc, "%s: out of memory", db_file(l->db));
	if (rc != KK_OK) {
		complain(&l->trouble, clock_mono_ms(NULL), LOG_LV_ERROR,
		    "ledger: %s (will be tried again)", d.text);
		return rc;
	}
	complaint_over(&l->trouble, "ledger: %s: writes again", db_file(l->db));
	days_keep(l->days);
	probe_days_keep(l->probes);
	l->at = end;
	tell_of_fallen(l);
	return KK_OK;
}

static int
where(void *ctx, struct cursor *c)
{
	struct ledger *l = ctx;

	*c = l->at;
	return KK_OK;
}

/* ---- open ---- */

static int
prepare(struct ledger *l, struct diag *d)
{
	const struct {
		const char *sql;
		sqlite3_stmt **out;
	} all[] = {{update_day, &l->update_day}, {insert_day, &l->insert_day},
	    {update_odometer, &l->update_odometer}, {insert_odometer, &l->insert_odometer},
	    {put_cursor, &l->put_cursor}};
	int rc = KK_OK;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]) && rc == KK_OK; i++)
		rc = db_prepare(l->db, all[i].sql, all[i].out, d);
	if (rc == KK_OK)
		rc = probe_days_open(l->db, &l->probes, d);
	return rc == KK_OK ? months_open(l->db, &l->months, d) : rc;
}

static int
load_cursor(struct ledger *l, int *fresh, struct diag *d)
{
	sqlite3_stmt *s;
	int rc =
	    db_prepare(l->db, "SELECT segment, offset FROM cursor WHERE sink = 'ledger'", &s, d);

	if (rc != KK_OK)
		return rc;
	switch (sqlite3_step(s)) {
	case SQLITE_ROW:
		l->at.segment = (uint64_t)sqlite3_column_int64(s, 0);
		l->at.offset = (uint64_t)sqlite3_column_int64(s, 1);
		*fresh = 0;
		break;
	case SQLITE_DONE:
		*fresh = 1;
		break;
	default:
		rc = db_error(l->db, d, "read the ledger's cursor");
	}
	sqlite3_finalize(s);
	return rc;
}

static int
load_odometers(struct ledger *l, struct diag *d)
{
	sqlite3_stmt *s;
	int step,
	    rc = db_prepare(l->db,
		"SELECT device, source, time_cs, octets_down, octets_up FROM odometer", &s, d);

	if (rc != KK_OK)
		return rc;
	while ((step = sqlite3_step(s)) == SQLITE_ROW && rc == KK_OK)
		rc = days_restore(l->days, (uint32_t)sqlite3_column_int64(s, 0),
		    (unsigned)sqlite3_column_int(s, 1), sqlite3_column_int64(s, 2),
		    (uint64_t)sqlite3_column_int64(s, 3), (uint64_t)sqlite3_column_int64(s, 4));
	if (rc == KK_OK && step != SQLITE_DONE)
		rc = db_error(l->db, d, "read the odometers");
	sqlite3_finalize(s);
	return rc;
}

static int
load(struct ledger *l, const char *state_dir, unsigned gap_s, struct diag *d)
{
	int fresh = 0, rc = db_open(state_dir, DB_WRITE, &l->db, d);

	if (rc == KK_OK)
		rc = load_cursor(l, &fresh, d);
	if (rc != KK_OK)
		return rc;
	l->days = days_new(gap_s, fresh);
	if (l->days == NULL)
		return diag_set(d, KK_E_NOMEM, "%s: out of memory", db_file(l->db));
	rc = load_odometers(l, d);
	return rc == KK_OK ? prepare(l, d) : rc;
}

int
ledger_open(const char *state_dir, unsigned gap_s, struct ledger **out, struct diag *d)
{
	struct ledger *l = calloc(1, sizeof(*l));
	int rc;

	*out = NULL;
	if (l == NULL)
		return diag_set(d, KK_E_NOMEM, "out of memory");
	l->sink = (struct sink){"ledger", l, take, where};
	rc = load(l, state_dir, gap_s, d);
	if (rc != KK_OK) {
		ledger_close(l);
		return rc;
	}
	*out = l;
	return KK_OK;
}

void
ledger_close(struct ledger *l)
{
	if (l == NULL)
		return;
	months_close(l->months);
	probe_days_close(l->probes);
	sqlite3_finalize(l->update_day);
	sqlite3_finalize(l->insert_day);
	sqlite3_finalize(l->update_odometer);
	sqlite3_finalize(l->insert_odometer);
	sqlite3_finalize(l->put_cursor);
	days_free(l->days);
	db_close(l->db);
	free(l);
}

const struct sink *
ledger_sink(struct ledger *l)
{
	return &l->sink;
}

/* ---- what odometers start from ---- */

/* The sample as it was kept; if its octets are damaged, the odometers alone: the next reading is a
 * new base, and nothing is counted twice. */
static void
restore_sample(sqlite3_stmt *s, struct sample *out, struct counter counters[SAMPLE_COUNTERS_MAX])
{
	uint32_t device = (uint32_t)sqlite3_column_int64(s, 0);
	uint8_t source = (uint8_t)sqlite3_column_int(s, 1);
	int len = sqlite3_column_bytes(s, 5);
	const void *octets = sqlite3_column_blob(s, 5);

	if (octets == NULL || sample_decode(octets, (size_t)len, out, counters) <= 0 ||
	    out->device != device || out->source != source) {
		log_line(LOG_LV_WARNING,
		    "ledger: the last sample of device %u is damaged: its counters start anew",
		    device);
		*out = (struct sample){
		    .device = device, .source = source, .time_cs = sqlite3_column_int64(s, 2)};
	}
	/* A sample that lacked them leaves the odometers where they were. */
	if (!sample_has(out, METRIC_OCTETS_DOWN))
		sample_set(out, METRIC_OCTETS_DOWN, sqlite3_column_int64(s, 3));
	if (!sample_has(out, METRIC_OCTETS_UP))
		sample_set(out, METRIC_OCTETS_UP, sqlite3_column_int64(s, 4));
}

int
ledger_odometers(
    struct db *db, int (*each)(void *ctx, const struct sample *s), void *ctx, struct diag *d)
{
	struct counter counters[SAMPLE_COUNTERS_MAX];
	sqlite3_stmt *s;
	int step, stop = 0;
	int rc = db_prepare(db,
	    "SELECT device, source, time_cs, octets_down, octets_up, sample FROM odometer"
	    " ORDER BY device, source",
	    &s, d);

	if (rc != KK_OK)
		return rc;
	while (!stop && (step = sqlite3_step(s)) == SQLITE_ROW) {
		struct sample one;

		restore_sample(s, &one, counters);
		stop = each(ctx, &one);
	}
	if (!stop && step != SQLITE_DONE)
		rc = db_error(db, d, "read the odometers");
	sqlite3_finalize(s);
	return rc;
}

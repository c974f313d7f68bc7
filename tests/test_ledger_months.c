/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Months, districts, sites, types and phases add up to the odometers, whatever happens: counters
 * that wrap and start again, gaps, midnight within an interval, days of 23 and 25 hours, devices
 * that move and go, days that are imported and replaced late.
 */
#include <stdlib.h>

#include "collector/meter/meter.h"
#include "rrd/db/months.h"
#include "rrd/ledger_usage.h"
#include "tests/records.h"

#define DAY_S	 INT64_C(86400)
#define GAP_S	 900
#define T0	 INT64_C(1614384000) /* 2021-02-27 00:00 UTC */
#define FIRST	 202102
#define LAST	 202112
#define DEVICES	 16
#define ROUNDS	 1200
#define GROUPING USAGE_BY_COUNT

static char dir[64];
static struct db *db;
static struct ledger *ledger;
static uint64_t place;
static uint64_t seed;

static void
open_all(const char *zone)
{
	struct diag d = {""};

	ck_assert_int_eq(zone_use(zone, NULL), KK_OK);
	harness_dir(dir);
	place = 0;
	ck_assert_msg(ledger_open(dir, GAP_S, &ledger, &d) == KK_OK, "%s", d.text);
	ck_assert_msg(db_open(dir, DB_WRITE, &db, &d) == KK_OK, "%s", d.text);
}

static void
close_all(void)
{
	ledger_close(ledger);
	db_close(db);
	harness_remove(dir);
}

static uint64_t
below(uint64_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed % n;
}

static void
give(const struct sample *s, size_t n)
{
	const struct sink *sink = ledger_sink(ledger);
	struct cursor end = {1, ++place};

	ck_assert_int_eq(sink->take(sink->ctx, s, n, end), KK_OK);
}

static struct usage_table *
ask(struct usage_query q, int64_t now_s)
{
	struct usage_table *t;
	struct diag d = {""};

	q.now_s = now_s;
	ck_assert_msg(ledger_usage(db, &q, &t, &d) == KK_OK, "%s", d.text);
	return t;
}

/* ---- months are what their days are ---- */

static void
add(struct usage_row *to, const struct usage_row *r)
{
	to->octets_down += r->octets_down;
	to->octets_up += r->octets_up;
	to->octets_lump += r->octets_lump;
	to->observed_s += r->observed_s;
	to->possible_s += r->possible_s;
	to->restarts += r->restarts;
	to->unsure += r->unsure;
}

static void
same(const struct usage_row *a, const struct usage_row *b, const char *what)
{
	ck_assert_msg(a->octets_down == b->octets_down && a->octets_up == b->octets_up &&
			  a->octets_lump == b->octets_lump && a->observed_s == b->observed_s &&
			  a->restarts == b->restarts && a->unsure == b->unsure,
	    "%s: %s %d: %llu/%llu, but %llu/%llu", what, a->key, (int)a->period,
	    (unsigned long long)a->octets_down, (unsigned long long)a->octets_up,
	    (unsigned long long)b->octets_down, (unsigned long long)b->octets_up);
	ck_assert_msg(a->possible_s == b->possible_s, "%s: %s %d: %llu s possible, but %llu s",
	    what, a->key, (int)a->period, (unsigned long long)a->possible_s,
	    (unsigned long long)b->possible_s);
}

/* One month: its days, read by themselves, against its rows. Both are in order of keys; one that
 * belonged nowhere in this month has no days. */
static void
month_is_days(struct usage_query q, const struct usage_table *months, int64_t now_s)
{
	struct usage_query days = q;
	struct usage_table *t;
	size_t k = 0;

	days.period = USAGE_DAYS;
	days.from = q.from * 100 + 1;
	days.to = zone_day_add(zone_month_add(q.from, 1) * 100 + 1, -1);
	t = ask(days, now_s);
	for (size_t i = 0; i < months->n; i++) {
		const struct usage_row *m = &months->rows[i];
		struct usage_row sum = {.key = m->key};

		if (m->period != q.from)
			continue;
		for (; k < t->n && strcmp(t->rows[k].key, m->key) == 0; k++)
			add(&sum, &t->rows[k]);
		same(m, &sum, "days of a month");
	}
	ck_assert_uint_eq(k, t->n);
	usage_table_free(t);
}

static void
months_are_days(struct usage_query q, int64_t now_s)
{
	struct usage_table *months = ask(q, now_s);

	for (kk_day month = q.from; month <= q.to; month = zone_month_add(month, 1)) {
		struct usage_query one = q;

		one.from = one.to = month;
		month_is_days(one, months, now_s);
	}
	usage_table_free(months);
}

/* All keys together. */
static struct usage_row
total(struct usage_query q, int64_t now_s)
{
	struct usage_row sum = {.key = "total"};
	struct usage_table *t = ask(q, now_s);

	for (size_t i = 0; i < t->n; i++)
		add(&sum, &t->rows[i]);
	usage_table_free(t);
	return sum;
}

/* Whatever it is summed by, and for which periods, it is what the odometers say. */
static void
all_add_up(int64_t now_s, uint64_t down, uint64_t up)
{
	for (enum usage_by by = USAGE_CITY; by < GROUPING; by++) {
		struct usage_row months =
		    total((struct usage_query){.by = by, .from = FIRST, .to = LAST}, now_s);
		struct usage_row years = total(
		    (struct usage_query){.by = by, .period = USAGE_YEARS, .from = 2021, .to = 2021},
		    now_s);

		ck_assert_uint_eq(months.octets_down, down);
		ck_assert_uint_eq(months.octets_up, up);
		same(&months, &years, "months of a year");
	}
}

/* ---- devices with counters ---- */

struct ap {
	struct meter meter;
	struct reading r;
	int retired;
	int where; /* number of its district */
};

static const char *const districts[] = {"중구", "성동구", "구로구"};
static const char *const types[] = {"공원", "거리"};

static void
move_ap(struct ap *aps, unsigned i, int64_t now_s)
{
	char csv[200];

	aps[i].where = (int)below(3);
	snprintf(csv, sizeof(csv), "id,district,site,site_type,phase\nA%u,%s,s%u,%s,%u\n", i,
	    districts[aps[i].where], (unsigned)below(4), types[below(2)], (unsigned)below(2) + 1);
	records_inventory(db, csv, now_s, 0);
}

/* All but one that stays; the file names the others again. */
static void
retire_ap(struct ap *aps, unsigned gone, int64_t now_s)
{
	char csv[400] = "id\n";

	aps[gone].retired = 1;
	for (unsigned i = 0; i < DEVICES; i++)
		if (!aps[i].retired)
			snprintf(csv + strlen(csv), sizeof(csv) - strlen(csv), "A%u\n", i);
	records_inventory(db, csv, now_s, 1);
}

static void
poll_ap(struct ap *ap, uint32_t device, int64_t when_s)
{
	struct meter_moment at = {.when_cs = when_s * 100, .slack_cs = 100};
	struct sample s = {.device = device, .source = SOURCE_PROBE, .time_cs = when_s * 100};
	int flags;

	if (below(40) == 0) { /* the device starts again, and what it had is lost */
		ap->r.boot_cs = when_s * 100 - (int64_t)below(3000);
		ap->r.down = ap->r.up = 0;
	}
	ap->r.down += below(UINT64_C(3) << 30);
	ap->r.up += below(UINT64_C(1) << 28);
	if (ap->r.width == 32) {
		ap->r.down &= UINT32_MAX;
		ap->r.up &= UINT32_MAX;
	}
	flags = meter_advance(&ap->meter, &ap->r, 1, &at);
	ck_assert_int_ge(flags, 0);
	s.flags = (uint16_t)flags;
	sample_set(&s, METRIC_OCTETS_DOWN, (int64_t)ap->meter.down);
	sample_set(&s, METRIC_OCTETS_UP, (int64_t)ap->meter.up);
	s.n_counters = ap->meter.n;
	s.counters = ap->meter.counter;
	give(&s, 1);
}

static void
check(const struct ap *aps, int64_t now_s)
{
	uint64_t down = 0, up = 0;

	for (int i = 0; i < DEVICES; i++) {
		down += aps[i].meter.down;
		up += aps[i].meter.up;
	}
	all_add_up(now_s, down, up);
	for (enum usage_by by = USAGE_CITY; by < GROUPING; by++)
		months_are_days((struct usage_query){.by = by, .from = FIRST, .to = LAST}, now_s);
	months_are_days((struct usage_query){.from = FIRST, .to = LAST, .district = "중구"}, now_s);
	months_are_days(
	    (struct usage_query){
		.by = USAGE_SITE, .from = FIRST, .to = LAST, .phase = "1", .site_type = "거리"},
	    now_s);
}

/* Nothing earlier than this month changes by what is done now. */
static char *
past(int64_t now_s)
{
	struct zone_day today = {0};
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	zone_day_of(now_s, &today);
	for (enum usage_by by = USAGE_CITY; by < GROUPING; by++) {
		struct usage_table *t = ask(
		    (struct usage_query){
			.by = by, .from = FIRST, .to = zone_month_add(today.day / 100, -1)},
		    now_s);

		for (size_t i = 0; i < t->n; i++)
			fprintf(f, "%d %s %d %llu %llu %llu %llu\n", (int)by, t->rows[i].key,
			    (int)t->rows[i].period, (unsigned long long)t->rows[i].octets_down,
			    (unsigned long long)t->rows[i].octets_up,
			    (unsigned long long)t->rows[i].observed_s,
			    (unsigned long long)t->rows[i].possible_s);
		usage_table_free(t);
	}
	fclose(f);
	return text;
}

static void
begin_aps(struct ap *aps)
{
	for (unsigned i = 0; i < DEVICES; i++) {
		meter_init(&aps[i].meter);
		aps[i].r = (struct reading){
		    .key = 1, .width = i % 2 ? 32 : 64, .present = 1, .boot_cs = (T0 - 1000) * 100};
		move_ap(aps, i, T0);
	}
}

/* What happens besides polls. */
static void
disturb(struct ap *aps, int64_t now_s)
{
	unsigned i = (unsigned)below(DEVICES);
	char *before, *after;

	if (below(12) != 0 || aps[i].retired)
		return;
	before = past(now_s);
	if (below(8) == 0 && i > 3)
		retire_ap(aps, i, now_s);
	else
		move_ap(aps, i, now_s);
	after = past(now_s);
	ck_assert_str_eq(before, after);
	free(before);
	free(after);
}

static const char *const zones[] = {"Asia/Seoul", "America/New_York", "Europe/Berlin",
    "Australia/Lord_Howe", "America/Santiago", "UTC"};

START_TEST(odometers)
{
	struct ap aps[DEVICES] = {{.retired = 0}};
	int64_t now_s = T0 + 3 * DAY_S;

	seed = UINT64_C(88172645463325252) + (uint64_t)_i * 7919;
	open_all(zones[_i % ROWS(zones)]);
	begin_aps(aps);
	for (int k = 0; k < ROUNDS; k++) {
		unsigned i = (unsigned)below(DEVICES);

		/* Minutes, as a rule; now and then hours, and days. */
		now_s += (int64_t)below(below(10) == 0 ? 2 * DAY_S : 6 * 3600) + 1;
		if (!aps[i].retired)
			poll_ap(&aps[i], i + 1, now_s);
		disturb(aps, now_s);
		if (k % 600 == 599)
			check(aps, now_s);
	}
	ck_assert_int_gt(records_integer(db, "SELECT count(*) FROM usage_month"), 0);
	ck_assert_int_gt(records_integer(db, "SELECT count(*) FROM usage_grouped"), 0);
	for (int i = 0; i < DEVICES; i++)
		meter_free(&aps[i].meter);
	close_all();
}
END_TEST

/* ---- days that come late ---- */

static void
measure(uint32_t device, int64_t when_s, int64_t down)
{
	struct sample s = {.device = device,
	    .source = SOURCE_PROBE,
	    .time_cs = when_s * 100,
	    .flags = down == 0 ? SAMPLE_FIRST : 0};

	sample_set(&s, METRIC_OCTETS_DOWN, down);
	sample_set(&s, METRIC_OCTETS_UP, 0);
	give(&s, 1);
}

static void
all_months_are_days(int64_t now_s)
{
	for (enum usage_by by = USAGE_CITY; by < GROUPING; by++)
		months_are_days((struct usage_query){.by = by, .from = FIRST, .to = LAST}, now_s);
}

static const struct {
	const char *what, *csv; /* an inventory, or days, by its first column */
	int replace;
	uint64_t march; /* octets of the month, afterwards */
} late[] = {
    {"days before all others", "day,id,octets_down,octets_up\n2021-02-03,A1,5,5\n", 0, 300},
    {"days within", "day,id,octets_down,octets_up\n2021-03-31,A2,5,5\n2021-03-02,A2,1,0\n", 0, 311},
    {"replaced", "day,id,octets_down,octets_up\n2021-03-31,A2,7,5\n", 1, 313},
    {"learned", "id,phase\nA1,1\nA2,2\n", 0, 313},
    {"moved", "id,district\nA2,구로구\n", 0, 313},
    {"known again", "id,kind\nA2,switch\n", 0, 300},
};

START_TEST(late_days)
{
	int64_t now_s = T0 + 70 * DAY_S;
	kk_day summed;

	open_all("Asia/Seoul");
	records_inventory(db, "id,district\nA1,중구\nA2,성동구\n", T0, 0);
	for (int i = 0; i < 60; i++) /* 100 octets on the 10th, 20th, ... day */
		measure(1, T0 + i * DAY_S + 100, i / 10 * 100);
	for (int i = 0; i < 3; i++) /* a round sums one thing */
		measure(1, T0 + 59 * DAY_S + 200 + i, 500);
	ck_assert_int_eq(months_summed(db, &summed, NULL), KK_OK);
	ck_assert_int_eq(summed, 20210426); /* the day before the newest, which has begun */
	ck_assert_int_eq(records_integer(db, "SELECT count(*) FROM usage_grouped"), 2);
	for (int i = 0; i < ROWS(late); i++) {
		if (strncmp(late[i].csv, "id,", 3) == 0)
			records_inventory(db, late[i].csv, now_s, 0);
		else
			records_days_taken(db, dir, late[i].csv, late[i].replace);
		all_months_are_days(now_s);
		ck_assert_msg(
		    total((struct usage_query){.from = 202103, .to = 202103}, now_s).octets_down +
			    total((struct usage_query){.from = 202103, .to = 202103}, now_s)
				.octets_up ==
			late[i].march,
		    "%s", late[i].what);
	}
	/* A sample that counts for days that are summed: stale until the rounds that follow. */
	measure(1, T0 + 80 * DAY_S, 9999999);
	all_months_are_days(now_s + 20 * DAY_S);
	for (int i = 1; i < 5; i++)
		measure(1, T0 + 80 * DAY_S + i, 9999999);
	ck_assert_int_eq(records_integer(db, "SELECT count(*) FROM usage_stale"), 0);
	all_months_are_days(now_s + 20 * DAY_S);
	close_all();
}
END_TEST

/* A day without sums, as an older version leaves it, is summed when the database is opened. */
START_TEST(older_version)
{
	struct diag d = {""};
	int64_t now_s = T0 + 70 * DAY_S;
	char *before;

	open_all("Asia/Seoul");
	records_inventory(db, "id,district,phase\nA1,중구,1\nA2,성동구,2\n", T0, 0);
	for (int i = 0; i < 60; i++)
		for (unsigned k = 1; k <= 2; k++)
			measure(k, T0 + i * DAY_S + 100, i * (int)k);
	for (int i = 0; i < 3; i++) /* a round sums one thing */
		measure(1, T0 + 59 * DAY_S + 200 + i, 59);
	all_months_are_days(now_s);
	records_inventory(db, "id,district\nA1,구로구\n", T0 + 33 * DAY_S, 0);
	before = past(now_s);
	ck_assert_int_eq(
	    db_exec(db,
		"DELETE FROM usage_month; DELETE FROM usage_group; DELETE FROM usage_stale;"
		"DELETE FROM usage_grouped; DELETE FROM counter WHERE name = 'summed'",
		&d),
	    KK_OK);
	ck_assert_int_eq(db_begin(db, &d), KK_OK);
	ck_assert_msg(months_build(db, &d) == KK_OK, "%s", d.text);
	ck_assert_int_eq(db_commit(db, &d), KK_OK);
	{
		char *after = past(now_s);

		ck_assert_str_eq(before, after);
		free(after);
	}
	ck_assert_int_gt(records_integer(db, "SELECT count(*) FROM usage_month"), 4);
	ck_assert_int_eq(records_integer(db, "SELECT count(*) FROM usage_grouped"), 2);
	all_months_are_days(now_s);
	free(before);
	close_all();
}
END_TEST

/* ---- many at once ---- */

#define MANY  2000
#define MOVED 500
#define GONE  200

/* A day's octets of one of many. */
static uint64_t
octets(int device, int day)
{
	return (uint64_t)device * 1000003 + (uint64_t)day * 17 + 1;
}

static void
many_days(int from, int to)
{
	static struct sample s[MANY];
	static int64_t sum[MANY];

	for (int day = from; day < to; day++) {
		for (int i = 0; i < MANY; i++) {
			int gone = day > 74 && i >= MANY - GONE;

			sum[i] += gone ? 0 : (int64_t)octets(i, day);
			s[i] = (struct sample){.device = (uint32_t)i + 1,
			    .source = SOURCE_PROBE,
			    .time_cs = (T0 + day * DAY_S + 15 * 3600) * 100, /* its end in Seoul */
			    .flags = SAMPLE_FIRST * (day == 0)};
			sample_set(&s[i], METRIC_OCTETS_DOWN, sum[i]);
			sample_set(&s[i], METRIC_OCTETS_UP, 0);
		}
		give(s, day > 74 ? MANY - GONE : MANY);
	}
}

/* A file of the first `n`; the first `moved` of them in another district than at first. */
static char *
many_file(int n, int moved)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	fputs("id,district,phase\n", f);
	for (int i = 0; i < n; i++)
		fprintf(f, "M%04d,%s,%d\n", i, districts[i < moved ? 2 : i % 2], i % 3);
	fclose(f);
	return text;
}

/* What a district must have in May: from the 15th on it is the new one's. */
static uint64_t
want_may(const char *district)
{
	uint64_t sum = 0;

	for (int day = 63; day < 94; day++) /* 1 to 31 May, as seen from T0, 27 February 09:00 */
		for (int i = 0; i < MANY; i++) {
			const char *is = districts[i < MOVED && day > 76 ? 2 : i % 2];

			if (strcmp(is, district) == 0 && !(day > 74 && i >= MANY - GONE))
				sum += octets(i, day);
		}
	return sum;
}

START_TEST(many_move)
{
	char *all = many_file(MANY, 0), *changed = many_file(MANY - GONE, MOVED);
	int64_t then_s = T0 + 77 * DAY_S;
	struct usage_table *t;
	char *before, *after;

	open_all("Asia/Seoul");
	records_inventory(db, all, T0, 0);
	many_days(0, 77);
	before = past(then_s);
	records_inventory(db, changed, then_s, 1);
	after = past(then_s);
	ck_assert_str_eq(before, after);
	many_days(77, 100);
	free(after);
	after = past(then_s);
	ck_assert_str_eq(before, after);
	t = ask((struct usage_query){.by = USAGE_DISTRICT, .from = 202105, .to = 202105},
	    then_s + 60 * DAY_S);
	ck_assert_uint_eq(t->n, 3);
	for (size_t i = 0; i < t->n; i++)
		ck_assert_msg(t->rows[i].octets_down == want_may(t->rows[i].key),
		    "%s: %llu, not %llu", t->rows[i].key,
		    (unsigned long long)t->rows[i].octets_down,
		    (unsigned long long)want_may(t->rows[i].key));
	usage_table_free(t);
	all_months_are_days(then_s + 60 * DAY_S);
	free(before);
	free(after);
	free(all);
	free(changed);
	close_all();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ledger_months");
	TCase *tc = tcase_create("ledger_months");

	tcase_set_timeout(tc, 300);
	tcase_add_loop_test(tc, odometers, 0, ROWS(zones));
	tcase_add_test(tc, late_days);
	tcase_add_test(tc, older_version);
	tcase_add_test(tc, many_move);
	suite_add_tcase(s, tc);
	return harness_run(s);
}

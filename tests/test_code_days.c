/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_code_days.c - why clients were sent away, by local days, through the ledger: each once. */
#include "rrd/code_days.h"

#include "tests/day_ledger.h"

static struct day_ledger ledger;

static void
setup(void)
{
	day_ledger_folder(&ledger);
	day_ledger_open(&ledger);
}

static void
teardown(void)
{
	day_ledger_remove(&ledger);
}

/* One sample. */
struct step {
	uint32_t device;
	uint8_t source;
	int64_t time_cs;
	uint64_t reason[2]; /* deauthentications for reasons 7 and 4 so far; 0: not told */
};

static int
take(const struct step *step)
{
	struct counter codes[2];
	struct sample s = {.counters = codes,
	    .device = step->device,
	    .source = step->source,
	    .time_cs = step->time_cs};

	for (int i = 0; i < 2; i++)
		if (step->reason[i] > 0)
			codes[s.n_counters++] = (struct counter){
			    .key = i == 0 ? 7 : 4, .width = 64, .down = step->reason[i], .up = 1};
	return day_ledger_take(&ledger, &s);
}

/* One after another; then "code today/all/from clients" of each on the 5th and the day before. */
static const struct {
	const char *why;
	struct step step[4];
	const char *want;
} farewells[] = {
    {"none", {{1, SOURCE_PROBE, NOON, {0}}}, ""},
    {"the first ones count from 0", {{1, SOURCE_PROBE, NOON, {3, 8}}}, "4 0/9/1 7 0/4/1 "},
    {"then what passed", {{1, SOURCE_PROBE, NOON, {3, 0}}, {1, SOURCE_PROBE, NOON + 6000, {5, 1}}},
	"7 0/6/1 4 0/2/1 "},
    {"the same ones again", {{1, SOURCE_PROBE, NOON, {3, 0}}, {1, SOURCE_PROBE, NOON, {3, 0}}},
	"7 0/4/1 "},
    {"those that fell are a new base",
	{{1, SOURCE_PROBE, NOON, {3, 0}}, {1, SOURCE_PROBE, NOON + 6000, {1, 0}},
	    {1, SOURCE_PROBE, NOON + 12000, {2, 0}}},
	"7 0/5/1 "},
    {"the next day",
	{{1, SOURCE_PROBE, NOON, {3, 0}}, {1, SOURCE_PROBE, NOON + 12 * HOUR + 1, {9, 0}}},
	"7 6/10/1 "},
    {"another access point's", {{2, SOURCE_PROBE, NOON, {3, 0}}}, ""},
    {"a controller's counters", {{1, SOURCE_CONTROLLER, NOON, {3, 0}}}, ""},
};

static char sums[200];

static int
note_sum(void *ctx, const struct code_sum *sum)
{
	size_t at = strlen(sums);

	(void)ctx;
	ck_assert_uint_eq(sum->kind, FRAME_CODE_DEAUTHENTICATION);
	snprintf(sums + at, sizeof(sums) - at, "%u %llu/%llu/%llu ", sum->number,
	    (unsigned long long)sum->last, (unsigned long long)sum->all,
	    (unsigned long long)sum->all_up);
	return KK_OK;
}

static const char *
sums_of(uint32_t device)
{
	struct db *db = day_ledger_db(&ledger);
	struct diag d = {""};

	sums[0] = '\0';
	ck_assert_msg(code_days_read(db, device, 20260604, 20260605, note_sum, NULL, &d) == KK_OK,
	    "%s", d.text);
	db_close(db);
	return sums;
}

/* With a restart between any two of them, and without. */
START_TEST(reasons)
{
	int restarts = _i % 2;

	for (int i = 0; i < 4 && farewells[_i / 2].step[i].device != 0; i++) {
		ck_assert_int_eq(take(&farewells[_i / 2].step[i]), KK_OK);
		if (restarts)
			day_ledger_again(&ledger);
	}
	ck_assert_msg(
	    strcmp(sums_of(1), farewells[_i / 2].want) == 0, "%s: %s", farewells[_i / 2].why, sums);
}
END_TEST

static int64_t
days_kept(const char *what)
{
	char sql[100];

	snprintf(sql, sizeof(sql), "SELECT %s FROM code_day", what);
	return day_ledger_number(&ledger, sql);
}

/* Two a day for longer than they are kept; then a clock that stood in 2040 for a while removes one
 * day, not all of them. */
START_TEST(old_days)
{
	struct step step = {1, SOURCE_PROBE, NOON, {1, 1}};

	for (int i = 0; i < CODE_DAYS_KEPT + 30; i++) {
		step.time_cs += 24 * HOUR;
		step.reason[0]++;
		step.reason[1]++;
		ck_assert_int_eq(take(&step), KK_OK);
	}
	ck_assert_int_eq(days_kept("count(DISTINCT day)"), CODE_DAYS_KEPT);
	ck_assert_int_eq(days_kept("count(*)"), 2 * CODE_DAYS_KEPT);
	ck_assert_int_eq(days_kept("max(day)"), 20270808);
	step.time_cs += INT64_C(13) * 365 * 24 * HOUR;
	step.reason[0]++;
	ck_assert_int_eq(take(&step), KK_OK);
	ck_assert_int_eq(days_kept("count(DISTINCT day)"), CODE_DAYS_KEPT);
	ck_assert_int_eq(days_kept("sum(day < 20300000)"), 2 * (CODE_DAYS_KEPT - 1));
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("code_days");
	Suite *s = suite_create("code_days");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, reasons, 0, 2 * ROWS(farewells));
	tcase_add_test(tc, old_days);
	suite_add_tcase(s, tc);
	return harness_run(s);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_flock.c - lists of controllers, as samples: who is who, whose it is, what passed.
 *
 * A scene is a text, a line a step:
 *   CONTROLLER: AP ... | AP ...      a list; AP is NAME UPTIME DOWN UP, or NAME down
 *   pass SECONDS
 * and what is told: "ID DOWN/UP", with +RESTART, +FIRST, ... behind it, or "ID REASON".
 */
#include "collector/aps/flock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rrd/db/db.h"
#include "rrd/import/import.h"
#include "tests/harness.h"

#define PROFILE                                                                        \
	"profile: p\ndevice: {uptime: 1.3.6.1.2.1.1.3.0}\n"                            \
	"aps:\n"                                                                       \
	"  tables:\n"                                                                  \
	"    aps: {rows: 9000, columns: {ap: index 1 mac, name: 1.1.2, status: 1.1.3," \
	" uptime: 1.1.4, serial: 1.1.5}}\n"                                            \
	"    radios: {rows: 18000, columns: {ap: index 1 mac, down: 1.2.2, up: 1.2.3," \
	" stations: 1.2.4}}\n"                                                         \
	"  list: aps\n  key: ap\n  mac: ap\n  name: name\n  up: {status: 1}\n"         \
	"  uptime: {column: uptime, unit: seconds}\n  serial: serial\n"                \
	"  octets: [{of: radios, key: [], ways: {down: down, up: up}}]\n"              \
	"  metrics: {clients: {sum: radios.stations}}\n"

enum { LIST_NAME, LIST_STATUS, LIST_UPTIME, LIST_SERIAL };

static struct kk_clock clock_;
static struct profile *profile;
static struct inventory *inv;
static struct flock *flock;
static struct flock_count count;
static struct sample newest;
static struct counter counters[SAMPLE_COUNTERS_MAX];
static char told[1024], plate[160];

static void
on_sample(void *ctx, const struct sample *s)
{
	static const struct {
		unsigned flag;
		const char *name;
	} flags[] = {{SAMPLE_FIRST, "+FIRST"}, {SAMPLE_RESTART, "+RESTART"},
	    {SAMPLE_REBASED, "+REBASED"}, {SAMPLE_PARTIAL, "+PARTIAL"}};
	static const char *const reasons[] = {[REASON_SAID_DOWN] = "SAID_DOWN",
	    [REASON_GONE] = "GONE",
	    [REASON_TWO_CONTROLLERS] = "TWO"};
	unsigned reason = SAMPLE_REASON(s->flags);
	size_t at = strlen(told);
	const char *id = inventory_by_num(inv, s->device)->id;

	(void)ctx;
	ck_assert_int_eq(s->source, SOURCE_CONTROLLER);
	if (s->flags & SAMPLE_SILENT)
		at += (size_t)snprintf(told + at, sizeof(told) - at, " %s", id);
	else
		at += (size_t)snprintf(told + at, sizeof(told) - at, " %s %lld/%lld", id,
		    (long long)s->value[METRIC_OCTETS_DOWN], (long long)s->value[METRIC_OCTETS_UP]);
	for (int i = 0; i < ROWS(flags); i++)
		if (s->flags & flags[i].flag)
			at += (size_t)snprintf(told + at, sizeof(told) - at, "%s", flags[i].name);
	if (reason != REASON_NONE)
		snprintf(told + at, sizeof(told) - at, " %s", reasons[reason]);
	newest = *s;
	if (s->n_counters > 0)
		memcpy(counters, s->counters, s->n_counters * sizeof(counters[0]));
	newest.counters = counters;
}

static void
on_named(void *ctx, uint32_t device, const struct nameplate *n)
{
	(void)ctx;
	snprintf(plate, sizeof(plate), "%u %s %s", device, n->text[NAMEPLATE_SERIAL],
	    n->text[NAMEPLATE_MAC]);
}

static void
take_inventory(const char *csv)
{
	struct import_options o = {.now_s = 1};
	struct import_report *r = NULL;
	struct diag d = {""};
	struct db *db;
	char dir[256];

	harness_dir(dir);
	ck_assert_int_eq(db_open(dir, DB_WRITE, &db, &d), KK_OK);
	ck_assert_msg(import_text(db, "city", csv, strlen(csv), &o, &r, &d) == KK_OK, "%s", d.text);
	import_report_free(r);
	inventory_free(inv);
	ck_assert_int_eq(inventory_read(db, &inv, &d), KK_OK);
	db_close(db);
	harness_remove(dir);
	ck_assert_int_eq(flock_follow(flock, inv), KK_OK);
}

static void
setup(void)
{
	struct flock_calls calls = {.sample = on_sample, .named = on_named};
	struct diag d = {""};

	clock_ = (struct kk_clock){1, 1000000, 162510000000};
	inv = NULL;
	told[0] = plate[0] = '\0';
	ck_assert_msg(
	    profile_parse("p", PROFILE, strlen(PROFILE), &profile, &d) == KK_OK, "%s", d.text);
	ck_assert_int_eq(flock_new(&clock_, &calls, &flock), KK_OK);
	take_inventory("id,kind,name,mac,controller,host\n"
		       "W1,controller,,,,192.0.2.1\n"
		       "W2,controller,,,,192.0.2.2\n"
		       "A,ap,,02:4b:00:00:00:0a,W1,\n"
		       "B,ap,near B,,W1,\n"
		       "C,ap,,02:4b:00:00:00:0c,W2,\n");
	flock_restored(flock);
}

static void
teardown(void)
{
	flock_free(flock);
	inventory_free(inv);
	profile_free(profile);
}

/* ---- lists ---- */

static void
put(struct rows *r, unsigned table, const char *column, const unsigned long *inst, size_t len,
    uint8_t type, int64_t number, const char *text)
{
	struct varbind vb = {.type = type, .number = number};
	const struct profile_table *t = &r->profile->table[table];
	uint8_t c = 0;

	if (text != NULL) {
		vb.octets = (const uint8_t *)text;
		vb.len = (uint32_t)strlen(text);
	}
	while (strcmp(t->column[c].name, column) != 0)
		ck_assert_uint_lt(++c, t->n);
	ck_assert_int_eq(
	    rows_put(r, (struct column_ref){(uint8_t)table, c}, inst, len, &vb), KK_OK);
}

/* "A 100 5 6", "A down": named by its letter, or by the name of B. */
static void
put_ap(struct rows *r, const char *text)
{
	unsigned long inst[7] = {2, 0x4b, 0, 0, 0, 0, 1};
	long long uptime = 0, down = 0, up = 0;
	char id;
	int n = sscanf(text, " %c %lld %lld %lld", &id, &uptime, &down, &up);

	inst[5] = id == 'B' ? 0xbb : (unsigned long)(id - 'A' + 10);
	put(r, 0, "name", inst, 6, VB_OCTETS, 0, id == 'B' ? "near B" : "what it may be");
	put(r, 0, "status", inst, 6, VB_INTEGER, n > 1 ? 1 : 2, NULL);
	put(r, 0, "uptime", inst, 6, VB_INTEGER, uptime, NULL);
	put(r, 0, "serial", inst, 6, VB_OCTETS, 0, "S1234");
	if (n < 4)
		return;
	put(r, 1, "down", inst, 7, VB_COUNTER64, down, NULL);
	put(r, 1, "up", inst, 7, VB_COUNTER64, up, NULL);
	put(r, 1, "stations", inst, 7, VB_GAUGE32, 3, NULL);
}

static void
take_list(const char *controller, char *aps)
{
	uint32_t num = inventory_by_id(inv, controller)->num;
	struct rows rows;
	struct roll roll;
	char *save, *one;

	rows_init(&rows, profile->aps->rows);
	rows.now_cs = clock_.utc_cs;
	for (one = strtok_r(aps, "|", &save); one != NULL; one = strtok_r(NULL, "|", &save))
		put_ap(&rows, one);
	ck_assert_int_eq(roll_make(profile->aps, &rows, ROLL_NO_ENTRY, num, &roll), KK_OK);
	flock_take(flock, num, 60000, &roll, &count);
	roll_forget(&roll);
	rows_forget(&rows);
}

static void
play(const char *why, const char *text)
{
	char all[2048], *save, *line;

	snprintf(all, sizeof(all), "%s", text);
	for (line = strtok_r(all, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save)) {
		char *expected = strstr(line, "=>"), *colon;

		told[0] = '\0';
		if (strncmp(line, "pass ", 5) == 0) {
			clock_advance(&clock_, strtol(line + 5, NULL, 10) * 1000);
			continue;
		}
		ck_assert_ptr_nonnull(expected);
		expected[-1] = '\0';
		colon = strchr(line, ':');
		*colon = '\0';
		take_list(line, colon + 1);
		ck_assert_msg(strcmp(told, expected + 2) == 0, "%s, %s: told%s, not%s", why, line,
		    told, expected + 2);
	}
}

static const struct {
	const char *why, *text;
} scenes[] = {
    {"by address, and by name", "W1: A 500 100 10 | B 600 7 7 => A 0/0+FIRST B 0/0+FIRST\n"
				"pass 60\n"
				"W1: B 660 9 7 | A 560 150 20 => B 2/0 A 50/10\n"},
    {"not connected, then not listed", "W1: A 500 100 10 | B down => A 0/0+FIRST B SAID_DOWN\n"
				       "pass 60\n"
				       "W1: B down => B SAID_DOWN A GONE\n"
				       "pass 60\n"
				       "W1: A 620 130 10 | B down => A 30/0 B SAID_DOWN\n"},
    {"it booted", "W1: A 5000 100 10 | B down => A 0/0+FIRST B SAID_DOWN\n"
		  "pass 60\n"
		  "W1: A 20 30 40 | B down => A 30/40+RESTART B SAID_DOWN\n"
		  "pass 60\n"
		  "W1: A 80 31 41 | B down => A 31/41 B SAID_DOWN\n"},
    {"it booted twice within a minute", "W1: A 5000 100 10 | B down => A 0/0+FIRST B SAID_DOWN\n"
					"pass 60\n"
					"W1: A 2 30 40 | B down => A 30/40+RESTART B SAID_DOWN\n"
					"pass 1\n"
					"W1: A 3 31 40 | B down => A 31/40 B SAID_DOWN\n"
					"pass 1\n"
					"W1: A 1 5 6 | B down => A 36/46+RESTART B SAID_DOWN\n"},
    {"it booted, and has passed what it had",
	"W1: A 5000 100 10 | B down => A 0/0+FIRST B SAID_DOWN\n"
	"pass 60\n"
	"W1: A 30 170 40 | B down => A 170/40+RESTART B SAID_DOWN\n"},
    {"the list is of a minute ago: no boot", "W1: A 30 100 10 | B down => A 0/0+FIRST B SAID_DOWN\n"
					     "pass 60\n"
					     "W1: A 30 100 10 | B down => A 0/0 B SAID_DOWN\n"
					     "pass 60\n"
					     "W1: A 150 300 10 | B down => A 200/0 B SAID_DOWN\n"},
    {"two say so: the inventory's counts",
	"W2: A 500 900 900 | C 500 1 1 => A 0/0+FIRST C 0/0+FIRST\n"
	"pass 10\n"
	"W1: A 500 100 10 | B down => A 0/0 TWO B SAID_DOWN\n"
	"pass 50\n"
	"W2: A 560 999 999 | C 560 1 1 => C 0/0\n"
	"pass 10\n"
	"W1: A 570 120 10 | B down => A 20/0 TWO B SAID_DOWN\n"
	"pass 60\n"
	"W1: A 630 120 10 | B down => A 20/0 TWO B SAID_DOWN\n"
	"pass 600\n"
	"W1: A 1230 120 10 | B down => A 20/0 B SAID_DOWN\n"},
    {"it went to another one", "W1: A 500 100 10 | B down => A 0/0+FIRST B SAID_DOWN\n"
			       "pass 60\n"
			       "W1: A 560 120 10 | B down => A 20/0 B SAID_DOWN\n"
			       "pass 300\n"
			       "W2: A 200 44 5 | C 500 1 1 => A 64/5 C 0/0+FIRST\n"
			       "pass 10\n"
			       "W1: B down => B SAID_DOWN\n"
			       "pass 60\n"
			       "W2: A 270 50 6 | C 570 1 1 => A 70/6 C 0/0\n"},
    {"what is counted is gone", "W1: A 500 100 10 | B down => A 0/0+FIRST B SAID_DOWN\n"
				"pass 60\n"
				"W1: A 560 | B down => A 0/0+PARTIAL B SAID_DOWN\n"
				"pass 60\n"
				"W1: A 620 130 10 | B down => A 30/0 B SAID_DOWN\n"},
};

START_TEST(scene)
{
	play(scenes[_i].why, scenes[_i].text);
}
END_TEST

START_TEST(strangers)
{
	char want[64];

	play("strangers", "W1: A 500 1 1 | X 500 1 1 | Y down => A 0/0+FIRST B GONE\n");
	ck_assert_uint_eq(count.listed, 3);
	ck_assert_uint_eq(count.up, 2);
	ck_assert_uint_eq(count.missing, 1);
	ck_assert_uint_eq(count.strangers, 2);
	ck_assert_int_eq(count.clients, 6);
	ck_assert_str_eq(count.stranger[0].name, "what it may be");
	ck_assert_uint_eq(count.stranger[0].mac[5], 'X' - 'A' + 10);
	ck_assert_uint_eq(count.elsewhere, 0);
	snprintf(want, sizeof(want), "%u S1234 02:4b:00:00:00:0a", inventory_by_id(inv, "A")->num);
	ck_assert_str_eq(plate, want);
}
END_TEST

/* kkachid was restarted: the next delta runs from what was committed. */
START_TEST(restored)
{
	struct flock_calls calls = {.sample = on_sample};

	play("before", "W1: A 500 100 10 => A 0/0+FIRST B GONE\npass 60\n"
		       "W1: A 560 150 10 => A 50/0 B GONE\n");
	ck_assert_int_eq(newest.flags & SAMPLE_SILENT, SAMPLE_SILENT); /* B's */
	newest = (struct sample){.device = inventory_by_id(inv, "A")->num,
	    .source = SOURCE_CONTROLLER,
	    .time_cs = clock_.utc_cs,
	    .boot_cs = clock_.utc_cs - 56000,
	    .n_counters = 1,
	    .counters = counters};
	sample_set(&newest, METRIC_OCTETS_DOWN, 50);
	sample_set(&newest, METRIC_OCTETS_UP, 0);
	flock_free(flock);
	ck_assert_int_eq(flock_new(&clock_, &calls, &flock), KK_OK);
	ck_assert_int_eq(flock_follow(flock, inv), KK_OK);
	ck_assert_uint_eq(flock_fresh(flock), 3);
	flock_restore(flock, &newest);
	flock_restored(flock);
	ck_assert_uint_eq(flock_fresh(flock), 0);
	play("after", "pass 600\nW1: A 1160 1150 20 => A 1050/10 B GONE\npass 60\n"
		      "W1: A 5 7 7 => A 1057/17+RESTART B GONE\n");
}
END_TEST

/* Rows in any order, many of them: each to its own. */
START_TEST(many)
{
	struct rows rows;
	struct roll roll;

	rows_init(&rows, profile->aps->rows);
	for (unsigned long i = 0; i < 6000; i++) {
		unsigned long inst[7] = {2, 0x4b, 0, i >> 8, i & 255, 0, 0};

		put(&rows, 0, "status", inst, 6, VB_INTEGER, 1 + (int64_t)(i % 10 == 0), NULL);
	}
	for (unsigned long k = 0; k < 12000; k++) {
		unsigned long i = k * 7919 % 12000, ap = i / 2;
		unsigned long inst[7] = {2, 0x4b, 0, ap >> 8, ap & 255, 0, i % 2};

		put(&rows, 1, "down", inst, 7, VB_COUNTER64, (int64_t)i, NULL);
		put(&rows, 1, "up", inst, 7, VB_COUNTER32, (int64_t)i, NULL);
		put(&rows, 1, "stations", inst, 7, VB_COUNTER32, (int64_t)(i % 5), NULL);
	}
	ck_assert_int_eq(roll_make(profile->aps, &rows, ROLL_NO_ENTRY, 1, &roll), KK_OK);
	ck_assert_uint_eq(roll.n, 6000);
	ck_assert_uint_eq(roll.n_readings, 12000);
	ck_assert_uint_eq(roll.strays, 0);
	for (size_t i = 0; i < roll.n; i++) {
		const struct roll_ap *a = &roll.ap[i];

		ck_assert_int_eq(a->up, i % 10 != 0);
		ck_assert_uint_eq(a->n, 2);
		ck_assert_uint_eq(
		    roll.reading[a->first].down + roll.reading[a->first + 1].down, 4 * i + 1);
		ck_assert_uint_eq(roll.reading[a->first].width, 32);
		ck_assert_int_eq(a->value[METRIC_CLIENTS], (int64_t)(2 * i % 5 + (2 * i + 1) % 5));
	}
	roll_forget(&roll);
	rows_forget(&rows);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("flock");
	TCase *tc = tcase_create("lists");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, scene, 0, ROWS(scenes));
	tcase_add_test(tc, strangers);
	tcase_add_test(tc, restored);
	tcase_add_test(tc, many);
	suite_add_tcase(s, tc);
	return harness_run(s);
}

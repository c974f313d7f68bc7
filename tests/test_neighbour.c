/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/db/neighbour.h"

#include "tests/harness.h"

static char dir[64];
static struct db *db;
static struct diag d;

static void
setup(void)
{
	harness_dir(dir);
	ck_assert_int_eq(db_open(dir, DB_WRITE, &db, &d), KK_OK);
	ck_assert_int_eq(
	    db_exec(db,
		"INSERT INTO device (num, id, added) VALUES (1, 'SW-1', 1), (2, 'SW-2', 1);"
		"INSERT INTO device (num, id, added, retired) VALUES (3, 'gone', 1, 1);",
		&d),
	    KK_OK);
}

static void
teardown(void)
{
	db_close(db);
	harness_remove(dir);
}

static struct neighbour
lldp(const char *port, const char *chassis, const char *far_port)
{
	return (struct neighbour){.via = VIA_LLDP,
	    .chassis_type = CHASSIS_MAC,
	    .far_type = PORT_NAME,
	    .does = DOES_AP,
	    .port = port,
	    .chassis = chassis,
	    .far_port = far_port,
	    .far_descr = "an end",
	    .name = "far",
	    .address = "192.0.2.1"};
}

static void
keep(uint32_t device, int64_t lldp_s, int64_t bridge_s, const struct neighbour *rows, size_t n,
    int64_t now_s)
{
	struct reporter self = {.device = device,
	    .chassis_type = CHASSIS_MAC,
	    .chassis = "02:00:00:00:00:01",
	    .name = "self",
	    .lldp_s = lldp_s,
	    .bridge_s = bridge_s};

	ck_assert_msg(neighbours_keep(db, &self, rows, n, now_s, &d) == KK_OK, "%s", d.text);
}

/* All that is told now: "device via port chassis far_port first-last;". */
static const char *
told(void)
{
	static char text[1024];
	struct neighbours *all;
	size_t at = 0;

	ck_assert_msg(neighbours_read(db, &all, &d) == KK_OK, "%s", d.text);
	text[0] = '\0';
	for (size_t i = 0; i < all->n; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%u %u %s %s %s %d-%d;",
		    (unsigned)all->row[i].device, all->row[i].via, all->row[i].port,
		    all->row[i].chassis, all->row[i].far_port, (int)all->row[i].first_s,
		    (int)all->row[i].last_s);
	neighbours_free(all);
	return text;
}

START_TEST(kept_whole)
{
	struct neighbour n = lldp("ge1", "02:4b:00:00:00:01", "eth0");
	struct neighbours *all;

	keep(1, 100, 0, &n, 1, 100);
	ck_assert_int_eq(neighbours_read(db, &all, &d), KK_OK);
	ck_assert_uint_eq(all->n_reporters, 1);
	ck_assert_uint_eq(all->reporter[0].device, 1);
	ck_assert_uint_eq(all->reporter[0].chassis_type, CHASSIS_MAC);
	ck_assert_str_eq(all->reporter[0].chassis, "02:00:00:00:00:01");
	ck_assert_str_eq(all->reporter[0].name, "self");
	ck_assert_int_eq(all->reporter[0].lldp_s, 100);
	ck_assert_int_eq(all->reporter[0].bridge_s, 0);
	ck_assert_uint_eq(all->n, 1);
	ck_assert_uint_eq(all->row[0].chassis_type, CHASSIS_MAC);
	ck_assert_uint_eq(all->row[0].far_type, PORT_NAME);
	ck_assert_uint_eq(all->row[0].does, DOES_AP);
	ck_assert_str_eq(all->row[0].far_descr, "an end");
	ck_assert_str_eq(all->row[0].name, "far");
	ck_assert_str_eq(all->row[0].address, "192.0.2.1");
	neighbours_free(all);
}
END_TEST

START_TEST(history_is_not_told)
{
	struct neighbour two[] = {lldp("ge1", "a", "x"), lldp("ge2", "b", "y")};
	struct neighbour heard = {.via = VIA_BRIDGE,
	    .port = "ge3",
	    .chassis = "c",
	    .far_port = "",
	    .far_descr = "",
	    .name = "",
	    .address = "",
	    .crowd = 4};

	keep(1, 100, 0, two, 2, 100);
	ck_assert_str_eq(told(), "1 0 ge1 a x 100-100;1 0 ge2 b y 100-100;");
	keep(1, 200, 0, two, 1, 200); /* the second is gone */
	ck_assert_str_eq(told(), "1 0 ge1 a x 100-200;");
	keep(1, 0, 250, &heard, 1, 250); /* LLDP was not read whole: it stays as it was */
	ck_assert_str_eq(told(), "1 0 ge1 a x 100-200;1 1 ge3 c  250-250;");
	keep(1, 300, 0, two, 2, 300); /* and comes back */
	ck_assert_str_eq(told(), "1 0 ge1 a x 100-300;1 0 ge2 b y 100-300;1 1 ge3 c  250-250;");
	keep(1, 400, 0, NULL, 0, 400);
	ck_assert_str_eq(told(), "1 1 ge3 c  250-250;");
}
END_TEST

START_TEST(others_do_not_matter)
{
	struct neighbour n = lldp("ge1", "a", "x");

	keep(2, 100, 0, &n, 1, 100);
	keep(3, 100, 0, &n, 1, 100); /* retired */
	keep(1, 500, 0, NULL, 0, 500);
	ck_assert_str_eq(told(), "2 0 ge1 a x 100-100;");
}
END_TEST

START_TEST(old_history_is_forgotten)
{
	struct neighbour n = lldp("ge1", "a", "x");
	sqlite3_stmt *s;

	keep(1, 100, 0, &n, 1, 100);
	keep(1, 100 + 93 * 86400, 0, NULL, 0, 100 + 93 * 86400);
	ck_assert_int_eq(db_prepare(db, "SELECT count(*) FROM neighbour", &s, &d), KK_OK);
	ck_assert_int_eq(sqlite3_step(s), SQLITE_ROW);
	ck_assert_int_eq(sqlite3_column_int(s, 0), 0);
	sqlite3_finalize(s);
}
END_TEST

/* The poller does not wait for an import. */
START_TEST(busy)
{
	struct neighbour n = lldp("ge1", "a", "x");
	struct reporter self = {.device = 1, .chassis = "", .name = "", .lldp_s = 1};
	struct db *other;

	ck_assert_int_eq(db_open(dir, DB_WRITE, &other, &d), KK_OK);
	ck_assert_int_eq(db_begin(other, &d), KK_OK);
	ck_assert_int_eq(neighbours_keep(db, &self, &n, 1, 1, &d), KK_E_BUSY);
	db_rollback(other);
	ck_assert_int_eq(neighbours_keep(db, &self, &n, 1, 1, &d), KK_OK);
	db_close(other);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("neighbour");
	TCase *tc = tcase_create("neighbour");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, kept_whole);
	tcase_add_test(tc, history_is_not_told);
	tcase_add_test(tc, others_do_not_matter);
	tcase_add_test(tc, old_history_is_forgotten);
	tcase_add_test(tc, busy);
	suite_add_tcase(s, tc);
	return harness_run(s);
}

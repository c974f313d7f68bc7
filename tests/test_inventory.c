/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/db/inventory.h"

#include <math.h>

#include "lib/sample.h"
#include "tests/harness.h"

static char dir[64];
static struct db *db;

static void
setup(void)
{
	struct diag d = {""};

	harness_dir(dir);
	ck_assert_msg(db_open(dir, DB_WRITE, &db, &d) == KK_OK, "%s", d.text);
}

static void
teardown(void)
{
	db_close(db);
	harness_remove(dir);
}

static void
sql(const char *text)
{
	struct diag d = {""};

	ck_assert_msg(db_exec(db, text, &d) == KK_OK, "%s", d.text);
}

static struct inventory *
read_all(void)
{
	struct inventory *inv;
	struct diag d = {""};

	ck_assert_msg(inventory_read(db, &inv, &d) == KK_OK, "%s", d.text);
	return inv;
}

START_TEST(empty)
{
	struct inventory *inv = read_all();
	size_t n;

	inventory_all(inv, &n);
	ck_assert_uint_eq(n, 0);
	ck_assert_ptr_null(inventory_by_id(inv, "WF1"));
	ck_assert_ptr_null(inventory_by_num(inv, 1));
	inventory_free(inv);
	inventory_free(NULL);
}
END_TEST

START_TEST(whole_row)
{
	struct inventory *inv;
	const struct device *d;

	sql("INSERT INTO device (id, name, kind, address, installed, place, lat, lon, mobile, mac,"
	    " controller, host, port, version, community, user, profile, uplink, uplink2,"
	    " capacity_mbps, labels, added) VALUES ('서울5차-0152-1', '성동구청 1층', 'switch',"
	    " '고산자로 270', '2020', '실내', 37.56, 127.03, 1, '00:11:22:33:44:55', 'WLC1',"
	    " '10.1.2.3', 1161, '2c', 'secret', 'u', 'unifi', 'SW1', 'SW2', 1000,"
	    " '{\"a\":\"b\"}', 5)");
	sql("INSERT INTO belonging VALUES (1, 0, '중구', 'old', '복지', '1', 0),"
	    " (1, 20210701, '성동구', '구청', '공공', '2', 1)");
	inv = read_all();
	d = inventory_by_id(inv, "서울5차-0152-1");
	ck_assert_ptr_nonnull(d);
	ck_assert_ptr_eq(d, inventory_by_num(inv, 1));
	ck_assert_str_eq(d->name, "성동구청 1층");
	ck_assert_int_eq(d->kind, KIND_SWITCH);
	ck_assert_str_eq(d->district, "성동구"); /* the newest belonging */
	ck_assert_str_eq(d->site, "구청");
	ck_assert_str_eq(d->site_type, "공공");
	ck_assert_str_eq(d->phase, "2");
	ck_assert_str_eq(d->address, "고산자로 270");
	ck_assert_str_eq(d->installed, "2020");
	ck_assert_str_eq(d->place, "실내");
	ck_assert_str_eq(d->mac, "00:11:22:33:44:55");
	ck_assert_str_eq(d->controller, "WLC1");
	ck_assert(d->lat == 37.56 && d->lon == 127.03);
	ck_assert_int_eq(d->mobile, 1);
	ck_assert_str_eq(d->host, "10.1.2.3");
	ck_assert_uint_eq(d->port, 1161);
	ck_assert_str_eq(d->version, "2c");
	ck_assert_str_eq(d->community, "secret");
	ck_assert_str_eq(d->user, "u");
	ck_assert_str_eq(d->profile, "unifi");
	ck_assert_str_eq(d->uplink, "SW1");
	ck_assert_str_eq(d->uplink2, "SW2");
	ck_assert_uint_eq(d->capacity_mbps, 1000);
	ck_assert_str_eq(d->labels, "{\"a\":\"b\"}");
	ck_assert_uint_eq(d->account, SOURCE_CONTROLLER);
	inventory_free(inv);
}
END_TEST

START_TEST(unknown_is_unknown)
{
	struct inventory *inv;
	const struct device *d;

	sql("INSERT INTO device (id, added) VALUES ('---EP000001', 5)");
	inv = read_all();
	d = inventory_by_id(inv, "---EP000001");
	ck_assert_ptr_nonnull(d);
	ck_assert_str_eq(d->name, "");
	ck_assert_str_eq(d->host, "");
	ck_assert_str_eq(d->district, "");
	ck_assert(isnan(d->lat) && isnan(d->lon));
	ck_assert_uint_eq(d->port, 0);
	ck_assert_int_eq(d->kind, KIND_AP);
	ck_assert_uint_eq(d->account, SOURCE_SNMP);
	inventory_free(inv);
}
END_TEST

/* Retired devices are not there; the others are found by id and by number, whatever the gaps. */
START_TEST(many_with_gaps)
{
	struct inventory *inv;
	const struct device *all;
	char id[32];
	size_t n;

	sql("WITH RECURSIVE i(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM i WHERE x < 3000)"
	    " INSERT INTO device (num, id, name, added, retired)"
	    " SELECT x * 2, 'AP' || x, 'same', 5, CASE WHEN x % 3 = 0 THEN 6 END FROM i");
	inv = read_all();
	all = inventory_all(inv, &n);
	ck_assert_uint_eq(n, 2000);
	for (size_t i = 1; i < n; i++)
		ck_assert_uint_lt(all[i - 1].num, all[i].num);
	for (unsigned x = 1; x <= 3000; x++) {
		const struct device *d;

		snprintf(id, sizeof(id), "AP%u", x);
		d = inventory_by_id(inv, id);
		ck_assert_ptr_eq(d, inventory_by_num(inv, x * 2));
		ck_assert_ptr_null(inventory_by_num(inv, x * 2 + 1));
		if (x % 3 == 0)
			ck_assert_ptr_null(d);
		else
			ck_assert(d != NULL && d->num == x * 2 && strcmp(d->id, id) == 0);
	}
	inventory_free(inv);
}
END_TEST

START_TEST(edition)
{
	int64_t e = -1;

	ck_assert_int_eq(inventory_edition(db, &e, NULL), KK_OK);
	ck_assert_int_eq(e, 0);
	sql("UPDATE counter SET value = value + 1 WHERE name = 'inventory'");
	ck_assert_int_eq(inventory_edition(db, &e, NULL), KK_OK);
	ck_assert_int_eq(e, 1);
}
END_TEST

START_TEST(kinds)
{
	for (int k = 0; k < KIND_COUNT; k++)
		ck_assert_int_eq(device_kind_by_name(device_kind_name((enum device_kind)k)), k);
	ck_assert_int_eq(device_kind_by_name("toaster"), -1);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("inventory");
	TCase *tc = tcase_create("inventory");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, empty);
	tcase_add_test(tc, whole_row);
	tcase_add_test(tc, unknown_is_unknown);
	tcase_add_test(tc, many_with_gaps);
	tcase_add_test(tc, edition);
	tcase_add_test(tc, kinds);
	suite_add_tcase(s, tc);
	return harness_run(s);
}

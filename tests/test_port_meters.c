/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Odometers of ports over wraps, reboots, other ifIndexes and restarts, kept in the database. */
#include "collector/port_meters.h"

#include "tests/harness.h"

#define START_CS INT64_C(170000000000) /* 2023 */
#define MINUTE	 6000

static char dir[64];
static struct db *db;
static struct diag d;
static struct port_meters m;

static void
setup(void)
{
	harness_dir(dir);
	ck_assert_int_eq(db_open(dir, DB_WRITE, &db, &d), KK_OK);
	ck_assert_int_eq(
	    db_exec(db, "INSERT INTO device (num, id, added) VALUES (7, 'SW-7', 1), (8, 'SW-8', 1)",
		&d),
	    KK_OK);
	memset(&m, 0, sizeof(m));
}

static void
teardown(void)
{
	port_meters_free(&m);
	db_close(db);
	harness_remove(dir);
}

/* One port as it is read at a minute; octets in, errors and discards are the same number. */
static struct port
port(uint32_t index, const char *name, uint64_t in, unsigned width)
{
	struct port p = {.index = index, .mbps = 1000};

	p.known = PORT_HAS_MBPS | PORT_HAS_ERRORS_IN | PORT_HAS_ERRORS_OUT;
	p.known |= width == 64 ? PORT_HAS_IN | PORT_HAS_OUT : PORT_HAS_IN32 | PORT_HAS_OUT32;
	p.in = in;
	p.in32 = (uint32_t)in;
	p.errors_in = (uint32_t)in;
	snprintf(p.name, sizeof(p.name), "%s", name);
	return p;
}

/* Read it; receives its pairs. */
static const struct port_counter *
read_at(int minute, uint32_t uptime_min, struct port p)
{
	static struct port_counter out[1][PORT_PAIRS];
	struct facts f = {
	    .ports = {.port = &p, .n = 1}, .uptime = uptime_min * MINUTE, .has_uptime = 1};

	ck_assert_int_eq(port_meters_advance(&m, &f, START_CS + minute * MINUTE, out), KK_OK);
	return out[0];
}

/* Two readings, ten minutes apart; the first at an uptime of 100 minutes. */
static const struct {
	const char *why;
	uint64_t first;
	unsigned width1;
	uint32_t index2;
	const char *name2;
	uint64_t second;
	unsigned width2;
	uint32_t uptime2; /* minutes */
	int64_t want;	  /* octets in */
} pairs[] = {
    {"plain", 1000, 64, 1, "ge1", 5000, 64, 110, 4000},
    {"it stands still", 1000, 64, 1, "ge1", 1000, 64, 110, 0},
    {"32 bits that wrapped", 0xfffffff0, 32, 1, "ge1", 0x100000010, 32, 110, 32},
    {"another ifIndex", 1000, 64, 17, "ge1", 5000, 64, 110, 4000},
    {"a reboot: what passed since", 1000000, 64, 1, "ge1", 700, 64, 3, 700},
    {"a reboot and another ifIndex", 1000000, 64, 17, "ge1", 700, 64, 3, 700},
    {"faster than its line: not this counter's", 1000, 64, 1, "ge1", UINT64_C(1) << 50, 64, 110, 0},
    {"64 bits come to replace 32", 1000, 32, 1, "ge1", 5000, 64, 110, 0},
    {"another port starts for itself", 1000, 64, 1, "ge2", 5000, 64, 110, 0},
};

START_TEST(two_readings)
{
	const struct port_counter *c =
	    read_at(0, 100, port(1, "ge1", pairs[_i].first, pairs[_i].width1));

	ck_assert_int_eq(c[PAIR_OCTETS].in, 0);
	ck_assert_int_eq(c[PAIR_DISCARDS].in, PORT_UNKNOWN);
	c = read_at(10, pairs[_i].uptime2,
	    port(pairs[_i].index2, pairs[_i].name2, pairs[_i].second, pairs[_i].width2));
	ck_assert_msg(c[PAIR_OCTETS].in == pairs[_i].want, "%s: %lld", pairs[_i].why,
	    (long long)c[PAIR_OCTETS].in);
}
END_TEST

static struct port_row
row_of(const struct port_counter *c, int64_t time_s)
{
	struct port_row r = {.name = "ge1",
	    .descr = "",
	    .alias = "a text",
	    .mac = "",
	    .index = 1,
	    .type = 6,
	    .admin = 1,
	    .oper = 2,
	    .mbps = 1000,
	    .rx_mdbm = -8200,
	    .poe = PORT_UNKNOWN,
	    .poe_mw = 0,
	    .time_s = time_s};

	memcpy(r.pair, c, sizeof(r.pair));
	return r;
}

static void
take_up(void *ctx, const struct port_row *r)
{
	++*(int *)ctx;
	ck_assert_str_eq(r->name, "ge1");
	ck_assert_str_eq(r->alias, "a text");
	ck_assert_int_eq(r->oper, 2);
	ck_assert_int_eq(r->rx_mdbm, -8200);
	ck_assert_int_eq(r->poe, PORT_UNKNOWN);
	ck_assert_int_eq(r->poe_mw, 0);
	ck_assert_int_eq(r->pair[PAIR_DISCARDS].in, PORT_UNKNOWN);
	ck_assert_int_eq(port_meters_restore(&m, r), KK_OK);
}

/* A restart: what was kept goes on, also over a counter beyond 2^63. */
START_TEST(kept_and_taken_up)
{
	uint64_t high = (UINT64_C(1) << 63) + 5;
	struct port_row r;
	int rows = 0;

	read_at(0, 100, port(1, "ge1", high, 64));
	r = row_of(read_at(10, 110, port(1, "ge1", high + 400, 64)), 50);
	ck_assert_int_eq(port_rows_keep(db, 7, &r, 1, &d), KK_OK);
	port_meters_free(&m);
	ck_assert_int_eq(port_rows_read(db, 8, take_up, &rows, &d), KK_OK);
	ck_assert_int_eq(rows, 0);
	ck_assert_int_eq(port_rows_read(db, 7, take_up, &rows, &d), KK_OK);
	ck_assert_int_eq(rows, 1);
	ck_assert_int_eq(read_at(20, 120, port(1, "ge1", high + 1000, 64))[PAIR_OCTETS].in, 1000);
	/* And a reboot while nobody looked. */
	port_meters_free(&m);
	ck_assert_int_eq(port_rows_read(db, 0, take_up, &rows, &d), KK_OK);
	ck_assert_int_eq(read_at(30, 5, port(3, "ge1", 90, 64))[PAIR_OCTETS].in, 490);
}
END_TEST

START_TEST(rows_are_replaced_and_forgotten)
{
	const struct port_counter *c = read_at(0, 100, port(1, "ge1", 1, 64));
	struct port_row r = row_of(c, 100), other = row_of(c, 100 + 93 * 86400);
	int rows = 0;

	ck_assert_int_eq(port_rows_keep(db, 7, &r, 1, &d), KK_OK);
	ck_assert_int_eq(port_rows_keep(db, 7, &r, 1, &d), KK_OK);
	ck_assert_int_eq(port_rows_read(db, 0, take_up, &rows, &d), KK_OK);
	ck_assert_int_eq(rows, 1);
	other.name = "ge2"; /* a quarter of a year later ge1 is gone */
	ck_assert_int_eq(port_rows_keep(db, 7, &other, 1, &d), KK_OK);
	other.name = "ge1";
	ck_assert_int_eq(port_rows_keep(db, 8, &other, 1, &d), KK_OK);
	rows = 0;
	ck_assert_int_eq(port_rows_read(db, 8, take_up, &rows, &d), KK_OK);
	ck_assert_int_eq(rows, 1);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("port_meters");
	TCase *tc = tcase_create("port_meters");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, two_readings, 0, ROWS(pairs));
	tcase_add_test(tc, kept_and_taken_up);
	tcase_add_test(tc, rows_are_replaced_and_forgotten);
	suite_add_tcase(s, tc);
	return harness_run(s);
}

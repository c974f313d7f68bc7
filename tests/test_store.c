/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/store.h"

#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "lib/zone.h"
#include "rrd/archive/archive.h"
#include "rrd/live.h"
#include "tests/fleet.h"
#include "tests/harness.h"

#define DEVICES 50

static char dir[64];
static struct conf conf;
static struct store *store;
static struct diag diag;

static void
open_store(int threads)
{
	ck_assert_msg(store_open(&conf, threads, &store, &diag) == KK_OK, "%s", diag.text);
}

static void
setup(void)
{
	ck_assert_int_eq(zone_use("Asia/Seoul", NULL), KK_OK);
	harness_dir(dir);
	conf = fleet_conf(dir, 60);
	store = NULL;
}

static void
teardown(void)
{
	store_close(store);
	harness_remove(dir);
}

static void
put(const struct sample *s)
{
	ck_assert_int_eq(store_put(store, s), KK_OK);
}

static int64_t
sweep(int64_t time_s)
{
	for (uint32_t num = 1; num <= DEVICES; num++) {
		struct sample s = fleet_sample(num, time_s);

		put(&s);
	}
	return store_commit(store, &diag);
}

/* Wait until something holds; a bound of a minute, so that a slow machine does not matter. */
#define WAIT_FOR(condition)                                                  \
	do {                                                                 \
		int tries_ = 0;                                              \
		while (!(condition) && tries_++ < 12000)                     \
			usleep(5000);                                        \
		ck_assert_msg(tries_ < 12000, "never came: %s", #condition); \
	} while (0)

static struct store_stats
stats(void)
{
	struct store_stats st;

	store_stats(store, &st);
	return st;
}

static void
give_inventory(void)
{
	struct inventory *inv;
	struct db *db;
	char sql[400];

	ck_assert_int_eq(db_open(dir, DB_WRITE, &db, &diag), KK_OK);
	for (uint32_t num = 1; num <= DEVICES; num++) {
		struct device d = fleet_device(num);

		snprintf(sql, sizeof(sql),
		    "INSERT OR IGNORE INTO device (num, id, added) VALUES (%u, '%s', 0)", num,
		    d.id);
		ck_assert_msg(db_exec(db, sql, &diag) == KK_OK, "%s", diag.text);
	}
	ck_assert_int_eq(inventory_read(db, &inv, &diag), KK_OK);
	store_inventory(store, inv);
	inventory_free(inv); /* what the store needs it has copied */
	db_close(db);
}

/* One number from the database. */
static int64_t
number(const char *sql)
{
	sqlite3_stmt *s;
	struct db *db;
	int64_t n;

	ck_assert_msg(db_open(dir, DB_READ, &db, &diag) == KK_OK, "%s", diag.text);
	ck_assert_msg(db_prepare(db, sql, &s, &diag) == KK_OK, "%s", diag.text);
	ck_assert_int_eq(sqlite3_step(s), SQLITE_ROW);
	n = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	db_close(db);
	return n;
}

static const char *
file_of(uint32_t num)
{
	static char path[400];
	struct device d = fleet_device(num);
	char key[ROSTER_KEY];

	snprintf(path, sizeof(path), "%s/rrd/%s.rrd", dir,
	    archive_key(&d, SOURCE_SNMP, 0, key, sizeof(key)));
	return path;
}

/* --once: everything is committed when store_commit() returns, archives when asked. */
START_TEST(without_threads)
{
	struct live *live;
	struct live_entry e;

	open_store(0);
	ck_assert_int_eq(store_commit(store, &diag), 0);
	ck_assert_int_eq(sweep(FLEET_T0), 1);
	ck_assert_int_eq(sweep(FLEET_T0 + 60), 2);
	ck_assert_int_eq(store_synced(store), 2);
	ck_assert_int_eq(store_event_fd(store), -1);
	ck_assert_int_eq(number("SELECT sum(octets_down) FROM usage_day"),
	    60000 * (int64_t)DEVICES * (DEVICES + 1) / 2);
	ck_assert_int_eq(live_open_reader(dir, &live, &diag), KK_OK);
	ck_assert_int_eq(live_get(live, 7, SOURCE_SNMP, &e), KK_OK);
	ck_assert_int_eq(e.time_cs, (FLEET_T0 + 60) * 100);
	live_close(live);
	give_inventory();
	ck_assert_int_ne(access(file_of(7), F_OK), 0);
	ck_assert_msg(store_archives(store, &diag) == KK_OK, "%s", diag.text);
	ck_assert_int_eq(access(file_of(7), F_OK), 0);
	ck_assert_uint_eq(stats().ledger_samples, 2 * DEVICES);
	ck_assert_uint_eq(stats().archive_waiting, 0);
	ck_assert(stats().ledger_ok && stats().archives_ok && stats().journal_ok);
}
END_TEST

START_TEST(second_store)
{
	struct store *other;

	open_store(0);
	ck_assert_int_eq(store_open(&conf, 0, &other, &diag), KK_E_BUSY);
	ck_assert_ptr_null(other);
}
END_TEST

START_TEST(with_threads)
{
	struct device dev = fleet_device(7);
	struct pollfd p = {.events = POLLIN};
	char key[ROSTER_KEY];
	int64_t ticket, got;
	uint64_t octets;
	int rc;

	open_store(1);
	give_inventory();
	for (int m = 0; m < 20; m++)
		ck_assert_int_eq(sweep(FLEET_T0 + m * 60), m + 1);
	p.fd = store_event_fd(store);
	ck_assert_int_eq(poll(&p, 1, 60000), 1);
	ck_assert_int_eq(read(p.fd, &octets, sizeof(octets)), sizeof(octets));
	WAIT_FOR(store_synced(store) == 20);
	WAIT_FOR(stats().ledger_samples == 20 * DEVICES);
	archive_key(&dev, SOURCE_SNMP, 0, key, sizeof(key));
	ticket = store_flush(store, key);
	ck_assert_int_ge(ticket, 1);
	WAIT_FOR(store_flush_done(store, &got, &rc));
	ck_assert_int_eq(got, ticket);
	ck_assert_int_eq(rc, KK_OK);
	ck_assert_int_eq(access(file_of(7), F_OK), 0);
	ticket = store_flush(store, "ap/00/nobody");
	WAIT_FOR(store_flush_done(store, &got, &rc));
	ck_assert_int_eq(got, ticket);
	ck_assert_int_eq(rc, KK_E_NOTFOUND);
	sweep(FLEET_T0 + 20 * 60); /* handed on just before the end */
	store_close(store);
	store = NULL;
	ck_assert_int_eq(number("SELECT sum(octets_down) FROM usage_day"),
	    20 * 60000 * (int64_t)DEVICES * (DEVICES + 1) / 2);
	for (uint32_t num = 1; num <= DEVICES; num++)
		ck_assert_int_eq(access(file_of(num), F_OK), 0);
}
END_TEST

START_TEST(without_archives)
{
	int64_t ticket;
	int rc;

	conf.store.archives = 0;
	open_store(_i);
	give_inventory();
	sweep(FLEET_T0);
	ck_assert_int_ge(store_flush(store, "ap/00/x"), 1);
	WAIT_FOR(store_flush_done(store, &ticket, &rc));
	ck_assert_int_eq(rc, KK_E_NOTFOUND);
	ck_assert_int_eq(store_archives(store, &diag), KK_OK);
	store_close(store);
	store = NULL;
	ck_assert_int_ne(access(file_of(1), F_OK), 0);
}
END_TEST

/* ---- restore and rebuild ---- */

static void
sum_up(void *ctx, const struct sample *s)
{
	*(int64_t *)ctx += s->value[METRIC_OCTETS_DOWN] / s->device + s->time_cs;
}

START_TEST(restored)
{
	int64_t sum = 0, one = (61 + 1000000) * INT64_C(1000) + (FLEET_T0 + 61) * 100;
	struct sample s;
	struct live *live;
	struct live_entry e;
	char path[80];

	open_store(0);
	sweep(FLEET_T0);
	sweep(FLEET_T0 + 61);
	s = fleet_silent(3, FLEET_T0 + 120);
	put(&s);
	s = fleet_silent(3, FLEET_T0 + 180);
	put(&s);
	s = fleet_silent(900, FLEET_T0 + 180); /* never answered */
	put(&s);
	ck_assert_int_eq(store_commit(store, &diag), 3);
	store_close(store);
	snprintf(path, sizeof(path), "%s/live", dir);
	ck_assert_int_eq(unlink(path), 0);
	open_store(1);
	ck_assert_int_eq(store_restore(store, sum_up, &sum, &diag), KK_OK);
	ck_assert_int_eq(sum, one * DEVICES);
	ck_assert_int_eq(live_open_reader(dir, &live, &diag), KK_OK);
	ck_assert_int_eq(live_get(live, 2, SOURCE_SNMP, &e), KK_OK);
	ck_assert_int_eq(e.time_cs, (FLEET_T0 + 61) * 100);
	ck_assert_int_eq(live_get(live, 3, SOURCE_SNMP, &e), KK_OK);
	ck_assert_uint_eq(e.misses, 2);
	ck_assert_int_eq(e.silent_cs, (FLEET_T0 + 120) * 100);
	ck_assert_int_eq(live_get(live, 900, SOURCE_SNMP, &e), KK_OK);
	ck_assert_int_eq(e.time_cs, 0);
	live_close(live);
}
END_TEST

/* ---- trouble ---- */

/* A sink in trouble holds nobody up: the database's place is taken by a folder. */
START_TEST(ledger_in_trouble)
{
	char path[80];

	snprintf(path, sizeof(path), "%s/kkachi.db", dir);
	ck_assert_int_eq(mkdir(path, 0755), 0);
	open_store(1);
	for (int m = 0; m < 5; m++)
		sweep(FLEET_T0 + m * 60);
	WAIT_FOR(store_synced(store) == 5);
	ck_assert(!stats().ledger_ok);
	ck_assert(stats().journal_ok);
	store_close(store);
	store = NULL;
	ck_assert_int_eq(rmdir(path), 0);
	open_store(1); /* and goes on from its cursor when it can */
	WAIT_FOR(stats().ledger_samples == 5 * DEVICES);
	ck_assert(stats().ledger_ok);
}
END_TEST

/* The journal's disk is full: what was put waits in memory, is bounded, and is written when there
 * is room again. */
static int
full_disk(void)
{
	struct sample s;
	int tries = 0, n = 0, room = 1;
	char path[400];
	FILE *f;

	if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("tmpfs", dir, "tmpfs", 0, "size=8m") != 0)
		return 77;
	conf.store.archives = 0;
	snprintf(conf.run_dir, sizeof(conf.run_dir), "%s/run", dir);
	open_store(1);
	sweep(FLEET_T0);
	while (store_synced(store) < 1 && tries++ < 6000)
		usleep(5000);
	snprintf(path, sizeof(path), "%s/ballast", dir);
	f = fopen(path, "w");
	while (f != NULL && fwrite(path, sizeof(path), 1, f) == 1 && n++ < 100000)
		;
	if (f == NULL || (fclose(f) == 0 && n >= 100000))
		return 1;
	for (tries = 0; stats().journal_ok && tries < 6000; tries++) {
		sweep(FLEET_T0 + 60 + tries);
		usleep(5000);
	}
	if (stats().journal_ok)
		return 2;
	for (int i = 0; i < 3000000 && room; i++) {
		s = fleet_sample(1, FLEET_T0 + 100000 + i);
		room = store_put(store, &s) == KK_OK;
		if (i % 10000 == 0)
			store_commit(store, NULL);
	}
	if (room || stats().samples_dropped == 0)
		return 3;
	if (mount(NULL, dir, NULL, MS_REMOUNT, "size=800m") != 0)
		return 4;
	for (tries = 0; !stats().journal_ok && tries < 6000; tries++)
		usleep(5000);
	s = fleet_sample(1, FLEET_T0 + 9000000);
	for (tries = 0; store_put(store, &s) != KK_OK && tries < 6000; tries++)
		usleep(5000);
	store_close(store);
	store = NULL;
	/* What was dropped cost resolution, no octets. */
	if (number("SELECT sum(octets_down) FROM usage_day WHERE device = 1") != 9000000000)
		return 5;
	return 0;
}

START_TEST(journal_in_trouble)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(full_disk());
	waitpid(pid, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
		fprintf(stderr, "journal_in_trouble skipped: no mount namespace without root\n");
		return;
	}
	ck_assert_msg(status == 0, "failed at step %d (%d)", WEXITSTATUS(status), status);
}
END_TEST

/* ---- kill -9 ---- */

/* Sweeps from where the store stood, and tells every number that is durable. */
static void
write_until_killed(int out)
{
	struct sample s;
	int64_t sum = 0, from, told = 0;

	open_store(1);
	give_inventory();
	if (store_restore(store, sum_up, &sum, &diag) != KK_OK)
		_exit(1);
	from = number("SELECT ifnull(max(time_cs), 0) / 100 FROM odometer");
	for (int64_t i = 1; i < 100000; i++) {
		int64_t t = (from == 0 ? FLEET_T0 : from) + i * 60;

		for (uint32_t num = 1; num <= DEVICES; num++) {
			s = fleet_sample(num, t);
			if (store_put(store, &s) != KK_OK)
				_exit(1);
		}
		if (store_commit(store, NULL) != i)
			_exit(1);
		usleep(300);
		if (store_synced(store) > told) {
			told = store_synced(store);
			t = (from == 0 ? FLEET_T0 : from) + told * 60;
			if (write(out, &t, sizeof(t)) != sizeof(t))
				_exit(1);
		}
	}
}

START_TEST(killed)
{
	int64_t durable = 0, t, first = 0, last;
	struct pollfd p = {.events = POLLIN};
	int out[2];
	pid_t pid;

	conf.store.archives = 0; /* their replay has its own test */
	for (int round = 0; round < 10; round++) {
		ck_assert_int_eq(pipe(out), 0);
		pid = fork();
		if (pid == 0) {
			close(out[0]);
			write_until_killed(out[1]);
			_exit(1);
		}
		close(out[1]);
		p.fd = out[0];
		for (int told = 0; told < 1 + round * 5 && poll(&p, 1, 60000) == 1; told++)
			if (read(out[0], &t, sizeof(t)) == sizeof(t))
				durable = t;
		usleep((unsigned)(round * 7919 % 5000));
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		while (read(out[0], &t, sizeof(t)) == sizeof(t))
			durable = t;
		close(out[0]);
		store = NULL;
		open_store(0); /* catches the ledger up */
		store_close(store);
		store = NULL;
		last = number("SELECT max(time_cs) / 100 FROM odometer");
		ck_assert_int_ge(last, durable);
		if (first == 0)
			first = FLEET_T0 + 60;
		/* All devices at one moment, and the days add up to what passed since the first
		 * sample, to the octet. */
		ck_assert_int_eq(number("SELECT count(DISTINCT time_cs) FROM odometer"), 1);
		ck_assert_int_eq(number("SELECT sum(octets_down) FROM usage_day"),
		    (last - first) * 1000 * DEVICES * (DEVICES + 1) / 2);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("store");
	TCase *tc = tcase_create("whole");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 240);
	tcase_add_test(tc, without_threads);
	tcase_add_test(tc, second_store);
	tcase_add_test(tc, with_threads);
	tcase_add_loop_test(tc, without_archives, 0, 2);
	tcase_add_test(tc, restored);
	tcase_add_test(tc, ledger_in_trouble);
	tcase_add_test(tc, journal_in_trouble);
	tcase_add_test(tc, killed);
	suite_add_tcase(s, tc);
	return harness_run(s);
}

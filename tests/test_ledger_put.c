/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_ledger_put.c - days from elsewhere: in slices, all or nothing, beside other writers. */
#include "rrd/ledger_put.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tests/harness.h"

#define N ((size_t)PUT_SLICE * 2 + 100) /* three slices */

static char dir[64];
static struct db *db;
static struct put_day *days;

static void
setup(void)
{
	struct diag d = {""};

	harness_dir(dir);
	ck_assert_msg(db_open(dir, DB_WRITE, &db, &d) == KK_OK, "%s", d.text);
	days = calloc(N, sizeof(*days));
	for (size_t i = 0; i < N; i++)
		days[i] = (struct put_day){.day = 20210401 + (kk_day)(i / 1000),
		    .device = (uint32_t)(i % 1000) + 1,
		    .line = (unsigned)i + 2,
		    .down = 1000 + i,
		    .up = i,
		    .id = "A"};
}

static void
teardown(void)
{
	db_close(db);
	free(days);
	harness_remove(dir);
}

static int64_t
integer(const char *text)
{
	sqlite3_stmt *s;
	int64_t v;

	ck_assert_msg(db_prepare(db, text, &s, NULL) == KK_OK, "%s", text);
	ck_assert_int_eq(sqlite3_step(s), SQLITE_ROW);
	v = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return v;
}

/* What stands in the table, as one number that a changed, missing or added row moves. */
static int64_t
table(void)
{
	return integer("SELECT ifnull(sum((octets_down * 3 + octets_up * 5 + imported) * device),"
		       " 0) + count(*) FROM usage_day");
}

static int64_t
table_of(size_t n)
{
	int64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (int64_t)(days[i].down * 3 + days[i].up * 5 + 1) * days[i].device + 1;
	return sum;
}

static int
put(int replace, struct diag *d)
{
	for (size_t i = 0; i < N; i++)
		days[i].done = PUT_NOTHING;
	return put_days(db, "f", days, N, replace, d);
}

/* ---- what happens at the n-th commit ---- */

struct at_commit {
	int n, at;
	int (*then)(void);
};

static int
on_commit(void *arg)
{
	struct at_commit *c = arg;

	return ++c->n == c->at ? c->then() : 0;
}

static void
watch(struct at_commit *c)
{
	sqlite3_commit_hook(db_handle(db), on_commit, c);
}

static int
refuse(void)
{
	return 1;
}

static int
die(void)
{
	_exit(9);
}

START_TEST(in_slices)
{
	struct at_commit c = {0, -1, NULL};
	struct diag d = {""};

	watch(&c);
	ck_assert_msg(put(0, &d) == KK_OK, "%s", d.text);
	ck_assert_int_ge(c.n, 3); /* and those that sum the months again */
	ck_assert_int_eq(table(), table_of(N));
	ck_assert_msg(put(0, &d) == KK_OK, "%s", d.text);
	ck_assert_int_eq(table(), table_of(N));
}
END_TEST

/* The commit of one slice fails: the others are taken back, and what stood there stands again. */
START_TEST(fails_in_a_slice)
{
	struct at_commit c = {0, _i, refuse};
	struct diag d = {""};
	int64_t before;

	/* Every third day is there: a third of these with the same octets, the others with other
	 * ones. */
	for (size_t i = 0; i < N; i += 3) {
		char sql[200];

		snprintf(sql, sizeof(sql),
		    "%sINSERT INTO usage_day (day, device, source, octets_down, octets_up,"
		    " imported) VALUES (%d, %u, 0, %llu, %llu, 1)",
		    i == 0 ? "BEGIN;" : "", days[i].day, days[i].device,
		    (unsigned long long)(i % 9 == 0 ? days[i].down : 7),
		    (unsigned long long)days[i].up);
		ck_assert_int_eq(db_exec(db, sql, &d), KK_OK);
	}
	ck_assert_int_eq(db_exec(db, "COMMIT", &d), KK_OK);
	before = table();
	watch(&c);
	ck_assert_int_ne(put(1, &d), KK_OK);
	ck_assert_msg(strstr(d.text, "stay") == NULL, "%s", d.text);
	ck_assert_int_eq(c.n, _i == 1 ? 1 : 2 * _i - 1); /* _i slices, and all but the last back */
	ck_assert_int_eq(table(), before);
	sqlite3_commit_hook(db_handle(db), NULL, NULL);
	ck_assert_int_eq(put(1, &d), KK_OK);
	ck_assert_int_eq(table(), table_of(N));
}
END_TEST

static int
refuse_all(void *arg)
{
	(void)arg;
	return 1;
}

/* Two refusals: what could not be taken back is told. */
static int
refuse_from_now_on(void)
{
	sqlite3_commit_hook(db_handle(db), refuse_all, NULL);
	return 1;
}

START_TEST(cannot_be_taken_back)
{
	struct at_commit c = {0, 2, refuse_from_now_on};
	struct diag d = {""};
	char want[64];

	snprintf(want, sizeof(want), "(%d days of the file stay", PUT_SLICE);
	watch(&c);
	ck_assert_int_ne(put(0, &d), KK_OK);
	ck_assert_msg(strstr(d.text, want) != NULL, "%s", d.text);
	ck_assert_int_eq(table(), table_of(PUT_SLICE));
}
END_TEST

/* kkachid measures octets of a day that the first slice has written; then the last slice fails:
 * what was measured stays, all else goes. */
static _Atomic int is_written;

static int
first_is_written(void)
{
	atomic_store(&is_written, 1);
	return 0;
}

static int
third_is_refused(void)
{
	return 1;
}

static int
first_and_third(void *arg)
{
	int *n = arg;

	*n += 1;
	return *n == 1 ? first_is_written() : *n == 3 ? third_is_refused() : 0;
}

/* 1: it found the day; 0: the day was gone already; -1: failed. */
static void *
measure(void *arg)
{
	int *found = arg;
	struct db *other;

	*found = -1;
	if (db_open(dir, DB_WRITE, &other, NULL) != KK_OK)
		return NULL;
	while (atomic_load(&is_written) == 0)
		usleep(100);
	if (db_exec(other,
		"UPDATE usage_day SET octets_down = octets_down + 5, imported = 2"
		" WHERE day = 20210401 AND device = 1",
		NULL) == KK_OK)
		*found = sqlite3_changes(db_handle(other));
	db_close(other);
	return NULL;
}

START_TEST(measured_meanwhile)
{
	struct diag d = {""};
	int commits = 0, found = -1;
	pthread_t t;

	atomic_store(&is_written, 0);
	pthread_create(&t, NULL, measure, &found);
	sqlite3_commit_hook(db_handle(db), first_and_third, &commits);
	ck_assert_int_ne(put(0, &d), KK_OK);
	pthread_join(t, NULL);
	ck_assert_int_ge(found, 0);
	ck_assert_int_eq(integer("SELECT count(*) FROM usage_day"), found);
	if (found)
		ck_assert_int_eq(integer("SELECT octets_down FROM usage_day"), 1005);
	sqlite3_commit_hook(db_handle(db), NULL, NULL);
	/* A measured day refuses the file before anything of it is written. */
	if (found)
		ck_assert_int_eq(put(1, &d), KK_E_EXISTS);
	ck_assert_int_eq(integer("SELECT count(*) FROM usage_day"), found ? 1 : 0);
}
END_TEST

/* Killed in the second slice: the first one stays whole, and the same days again complete it. */
START_TEST(killed_halfway)
{
	struct diag d = {""};
	int status;
	pid_t pid;

	db_close(db);
	pid = fork();
	if (pid == 0) {
		struct at_commit c = {0, 2, die};

		if (db_open(dir, DB_WRITE, &db, &d) != KK_OK)
			_exit(1);
		watch(&c);
		put(0, &d);
		_exit(2);
	}
	waitpid(pid, &status, 0);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 9);
	ck_assert_int_eq(db_open(dir, DB_WRITE, &db, &d), KK_OK);
	ck_assert_int_eq(table(), table_of(PUT_SLICE));
	ck_assert_msg(put(0, &d) == KK_OK, "%s", d.text);
	ck_assert_int_eq(table(), table_of(N));
}
END_TEST

/* How long the log is after one slice. */
static long wal_len;

static int
note_wal(void)
{
	char wal[96];
	struct stat st;

	snprintf(wal, sizeof(wal), "%s/kkachi.db-wal", dir);
	wal_len = stat(wal, &st) == 0 ? (long)st.st_size : 0;
	return 0;
}

/* The disk is full in the second slice. */
START_TEST(full_disk)
{
	struct rlimit small = {0, RLIM_INFINITY}, large = {RLIM_INFINITY, RLIM_INFINITY};
	struct at_commit c = {0, -1, NULL}, second = {0, 2, note_wal};
	struct diag d = {""};

	/* So much, and a bit, is allowed. */
	watch(&second);
	ck_assert_int_eq(put(0, &d), KK_OK);
	ck_assert_int_eq(db_exec(db, "DELETE FROM usage_day", &d), KK_OK);
	ck_assert_int_eq(db_exec(db, "PRAGMA wal_checkpoint(TRUNCATE); VACUUM", &d), KK_OK);
	ck_assert_int_eq(db_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", &d), KK_OK);
	signal(SIGXFSZ, SIG_IGN);
	small.rlim_cur = (rlim_t)wal_len + 60000;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	watch(&c);
	ck_assert_int_ne(put(0, &d), KK_OK);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &large), 0);
	ck_assert_msg(strstr(d.text, "kkachi.db") != NULL, "%s", d.text);
	ck_assert_msg(strstr(d.text, "stay") == NULL, "%s", d.text);
	ck_assert_int_ge(c.n, 2); /* it was not the first slice */
	ck_assert_int_eq(integer("SELECT count(*) FROM usage_day"), 0);
	ck_assert_msg(put(0, &d) == KK_OK, "%s", d.text);
	ck_assert_int_eq(table(), table_of(N));
}
END_TEST

/* ---- another writer all the while ---- */

struct writer {
	_Atomic int stop;
	int written, rc;
	struct diag d;
};

static void *
write_on(void *arg)
{
	struct writer *w = arg;
	struct db *other;

	w->rc = db_open(dir, DB_WRITE, &other, &w->d);
	while (w->rc == KK_OK && !atomic_load(&w->stop)) {
		w->rc = db_begin(other, &w->d);
		if (w->rc == KK_OK)
			w->rc = db_exec(other,
			    "UPDATE counter SET value = value + 1 WHERE name = 'inventory'", &w->d);
		if (w->rc == KK_OK)
			w->rc = db_commit(other, &w->d);
		w->written += w->rc == KK_OK;
		usleep(500);
	}
	db_close(other);
	return NULL;
}

/* Locks that collide are tried again, never surfaced, on either side. */
START_TEST(beside_a_writer)
{
	struct writer w = {0};
	struct diag d = {""};
	pthread_t t;

	pthread_create(&t, NULL, write_on, &w);
	for (int k = 0; k < 3; k++) {
		for (size_t i = 0; i < N; i++)
			days[i].down += 1;
		ck_assert_msg(put(1, &d) == KK_OK, "%s", d.text);
	}
	atomic_store(&w.stop, 1);
	pthread_join(t, NULL);
	ck_assert_msg(w.rc == KK_OK, "%s", w.d.text);
	ck_assert_int_eq(table(), table_of(N));
	ck_assert_int_eq(integer("SELECT value FROM counter WHERE name = 'inventory'"), w.written);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ledger_put");
	TCase *tc = tcase_create("ledger_put");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, in_slices);
	tcase_add_loop_test(tc, fails_in_a_slice, 1, 4);
	tcase_add_test(tc, cannot_be_taken_back);
	tcase_add_test(tc, measured_meanwhile);
	tcase_add_test(tc, killed_halfway);
	tcase_add_test(tc, full_disk);
	tcase_add_test(tc, beside_a_writer);
	suite_add_tcase(s, tc);
	return harness_run(s);
}

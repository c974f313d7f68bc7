/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <signal.h>
#include <time.h>

#include "lib/sample.h"
#include "rrd/closing.h"
#include "rrd/journal.h"
#include "rrd/ledger_usage.h"
#include "tests/records.h"

#define SEOUL_0 INT64_C(1625065200) /* 2021-07-01 00:00 in Seoul */
#define DAY_S	INT64_C(86400)

static char dir[64];
static struct db *db;

static void
setup(void)
{
	db = records_open(dir);
	records_inventory(db,
	    "id,district,phase,site,installed\nA1,중구,1,x,2019\nA2,성동구,2,y,\n",
	    SEOUL_0 - 90 * DAY_S, 0);
	records_days_taken(db, dir,
	    "day,id,octets_down,octets_up\n2021-06-01,A1,100,1\n2021-06-30,A1,200,2\n"
	    "2021-06-15,A2,4000,40\n2021-07-01,A2,7,0\n",
	    0);
}

static void
teardown(void)
{
	db_close(db);
	harness_remove(dir);
}

static int
close_june(struct diag *d)
{
	return closing_close(db, dir, 202106, "tester", SEOUL_0 + DAY_S, d);
}

/* "key period down+up after closed": what moves. */
static const char *
june(enum usage_by by)
{
	static char out[1000];
	struct usage_query q = {.by = by, .from = 202106, .to = 202106, .now_s = SEOUL_0 + DAY_S};
	struct usage_table *t;
	struct diag d = {""};
	size_t n = 0;

	ck_assert_msg(ledger_usage(db, &q, &t, &d) == KK_OK, "%s", d.text);
	out[0] = '\0';
	for (size_t i = 0; i < t->n; i++)
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%s %llu %+lld %d", n ? "; " : "",
		    t->rows[i].key,
		    (unsigned long long)t->rows[i].octets_down + t->rows[i].octets_up,
		    (long long)t->rows[i].after_down + t->rows[i].after_up, t->rows[i].closed);
	usage_table_free(t);
	return out;
}

struct seen {
	int n, intact;
	char text[1000];
};

static void
see(void *ctx, const struct closing *c)
{
	struct seen *s = ctx;
	size_t n = strlen(s->text);

	s->n++;
	s->intact += c->intact;
	snprintf(s->text + n, sizeof(s->text) - n, "%d %s %s %s %llu; ", (int)c->month, c->what,
	    c->who, c->reason, (unsigned long long)c->octets_down + c->octets_up);
}

static struct seen
closed(void)
{
	struct seen s = {.n = 0};
	struct diag d = {""};

	ck_assert_msg(closing_closed(db, see, &s, &d) == KK_OK, "%s", d.text);
	return s;
}

/* Closed figures stay; what comes later stands beside them. */
START_TEST(stays_as_it_was)
{
	static const struct {
		const char *days, *inventory;
		int replace;
		const char *city, *district, *ap;
	} rows[] = {
	    {NULL, NULL, 0, "city 4343 +0 2", "성동구 4040 +0 2; 중구 303 +0 2",
		"A1 303 +0 2; A2 4040 +0 2"},
	    {"day,id,octets_down,octets_up\n2021-06-02,A1,50,5\n", NULL, 0, "city 4343 +55 2",
		"성동구 4040 +0 2; 중구 303 +55 2", "A1 303 +55 2; A2 4040 +0 2"},
	    {"day,id,octets_down,octets_up\n2021-06-15,A2,1000,40\n", NULL, 1, "city 4343 -2945 2",
		"성동구 4040 -3000 2; 중구 303 +55 2", "A1 303 +55 2; A2 4040 -3000 2"},
	    /* Moved and renamed: nothing of June is touched. */
	    {NULL, "id,district,phase,site\nA1,구로구,2,z\n", 0, "city 4343 -2945 2",
		"성동구 4040 -3000 2; 중구 303 +55 2", "A1 303 +55 2; A2 4040 -3000 2"},
	};
	struct diag d = {""};

	ck_assert_msg(close_june(&d) == KK_OK, "%s", d.text);
	for (int i = 0; i < ROWS(rows); i++) {
		if (rows[i].days != NULL)
			records_days_taken(db, dir, rows[i].days, rows[i].replace);
		if (rows[i].inventory != NULL)
			records_inventory(db, rows[i].inventory, SEOUL_0 + DAY_S, 0);
		ck_assert_str_eq(june(USAGE_CITY), rows[i].city);
		ck_assert_str_eq(june(USAGE_DISTRICT), rows[i].district);
		ck_assert_str_eq(june(USAGE_AP), rows[i].ap);
	}
	ck_assert_str_eq(june(USAGE_INSTALLED), " 4040 -3000 2; 2019 303 +55 2");
	ck_assert_int_eq(closed().intact, 1);
	ck_assert_int_eq(closing_reopen(db, 202106, "boss", "a day was wrong", SEOUL_0, &d), KK_OK);
	ck_assert_str_eq(june(USAGE_CITY), "city 1398 +0 0");
	ck_assert_int_eq(closed().n, 0);
	ck_assert_int_eq(close_june(&d), KK_OK);
	ck_assert_str_eq(june(USAGE_CITY), "city 1398 +0 2");
	{
		struct seen s = {.n = 0};

		ck_assert_int_eq(closing_history(db, see, &s, &d), KK_OK);
		ck_assert_str_eq(s.text,
		    "202106 close tester  4343; 202106 reopen boss a day was wrong 4343; "
		    "202106 close tester  1398; ");
	}
}
END_TEST

/* Whatever is changed by hand is seen. */
START_TEST(checksums_tell)
{
	static const char *const changes[] = {
	    "UPDATE usage_frozen SET octets_down = octets_down + 1 WHERE id = 'A1'",
	    "UPDATE usage_frozen SET district = '구로구' WHERE id = 'A1'",
	    "DELETE FROM usage_frozen WHERE id = 'A2'",
	    "UPDATE usage_closed SET octets_up = 0",
	    "UPDATE usage_closed SET sha256 = 'x'",
	    "UPDATE usage_frozen_group SET octets_up = 0",
	};
	struct diag d = {""};

	ck_assert_int_eq(close_june(&d), KK_OK);
	ck_assert_int_eq(closed().intact, 1);
	ck_assert_int_eq(db_exec(db, changes[_i], &d), KK_OK);
	ck_assert_int_eq(closed().n, 1);
	ck_assert_msg(closed().intact == 0, "%s", changes[_i]);
}
END_TEST

/* The form that the header tells, to be made by anybody with sha256sum. */
START_TEST(checksum_is_what_is_said)
{
	char command[900];
	struct diag d = {""};

	ck_assert_int_eq(close_june(&d), KK_OK);
	snprintf(command, sizeof(command),
	    "want=$( (echo 'kkachi usage 1 2021-06'; sqlite3 -separator \"$(printf '\\t')\" "
	    "%s/kkachi.db 'SELECT id, since, district, site, site_type, phase, octets_down, "
	    "octets_up, octets_undirected, octets_lump, observed_s, possible_s, restarts, unsure, "
	    "days_measured, days_imported, days_both, days_spread FROM usage_frozen ORDER BY id, "
	    "since') | sha256sum | cut -c1-64); test \"$want\" = \"$(sqlite3 %s/kkachi.db 'SELECT "
	    "sha256 FROM usage_closed')\"",
	    dir, dir);
	if (system("command -v sqlite3 >/dev/null") == 0)
		ck_assert_int_eq(system(command), 0);
}
END_TEST

START_TEST(refuses)
{
	struct diag d = {""};

	ck_assert_int_eq(closing_close(db, dir, 202107, "t", SEOUL_0 + DAY_S, &d), KK_E_ORDER);
	ck_assert_ptr_nonnull(strstr(d.text, "not over"));
	ck_assert_int_eq(closing_reopen(db, 202106, "t", "why", SEOUL_0, &d), KK_E_NOTFOUND);
	ck_assert_int_eq(close_june(&d), KK_OK);
	ck_assert_int_eq(close_june(&d), KK_E_EXISTS);
}
END_TEST

/* Samples that the ledger has not read: those of the month, and the first ones behind it. */
START_TEST(unread_journal)
{
	static const struct {
		int64_t at_s; /* from the month's end */
		unsigned flags;
		int is;
	} rows[] = {{-60, 0, 1}, {60, 0, 0}, {-60, SAMPLE_SILENT, 0}};
	struct sample s = {.device = 1, .time_cs = (SEOUL_0 + rows[_i].at_s) * 100};
	struct journal *j = NULL;
	struct diag d = {""};
	int is;

	s.flags = (uint16_t)rows[_i].flags;
	sample_set(&s, METRIC_OCTETS_DOWN, 5);
	sample_set(&s, METRIC_OCTETS_UP, 5);
	ck_assert_msg(journal_open(dir, 7, &j, &d) == KK_OK, "%s", d.text);
	ck_assert_int_eq(journal_append(j, &s, 1, &d), KK_OK);
	ck_assert_int_eq(journal_sync(j, &d), KK_OK);
	ck_assert_msg(closing_unread(db, dir, SEOUL_0, &is, &d) == KK_OK, "%s", d.text);
	ck_assert_int_eq(is, rows[_i].is);
	ck_assert_int_eq(close_june(&d), rows[_i].is ? KK_E_ORDER : KK_OK);
	journal_close(j);
}
END_TEST

/* An odometer of before the month's end, and a sample behind it: its interval reaches in. */
START_TEST(interval_reaches_in)
{
	struct sample s = {.device = 1, .time_cs = (SEOUL_0 + 60) * 100};
	struct journal *j = NULL;
	struct diag d = {""};
	char sql[200];
	int is;

	snprintf(sql, sizeof(sql), "INSERT INTO odometer VALUES (1, 0, %lld, 1, 1, x'00')",
	    (long long)(SEOUL_0 - 60) * 100);
	ck_assert_int_eq(db_exec(db, sql, &d), KK_OK);
	ck_assert_int_eq(journal_open(dir, 7, &j, &d), KK_OK);
	ck_assert_int_eq(journal_append(j, &s, 1, &d), KK_OK);
	ck_assert_int_eq(journal_sync(j, &d), KK_OK);
	ck_assert_int_eq(closing_unread(db, dir, SEOUL_0, &is, &d), KK_OK);
	ck_assert_int_eq(is, 1);
	journal_close(j);
}
END_TEST

/* ---- killed ---- */

/* The n-th write of SQLite is the last one, and only a part of it reaches the file. */
static struct {
	int left, part; /* of 2 */
	ssize_t (*write)(int fd, const void *p, size_t n, off_t at);
} fate;

static ssize_t
last_write(int fd, const void *p, size_t n, off_t at)
{
	if (--fate.left > 0)
		return fate.write(fd, p, n, at);
	if (fate.part > 0)
		(void)!fate.write(fd, p, n * (size_t)fate.part / 2, at);
	raise(SIGKILL);
	return -1;
}

static void
die_at(int n, int part)
{
	static const char *const names[] = {"pwrite", "pwrite64"};
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);

	fate.left = n;
	fate.part = part;
	fate.write = pwrite;
	for (int i = 0; i < 2; i++)
		vfs->xSetSystemCall(vfs, names[i], (sqlite3_syscall_ptr)last_write);
}

static int
killed_at(int n, int part)
{
	struct diag d = {""};
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		if (db_open(dir, DB_WRITE, &db, &d) != KK_OK)
			_exit(3);
		die_at(n, part);
		_exit(close_june(&d) == KK_OK ? 0 : 4);
	}
	waitpid(pid, &status, 0);
	ck_assert(WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL : WEXITSTATUS(status) == 0);
	return WIFSIGNALED(status);
}

/* Whichever instant it is: the month is closed and intact, or there is nothing of it. */
static int
is_whole(void)
{
	struct seen s;
	struct diag d = {""};
	sqlite3_stmt *q;
	int left;

	ck_assert_msg(db_open(dir, DB_WRITE, &db, &d) == KK_OK, "%s", d.text);
	s = closed();
	ck_assert_int_eq(db_prepare(db,
			     "SELECT (SELECT count(*) FROM usage_frozen) + (SELECT count(*) FROM"
			     " usage_frozen_group) + (SELECT count(*) FROM usage_closing)",
			     &q, &d),
	    KK_OK);
	ck_assert_int_eq(sqlite3_step(q), SQLITE_ROW);
	left = sqlite3_column_int(q, 0);
	sqlite3_finalize(q);
	ck_assert_int_eq(s.n, s.intact);
	ck_assert(s.n == 1 ? left > 0 : left == 0);
	return s.n;
}

START_TEST(killed)
{
	int kills = 0, was_closed = 0, n = 1, was_killed = 1;
	struct diag d = {""};
	char *csv = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&csv, &len);

	fputs("id,district\n", f);
	for (int i = 0; i < 600; i++)
		fprintf(f, "K%d,중구\n", i);
	fclose(f);
	records_inventory(db, csv, SEOUL_0 - 90 * DAY_S, 0);
	free(csv);
	db_close(db);
	for (; was_killed; n++) {
		int is;

		was_killed = killed_at(n, _i);
		is = is_whole();
		ck_assert(was_killed || is);
		kills += was_killed;
		was_closed += was_killed && is;
		if (is)
			ck_assert_int_eq(
			    closing_reopen(db, 202106, "t", "again", SEOUL_0, &d), KK_OK);
		ck_assert_int_eq(db_exec(db, "DELETE FROM usage_closing", &d), KK_OK);
		db_close(db);
	}
	ck_assert_msg(kills > 20, "%d kills", kills);
	ck_assert_msg(was_closed > 0 && was_closed < kills, "%d of %d", was_closed, kills);
	ck_assert_int_eq(db_open(dir, DB_WRITE, &db, &d), KK_OK);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("closing");
	TCase *tc = tcase_create("closing");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, stays_as_it_was);
	tcase_add_loop_test(tc, checksums_tell, 0, 6);
	tcase_add_test(tc, checksum_is_what_is_said);
	tcase_add_test(tc, refuses);
	tcase_add_loop_test(tc, unread_journal, 0, 3);
	tcase_add_test(tc, interval_reaches_in);
	tcase_add_loop_test(tc, killed, 0, 3);
	suite_add_tcase(s, tc);
	return harness_run(s);
}

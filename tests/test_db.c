/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "rrd/db/db.h"
#include "tests/harness.h"

static char dir[64];

static void
setup(void)
{
	harness_dir(dir);
}

static void
teardown(void)
{
	harness_remove(dir);
}

static const char *
file(void)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/kkachi.db", dir);
	return path;
}

/* Another tool's hand on the file. */
static void
by_hand(const char *sql)
{
	sqlite3 *h;

	ck_assert_int_eq(sqlite3_open(file(), &h), SQLITE_OK);
	ck_assert_msg(sqlite3_exec(h, sql, NULL, NULL, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(h));
	sqlite3_close(h);
}

static int64_t
integer(struct db *db, const char *sql)
{
	sqlite3_stmt *s;
	int64_t v;

	ck_assert_int_eq(db_prepare(db, sql, &s, NULL), KK_OK);
	ck_assert_int_eq(sqlite3_step(s), SQLITE_ROW);
	v = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return v;
}

START_TEST(makes_folder_and_schema)
{
	struct diag d = {""};
	struct db *db;
	char below[128];

	snprintf(below, sizeof(below), "%s/a/b", dir);
	ck_assert_msg(db_open(below, DB_WRITE, &db, &d) == KK_OK, "%s", d.text);
	ck_assert_int_eq(integer(db, "PRAGMA user_version"), DB_VERSION);
	ck_assert_int_eq(integer(db, "PRAGMA application_id"), DB_APPLICATION_ID);
	ck_assert_int_eq(integer(db, "SELECT value FROM counter WHERE name='inventory'"), 0);
	db_close(db);
	ck_assert_int_eq(db_open(below, DB_WRITE, &db, &d), KK_OK); /* a second time: as it is */
	ck_assert_int_eq(integer(db, "SELECT count(*) FROM counter"), 1);
	db_close(db);
}
END_TEST

START_TEST(reader_needs_a_file)
{
	struct diag d = {""};
	struct db *db;

	ck_assert_int_eq(db_open(dir, DB_READ, &db, &d), KK_E_NOTFOUND);
	ck_assert_ptr_null(db);
	ck_assert_ptr_nonnull(strstr(d.text, file()));
	by_hand("VACUUM"); /* an empty database file */
	ck_assert_int_eq(db_open(dir, DB_READ, &db, &d), KK_E_NOTFOUND);
}
END_TEST

/* What a file can be that is not ours: refused, named, and left as it was. */
static const struct {
	const char *why, *sql;
	int want;
} strangers[] = {
    {"another program's database", "CREATE TABLE t (x)", KK_E_CORRUPT},
    {"another application_id", "PRAGMA application_id=7", KK_E_CORRUPT},
    {"a newer version",
	"CREATE TABLE t (x); PRAGMA application_id=0x4b4b4348; PRAGMA user_version=99",
	KK_E_VERSION},
};

START_TEST(refuses_strangers)
{
	struct diag d = {""};
	struct stat before, after;
	struct db *db;

	by_hand(strangers[_i].sql);
	ck_assert_int_eq(stat(file(), &before), 0);
	for (int mode = DB_READ; mode <= DB_WRITE; mode++) {
		int rc = db_open(dir, mode, &db, &d);

		ck_assert_msg(
		    rc == strangers[_i].want, "%s: got %s", strangers[_i].why, kk_strerror(rc));
		ck_assert_ptr_nonnull(strstr(d.text, file()));
	}
	ck_assert_int_eq(stat(file(), &after), 0);
	ck_assert_int_eq(before.st_size, after.st_size);
	ck_assert_int_eq(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
}
END_TEST

/* Every column of every table, and every index. */
static char *
shape(sqlite3 *h)
{
	sqlite3_stmt *s;
	char *all;

	ck_assert_int_eq(sqlite3_prepare_v2(h,
			     "SELECT group_concat(m.type || ' ' || m.name || '.' || ifnull(c.cid "
			     "|| ' ' || c.name || "
			     "' ' || c.type || ' ' || c.\"notnull\" || ' ' || c.pk || ' ' || "
			     "ifnull(c.dflt_value, '-'), ''), "
			     "char(10)) FROM (SELECT * FROM sqlite_master ORDER BY name) m "
			     "LEFT JOIN pragma_table_info(m.name) c",
			     -1, &s, NULL),
	    SQLITE_OK);
	ck_assert_int_eq(sqlite3_step(s), SQLITE_ROW);
	all = strdup((const char *)sqlite3_column_text(s, 0));
	sqlite3_finalize(s);
	return all;
}

/* A whole file, NUL-terminated. */
static char *
slurp(const char *path)
{
	FILE *f = fopen(path, "r");
	char *all = calloc(1, 65536);

	ck_assert_msg(f != NULL, "%s", path);
	ck_assert_uint_gt(fread(all, 1, 65535, f), 0);
	fclose(f);
	return all;
}

/* The first version comes up to what a fresh database is. */
START_TEST(older_versions)
{
	struct diag d = {""};
	char path[512], below[128], *schema, *came, *fresh;
	struct db *db;

	snprintf(path, sizeof(path), "%s/tests/golden/schema/v1.sql", getenv("srcdir"));
	schema = slurp(path);
	by_hand(schema);
	by_hand("INSERT INTO device (num, id, added) VALUES (7, 'a', 1);"
		"PRAGMA application_id=0x4b4b4348; PRAGMA user_version=1");
	ck_assert_int_eq(db_open(dir, DB_READ, &db, &d), KK_E_VERSION);
	ck_assert_msg(db_open(dir, DB_WRITE, &db, &d) == KK_OK, "%s", d.text);
	ck_assert_int_eq(integer(db, "PRAGMA user_version"), DB_VERSION);
	ck_assert_int_eq(integer(db, "SELECT num FROM device"), 7);
	came = shape(db_handle(db));
	db_close(db);
	snprintf(below, sizeof(below), "%s/fresh", dir);
	ck_assert_int_eq(db_open(below, DB_WRITE, &db, &d), KK_OK);
	fresh = shape(db_handle(db));
	db_close(db);
	ck_assert_str_eq(came, fresh);
	free(schema);
	free(came);
	free(fresh);
}
END_TEST

START_TEST(names_a_damaged_file)
{
	struct diag d = {""};
	struct db *db;
	char junk[8192];
	int fd, rc;

	/* No database at all. */
	memset(junk, 'x', sizeof(junk));
	fd = open(file(), O_CREAT | O_WRONLY, 0600);
	ck_assert_int_eq(write(fd, junk, sizeof(junk)), sizeof(junk));
	close(fd);
	ck_assert_int_eq(db_open(dir, DB_WRITE, &db, &d), KK_E_CORRUPT);
	ck_assert_ptr_nonnull(strstr(d.text, file()));
	unlink(file());
	/* Ours, with all pages but the first one's head overwritten. */
	ck_assert_int_eq(db_open(dir, DB_WRITE, &db, &d), KK_OK);
	ck_assert_int_eq(
	    sqlite3_wal_checkpoint_v2(db_handle(db), NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL),
	    SQLITE_OK);
	db_close(db);
	fd = open(file(), O_WRONLY);
	for (off_t page = 1, pages = lseek(fd, 0, SEEK_END) / 4096; page < pages; page++)
		ck_assert_int_eq(pwrite(fd, junk, 4000, page * 4096 + 40), 4000);
	ck_assert_int_eq(pwrite(fd, junk, 3000, 1000), 3000);
	close(fd);
	rc = db_open(dir, DB_WRITE, &db, &d);
	if (rc == KK_OK)
		rc = db_exec(db, "SELECT * FROM device", &d);
	ck_assert_msg(rc == KK_E_CORRUPT, "got %s: %s", kk_strerror(rc), d.text);
	ck_assert_ptr_nonnull(strstr(d.text, file()));
	db_close(db);
}
END_TEST

START_TEST(transactions)
{
	struct diag d = {""};
	struct db *a, *b, *r;

	ck_assert_int_eq(db_open(dir, DB_WRITE, &a, &d), KK_OK);
	ck_assert_int_eq(db_open(dir, DB_WRITE, &b, &d), KK_OK);
	ck_assert_int_eq(db_open(dir, DB_READ, &r, &d), KK_OK);
	sqlite3_busy_timeout(db_handle(b), 10);
	ck_assert_int_eq(db_begin(a, &d), KK_OK);
	ck_assert_int_eq(db_exec(a, "UPDATE counter SET value=7", &d), KK_OK);
	ck_assert_int_eq(db_begin(b, &d), KK_E_BUSY); /* one writer at a time */
	sqlite3_busy_timeout(db_handle(b), 3600 * 1000);
	ck_assert_int_eq(db_begin_now(b, &d), KK_E_BUSY); /* and no word of an hour */
	ck_assert_int_eq(integer(b, "PRAGMA busy_timeout"), 5000);
	ck_assert_ptr_nonnull(strstr(d.text, file()));
	ck_assert_int_eq(integer(r, "SELECT value FROM counter"), 0); /* readers go on */
	ck_assert_int_eq(db_commit_synced(a, &d), KK_OK);
	ck_assert_int_eq(integer(r, "SELECT value FROM counter"), 7);
	ck_assert_int_eq(db_begin_read(r, &d), KK_OK);
	ck_assert_int_eq(integer(r, "SELECT value FROM counter"), 7);
	ck_assert_int_eq(db_begin(b, &d), KK_OK);
	ck_assert_int_eq(db_exec(b, "UPDATE counter SET value=8", &d), KK_OK);
	ck_assert_int_eq(db_commit(b, &d), KK_OK);
	ck_assert_int_eq(integer(r, "SELECT value FROM counter"), 7); /* one moment */
	db_rollback(r);
	ck_assert_int_eq(integer(r, "SELECT value FROM counter"), 8);
	ck_assert_int_eq(db_exec(r, "UPDATE counter SET value=9", &d), KK_E_DENIED);
	db_rollback(a); /* harmless */
	db_close(a);
	db_close(b);
	db_close(r);
}
END_TEST

/* A reader without write permission, while nobody else has the database open. */
START_TEST(reader_in_a_read_only_folder)
{
	struct diag d = {""};
	struct db *db;
	pid_t pid;
	int status;

	ck_assert_int_eq(db_open(dir, DB_WRITE, &db, &d), KK_OK);
	ck_assert_int_eq(db_exec(db, "UPDATE counter SET value=5", &d), KK_OK);
	db_close(db);
	chmod(dir, 0555);
	pid = fork();
	if (pid == 0) {
		/* Root reads and writes everything: be nobody. */
		if (getuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
			_exit(9);
		if (db_open(dir, DB_READ, &db, &d) != KK_OK)
			_exit(1);
		status = integer(db, "SELECT value FROM counter") == 5 ? 0 : 2;
		db_close(db);
		if (db_open(dir, DB_WRITE, &db, &d) == KK_OK &&
		    db_exec(db, "UPDATE counter SET value=6", &d) != KK_E_DENIED)
			status = 3;
		if (strstr(d.text, file()) == NULL)
			status = 4;
		db_close(db);
		_exit(status);
	}
	waitpid(pid, &status, 0);
	chmod(dir, 0755);
	ck_assert_msg(WIFEXITED(status), "killed by %d", WTERMSIG(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

/* Killed in the middle of transactions, again and again: each is there wholly or not at all. */
START_TEST(survives_kill)
{
	struct diag d = {""};
	struct db *db;
	int64_t seen = 0;

	ck_assert_int_eq(db_open(dir, DB_WRITE, &db, &d), KK_OK);
	ck_assert_int_eq(db_exec(db, "CREATE TABLE a (x); CREATE TABLE b (x)", &d), KK_OK);
	db_close(db);
	for (int round = 0; round < 8; round++) {
		int pipes[2];
		char one;
		pid_t pid;

		ck_assert_int_eq(pipe(pipes), 0);
		pid = fork();
		if (pid == 0) {
			if (db_open(dir, DB_WRITE, &db, NULL) != KK_OK)
				_exit(1);
			for (;;) {
				db_begin(db, NULL);
				for (int i = 0; i < 20; i++)
					db_exec(db,
					    "INSERT INTO a VALUES (randomblob(300));"
					    "INSERT INTO b VALUES (randomblob(300))",
					    NULL);
				db_commit(db, NULL);
				if (write(pipes[1], "x", 1) != 1)
					_exit(1);
			}
		}
		close(pipes[1]);
		/* Let some commits pass, then strike at whatever it is doing. */
		for (int i = 0; i <= round; i++)
			ck_assert_int_eq(read(pipes[0], &one, 1), 1);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		close(pipes[0]);
		ck_assert_msg(db_open(dir, DB_WRITE, &db, &d) == KK_OK, "%s", d.text);
		ck_assert_int_eq(
		    integer(db, "SELECT (SELECT count(*) FROM a) = (SELECT count(*) FROM b)"), 1);
		ck_assert_int_eq(integer(db, "SELECT count(*) % 20 FROM a"), 0);
		ck_assert_int_ge(integer(db, "SELECT count(*) FROM a"), seen + 20 * (round + 1));
		seen = integer(db, "SELECT count(*) FROM a");
		ck_assert_int_eq(integer(db, "SELECT count(*) FROM pragma_integrity_check WHERE "
					     "integrity_check <> 'ok'"),
		    0);
		db_close(db);
	}
}
END_TEST

/* In a namespace of its own: fill a small tmpfs, see the error, make room, go on. */
static int
fill_disk(void)
{
	struct diag d = {""};
	struct db *db;
	int rc = KK_OK;

	if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("tmpfs", dir, "tmpfs", 0, "size=1m") != 0)
		return 77;
	if (db_open(dir, DB_WRITE, &db, &d) != KK_OK)
		return 2;
	db_exec(db, "CREATE TABLE big (x)", &d);
	for (int i = 0; i < 400 && rc == KK_OK; i++) {
		rc = db_begin(db, &d);
		if (rc == KK_OK)
			rc = db_exec(db, "INSERT INTO big VALUES (randomblob(9000))", &d);
		if (rc == KK_OK)
			rc = db_commit(db, &d);
	}
	db_rollback(db);
	if (rc != KK_E_FULL || strstr(d.text, "kkachi.db") == NULL) {
		fprintf(stderr, "got %s: %s\n", kk_strerror(rc), d.text);
		return 3;
	}
	if (mount("tmpfs", dir, "tmpfs", MS_REMOUNT, "size=8m") != 0)
		return 77;
	if (db_exec(db, "INSERT INTO big VALUES (randomblob(9000))", &d) != KK_OK ||
	    integer(db, "SELECT count(*) FROM big") < 10)
		return 4;
	db_close(db);
	return 0;
}

START_TEST(full_disk)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(fill_disk());
	waitpid(pid, &status, 0);
	ck_assert(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77) {
		printf("test_db: full_disk skipped: needs root for a small tmpfs\n");
		return;
	}
	ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("db");
	TCase *tc = tcase_create("db");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, makes_folder_and_schema);
	tcase_add_test(tc, reader_needs_a_file);
	tcase_add_loop_test(tc, refuses_strangers, 0, ROWS(strangers));
	tcase_add_test(tc, older_versions);
	tcase_add_test(tc, names_a_damaged_file);
	tcase_add_test(tc, transactions);
	tcase_add_test(tc, reader_in_a_read_only_folder);
	tcase_add_test(tc, survives_kill);
	tcase_add_test(tc, full_disk);
	suite_add_tcase(s, tc);
	return harness_run(s);
}

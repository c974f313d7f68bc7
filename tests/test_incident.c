/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sys/stat.h>

#include "rrd/db/backup.h"
#include "rrd/db/incident.h"
#include "rrd/db/inventory.h"
#include "tests/harness.h"

static char dir[64];
static struct db *db;
static struct diag why;

static void
setup(void)
{
	harness_dir(dir);
	ck_assert_msg(db_open(dir, DB_WRITE, &db, &why) == KK_OK, "%s", why.text);
}

static void
teardown(void)
{
	db_close(db);
	harness_remove(dir);
}

static void
ok(int rc)
{
	ck_assert_msg(rc == KK_OK, "%s: %s", kk_strerror(rc), why.text);
}

/* Open incidents, and those ended since `heard`, as "num:cause:state:changed " in their order. */
static const char *
seen(int64_t heard)
{
	static char text[200];
	struct incidents *l = NULL;
	size_t len = 0;

	ok(incidents_read(db, heard, &l, &why));
	text[0] = '\0';
	for (size_t i = 0; i < l->n; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%lld:%s:%s:%lld ",
		    (long long)l->rows[i].num, l->rows[i].cause, l->rows[i].state,
		    (long long)l->rows[i].changed);
	incidents_free(l);
	return text;
}

START_TEST(life)
{
	struct incident a = {
	    .kind = "ap_down", .cause = "---EP000001", .since_s = 100, .affected = 1};
	struct incident b = {.kind = "uplink_down",
	    .cause = "SW-1",
	    .since_s = 200,
	    .affected = 60,
	    .suppressed = 61};
	struct incidents *l = NULL;

	ck_assert_str_eq(seen(0), "");
	ok(incident_begin(db, &a, &why));
	ok(incident_begin(db, &b, &why));
	ck_assert_str_eq(seen(0), "1:---EP000001:firing:1 2:SW-1:firing:2 ");
	ok(incident_grow(db, 2, 70, 71, &why));
	ok(incident_end(db, 1, 300, &why));
	/* Growth tells nobody anew; the end does, once. */
	ck_assert_str_eq(seen(2), "2:SW-1:firing:2 1:---EP000001:resolved:3 ");
	ck_assert_str_eq(seen(3), "2:SW-1:firing:2 ");
	ok(incidents_read(db, 0, &l, &why));
	ck_assert_uint_eq(l->rows[0].affected, 70);
	ck_assert_uint_eq(l->rows[0].suppressed, 71);
	ck_assert_int_eq(l->rows[0].ended_s, 0);
	ck_assert_int_eq(l->rows[1].ended_s, 300);
	incidents_free(l);
}
END_TEST

START_TEST(channels)
{
	int64_t heard = -1;

	ok(channel_heard(db, "stdout", &heard, &why));
	ck_assert_int_eq(heard, 0);
	ok(channel_tell(db, "stdout", 7, &why));
	ok(channel_tell(db, "stdout", 3, &why));
	ok(channel_tell(db, "mail", 2, &why));
	ok(channel_heard(db, "stdout", &heard, &why));
	ck_assert_int_eq(heard, 7);
	ok(channel_heard(db, "mail", &heard, &why));
	ck_assert_int_eq(heard, 2);
}
END_TEST

START_TEST(states)
{
	struct kept_state in[] = {{9, "down", "3 polls missed", 90}, {2, "up", NULL, 20}};
	struct kept_state again = {9, "up", NULL, 95};
	struct kept_state *out;
	size_t n;

	ok(kept_states_read(db, &out, &n, &why));
	ck_assert_uint_eq(n, 0);
	free(out);
	ok(kept_states_write(db, in, 2, &why));
	ok(kept_states_write(db, &again, 1, &why));
	ok(kept_states_read(db, &out, &n, &why));
	ck_assert_uint_eq(n, 2);
	ck_assert_uint_eq(out[0].device, 2);
	ck_assert_str_eq(out[1].state, "up");
	ck_assert_int_eq(out[1].since_s, 95);
	free(out);
}
END_TEST

START_TEST(backup)
{
	char path[128], copy_dir[64];
	struct incident a = {.kind = "ap_down", .cause = "a", .since_s = 1};
	struct inventory *inv = NULL;
	struct db *copy = NULL;
	uint64_t octets = 0;

	harness_dir(copy_dir);
	snprintf(path, sizeof(path), "%s/kkachi.db", copy_dir);
	ok(incident_begin(db, &a, &why));
	ok(backup_write(db, path, &octets, &why));
	ck_assert_uint_gt(octets, 4096);
	/* Again over itself, while a transaction is open elsewhere. */
	ok(db_begin(db, &why));
	ok(incident_end(db, 1, 5, &why));
	db_rollback(db);
	ok(backup_write(db, path, &octets, &why));
	ok(db_open(copy_dir, DB_READ, &copy, &why));
	ok(inventory_read(copy, &inv, &why));
	inventory_free(inv);
	db_close(copy);
	db_close(db);
	ok(db_open(copy_dir, DB_WRITE, &db, &why));
	ck_assert_str_eq(seen(0), "1:a:firing:1 ");
	harness_remove(copy_dir);
}
END_TEST

START_TEST(backup_refused)
{
	char path[160];
	struct stat st;

	snprintf(path, sizeof(path), "%s/none/copy.db", dir);
	ck_assert_int_lt(backup_write(db, path, NULL, &why), 0);
	ck_assert_msg(strstr(why.text, path) != NULL, "%s", why.text);
	snprintf(path, sizeof(path), "%s/folder", dir);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	ck_assert_int_lt(backup_write(db, path, NULL, &why), 0);
	snprintf(path, sizeof(path), "%s/folder.part", dir);
	ck_assert_int_ne(stat(path, &st), 0);
	if (access("/dev/full", W_OK) == 0)
		ck_assert_int_lt(backup_write(db, "/proc/kkachi.db", NULL, &why), 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("incident");
	TCase *tc = tcase_create("incident");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, life);
	tcase_add_test(tc, channels);
	tcase_add_test(tc, states);
	tcase_add_test(tc, backup);
	tcase_add_test(tc, backup_refused);
	suite_add_tcase(s, tc);
	return harness_run(s);
}

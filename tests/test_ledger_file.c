/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <time.h>

#include "rrd/closing.h"
#include "rrd/distinct.h"
#include "rrd/ledger_file.h"
#include "rrd/ledger_usage.h"
#include "tests/records.h"

#define USAGE "# kkachi ledger 1\n@usage_day\tday\tdevice\tsource\toctets_down\n"
#define DISTINCT                                                                              \
	"# kkachi ledger 1\n@distinct_day\tday\tscope\tkey\tclients\terror_permille\twhole\t" \
	"probes\n"
#define NOW INT64_C(1640000000) /* December 2021 */

static char dir[64], below[96];
static struct db *db;

static void
setup(void)
{
	db = records_open(dir);
	snprintf(below, sizeof(below), "%s/other", dir);
}

static void
teardown(void)
{
	db_close(db);
	harness_remove(dir);
}

static void
fill(void)
{
	static const char csv[] =
	    "id,district,lat,lon,name,여분,community\n@device,중구,37.12345678901234,"
	    "127.1,\"a\\\\N\",x,s3cret\nA2,성동구,,,,,\n";
	struct diag d = {""};

	records_inventory(db, csv, NOW - 100 * 86400, 0);
	ck_assert_msg(
	    db_exec(db,
		"INSERT INTO belonging VALUES (1, 20211101, '구로구', 's', 't', '2', 2);"
		"INSERT INTO usage_day VALUES (20211001, 1, 2, 9007199254740993, 5, 86400, 7, 1, 2,"
		" NULL, 3, 0), (20211102, 1, 2, 1, 0, 0, 0, 0, 0, 9, 0, 1), (20211001, 2, 0, 4, 4,"
		" 0, 0, 0, 0, NULL, 0, 2);"
		"INSERT INTO usage_period VALUES ('@end', 20210501, 20211013, 77, NULL,"
		" 'a' || char(9) || 'b' || char(10) || '\\', 5);"
		/* A district may be called as a number is. */
		"INSERT INTO distinct_day VALUES (20211001, 0, 1, 40, 46, 1, 2), (20211001, 0, 2, "
		"3,"
		" 0, 0, 1), (20211001, 1, '중구', 41, 46, 1, 2), (20211001, 1, '7', 4, 46, 1, 2),"
		" (20211001, 2, '', 123456, 9, 0, 3);"
		"INSERT INTO probe_day (day, device, source, associations, dhcp_asked, "
		"wifi6_clients)"
		" VALUES (20211001, 1, 2, 50, NULL, 9007199254740993), (20211001, 1, 3, NULL, 0, "
		"0)",
		&d) == KK_OK,
	    "%s", d.text);
	ck_assert_msg(closing_close(db, dir, 202110, "t", NOW, &d) == KK_OK, "%s", d.text);
	ck_assert_int_eq(closing_reopen(db, 202110, "t", "why\tnot", NOW, &d), KK_OK);
	ck_assert_int_eq(closing_close(db, dir, 202110, "t", NOW, &d), KK_OK);
}

static char *export(struct db *from)
{
	char *text = NULL;
	size_t len = 0;
	uint64_t rows;
	struct diag d = {""};
	FILE *f = open_memstream(&text, &len);

	ck_assert_msg(ledger_file_write(from, f, &rows, &d) == KK_OK, "%s", d.text);
	fclose(f);
	return text;
}

static int
restore(struct db *to, const char *text, struct diag *d)
{
	char path[128];
	uint64_t rows;

	records_file(dir, "file", text, path);
	ck_assert_int_eq(ledger_file_is(path), strncmp(text, "# kkachi ledger 1", 17) == 0);
	return ledger_file_read(to, path, &rows, d);
}

static uint64_t
octets(struct db *of)
{
	struct usage_query q = {.from = 202105, .to = 202112, .now_s = NOW};
	struct usage_table *t;
	struct diag d = {""};
	uint64_t sum = 0;

	ck_assert_msg(ledger_usage(of, &q, &t, &d) == KK_OK, "%s", d.text);
	for (size_t i = 0; i < t->n; i++)
		sum += t->rows[i].octets_down + t->rows[i].octets_up + t->rows[i].octets_undirected;
	usage_table_free(t);
	return sum;
}

static int
add_clients(void *ctx, const struct distinct_row *row)
{
	*(int *)ctx += (int)row->clients;
	return KK_OK;
}

static int
distinct(struct db *of, enum distinct_scope scope, uint32_t device, const char *district)
{
	struct distinct_ask ask = {20211001, 20211001, scope, device, district};
	struct diag d = {""};
	int sum = 0;

	ck_assert_int_eq(distinct_read(of, &ask, add_clients, &sum, &d), KK_OK);
	return sum;
}

static void
intact(void *ctx, const struct closing *c)
{
	*(int *)ctx += c->intact;
}

START_TEST(there_and_back)
{
	struct db *other;
	struct diag d = {""};
	char *there, *back;
	int n = 0;

	fill();
	there = export(db);
	ck_assert_int_eq(db_open(below, DB_WRITE, &other, &d), KK_OK);
	ck_assert_msg(restore(other, there, &d) == KK_OK, "%s", d.text);
	back = export(other);
	ck_assert_str_eq(there, back);
	ck_assert_ptr_null(strstr(there, "s3cret"));
	ck_assert_uint_eq(octets(db), octets(other));
	/* Keys are what they were, numbers or names. */
	ck_assert_int_eq(distinct(other, DISTINCT_AP, 1, NULL), 40);
	ck_assert_int_eq(distinct(other, DISTINCT_DISTRICT, 0, "7"), 4);
	ck_assert_int_eq(distinct(other, DISTINCT_CITY, 0, NULL), 123456);
	ck_assert_int_eq(closing_closed(other, intact, &n, &d), KK_OK);
	ck_assert_int_eq(n, 1);
	/* Not into what is there already. */
	ck_assert_int_eq(restore(other, there, &d), KK_E_EXISTS);
	free(there);
	free(back);
	db_close(other);
}
END_TEST

/* Every file that was cut at a line, or within one, is refused, and nothing of it stays. */
START_TEST(cut_anywhere)
{
	struct db *other;
	struct diag d = {""};
	char *there, *nothing, *after;
	size_t len;

	fill();
	there = export(db);
	len = strlen(there);
	ck_assert_int_eq(db_open(below, DB_WRITE, &other, &d), KK_OK);
	nothing = export(other);
	for (size_t n = 0; n + 1 < len; n += 7) {
		char keep = there[n];

		there[n] = '\0';
		ck_assert_int_ne(restore(other, there, &d), KK_OK);
		there[n] = keep;
	}
	after = export(other);
	ck_assert_str_eq(nothing, after);
	free(there);
	free(nothing);
	free(after);
	db_close(other);
}
END_TEST

/* Whoever adds a table says whether it is of the ledger. */
START_TEST(every_table)
{
	static const char others[] =
	    " counter cursor odometer usage_month usage_stale usage_group usage_grouped layout "
	    "incident channel alert_state neighbour reporter port usm_engine identity event ";
	char *text = export(db), name[64];
	sqlite3_stmt *s;
	struct diag d = {""};

	ck_assert_int_eq(db_prepare(db,
			     "SELECT name FROM sqlite_master WHERE type = 'table'"
			     " AND name NOT LIKE 'sqlite_%'",
			     &s, &d),
	    KK_OK);
	while (sqlite3_step(s) == SQLITE_ROW) {
		int there;

		snprintf(name, sizeof(name), "\n@%s\t", db_column_text(s, 0));
		there = strstr(text, name) != NULL;
		snprintf(name, sizeof(name), " %s ", db_column_text(s, 0));
		ck_assert_msg(there != (strstr(others, name) != NULL), "%s", name);
	}
	sqlite3_finalize(s);
	free(text);
}
END_TEST

/* One that was written before there were probes, and one before all was counted that is now. */
START_TEST(older)
{
	static const char *const texts[] = {
	    "# kkachi ledger 1\n@device\tnum\tid\tadded\n1\tA\t1\n@usage_day\tday\tdevice\tsource\n"
	    "20210401\t1\t0\n@end\t2\n",
	    "# kkachi ledger 1\n@device\tnum\tid\tadded\n1\tA\t1\n@probe_day\tday\tdevice\tsource\t"
	    "dhcp_asked\n20210401\t1\t2\t7\n@end\t2\n"};
	struct db *other;
	struct diag d = {""};

	for (int i = 0; i < ROWS(texts); i++) {
		snprintf(below, sizeof(below), "%s/older%d", dir, i);
		ck_assert_int_eq(db_open(below, DB_WRITE, &other, &d), KK_OK);
		ck_assert_msg(restore(other, texts[i], &d) == KK_OK, "%d: %s", i, d.text);
		db_close(other);
	}
}
END_TEST

START_TEST(hostile)
{
	static const struct {
		const char *text;
		int rc;
		const char *at; /* of the file; NULL: no matter */
	} rows[] = {
	    {"", KK_E_SYNTAX, NULL},
	    {"# kkachi ledger 2\n@end\t0\n", KK_E_SYNTAX, NULL},
	    {"# kkachi ledger 1\n@end\t1\n", KK_E_SYNTAX, NULL},
	    {"# kkachi ledger 1\n@end\t0\nx\n", KK_E_SYNTAX, NULL},
	    {"# kkachi ledger 1\n1\t2\n@end\t1\n", KK_E_SYNTAX, NULL},
	    {"# kkachi ledger 1\n@odometer\tdevice\n@end\t0\n", KK_E_VERSION, NULL},
	    {"# kkachi ledger 1\n@device\tnum) SELECT 1 --\n@end\t0\n", KK_E_SYNTAX, NULL},
	    {"# kkachi ledger 1\n@device\tnobody\n@end\t0\n", KK_E_VERSION, NULL},
	    {"# kkachi ledger 1\n@device\tnum\tid\tadded\n1\tA\n@end\t1\n", KK_E_SYNTAX, NULL},
	    {"# kkachi ledger 1\n@device\tnum\tid\tadded\n1\tA\\x\t1\n@end\t1\n", KK_E_SYNTAX,
		NULL},
	    {"# kkachi ledger 1\n@device\tnum\tid\tadded\n1\t\\N\t1\n@end\t1\n", KK_E_SYNTAX, NULL},
	    {USAGE "20210401\t1\t0\tx\n", KK_E_SYNTAX, ":3:"},
	    {USAGE "20210401\t1\t0\t\n", KK_E_SYNTAX, ":3:"},
	    {USAGE "20210401\t1\t0\t5 \n", KK_E_SYNTAX, ":3:"},
	    {USAGE "20210401\t1\t0\t5.5\n", KK_E_SYNTAX, ":3:"},
	    {USAGE "20210401\t1\t0\t-1\n", KK_E_SYNTAX, ":3:"},
	    {USAGE "20210401\t1\t0\t9223372036854775808\n", KK_E_SYNTAX, ":3:"},
	    {USAGE "20210431\t1\t0\t7\n", KK_E_SYNTAX, ":3:"},
	    {USAGE "27500101\t1\t0\t7\n", KK_E_SYNTAX, ":3:"},
	    {USAGE "0\t1\t0\t7\n", KK_E_SYNTAX, ":3:"},
	    {"# kkachi ledger 1\n@usage_closed\tmonth\tat\twho\n202113\t1\tA\n", KK_E_SYNTAX,
		":3:"},
	    {"# kkachi ledger 1\n@usage_closed\tmonth\tat\twho\n92233720368547758\t1\tA\n",
		KK_E_SYNTAX, ":3:"},
	    {USAGE "20210401\t1\t0\t7\n20210401\t1\t0\t7\n", KK_E_SYNTAX, ":4:"},
	    {"# kkachi ledger 1\n@device\tnum\tid\tadded\tlat\n1\tA\t1\tinf\n", KK_E_SYNTAX, ":3:"},
	    {DISTINCT "20210401\t0\tA\t7\t46\t1\t1\n", KK_E_SYNTAX, ":3:"},
	    {DISTINCT "20210401\t0\t1\t-7\t46\t1\t1\n", KK_E_SYNTAX, ":3:"},
	    {DISTINCT "20210401\t1\t\\N\t7\t46\t1\t1\n", KK_E_SYNTAX, ":3:"},
	    {DISTINCT "20210401\t1\tA\t7\t46\t1\t1\n20210401\t1\tA\t7\t46\t1\t1\n", KK_E_SYNTAX,
		":4:"},
	    {DISTINCT "20210401\t1\tA\t7\t46\t1\n", KK_E_SYNTAX, ":3:"},
	    {"# kkachi ledger 1\n@probe_day\tday\tdevice\tsource\troams\n1\t1\t2\tmany\n",
		KK_E_SYNTAX, ":3:"},
	    {"# kkachi ledger 1\n@probe_day\tday\tdevice\tsource\tages\n1\t1\t2\t1\n", KK_E_VERSION,
		":2:"},
	};
	struct diag d = {""};

	for (int i = 0; i < ROWS(rows); i++) {
		ck_assert_msg(restore(db, rows[i].text, &d) == rows[i].rc, "row %d: %s", i, d.text);
		ck_assert_msg(rows[i].at == NULL || strstr(d.text, rows[i].at) != NULL,
		    "row %d: %s", i, d.text);
	}
	ck_assert_int_eq(
	    restore(db, "# kkachi ledger 1\n@device\tnum\tid\tadded\n1\tA\t1\n@end\t1\n", &d),
	    KK_OK);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ledger_file");
	TCase *tc = tcase_create("ledger_file");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, there_and_back);
	tcase_add_test(tc, cut_anywhere);
	tcase_add_test(tc, every_table);
	tcase_add_test(tc, older);
	tcase_add_test(tc, hostile);
	suite_add_tcase(s, tc);
	return harness_run(s);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/import/import.h"

#include <math.h>
#include <sys/stat.h>

#include "lib/sample.h"
#include "lib/zone.h"
#include "rrd/db/inventory.h"
#include "rrd/import/coord.h"
#include "rrd/import/rows.h"
#include "tests/harness.h"

#define JULY_1	1625065200 /* 2021-07-01 00:00 in Seoul */
#define A_DAY	86400
#define ONE_DAY ((struct import_options){.now_s = JULY_1})

static char dir[64];
static struct db *db;

static void
setup(void)
{
	struct diag d = {""};

	ck_assert_int_eq(zone_use("Asia/Seoul", &d), KK_OK);
	harness_dir(dir);
	ck_assert_msg(db_open(dir, DB_WRITE, &db, &d) == KK_OK, "%s", d.text);
}

static void
teardown(void)
{
	db_close(db);
	harness_remove(dir);
}

/* Import a text, on some day, and check the counts of the report. */
static struct import_report *
import(const char *text, struct import_options o, int want)
{
	struct import_report *r;
	struct diag d = {""};
	int rc = import_text(db, "t.csv", text, strlen(text), &o, &r, &d);

	ck_assert_msg(rc == want, "got %s: %s", kk_strerror(rc), d.text);
	ck_assert_ptr_nonnull(r);
	return r;
}

static void
counts(struct import_report *r, unsigned rows, unsigned added, unsigned changed, unsigned unchanged,
    unsigned removed, unsigned warnings)
{
	for (size_t i = 0; i < r->n_warnings && r->n_warnings != warnings; i++)
		printf("%u %s %s: %s\n", r->warnings[i].line, r->warnings[i].id,
		    r->warnings[i].field, r->warnings[i].reason);
	ck_assert_uint_eq(r->rows, rows);
	ck_assert_uint_eq(r->added, added);
	ck_assert_uint_eq(r->changed, changed);
	ck_assert_uint_eq(r->unchanged, unchanged);
	ck_assert_uint_eq(r->removed, removed);
	ck_assert_uint_eq(r->n_warnings, warnings);
	import_report_free(r);
}

/* One value of the database as text; "(null)" for NULL. */
static const char *
value(const char *sql)
{
	static char out[600];
	sqlite3_stmt *s;

	ck_assert_int_eq(db_prepare(db, sql, &s, NULL), KK_OK);
	ck_assert_int_eq(sqlite3_step(s), SQLITE_ROW);
	snprintf(out, sizeof(out), "%s",
	    sqlite3_column_type(s, 0) == SQLITE_NULL ? "(null)" : db_column_text(s, 0));
	sqlite3_finalize(s);
	return out;
}

/* ---- coordinates ---- */

static const struct {
	const char *lat, *lon;
	enum coord want;
	double out_lat, out_lon;
} pairs[] = {
    {"37.5665", "126.9780", COORD_RIGHT, 37.5665, 126.978},
    {"126.9780", "37.5665", COORD_SWAPPED, 37.5665, 126.978},
    {"37.561924", "126.96675", COORD_RIGHT, 37.561924, 126.96675},
    {"+37.5", "127.0", COORD_RIGHT, 37.5, 127.0},
    {"37.56192412345678901234", "127", COORD_RIGHT, 37.561924123456, 127.0},
    {"", "", COORD_NONE, 0, 0},
    {NULL, NULL, COORD_NONE, 0, 0},
    {"-", "-", COORD_CLEAR, 0, 0},
    {"-", "", COORD_CLEAR, 0, 0},
    {NULL, "-", COORD_CLEAR, 0, 0},
    {"37.5", "", COORD_HALF, 0, 0},
    {"", "127.0", COORD_HALF, 0, 0},
    {"-", "127.0", COORD_NO_NUMBER, 0, 0},
    {"37.5", "here", COORD_NO_NUMBER, 0, 0},
    {"37,5", "127.0", COORD_NO_NUMBER, 0, 0},
    {"3.75e1", "127.0", COORD_NO_NUMBER, 0, 0},
    {"nan", "127.0", COORD_NO_NUMBER, 0, 0},
    {"0x25", "127.0", COORD_NO_NUMBER, 0, 0},
    {"37.5.1", "127.0", COORD_NO_NUMBER, 0, 0},
    {"99999999999999999999", "127.0", COORD_NO_NUMBER, 0, 0},
    {"0", "0", COORD_IMPOSSIBLE, 0, 0},
    {"38.5", "127.0", COORD_IMPOSSIBLE, 0, 0}, /* off by one degree */
    {"36.5", "127.0", COORD_IMPOSSIBLE, 0, 0},
    {"37.5", "128.0", COORD_IMPOSSIBLE, 0, 0},
    {"37.5", "127.83", COORD_IMPOSSIBLE, 0, 0},
    {"37.5", "172.108", COORD_IMPOSSIBLE, 0, 0},
    {"-37.5", "127.0", COORD_IMPOSSIBLE, 0, 0},
    {"37.5", "37.5", COORD_IMPOSSIBLE, 0, 0},
};

START_TEST(coordinates)
{
	double lat = -1, lon = -1;
	enum coord got = coord_judge(pairs[_i].lat, pairs[_i].lon, &lat, &lon);

	ck_assert_msg(got == pairs[_i].want, "%s, %s: got %d", pairs[_i].lat, pairs[_i].lon, got);
	if (got != COORD_RIGHT && got != COORD_SWAPPED)
		return;
	ck_assert_msg(fabs(lat - pairs[_i].out_lat) < 1e-11, "%.15f", lat);
	ck_assert_msg(fabs(lon - pairs[_i].out_lon) < 1e-11, "%.15f", lon);
}
END_TEST

/* ---- cells ---- */

static const struct {
	const char *in;
	size_t most;
	const char *out;
	unsigned faults;
} texts[] = {
    {"plain", 80, "plain", 0},
    {"  blanks\t\r\n ", 80, "blanks", 0},
    {"\xc2\xa0\xe3\x80\x80성동 구\xc2\xa0", 80, "성동 구", 0},
    {"one\r\ntwo", 80, "one two", CLEAN_CONTROL},
    {"one \n two", 80, "one  two", CLEAN_CONTROL},
    {"a\x1b[31mb", 80, "a [31mb", CLEAN_CONTROL},
    {"a\xe2\x80\xae"
     "b",
	80, "a b", CLEAN_CONTROL},
    {"a\xc2\x85"
     "b",
	80, "a b", CLEAN_CONTROL},
    {"성동구", 7, "성동", CLEAN_CUT},
    {"abc   ", 3, "abc", 0},
    {"abc   d", 3, "abc", CLEAN_CUT},
    {"", 80, "", 0},
    {" \n ", 80, "", 0},
    {"<b>&amp;</b>, \"x\"", 80, "<b>&amp;</b>, \"x\"", 0},
};

START_TEST(clean)
{
	unsigned faults = 0;
	char *copy = strdup(texts[_i].in);

	ck_assert_str_eq(import_clean(copy, texts[_i].most, &faults), texts[_i].out);
	ck_assert_uint_eq(faults, texts[_i].faults);
	free(copy);
}
END_TEST

/* ---- merging ---- */

START_TEST(merge_by_id)
{
	counts(import("name,id,host,district\n"
		      "하나,A1,10.0.0.1,성동구\n둘,A2,,성동구\n",
		   ONE_DAY, KK_OK),
	    2, 2, 0, 0, 0, 0);
	/* The same again. */
	counts(import("name,id,host,district\n"
		      "하나,A1,10.0.0.1,성동구\n둘,A2,,성동구\n",
		   ONE_DAY, KK_OK),
	    2, 0, 0, 2, 0, 0);
	ck_assert_str_eq(value("SELECT value FROM counter WHERE name='inventory'"), "1");
	/* Empty leaves, - clears, what the file lacks stays, new ids are added. */
	counts(import("id,name,host\nA1,,-\nA2,second,\nA3,third,10.0.0.3\n", ONE_DAY, KK_OK), 3, 1,
	    2, 0, 0, 0);
	ck_assert_str_eq(value("SELECT name FROM device WHERE id='A1'"), "하나");
	ck_assert_str_eq(value("SELECT host FROM device WHERE id='A1'"), "(null)");
	ck_assert_str_eq(value("SELECT name FROM device WHERE id='A2'"), "second");
	ck_assert_str_eq(
	    value("SELECT district FROM belonging JOIN device ON device=num WHERE id='A1'"
		  " ORDER BY since DESC"),
	    "성동구");
	ck_assert_str_eq(value("SELECT value FROM counter WHERE name='inventory'"), "2");
}
END_TEST

START_TEST(last_of_repeated_ids_wins)
{
	struct import_report *r = import("id,name\nA1,first\nA2,x\nA1,\nA1,last\n", ONE_DAY, KK_OK);

	ck_assert_uint_eq(r->warnings[0].line, 2);
	ck_assert_str_eq(r->warnings[0].id, "A1");
	ck_assert_str_eq(r->warnings[0].field, "id");
	counts(r, 4, 2, 0, 0, 0, 2);
	ck_assert_str_eq(value("SELECT name FROM device WHERE id='A1'"), "last");
}
END_TEST

START_TEST(dry_run_writes_nothing)
{
	struct import_options o = {.dry_run = 1, .now_s = JULY_1};
	struct import_report *r;
	struct diag d = {""};

	counts(import("id\nA1\n", o, KK_OK), 1, 1, 0, 0, 0, 0);
	ck_assert_str_eq(value("SELECT count(*) FROM device"), "0");
	ck_assert_str_eq(value("SELECT value FROM counter WHERE name='inventory'"), "0");
	/* No database yet. */
	ck_assert_int_eq(import_text(NULL, "t", "id\nA1\n", 6, &o, &r, &d), KK_OK);
	counts(r, 1, 1, 0, 0, 0, 0);
}
END_TEST

START_TEST(prune_retires)
{
	struct import_options prune = {.prune = 1, .now_s = JULY_1 + 5};
	struct import_options dry = {.prune = 1, .dry_run = 1, .now_s = JULY_1 + 5};

	counts(import("id\nA1\nA2\nA3\n", ONE_DAY, KK_OK), 3, 3, 0, 0, 0, 0);
	counts(import("id\nA1\n", dry, KK_OK), 1, 0, 0, 1, 2, 0);
	ck_assert_str_eq(value("SELECT count(*) FROM device WHERE retired IS NULL"), "3");
	counts(import("id\nA1\n", prune, KK_OK), 1, 0, 0, 1, 2, 0);
	ck_assert_str_eq(value("SELECT group_concat(id) FROM device WHERE retired IS NULL"), "A1");
	ck_assert_str_eq(value("SELECT retired FROM device WHERE id='A3'"), "1625065205");
	/* Once retired, not removed again; a retired device that comes back keeps its number. */
	counts(import("id\nA1\n", prune, KK_OK), 1, 0, 0, 1, 0, 0);
	counts(import("id\nA3\n", ONE_DAY, KK_OK), 1, 0, 1, 0, 0, 0);
	ck_assert_str_eq(value("SELECT retired FROM device WHERE id='A3'"), "(null)");
	ck_assert_str_eq(value("SELECT num FROM device WHERE id='A3'"), "3");
	/* A file without rows is an accident. */
	counts(import("id\n", prune, KK_OK), 0, 0, 0, 0, 0, 1);
	ck_assert_str_eq(value("SELECT count(*) FROM device WHERE retired IS NULL"), "2");
}
END_TEST

/* Where a device belonged on a past day stays; what was unknown is learned for the past as well. */
START_TEST(belonging_has_dates)
{
	struct import_options later = {.now_s = JULY_1 + 31 * A_DAY};

	counts(import("id,district,host\nA1,성동구,10.0.0.1\n", ONE_DAY, KK_OK), 1, 1, 0, 0, 0, 0);
	ck_assert_str_eq(value("SELECT since||' '||account FROM belonging"), "0 0");
	counts(import("id,phase\nA1,1차\n", later, KK_OK), 1, 0, 1, 0, 0, 0);
	ck_assert_str_eq(value("SELECT group_concat(since||phase) FROM belonging"), "01차");
	counts(import("id,district\nA1,중구\n", later, KK_OK), 1, 0, 1, 0, 0, 0);
	ck_assert_str_eq(value("SELECT group_concat(since||district||phase) FROM belonging"),
	    "0성동구1차,20210801중구1차");
	/* A second change on the same day replaces the first. */
	counts(import("id,district\nA1,은평구\n", later, KK_OK), 1, 0, 1, 0, 0, 0);
	ck_assert_str_eq(value("SELECT group_concat(since||district||phase) FROM belonging"),
	    "0성동구1차,20210801은평구1차");
	/* The account moves with the source. */
	later.now_s += A_DAY;
	counts(import("id,host,controller\nA1,-,W1\nW1,,\n", later, KK_OK), 2, 1, 1, 0, 0, 0);
	ck_assert_str_eq(
	    value("SELECT since||' '||account FROM belonging WHERE device=1 ORDER BY since DESC"),
	    "20210802 1");
	later.now_s += A_DAY;
	counts(import("id,controller\nA1,-\n", later, KK_OK), 1, 0, 1, 0, 0, 0);
	ck_assert_str_eq(
	    value("SELECT since||' '||account FROM belonging WHERE device=1 ORDER BY since DESC"),
	    "20210803 2");
}
END_TEST

START_TEST(labels)
{
	counts(
	    import("id,\"b \"\"x\"\"\",a,empty\nA1,2,하나\\,\n", ONE_DAY, KK_OK), 1, 1, 0, 0, 0, 0);
	ck_assert_str_eq(
	    value("SELECT labels FROM device"), "{\"a\":\"하나\\\\\",\"b \\\"x\\\"\":\"2\"}");
	counts(import("id,a,\"b \"\"x\"\"\"\nA1,하나\\,2\n", ONE_DAY, KK_OK), 1, 0, 0, 1, 0, 0);
	/* One label of several is compared with its like only. */
	counts(import("id,a\nA1,하나\\\n", ONE_DAY, KK_OK), 1, 0, 0, 1, 0, 0);
	counts(import("id,a,c\nA1,-,3\n", ONE_DAY, KK_OK), 1, 0, 1, 0, 0, 0);
	ck_assert_str_eq(value("SELECT labels FROM device"), "{\"b \\\"x\\\"\":\"2\",\"c\":\"3\"}");
	counts(import("id,\"b \"\"x\"\"\",c\nA1,-,-\n", ONE_DAY, KK_OK), 1, 0, 1, 0, 0, 0);
	ck_assert_str_eq(value("SELECT labels FROM device"), "(null)");
}
END_TEST

/* A known coordinate stays where the file has one that cannot be. */
START_TEST(impossible_coordinate_is_not_taken)
{
	counts(import("id,lat,lon\nA1,37.5,127.0\n", ONE_DAY, KK_OK), 1, 1, 0, 0, 0, 0);
	counts(import("id,lat,lon\nA1,37.5,172.108\n", ONE_DAY, KK_OK), 1, 0, 0, 1, 0, 1);
	ck_assert_str_eq(value("SELECT lat||' '||lon FROM device"), "37.5 127.0");
	counts(import("id,lat,lon\nA1,127.1,37.6\n", ONE_DAY, KK_OK), 1, 0, 1, 0, 0, 1);
	ck_assert_str_eq(value("SELECT lat||' '||lon FROM device"), "37.6 127.1");
	counts(import("id,lat,lon\nA1,-,-\n", ONE_DAY, KK_OK), 1, 0, 1, 0, 0, 0);
	ck_assert_str_eq(value("SELECT lat FROM device"), "(null)");
}
END_TEST

/* ---- errors refuse the whole file ---- */

static const struct {
	const char *why, *text;
	unsigned lines[4]; /* that must be named */
} broken[] = {
    {"no id", "id,name\nA1,x\n,y\nA2,z\n-,w\n", {3, 5}},
    {"no id column", "name,host\nx,10.0.0.1\n", {1}},
    {"unknown kind", "id,kind\nA1,ap\nA2,toaster\nA3,SWITCH\n", {3}},
    {"broken quoting", "id,name\nA1,\"open\nA2,x\n", {2}},
    {"a comma too many", "id,name\nA1,x,y\n", {2}},
    {"bad encoding", "id,name\nA1,성동\nA2,\xff\xff\nA3,구\nA4,\xc0\x80\n", {3, 5}},
    {"empty", "", {1}},
    {"JSON cut short", "{\"row\":[{\"id\":\"A1\"},\n{\"id\":", {2}},
    {"JSON without rows", "{\"RESULT\":{\"CODE\":\"INFO-200\"}}", {1}},
    {"JSON without an id", "[{\"id\":\"A1\"},\n{\"name\":\"x\"}]", {2}},
};

START_TEST(errors_refuse_the_file)
{
	struct import_report *r = import(broken[_i].text, ONE_DAY, KK_E_SYNTAX);

	for (size_t i = 0; i < 4; i++) {
		if (broken[_i].lines[i] == 0) {
			ck_assert_msg(r->n_errors == i, "%s: %zu errors, first: %s", broken[_i].why,
			    r->n_errors, r->errors[0].reason);
			break;
		}
		ck_assert_msg(i < r->n_errors && r->errors[i].line == broken[_i].lines[i],
		    "%s: error %zu is in line %u", broken[_i].why, i,
		    i < r->n_errors ? r->errors[i].line : 0);
		ck_assert(r->errors[i].reason[0] != '\0');
	}
	import_report_free(r);
	ck_assert_str_eq(value("SELECT count(*) FROM device"), "0");
}
END_TEST

/* ---- warnings ---- */

static const struct {
	const char *row, *field; /* "": no warning */
	const char *column, *taken;
} odd[] = {
    {"district,경기도", "district", "district", "경기도"},
    {"district,성동구", "", "district", "성동구"},
    {"host,ap1.example", "host", "host", ""},
    {"host,10.0.0.256", "host", "host", ""},
    {"host,::1", "", "host", "::1"},
    {"port,0", "port", "port", ""},
    {"port,65536", "port", "port", ""},
    {"port,-1", "port", "port", ""},
    {"port,0161", "", "port", "161"},
    {"port,161x", "port", "port", ""},
    {"port,99999999", "port", "port", ""},
    {"version,v2c", "", "version", "2c"},
    {"version,4", "version", "version", ""},
    {"mobile,예", "", "mobile", "1"},
    {"mobile,maybe", "mobile", "mobile", "0"},
    {"mac,00-1A-2b-3C-4D-5E", "", "mac", "00:1a:2b:3c:4d:5e"},
    {"mac,001a.2b3c.4d5e", "", "mac", "00:1a:2b:3c:4d:5e"},
    {"mac,00:1a:2b", "mac", "mac", ""},
    {"mac,00:1a:2b:3c:4d:5g", "mac", "mac", ""},
    {"capacity_mbps,1000", "", "capacity_mbps", "1000"},
    {"capacity_mbps,lots", "capacity_mbps", "capacity_mbps", ""},
    {"uplink,B9", "uplink", "uplink", "B9"},
    {"uplink,A1", "uplink", "uplink", "A1"}, /* its own */
    {"controller,B9", "controller", "controller", "B9"},
    {"name,\"two\nlines\"", "name", "name", "two lines"},
    {"name,a\x01"
     "b",
	"name", "name", "a b"},
    {"kind,Switch", "", "kind", "switch"},
    {"installed,2021-07-01", "", "installed", "2021-07-01"},
};

START_TEST(warnings)
{
	char text[300], sql[200];
	const char *comma = strchr(odd[_i].row, ',');
	struct import_report *r;

	snprintf(
	    text, sizeof(text), "id,%.*s\nA1%s\n", (int)(comma - odd[_i].row), odd[_i].row, comma);
	r = import(text, ONE_DAY, KK_OK);
	ck_assert_msg(r->n_warnings == (odd[_i].field[0] != '\0'), "%s: %zu warnings", odd[_i].row,
	    r->n_warnings);
	if (r->n_warnings > 0) {
		ck_assert_str_eq(r->warnings[0].field, odd[_i].field);
		ck_assert_str_eq(r->warnings[0].id, "A1");
		ck_assert_uint_eq(r->warnings[0].line, 2);
	}
	import_report_free(r);
	snprintf(sql, sizeof(sql), "SELECT ifnull(%s, '') FROM device JOIN belonging ON device=num",
	    odd[_i].column);
	ck_assert_str_eq(value(sql), odd[_i].taken);
}
END_TEST

START_TEST(over_long_cells)
{
	char *text = malloc(5000), id[91], name[3001];
	struct import_report *r;

	memset(id, 'i', 90);
	memset(name, 'n', 3000);
	id[90] = name[3000] = '\0';
	snprintf(text, 5000, "id,name\n%s,x\nA2,%s\n", id, name);
	r = import(text, ONE_DAY, KK_OK);
	ck_assert_str_eq(r->warnings[0].field, "id");
	ck_assert_str_eq(r->warnings[1].field, "name");
	counts(r, 2, 1, 0, 0, 0, 2);
	ck_assert_str_eq(value("SELECT length(name) FROM device"), "256");
	free(text);
}
END_TEST

START_TEST(uplink_loops)
{
	struct import_report *r = import("id,uplink,uplink2\n"
					 "A1,B1,\nB1,C1,D1\nC1,D1,\nD1,B1,\nE1,E2,\nE2,,E1\n",
	    ONE_DAY, KK_OK);

	ck_assert_str_eq(r->warnings[0].field, "uplink");
	ck_assert_msg(strstr(r->warnings[0].reason, "B1 > C1 > D1 > B1") != NULL, "%s",
	    r->warnings[0].reason);
	counts(r, 6, 6, 0, 0, 0, 1); /* a ring closed by uplink2 is none */
	ck_assert_str_eq(value("SELECT uplink FROM device WHERE id='D1'"), "B1");
}
END_TEST

/* ---- shapes of files ---- */

static const struct {
	const char *why, *text;
} shapes[] = {
    {"own names", "id,district,name,lat,lon\nWF1,성동구,구청,37.5,127.0\n"},
    {"a byte-order mark, CRLF",
	"\xef\xbb\xbfid,district,name,lat,lon\r\nWF1,성동구,구청,37.5,127.0\r\n"},
    {"CP949", "id,district,name,lat,lon\nWF1,\xbc\xba\xb5\xbf\xb1\xb8,\xb1\xb8\xc3\xbb,37.5,127\n"},
    {"API names", "X_SWIFI_MGR_NO,X_SWIFI_WRDOFC,X_SWIFI_MAIN_NM,LAT,LNT,WORK_DTTM\n"
		  "WF1,성동구,구청,37.5,127.0,2024-12-07 11:13:17.0\n"},
    {"short names", "mgr_no,wrdofc,main_nm,lat,lnt\nWF1,성동구,구청,127.0,37.5\n"},
    {"Korean names", "관리번호,자치구,와이파이명,X좌표,Y좌표\nWF1,성동구,구청,127.0,37.5\n"},
    {"API in JSON",
	"{\"TbPublicWifiInfo\":{\"list_total_count\":1,\"RESULT\":{\"CODE\":\"INFO-000\","
	"\"MESSAGE\":\"[{정상}]\"},\"row\":[{\"X_SWIFI_MGR_NO\":\"WF1\",\"X_SWIFI_WRDOFC\":"
	"\"성동구\",\"X_SWIFI_MAIN_NM\":\"구청\",\"LAT\":\"37.5\",\"LNT\":\"127.0\"}]}}"},
    {"file in JSON", "{\"DESCRIPTION\":{\"MAIN_NM\":\"와이파이명\"},\"DATA\":[{\"main_nm\":"
		     "\"구청\",\"lat\":127.0,"
		     "\"wrdofc\":\"성동구\",\"lnt\":37.5,\"mgr_no\":\"WF1\",\"remars3\":null}]}"},
    {"a list in JSON",
	" [ {\"id\":\"WF1\",\"district\":\"성동구\",\"name\":\"구청\",\"lat\":37.5,\"lon\":127} ]"},
};

START_TEST(shapes_of_files)
{
	struct import_report *r = import(shapes[_i].text, ONE_DAY, KK_OK);

	ck_assert_uint_eq(r->added, 1);
	ck_assert_uint_eq(r->rows, 1);
	import_report_free(r);
	ck_assert_str_eq(value("SELECT id||name||district||lat||' '||lon FROM device JOIN belonging"
			       " ON device=num"),
	    "WF1구청성동구37.5 127.0");
	ck_assert_str_eq(value("SELECT labels FROM device"), "(null)");
}
END_TEST

/* The set's name of a place is a site where none is known, and never moves a device. */
START_TEST(open_data_site_is_a_guess)
{
	counts(import("관리번호,와이파이명\nWF1,구청\n", ONE_DAY, KK_OK), 1, 1, 0, 0, 0, 0);
	ck_assert_str_eq(value("SELECT site FROM belonging"), "구청");
	counts(import("id,site\nWF1,성동구청\n", ONE_DAY, KK_OK), 1, 0, 1, 0, 0, 0);
	counts(import("관리번호,와이파이명\nWF1,구청\n", ONE_DAY, KK_OK), 1, 0, 0, 1, 0, 0);
	ck_assert_str_eq(value("SELECT site FROM belonging ORDER BY since DESC"), "성동구청");
}
END_TEST

/* Odd ids are kept to the letter. */
START_TEST(odd_ids)
{
	counts(import("id\n---EP000001\n서울5차-0152-1\n-WF171016\n\"a,b\"\n../../etc\n", ONE_DAY,
		   KK_OK),
	    5, 5, 0, 0, 0, 0);
	ck_assert_str_eq(
	    value("SELECT group_concat(id, '|') FROM (SELECT id FROM device ORDER BY id)"),
	    "---EP000001|-WF171016|../../etc|a,b|서울5차-0152-1");
}
END_TEST

/* What csv_put() writes for a spreadsheet is read as what it was. */
START_TEST(guarded_cells)
{
	counts(import("id,name\n'---EP000001,'=1+1\nA2,'-\nA3,'s Gravenhage\n", ONE_DAY, KK_OK), 3,
	    3, 0, 0, 0, 0);
	ck_assert_str_eq(value("SELECT name FROM device WHERE id = '---EP000001'"), "=1+1");
	ck_assert_str_eq(value("SELECT name FROM device WHERE id = 'A2'"), "'-");
	ck_assert_str_eq(value("SELECT name FROM device WHERE id = 'A3'"), "'s Gravenhage");
}
END_TEST

START_TEST(files_that_are_not_there)
{
	struct import_report *r;
	struct diag d = {""};

	ck_assert_int_eq(import_file(db, "/nonexistent.csv", &ONE_DAY, &r, &d), KK_E_NOTFOUND);
	ck_assert_ptr_null(r);
	ck_assert_ptr_nonnull(strstr(d.text, "/nonexistent.csv"));
	import_report_free(NULL);
	ck_assert_int_ne(import_file(db, dir, &ONE_DAY, &r, &d), KK_OK);
}
END_TEST

/* ---- golden reports: tests/golden/import/NAME.{csv,json} gives NAME.report ---- */

static const char *const golden[] = {
    "inventory.csv", "open_data.csv", "open_data.json", "broken.csv"};

static void
print_notes(FILE *out, const char *what, const struct import_note *notes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%s %u %s %s: %s\n", what, notes[i].line, notes[i].id, notes[i].field,
		    notes[i].reason);
}

static void
print_devices(FILE *out)
{
	sqlite3_stmt *s;

	ck_assert_int_eq(db_prepare(db,
			     "SELECT id, kind, name, district, site, site_type, phase, address,"
			     " installed, place, lat, lon, mobile, mac, controller, host, port,"
			     " version, community, uplink, uplink2, capacity_mbps, labels, account"
			     " FROM device JOIN belonging ON device=num ORDER BY num",
			     &s, NULL),
	    KK_OK);
	while (sqlite3_step(s) == SQLITE_ROW) {
		for (int c = 0; c < sqlite3_column_count(s); c++)
			if (sqlite3_column_type(s, c) != SQLITE_NULL)
				fprintf(out, "%s%s=%s", c ? " " : "", sqlite3_column_name(s, c),
				    db_column_text(s, c));
		fputc('\n', out);
	}
	sqlite3_finalize(s);
}

START_TEST(golden_reports)
{
	const char *src = getenv("srcdir") ? getenv("srcdir") : ".";
	char path[512], *got = NULL, *want = calloc(1, 65536);
	struct import_report *r;
	struct diag d = {""};
	size_t len;
	FILE *out = open_memstream(&got, &len), *f;

	snprintf(path, sizeof(path), "%s/tests/golden/import/%s", src, golden[_i]);
	import_file(db, path, &ONE_DAY, &r, &d);
	ck_assert_msg(r != NULL, "%s", d.text);
	fprintf(out, "rows %llu added %llu\n", (unsigned long long)r->rows,
	    (unsigned long long)r->added);
	print_notes(out, "error", r->errors, r->n_errors);
	print_notes(out, "warning", r->warnings, r->n_warnings);
	print_devices(out);
	fclose(out);
	import_report_free(r);
	snprintf(path, sizeof(path), "%s/tests/golden/import/%s.report", src, golden[_i]);
	if (getenv("KK_GOLDEN_UPDATE") != NULL && (f = fopen(path, "w")) != NULL) {
		fputs(got, f);
		fclose(f);
	}
	f = fopen(path, "r");
	ck_assert_msg(f != NULL, "%s: %s", path, strerror(errno));
	ck_assert_uint_gt(fread(want, 1, 65535, f), 0);
	fclose(f);
	ck_assert_str_eq(got, want);
	free(got);
	free(want);
}
END_TEST

/* ---- the city's own lists, where they are at hand ---- */

static const struct {
	const char *file;
	unsigned rows, ids, swapped, impossible, strangers;
} lists[] = {
    {"public_wifi_2021-07_13col_utf8.csv", 19207, 19207, 0, 0, 105},
    {"TbPublicWifiInfo_2023-06-06_120rows.csv", 120, 20, 120, 0, 0},
    {"TbPublicWifiInfo_2024-12-07_first1000.csv", 1000, 1000, 0, 0, 0},
};

START_TEST(city_lists)
{
	const char *src = getenv("srcdir") ? getenv("srcdir") : ".";
	unsigned swapped = 0, impossible = 0, strangers = 0;
	struct import_report *r;
	struct diag d = {""};
	char path[512];
	struct stat st;

	snprintf(path, sizeof(path), "%s/../shared/data/seoul/%s", src, lists[_i].file);
	if (stat(path, &st) != 0) {
		printf("test_import: city_lists skipped: %s is not there\n", path);
		return;
	}
	ck_assert_msg(import_file(db, path, &ONE_DAY, &r, &d) == KK_OK, "%s", d.text);
	for (size_t i = 0; i < r->n_warnings; i++) {
		swapped += strstr(r->warnings[i].reason, "swapped") != NULL;
		impossible += strstr(r->warnings[i].reason, "cannot be") != NULL;
		strangers += strcmp(r->warnings[i].field, "district") == 0;
	}
	ck_assert_uint_eq(r->rows, lists[_i].rows);
	ck_assert_uint_eq(r->added, lists[_i].ids);
	ck_assert_uint_eq(swapped, lists[_i].swapped);
	ck_assert_uint_eq(impossible, lists[_i].impossible);
	ck_assert_uint_eq(strangers, lists[_i].strangers);
	import_report_free(r);
	/* The same list again: nothing differs. */
	ck_assert_int_eq(import_file(db, path, &ONE_DAY, &r, &d), KK_OK);
	ck_assert_uint_eq(r->unchanged, lists[_i].ids);
	import_report_free(r);
	ck_assert_str_eq(value("SELECT count(*) = sum(lat BETWEEN 37 AND 38 AND lon BETWEEN 126 AND"
			       " 128) FROM device"),
	    "1");
}
END_TEST

static void
add_merge_tests(TCase *tc)
{
	tcase_add_test(tc, merge_by_id);
	tcase_add_test(tc, last_of_repeated_ids_wins);
	tcase_add_test(tc, dry_run_writes_nothing);
	tcase_add_test(tc, prune_retires);
	tcase_add_test(tc, belonging_has_dates);
	tcase_add_test(tc, labels);
	tcase_add_test(tc, impossible_coordinate_is_not_taken);
	tcase_add_test(tc, open_data_site_is_a_guess);
	tcase_add_test(tc, odd_ids);
	tcase_add_test(tc, guarded_cells);
}

int
main(void)
{
	Suite *s = suite_create("import");
	TCase *tc = tcase_create("import"), *pure = tcase_create("pure");

	tcase_add_loop_test(pure, coordinates, 0, ROWS(pairs));
	tcase_add_loop_test(pure, clean, 0, ROWS(texts));
	suite_add_tcase(s, pure);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	add_merge_tests(tc);
	tcase_add_loop_test(tc, errors_refuse_the_file, 0, ROWS(broken));
	tcase_add_loop_test(tc, warnings, 0, ROWS(odd));
	tcase_add_test(tc, over_long_cells);
	tcase_add_test(tc, uplink_loops);
	tcase_add_loop_test(tc, shapes_of_files, 0, ROWS(shapes));
	tcase_add_test(tc, files_that_are_not_there);
	tcase_add_loop_test(tc, golden_reports, 0, ROWS(golden));
	tcase_add_loop_test(tc, city_lists, 0, ROWS(lists));
	suite_add_tcase(s, tc);
	return harness_run(s);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs tests/scenario/alerts.scn: alerts over a city of which the script says who answers.
 *
 *   scenario NAME                     begins anew, with an empty database
 *   ap|switch|node|controller NAME [xN] [under ID] [under2 ID] [via ID] [nohost] [mobile]
 *                                     a device; with xN, N of them: NAME1, NAME2 ...; via: only
 *                                     its controller sees it, and a silent one is not in its list
 *   run N(m|h)                        lets time pass
 *   silent|answers PATTERN ...        from now on
 *   collector stops|starts|forgets    forgets: the live table is empty
 *   mail fails|works                  whether what is told arrives
 *   retire ID                         takes it out of the inventory
 *   expect nothing | LINE; LINE ...   what was told since the last `expect`, in this order:
 *                                     DOWN ID APS, BACK ID, SILENT APS, RESUMED, CUT APS, REACHES
 *   state ID STATE
 */
#include <fnmatch.h>

#include "alerts/run.h"
#include "lib/zone.h"
#include "rrd/import/import.h"
#include "tests/harness.h"

#define DEVICES	 256
#define INTERVAL 60

static struct {
	char dir[64];
	struct db *db;
	struct inventory *inv;
	char csv[1 << 15];
	char id[DEVICES][16]; /* in the order of the script, until the inventory is read */
	char via[DEVICES][16];
	int nohost[DEVICES], silent[DEVICES];
	struct live_entry live[DEVICES];
	size_t n;
	int64_t now_s, touched_s;
	int collector, mail;
	char told[4096];
	struct picture *picture;
	unsigned line;
} w;

static struct diag why;

#define ok(rc) ck_assert_msg((rc) == KK_OK, "line %u: %s", w.line, why.text)

static void
begin(void)
{
	memset(&w, 0, sizeof(w));
	harness_dir(w.dir);
	ok(db_open(w.dir, DB_WRITE, &w.db, &why));
	snprintf(w.csv, sizeof(w.csv), "id,kind,host,uplink,uplink2,controller,mobile,district\n");
	w.now_s = 1625100000; /* 2021-07-01 in Seoul */
	w.collector = w.mail = 1;
}

static void
end(void)
{
	if (w.db == NULL)
		return;
	ck_assert_msg(w.told[0] == '\0', "line %u: told and not expected: %s", w.line, w.told);
	picture_free(w.picture);
	inventory_free(w.inv);
	db_close(w.db);
	harness_remove(w.dir);
	w.db = NULL;
}

static void
add(char *kind, char *save_in)
{
	char *save = save_in, *name = strtok_r(NULL, " ", &save), *word;
	const char *up = "", *up2 = "", *via = "";
	int times = 0, nohost = 0, mobile = 0;

	while ((word = strtok_r(NULL, " ", &save)) != NULL) {
		if (word[0] == 'x')
			times = (int)strtol(word + 1, NULL, 10);
		else if (strcmp(word, "under") == 0)
			up = strtok_r(NULL, " ", &save);
		else if (strcmp(word, "under2") == 0)
			up2 = strtok_r(NULL, " ", &save);
		else if (strcmp(word, "via") == 0)
			via = strtok_r(NULL, " ", &save);
		else if (strcmp(word, "nohost") == 0)
			nohost = 1;
		else if (strcmp(word, "mobile") == 0)
			mobile = 1;
		else
			ck_abort_msg("line %u: %s?", w.line, word);
	}
	for (int i = 1; i <= (times ? times : 1); i++) {
		size_t len = strlen(w.csv), k = w.n++;

		ck_assert_uint_lt(k, DEVICES);
		snprintf(w.id[k], sizeof(w.id[k]), times ? "%s%d" : "%s", name, i);
		w.nohost[k] = nohost;
		snprintf(w.via[k], sizeof(w.via[k]), "%s", via);
		snprintf(w.csv + len, sizeof(w.csv) - len, "%s,%s,%s,%s,%s,%s,%s,구로구\n", w.id[k],
		    kind, nohost || via[0] ? "" : "127.0.0.2", up, up2, via, mobile ? "yes" : "no");
	}
}

static void
open_city(void)
{
	struct import_options o = {.now_s = w.now_s};
	struct import_report *r = NULL;

	if (w.inv != NULL)
		return;
	ok(import_text(w.db, "city", w.csv, strlen(w.csv), &o, &r, &why));
	ck_assert_uint_eq(r->added, w.n);
	import_report_free(r);
	ok(inventory_read(w.db, &w.inv, &why));
}

static int
index_of(const char *id)
{
	for (size_t i = 0; i < w.n; i++)
		if (strcmp(w.id[i], id) == 0)
			return (int)i;
	ck_abort_msg("line %u: no device %s", w.line, id);
	return -1;
}

/* One poll, as rrd/live.c keeps it. */
static void
poll_one(size_t i, uint32_t num)
{
	struct live_entry *e = &w.live[i];

	/* No list, or not in the list: its controller's poll yields no sample of it. */
	if (w.via[i][0] && (w.silent[i] || w.silent[index_of(w.via[i])]))
		return;
	e->device = num;
	e->asked_cs = w.now_s * 100;
	w.touched_s = w.now_s;
	if (w.silent[i]) {
		e->misses++;
		if (e->silent_cs == 0)
			e->silent_cs = e->asked_cs;
		return;
	}
	if (e->time_cs == 0 || e->silent_cs != 0)
		e->up_since_cs = e->asked_cs;
	e->misses = 0;
	e->silent_cs = 0;
	e->time_cs = e->asked_cs;
}

static void
judge(void)
{
	struct state_rules r = {3, INTERVAL, w.now_s * 100, w.touched_s * 100};
	size_t n;
	const struct device *dev = inventory_all(w.inv, &n);
	struct standing *rows = calloc(n + 1, sizeof(*rows));

	picture_free(w.picture);
	for (size_t i = 0; i < n; i++) {
		rows[i].dev = &dev[i];
		rows[i].live = w.live[index_of(dev[i].id)];
	}
	ok(picture_judge(&r, rows, n, &w.picture));
}

static void
tell(const struct incident *i)
{
	int over = i->ended_s != 0, collector = strcmp(i->cause, OUTAGE_COLLECTOR) == 0;
	size_t len = strlen(w.told);
	const char *sep = len ? "; " : "";

	if (!collector && !over)
		snprintf(
		    w.told + len, sizeof(w.told) - len, "%sDOWN %s %u", sep, i->cause, i->affected);
	else if (!collector)
		snprintf(w.told + len, sizeof(w.told) - len, "%sBACK %s", sep, i->cause);
	else if (strcmp(i->kind, "collector_silent") == 0 && !over)
		snprintf(w.told + len, sizeof(w.told) - len, "%sSILENT %u", sep, i->affected);
	else if (!over)
		snprintf(w.told + len, sizeof(w.told) - len, "%sCUT %u", sep, i->affected);
	else
		snprintf(w.told + len, sizeof(w.told) - len, "%s%s", sep,
		    strcmp(i->kind, "collector_silent") == 0 ? "RESUMED" : "REACHES");
}

/* What `kkachi alert` does once a minute. */
static void
alert(void)
{
	struct alert_run r = {.db = w.db, .inventory = w.inv, .now_s = w.now_s};
	struct alert_run dry = {.db = w.db, .inventory = w.inv, .now_s = w.now_s, .dry_run = 1};
	struct alert_result x, y;
	int64_t heard;

	judge();
	r.picture = dry.picture = w.picture;
	ok(channel_heard(w.db, "stdout", &heard, &why));
	ok(alert_notices(&dry, heard, &y, &why));
	ok(alert_decide(&r, &why));
	ok(alert_notices(&r, heard, &x, &why));
	ck_assert_msg(x.n == y.n, "line %u: the dry run saw another city", w.line);
	for (size_t i = 0; i < x.n && w.mail; i++)
		if (x.rows[i].incident.changed > heard)
			tell(&x.rows[i].incident);
	if (w.mail)
		ok(channel_tell(w.db, "stdout", x.newest, &why));
	alert_result_free(&x);
	alert_result_free(&y);
}

static void
run(const char *word)
{
	char unit = 's';
	long minutes = 0;

	ck_assert_int_eq(sscanf(word, "%ld%c", &minutes, &unit), 2);
	open_city();
	for (long s = 0; s < minutes * (unit == 'h' ? 3600 : 60); s++) {
		w.now_s++;
		for (size_t i = 0; i < w.n && w.collector; i++) {
			const struct device *d;

			if (w.now_s % INTERVAL != (int64_t)(i * 37 % INTERVAL) || w.nohost[i])
				continue;
			if ((d = inventory_by_id(w.inv, w.id[i])) != NULL)
				poll_one(i, d->num);
		}
		if (w.now_s % 60 == 30)
			alert();
	}
}

static void
set_silent(char *save_in, int value)
{
	char *save = save_in, *pattern;

	while ((pattern = strtok_r(NULL, " ", &save)) != NULL)
		for (size_t i = 0; i < w.n; i++)
			if (fnmatch(pattern, w.id[i], 0) == 0)
				w.silent[i] = value;
}

static void
expect(const char *rest)
{
	const char *want = strcmp(rest, "nothing") == 0 ? "" : rest;

	ck_assert_msg(
	    strcmp(w.told, want) == 0, "line %u: told \"%s\", not \"%s\"", w.line, w.told, want);
	w.told[0] = '\0';
}

static void
state(char *save)
{
	char *id = strtok_r(NULL, " ", &save), *want = strtok_r(NULL, " ", &save);
	const struct standing *s;

	judge();
	s = picture_row(w.picture, inventory_by_id(w.inv, id)->num);
	ck_assert_msg(strcmp(state_name(s->verdict.state), want) == 0, "line %u: %s is %s", w.line,
	    id, state_name(s->verdict.state));
}

static void
collector(const char *what)
{
	if (strcmp(what, "forgets") == 0) {
		memset(w.live, 0, sizeof(w.live));
		w.touched_s = 0;
	} else {
		w.collector = strcmp(what, "starts") == 0;
	}
}

static void
retire(const char *id)
{
	char sql[128];

	snprintf(sql, sizeof(sql), "UPDATE device SET retired = 1 WHERE id = '%s'", id);
	ok(db_exec(w.db, sql, &why));
	picture_free(w.picture);
	w.picture = NULL;
	inventory_free(w.inv);
	ok(inventory_read(w.db, &w.inv, &why));
}

static void
step(char *text)
{
	char *save = NULL, *word = strtok_r(text, " ", &save);

	if (word == NULL || word[0] == '#')
		return;
	if (strcmp(word, "scenario") == 0) {
		unsigned line = w.line;

		end();
		begin();
		w.line = line;
	} else if (strcmp(word, "run") == 0) {
		run(save);
	} else if (strcmp(word, "silent") == 0 || strcmp(word, "answers") == 0) {
		set_silent(save, word[0] == 's');
	} else if (strcmp(word, "expect") == 0) {
		expect(save);
	} else if (strcmp(word, "state") == 0) {
		state(save);
	} else if (strcmp(word, "collector") == 0) {
		collector(save);
	} else if (strcmp(word, "mail") == 0) {
		w.mail = strcmp(save, "works") == 0;
	} else if (strcmp(word, "retire") == 0) {
		retire(save);
	} else {
		add(word, save);
	}
}

START_TEST(scenarios)
{
	char path[512], text[512];
	unsigned lines = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/scenario/alerts.scn",
	    getenv("srcdir") ? getenv("srcdir") : ".");
	f = fopen(path, "r");
	ck_assert_msg(f != NULL, "%s: %s", path, strerror(errno));
	ok(zone_use("Asia/Seoul", &why));
	while (fgets(text, sizeof(text), f) != NULL) {
		text[strcspn(text, "\n")] = '\0';
		w.line = ++lines;
		step(text);
	}
	fclose(f);
	end();
	ck_assert_uint_gt(lines, 100);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("alerts");
	TCase *tc = tcase_create("scenarios");

	tcase_set_timeout(tc, 300);
	tcase_add_test(tc, scenarios);
	suite_add_tcase(s, tc);
	return harness_run(s);
}

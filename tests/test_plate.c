/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_plate.c - nameplates: how they are asked for, and on their way to the database. */
#include "collector/sightings.h"
#include "tests/target_bench.h"

#define HEAD                                                                                   \
	"profile: x\nmatch: [{object_id: 1.3.6.1.4.1.99999}]\n"                                \
	"tables: {ifs: {columns: {mac: 1.3.6.1.2.1.2.2.1.6, name: 1.3.6.1.2.1.31.1.1.1.1}}}\n" \
	"metrics: {clients: {scalar: 1.3.6.1.4.1.99999.9.0}}\n"                                \
	"device:\n  uptime: 1.3.6.1.2.1.1.3.0\n  identity: ifs.mac\n"
#define ENT "1.3.6.1.2.1.47.1.1.1.1."
#define OWN "1.3.6.1.4.1.99999."

/* What the device has: OID, and its text; "=N" is a number. */
struct object {
	const char *oid, *text;
};

static const struct {
	const char *why, *rules;
	struct object object[8];
	const char *want; /* "MODEL|SERIAL|FIRMWARE" */
} plates[] = {
    {"scalars", "  model: " OWN "1.0\n  serial: " OWN "2.0\n  firmware: {scalar: " OWN "3.0}\n",
	{{OWN "1.0", "R500"}, {OWN "2.0", "S1"}, {OWN "3.0", "v1"}}, "R500|S1|v1"},
    {"a scalar that is not there", "  model: " OWN "1.0\n  serial: " OWN "2.0\n",
	{{OWN "2.0", "S1"}}, "|S1|"},
    {"the first of two that has a text", "  model: [" OWN "1.0, " OWN "2.0]\n",
	{{OWN "1.0", "N/A"}, {OWN "2.0", "R600"}}, "R600||"},
    {"the first of two, in their order", "  model: [" OWN "1.0, " OWN "2.0]\n",
	{{OWN "1.0", "R500"}, {OWN "2.0", "R600"}}, "R500||"},
    {"a number is no text", "  model: " OWN "1.0\n", {{OWN "1.0", "=7"}}, "||"},
    {"parts of one text",
	"  model: {scalar: " OWN "1.0, part: \"^([^-]*)-\"}\n"
	"  firmware: {scalar: " OWN "1.0, part: \"-(v.*)$\"}\n",
	{{OWN "1.0", "FP231G-v7.4"}}, "FP231G||v7.4"},
    {"a part that is not there", "  firmware: {scalar: " OWN "1.0, part: \"-(v.*)$\"}\n",
	{{OWN "1.0", "FP231G"}}, "||"},
    {"the first row with a text", "  serial: {first: " OWN "5}\n",
	{{OWN "5.1", ""}, {OWN "5.7", "S7"}, {OWN "5.8", "S8"}}, "|S7|"},
    {"no row of another column", "  serial: {first: " OWN "5}\n",
	{{OWN "5.1", ""}, {OWN "6.1", "not this"}}, "||"},
    {"not more than four rows", "  serial: {first: " OWN "5}\n",
	{{OWN "5.1", ""}, {OWN "5.2", ""}, {OWN "5.3", ""}, {OWN "5.4", ""}, {OWN "5.5", "S5"}},
	"||"},
    {"a column before a scalar", "  serial: [{first: " OWN "5}, " OWN "2.0]\n",
	{{OWN "5.1", "S5"}, {OWN "2.0", "S2"}}, "|S5|"},
    {"the chassis behind its stack",
	"  serial: {chassis: " ENT "11}\n  model: {chassis: " ENT "13}\n",
	{{ENT "5.1", "=11"}, {ENT "5.1001", "=3"}, {ENT "11.1", "stack"}, {ENT "11.1001", "S1"},
	    {ENT "13.1001", "C3750"}},
	"C3750|S1|"},
    {"no chassis", "  serial: {chassis: " ENT "11}\n",
	{{ENT "5.1", "=10"}, {ENT "11.1", "a USB hub"}}, "||"},
    {"a chassis without a number", "  serial: [{chassis: " ENT "11}, " OWN "2.0]\n",
	{{ENT "5.1", "=3"}, {ENT "11.1", ""}, {OWN "2.0", "S2"}}, "|S2|"},
};

static struct profiles *
profile_of(const char *rules, char dir[64])
{
	struct profiles *all;
	struct diag d = {""};
	char path[96];
	FILE *f;

	harness_dir(dir);
	snprintf(path, sizeof(path), "%s/x.yaml", dir);
	ck_assert_ptr_nonnull(f = fopen(path, "w"));
	fprintf(f, "%s%s", HEAD, rules);
	fclose(f);
	ck_assert_msg(profiles_read(dir, &all, &d) == KK_OK, "%s", d.text);
	return all;
}

static void
opened(struct target_bench *b, const char *rules, char dir[64])
{
	bench_open(b);
	profiles_free(b->profiles);
	b->profiles = b->env.profiles = profile_of(rules, dir);
	bench_target(b);
	bench_system(b, 100000);
	bench_interface(b, 2, "eth0", 6, 1, 1);
	bench_set(b, VB_INTEGER, 5, OWN "9.0");
}

static void
closed(struct target_bench *b, const char *dir)
{
	bench_close(b);
	harness_remove(dir);
}

static const char *
line(const struct nameplate *n)
{
	static char text[NAMEPLATE_COUNT * NAMEPLATE_TEXT];

	snprintf(text, sizeof(text), "%s|%s|%s", n->text[NAMEPLATE_MODEL],
	    n->text[NAMEPLATE_SERIAL], n->text[NAMEPLATE_FIRMWARE]);
	return text;
}

START_TEST(reads_plates)
{
	struct target_bench b;
	char dir[64];

	opened(&b, plates[_i].rules, dir);
	for (int i = 0; i < ROWS(plates[_i].object) && plates[_i].object[i].oid != NULL; i++) {
		const struct object *o = &plates[_i].object[i];

		if (o->text[0] == '=')
			bench_set(&b, VB_INTEGER, atoi(o->text + 1), "%s", o->oid);
		else
			bench_text(&b, o->text, "%s", o->oid);
	}
	bench_poll(&b);
	ck_assert_uint_eq(b.named, 1);
	ck_assert_msg(
	    strcmp(line(&b.plate), plates[_i].want) == 0, "%s: %s", plates[_i].why, line(&b.plate));
	ck_assert_str_eq(b.plate.text[NAMEPLATE_MAC], "00:11:22:33:44:52");
	ck_assert_int_eq(b.sample.value[METRIC_CLIENTS], 5);
	closed(&b, dir);
}
END_TEST

/* It answers nothing of its nameplate: the poll is as good as without. */
START_TEST(lives_without)
{
	struct target_bench b;
	char dir[64];

	opened(&b, "  model: {first: " OWN "5}\n  serial: {chassis: " ENT "11}\n", dir);
	bench_poll(&b);
	ck_assert_uint_eq(b.named, 1);
	ck_assert_str_eq(line(&b.plate), "||");
	ck_assert_int_eq(b.sample.value[METRIC_CLIENTS], 5);
	closed(&b, dir);
}
END_TEST

/* ---- on the way ---- */

static char dir[64], told[256];
static struct db *db;
static struct diag d;
static struct sightings *s;

static void
setup(void)
{
	harness_dir(dir);
	told[0] = '\0';
	ck_assert_int_eq(db_open(dir, DB_WRITE, &db, &d), KK_OK);
	ck_assert_int_eq(
	    db_exec(
		db, "INSERT INTO device (num, id, added) VALUES (1, 'a', 1), (5000, 'b', 1)", &d),
	    KK_OK);
	ck_assert_int_eq(sightings_new(&s), KK_OK);
}

static void
teardown(void)
{
	sightings_free(s);
	db_close(db);
	harness_remove(dir);
}

static struct nameplate
firmware(const char *text)
{
	struct nameplate n;

	memset(&n, 0, sizeof(n));
	snprintf(n.text[NAMEPLATE_FIRMWARE], NAMEPLATE_TEXT, "%s", text);
	return n;
}

static void
tell(void *ctx, const struct identity *is, const struct identity *was)
{
	size_t at = strlen(told);

	(void)ctx;
	snprintf(told + at, sizeof(told) - at, "%u %s -> %s;", is->device,
	    was->plate.text[NAMEPLATE_FIRMWARE], is->plate.text[NAMEPLATE_FIRMWARE]);
}

START_TEST(carries_what_is_new)
{
	struct nameplate v1 = firmware("v1"), v2 = firmware("v2"), blank = firmware("");

	sightings_take(s, 1, 100, &v1);
	sightings_take(s, 5000, 100, &v1);
	sightings_take(s, 1, 200, &v1);
	sightings_take(s, 7, 200, &blank);
	ck_assert_uint_eq(sightings_waiting(s), 2);
	ck_assert_int_eq(sightings_keep(s, db, tell, NULL, &d), KK_OK);
	ck_assert_uint_eq(sightings_waiting(s), 0);
	sightings_take(s, 1, 300, &v1);
	ck_assert_uint_eq(sightings_waiting(s), 0);
	sightings_take(s, 1, 400, &v2);
	sightings_take(s, 1, 500, &v1);
	sightings_take(s, UINT32_MAX, 500, &v1);
	ck_assert_int_eq(sightings_keep(s, db, tell, NULL, &d), KK_OK);
	ck_assert_str_eq(told, "1 v1 -> v2;1 v2 -> v1;");
}
END_TEST

START_TEST(carries_in_parts_and_later)
{
	struct nameplate n = firmware("v1");
	struct db *other;

	for (uint32_t i = 1; i <= 501; i++)
		sightings_take(s, i, 100, &n);
	ck_assert_int_eq(db_open(dir, DB_WRITE, &other, &d), KK_OK);
	ck_assert_int_eq(db_begin(other, &d), KK_OK);
	ck_assert_int_eq(sightings_keep(s, db, tell, NULL, &d), KK_E_BUSY);
	ck_assert_uint_eq(sightings_waiting(s), 501);
	db_rollback(other);
	db_close(other);
	ck_assert_int_eq(sightings_keep(s, db, tell, NULL, &d), KK_END);
	ck_assert_uint_eq(sightings_waiting(s), 1);
	ck_assert_int_eq(sightings_keep(s, db, tell, NULL, &d), KK_OK);
	for (uint32_t i = 1; i <= SIGHTINGS_MAX + 10; i++)
		sightings_take(s, 1000 + i, 100, &n);
	ck_assert_uint_eq(sightings_waiting(s), SIGHTINGS_MAX);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("plate");
	TCase *asked = tcase_create("asked"), *kept = tcase_create("kept");

	tcase_add_loop_test(asked, reads_plates, 0, ROWS(plates));
	tcase_add_test(asked, lives_without);
	tcase_add_checked_fixture(kept, setup, teardown);
	tcase_add_test(kept, carries_what_is_new);
	tcase_add_test(kept, carries_in_parts_and_later);
	suite_add_tcase(suite, asked);
	suite_add_tcase(suite, kept);
	return harness_run(suite);
}

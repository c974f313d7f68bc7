/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `kkachi poll` tells of a device. */
#include "collector/explain.h"

#include <jansson.h>

#include "lib/text.h"
#include "tests/target_bench.h"

struct told {
	int n;
};

static void
on_done(void *ctx, struct explain *x)
{
	(void)x;
	((struct told *)ctx)->n++;
}

static void
run(struct target_bench *b, const struct told *t)
{
	for (int turns = 0; t->n == 0; turns++) {
		int wait = engine_run(b->engine);

		ck_assert_int_lt(turns, 100000);
		if (t->n == 0 && wait > 0)
			clock_advance(&b->agent.clock, wait);
	}
	ck_assert_int_eq(t->n, 1);
}

static json_t *
told_json(const struct explain *x)
{
	char *text = explain_json(x);
	json_t *j;

	ck_assert_ptr_nonnull(text);
	ck_assert_ptr_null(strchr(text, '\n'));
	j = json_loads(text, 0, NULL);
	ck_assert_ptr_nonnull(j);
	free(text);
	return j;
}

/* How often one of the sentences starts like this. */
static unsigned
says(json_t *j, const char *start)
{
	unsigned n = 0;
	size_t i;
	json_t *v;

	json_array_foreach(json_object_get(j, "reasoning"), i, v) n +=
	    strncmp(json_string_value(v), start, strlen(start)) == 0;
	return n;
}

/* The whole way to a profile and a rule: why this one, and why no other. */
static const struct {
	const char *profile;
	enum language lang;
	const char *said[8]; /* each once */
	const char *unsaid;
} ways[] = {
    {"", LANG_EN,
	{"The device says of itself: sysObjectID 1.3.6.1.4.1.99999.1, sysDescr \"An AP\".",
	    "Profile generic-ifmib fits: object_id 1.3", "Table interfaces: rows 2.",
	    "Octets: rule 1, table interfaces, counters 1."},
	"Profile generic-ifmib has not been tested"},
    {"unifi", LANG_EN,
	{"Profile generic-ifmib would fit (object_id 1.3), but the inventory names another.",
	    "Profile unifi is named in the inventory; the device does not say that it fits.",
	    "Stations are counted by ssid", "Table vaps: rows 0.",
	    "Octets: rule 1, table vaps, finds no counters.",
	    "Octets: rule 2, table interfaces, counters 1.", "Looked for and not there: clients, "},
	"Profile unifi fits"},
    {"generic-ifmib", LANG_EN,
	{"Profile generic-ifmib is named in the inventory, and fits: object_id 1.3.",
	    "Octets: rule 1, table interfaces, counters 1."},
	"Less close"},
    {"zyxel-nwa", LANG_EN,
	{"Profile zyxel-nwa is named in the inventory; the device does not say that it fits."},
	"x"},
    {"huawei-ac", LANG_KO,
	{"목록에 지정된 프로필 huawei-ac을(를) 씁니다.",
	    "프로필 huawei-ac은(는) 실제 장비로 검증되지 않았습니다"},
	"Profile"},
};

START_TEST(the_way)
{
	struct target_bench b;
	struct explain *x = NULL;
	struct told t = {0};
	struct diag d = {""};
	json_t *j;

	bench_open(&b);
	bench_system(&b, 360000);
	bench_interface(&b, 2, "eth0", 6, 9, 9);
	bench_interface(&b, 3, "ath0", 71, 100, 100);
	b.device.profile = ways[_i].profile;
	ck_assert_msg(explain_start(&b.env, &b.device, ways[_i].lang, on_done, &t, &x, &d) == KK_OK,
	    "%s", d.text);
	run(&b, &t);
	j = told_json(x);
	for (int i = 0; i < 8 && ways[_i].said[i] != NULL; i++)
		ck_assert_msg(says(j, ways[_i].said[i]) == 1, "%s: %s", ways[_i].said[i],
		    json_dumps(json_object_get(j, "reasoning"), JSON_INDENT(1)));
	ck_assert_msg(says(j, ways[_i].unsaid) == 0, "%s", ways[_i].unsaid);
	json_decref(j);
	explain_free(x);
	bench_close(&b);
}
END_TEST

START_TEST(an_ap)
{
	struct target_bench b;
	struct explain *x = NULL;
	struct told t = {0};
	struct diag d;
	json_t *j, *rows, *v;
	size_t i;
	unsigned counted = 0;

	bench_open(&b);
	bench_system(&b, 360000);
	bench_interface(&b, 2, "eth0", 6, 9, 9);
	bench_interface(&b, 3, "\xb0\xa1", 71, 100, UINT64_C(1) << 63); /* CP949 */
	if (_i == 1)
		b.device.profile = "unifi";
	ck_assert_int_eq(explain_start(&b.env, &b.device, LANG_EN, on_done, &t, &x, &d), KK_OK);
	run(&b, &t);
	ck_assert_int_eq(explain_answered(x), 1);
	j = told_json(x);
	ck_assert_str_eq(json_string_value(json_object_get(j, "id")), "WF000007");
	ck_assert_str_eq(
	    json_string_value(json_object_get(j, "profile")), _i == 1 ? "unifi" : "generic-ifmib");
	ck_assert_int_eq(json_is_true(json_object_get(j, "profile_fits")), _i == 0);
	rows = json_object_get(j, "interfaces");
	ck_assert_uint_eq(json_array_size(rows), 2);
	json_array_foreach(rows, i, v) counted += json_is_true(json_object_get(v, "counted"));
	ck_assert_uint_eq(counted, _i == 0);
	v = json_object_get(json_object_get(j, "metrics"), "octets_down");
	ck_assert_int_eq(json_is_null(v), 1);
	v = json_object_get(json_object_get(j, "metrics"), "uptime");
	ck_assert_int_eq(json_integer_value(v), 3600);
	ck_assert_uint_gt(json_array_size(json_object_get(j, "objects")), 8);
	ck_assert_uint_gt(json_array_size(json_object_get(j, "reasoning")), 1);
	json_decref(j);
	explain_free(x);
	bench_close(&b);
}
END_TEST

/* The real target's odometer stays, its next poll goes on from where it was. */
START_TEST(moves_nothing)
{
	struct target_bench b;
	struct explain *x = NULL;
	struct told t = {0};
	struct diag d;

	bench_open(&b);
	bench_system(&b, 360000);
	bench_interface(&b, 3, "ath0", 71, 100, 100);
	bench_poll(&b);
	bench_interface(&b, 3, "ath0", 71, 150, 170);
	ck_assert_int_eq(explain_start(&b.env, &b.device, LANG_EN, on_done, &t, &x, &d), KK_OK);
	run(&b, &t);
	explain_free(x);
	bench_pass(&b, 60);
	ck_assert_int_eq(bench_poll(&b), 0);
	bench_odometers(&b, 70, 50);
	bench_close(&b);
}
END_TEST

START_TEST(nobody)
{
	struct target_bench b;
	struct explain *x = NULL;
	struct told t = {0};
	struct diag d;
	json_t *j;

	bench_open(&b);
	b.agent.silent = 1;
	ck_assert_int_eq(explain_start(&b.env, &b.device, LANG_EN, on_done, &t, &x, &d), KK_OK);
	if (_i == 1) { /* given up */
		engine_run(b.engine);
		explain_free(x);
		bench_close(&b);
		return;
	}
	run(&b, &t);
	ck_assert_int_eq(explain_answered(x), 0);
	j = told_json(x);
	ck_assert_int_eq(json_is_null(json_object_get(j, "profile")), 1);
	json_decref(j);
	explain_free(x);
	b.device.host = "x";
	ck_assert_int_eq(
	    explain_start(&b.env, &b.device, LANG_EN, on_done, &t, &x, &d), KK_E_RANGE);
	bench_close(&b);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("explain");
	TCase *tc = tcase_create("poll");

	tcase_add_loop_test(tc, an_ap, 0, 2);
	tcase_add_loop_test(tc, the_way, 0, ROWS(ways));
	tcase_add_test(tc, moves_nothing);
	tcase_add_loop_test(tc, nobody, 0, 2);
	suite_add_tcase(s, tc);
	return harness_run(s);
}

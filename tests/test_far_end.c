/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/far_end.h"

#include "tests/harness.h"

#define TEXT(s)                     \
	{                           \
		sizeof(s) - 1, 0, s \
	}
#define MAC UINT64_C(0x021122334450)

/* One after another; NULL: nothing is told. */
static const struct {
	const char *why;
	struct detail_lldp lldp;
	const char *want;
} rows[] = {
    {"a switch",
	{.infrastructure = 1, .chassis_mac = MAC, .port = TEXT("ge1"), .name = TEXT("sw-17")},
	"sw-17, port ge1"},
    {"once more, with another life",
	{.infrastructure = 1,
	    .ttl_s = 9,
	    .chassis_mac = MAC,
	    .port = TEXT("ge1"),
	    .name = TEXT("sw-17")},
	NULL},
    {"another port", {.infrastructure = 1, .port = TEXT("ge2"), .name = TEXT("sw-17")},
	"sw-17, port ge2"},
    {"a chassis with a name, a port that is an address",
	{.infrastructure = 1, .chassis = TEXT("rack 3"), .port_mac = MAC},
	"rack 3, port without a name"},
    {"a port alone", {.infrastructure = 1, .chassis_mac = MAC, .port = TEXT("ge9")},
	"a switch without a name, port ge9"},
    {"a name that is an address",
	{.infrastructure = 1, .name = TEXT("SEP0211223344Ab"), .port = TEXT("8")},
	"a switch without a name, port 8"},
    {"addresses as texts",
	{.infrastructure = 1, .chassis = TEXT("0211.2233.4450"), .port = TEXT("02:11:22:33:44:50")},
	NULL},
    {"no address",
	{.infrastructure = 1, .name = TEXT("Gangnam-2F-3750-24"), .port = TEXT("Gi1/0/24")},
	"Gangnam-2F-3750-24, port Gi1/0/24"},
    {"addresses alone", {.infrastructure = 1, .chassis_mac = MAC, .port_mac = MAC}, NULL},
    {"somebody's PC", {.chassis_mac = MAC, .port = TEXT("eth0"), .name = TEXT("minsu")}, NULL},
    {"in Korean", {.infrastructure = 1, .name = TEXT("성동-3"), .port = TEXT("1/0/7")},
	"성동-3, port 1/0/7"},
    {"written backwards",
	{.infrastructure = 1,
	    .name = TEXT("a\xe2\x80\xae"
			 "b")},
	"a???b, port without a name"},
    {"a name that forges",
	{.infrastructure = 1, .chassis_mac = MAC, .name = TEXT("a\n<0>b\xed\x95")},
	"a?<0>b??, port without a name"},
};

START_TEST(is_told_once)
{
	struct far_ends f = {.n = 0};

	for (int i = 0; i < ROWS(rows); i++) {
		const char *got;

		if (f.n == FAR_ENDS)
			f.n = 0; /* there are more rows than places */
		got = far_ends_new(&f, &rows[i].lldp);
		ck_assert_msg((got == NULL) == (rows[i].want == NULL), "%s", rows[i].why);
		ck_assert_msg(
		    got == NULL || strcmp(got, rows[i].want) == 0, "%s: %s", rows[i].why, got);
	}
	/* Whoever invents switches fills the table and no log. */
	for (uint8_t i = 1; i < 100; i++)
		far_ends_new(&f, &(struct detail_lldp){.infrastructure = 1, .name = {1, 0, {i}}});
	ck_assert_uint_eq(f.n, FAR_ENDS);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("far_end");
	TCase *tc = tcase_create("far ends");

	tcase_add_test(tc, is_told_once);
	suite_add_tcase(s, tc);
	return harness_run(s);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_map.c - maps that are wrong, and what is wrong with them; and those that name nobody. */
#include "tests/counting.h"

static const struct {
	const char *text, *where, *why;
} maps[] = {
    {"key,ap\n", ":1:", "key,value,ap"},
    {"", ":", "key,value,ap"},
    {"key,value,ap\nstreet,5,X\n", ":2:", "none of"},
    {"key,value,ap\nvlan,4095,X\n", ":2:", "no vlan"},
    {"key,value,ap\nvlan,5.,X\n", ":2:", "no vlan"},
    {"key,value,ap\nvlan,0.5,X\n", ":2:", "no vlan"},
    {"key,value,ap\nvlan,-5,X\n", ":2:", "no vlan"},
    {"key,value,ap\nport,02:00:00:00:00:01/1/2,X\nport,02-00-00-00-00-01/1/2,Y\n", ":3:", "second"},
    {"key,value,ap\nport,02:00:00:00:00:01,X\n", ":2:", "no port"},
    {"key,value,ap\nport,02:00:00:00:00:01/1,X\n", ":2:", "no port"},
    {"key,value,ap\nport,02:00:00:00:00:01/1/,X\n", ":2:", "no port"},
    {"key,value,ap\nport,02:00:00:00:00:01//2,X\n", ":2:", "no port"},
    {"key,value,ap\nport,02:00:00:00:00:01/-1/2,X\n", ":2:", "no port"},
    {"key,value,ap\nport,02:00:00:00:00:01/1/-2,X\n", ":2:", "no port"},
    {"key,value,ap\nport,02:00:00:00:00:01/1/256,X\n", ":2:", "no port"},
    {"key,value,ap\nport,02:00:00:00:00:01/1/ 2,X\n", ":2:", "no port"},
    {"key,value,ap\nport,02:00:00:00:00:01/1/2/3,X\n", ":2:", "no port"},
    {"key,value,ap\nport,03:00:00:00:00:01/1/2,X\n", ":2:", "no port"},
    {"key,value,ap\nport,02:00:00:00:00/1/2,X\n", ":2:", "no port"},
    {"key,value,ap\nbssid,02:00:00:00:00,X\n", ":2:", "no bssid"},
    {"key,value,ap\nbssid,01:00:00:00:00:00,X\n", ":2:", "no bssid"},
    {"key,value,ap\nbssid,02:00:00:00:00:01:02,X\n", ":2:", "no bssid"},
    {"key,value,ap\nbssid,-2:11:22:33:44:50,X\n", ":2:", "no bssid"},
    {"key,value,ap\nbssid, 2: 1: 2: 3: 4:50,X\n", ":2:", "no bssid"},
    {"key,value,ap\nradio,+2:11:22:33:44:50,X\n", ":2:", "no radio"},
    {"key,value,ap\nmac,00:00:00:00:00:00,X\n", ":2:", "no mac"},
    {"key,value,ap\nport, 2: 1: 2: 3: 4:50/1/2,X\n", ":2:", "no port"},
    {"key,value,ap\nvlan,5,\n", ":2:", "no id"},
    {"key,value,ap\nvlan,5,X\nvlan,6,X\033[2J\n", ":3:", "no id"},
    {"key,value,ap\nvlan,5,\"X\nY\"\n", ":2:", "no id"},
    {"key,value,ap\nvlan,5,X\302\205Y\n", ":2:", "no id"},     /* NEL */
    {"key,value,ap\nvlan,5,X\342\200\256Y\n", ":2:", "no id"}, /* right to left from here */
    {"key,value,ap\nvlan,5,X\nvlan,6,X\nvlan,5,Y\n", ":4:", "second time"},
};

START_TEST(wrong_maps)
{
	char path[80];
	struct diag d = {""};
	struct map *m = NULL;

	ck_assert_int_lt(counting_read_map(maps[_i].text, path, &m, &d), 0);
	ck_assert_msg(strstr(d.text, path) != NULL && strstr(d.text, maps[_i].where) != NULL &&
			  strstr(d.text, maps[_i].why) != NULL,
	    "row %d: %s", _i, d.text);
}
END_TEST

/* A map may name nobody. */
START_TEST(empty_maps)
{
	static struct told told;
	struct map *m = counting_map("key,value,ap\n"),
		   *g = counting_map("key,value,ap\n"
				     "gateway,02:00:00:00:00:67,\n");
	struct count *c = counting_new(g, &told, 0, 0);
	struct seen s = counting_wire(0, 6, "c", "g", 9);

	ck_assert_uint_eq(map_aps(m), 0);
	count_packet(c, T0, 60, &s);
	count_finish(c, T0 + S);
	ck_assert_int_eq(told.n, 1);
	ck_assert_uint_eq(told.line[0].t.octets_up, 9);
	count_free(c);
	map_free(m);
	map_free(g);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("map");
	TCase *tc = tcase_create("maps");

	tcase_add_loop_test(tc, wrong_maps, 0, ROWS(maps));
	tcase_add_test(tc, empty_maps);
	suite_add_tcase(s, tc);
	return counting_run(s);
}

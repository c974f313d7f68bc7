/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Profiles: ours are good, bad ones are refused with file, line and reason, and the right one is
 * chosen. */
#include "collector/profile/profile.h"

#include "tests/harness.h"

#define HEAD "profile: x\ndevice: {uptime: 1.3.6.1.2.1.1.3.0}\n"
#define TAB                                                                    \
	HEAD "tables:\n  a: {columns: {c: 1.3.6.1.4.1.1, d: 1.3.6.1.4.1.2}}\n" \
	     "  b: {columns: {e: 1.3.6.1.4.1.3}}\n  z: {columns: {y: 1.3.6.1.4.1.4}}\n"

#define PLATE(rules) "profile: x\ndevice: {uptime: 1.3.6, " rules "}\n"

static const struct {
	const char *text;
	int rc;
	const char *says;
} bad[] = {
    {"", KK_E_SYNTAX, "f:1: the file is empty"},
    {"a: [", KK_E_SYNTAX, "f:2: not YAML"},
    {"[1, 2]", KK_E_TYPE, "f:1: keys with values"},
    {"profile: x\n", KK_E_SYNTAX, "\"device\" is missing"},
    {"profile: Ein Name\ndevice: {uptime: 1.3}\n", KK_E_SYNTAX, "f:1: a profile's name"},
    {"profile: [x]\n", KK_E_TYPE, "f:1: a text"},
    {PLATE("model: x"), KK_E_SYNTAX, "f:2: \"x\" is no object identifier"},
    {PLATE("model: {part: (x)}"), KK_E_SYNTAX, "f:2: scalar, first or chassis is missing"},
    {PLATE("model: {scalar: 1.3.6, first: 1.3.6}"), KK_E_SYNTAX, "one of scalar, first and"},
    {PLATE("serial: {scalar: 1.3.6, part: x}"), KK_E_SYNTAX, "no parentheses around what is taken"},
    {PLATE("serial: {scalar: 1.3.6, part: (x}"), KK_E_SYNTAX, "f:2: pattern \"(x\""},
    {PLATE("firmware: [1.3, 1.3, 1.3, 1.3, 1.3]"), KK_E_RANGE, "more than 4"},
    {PLATE("base_mac: 1.3"), KK_E_SYNTAX, "unknown key \"base_mac\""},
    {HEAD "colour: red\n", KK_E_SYNTAX, "f:3: unknown key \"colour\""},
    {HEAD "about: x\nabout: y\n", KK_E_SYNTAX, "f:4: \"about\" stands here twice"},
    {HEAD "varbinds: many\n", KK_E_TYPE, "f:3: \"many\" is no whole number"},
    {HEAD "varbinds: 2000\n", KK_E_RANGE, "f:3: 2000 is not between"},
    {HEAD "bulk: perhaps\n", KK_E_TYPE, "f:3: \"perhaps\" is neither"},
    {"profile: x\ndevice: {uptime: sysUpTime}\n", KK_E_SYNTAX, "f:2: \"sysUpTime\" is no object"},
    {"profile: x\ndevice: {uptime: 1.3..6}\n", KK_E_SYNTAX, "no object"},
    {"profile: x\ndevice: {uptime: 1.3.99999999999}\n", KK_E_SYNTAX, "no object"},
    {HEAD "match: [{descr: x}]\n", KK_E_SYNTAX, "f:3: \"object_id\" is missing"},
    {HEAD "match: [{object_id: 1.3, descr: \"(\"}]\n", KK_E_SYNTAX, "f:3: pattern \"(\""},
    {HEAD "match: [{object_id: 1.3, descr: \"(a{9,9}){9,9}\"}]\n", KK_E_SYNTAX, "holds {"},
    {HEAD "tables: {a: {rows: 5}}\n", KK_E_SYNTAX, "f:3: \"columns\" is missing"},
    {TAB "octets: [{of: w, key: c, ways: []}]\n", KK_E_NOTFOUND, "f:7: there is no table \"w\""},
    {TAB "octets: [{of: a, key: w, ways: []}]\n", KK_E_NOTFOUND, "has no column \"w\""},
    {TAB "octets: [{of: a, key: c, ways: [{down: c}]}]\n", KK_E_SYNTAX, "\"up\" is missing"},
    {TAB "octets: [{of: a, key: c, ways: [{down: c, up: b.e}]}]\n", KK_E_SYNTAX,
	"different tables"},
    {TAB "octets: [{of: a, key: c, ways: [{down: b.e, up: b.e}]}]\n", KK_E_SYNTAX, "neither of"},
    {TAB "octets: [{of: a, key: c, ways: [{down: c, up: d}], also: {clients: [z.y]}}]\n",
	KK_E_SYNTAX, "third table"},
    {TAB "octets: [{of: a, key: c, ways: [{down: c, up: d}], also: {clients: [\" + \"]}}]\n",
	KK_E_SYNTAX, "a column is expected"},
    {TAB "octets: [{of: a, where: {b.e: 1}, key: c, ways: []}]\n", KK_E_SYNTAX, "own table"},
    {HEAD "verified: perhaps\n", KK_E_TYPE, "f:3: \"perhaps\" is neither"},
    {HEAD "verified: yes\n", KK_E_SYNTAX, "\"tested\" is missing"},
    {HEAD "counted: people\n", KK_E_SYNTAX, "f:3: \"people\" is none of"},
    {HEAD "tables: {a: {columns: {c: index}}}\n", KK_E_SYNTAX, "no object identifier"},
    {HEAD "tables: {a: {columns: {c: index 0}}}\n", KK_E_SYNTAX, "\"index 0\""},
    {HEAD "tables: {a: {columns: {c: index 2 words}}}\n", KK_E_SYNTAX, "\"index 2 words\""},
    {HEAD "tables: {a: {columns: {c: index -1 mac}}}\n", KK_E_SYNTAX, "\"index -1 mac\""},
    {HEAD "tables: {a: {columns: {c: index 1}}}\n", KK_E_SYNTAX, "\"a\" has no object"},
    {HEAD "tables: {a: {columns: {c: own x}}}\n", KK_E_SYNTAX, "\"own x\" is no object"},
    {HEAD "tables: {a: {columns: {c: {prefix: x}}}}\n", KK_E_SYNTAX, "\"oid\" is missing"},
    {HEAD "tables: {a: {columns: {c: {oid: 1.3.6, mask: 0}}}}\n", KK_E_RANGE, "0 is not between"},
    {HEAD "tables: {a: {columns: {c: 1.3.6, i: index 1}}}\nmetrics: {clients: {sum: a.i}}\n",
	KK_E_SYNTAX, "\"i\" is an index"},
    {TAB "metrics: {clients: {count: a.c}}\n", KK_E_SYNTAX, "count and beside belong together"},
    {TAB "metrics: {clients: {sum: a.c, beside: b.e}}\n", KK_E_SYNTAX, "belong together"},
    {TAB "metrics: {clients: [{sum: a.c}, {}]}\n", KK_E_SYNTAX, "is missing"},
    {TAB "metrics: {clients: {sum: a.c, where: {d: 9..1}}}\n", KK_E_RANGE, "\"9..1\" goes down"},
    {TAB "metrics: {clients: {sum: a.c, where: {d: {in: w.y}}}}\n", KK_E_NOTFOUND,
	"no table \"w\""},
    {TAB "metrics: {clients: {sum: a.c, where: {d: {on: b.e}}}}\n", KK_E_SYNTAX,
	"unknown key \"on\""},
    {TAB "metrics: {clients: {scalar: 1.3.6, via: {table: b, here: c, there: e}}}\n", KK_E_SYNTAX,
	"a scalar has no rows"},
    {TAB "metrics: {clients: {sum: a.c, via: {table: b, here: b.e, there: e}}}\n", KK_E_SYNTAX,
	"\"here\" is a column of its own"},
    {TAB "metrics: {clients: {sum: a.c, via: {table: b, here: d, there: a.d}}}\n", KK_E_SYNTAX,
	"\"there\" is a column of the joined"},
    {TAB "metrics: {temperature: {sum: a.c}}\n", KK_E_NOTFOUND, "no metric \"temperature\""},
    {TAB "metrics: {octets_down: {sum: a.c}}\n", KK_E_SYNTAX, "not a profile's to set"},
    {TAB "metrics: {clients: {}}\n", KK_E_SYNTAX, "sum, max, count or scalar is missing"},
    {TAB "metrics: {clients: {sum: c}}\n", KK_E_SYNTAX, "no TABLE.COLUMN"},
    {TAB "metrics: {clients: {sum: a.c, max: a.d}}\n", KK_E_SYNTAX, "only one of"},
    {TAB "metrics: {clients: {sum: a.c, range: [5, 1]}}\n", KK_E_RANGE, "LEAST, MOST"},
    {TAB "metrics: {clients: {sum: a.c, where: {d: [1,2,3,4,5,6,7,8,9]}}}\n", KK_E_RANGE,
	"more than 8"},
    {TAB "metrics: {clients: {sum: a.c, where: {d: \"~[\"}}}\n", KK_E_SYNTAX, "pattern \"[\""},
    {TAB "metrics: {clients: {sum: a.c, where: {d: [\"~a\", \"~b\"]}}}\n", KK_E_RANGE,
	"more than one pattern"},
};

START_TEST(refused)
{
	struct profile *p = NULL;
	struct diag d = {{0}};
	int rc = profile_parse("f", bad[_i].text, strlen(bad[_i].text), &p, &d);

	ck_assert_msg(rc == bad[_i].rc, "%s: %s: %s", bad[_i].text, kk_strerror(rc), d.text);
	ck_assert_msg(strstr(d.text, bad[_i].says) != NULL, "%s: says %s", bad[_i].text, d.text);
	ck_assert_ptr_null(p);
}
END_TEST

static struct profiles *
ours(void)
{
	const char *src = getenv("srcdir") ? getenv("srcdir") : ".";
	char dir[512];
	struct profiles *p = NULL;
	struct diag d = {{0}};
	int rc;

	snprintf(dir, sizeof(dir), "%s/collector/profiles", src);
	rc = profiles_read(dir, &p, &d);
	ck_assert_msg(rc == KK_OK, "%s", d.text);
	return p;
}

static const struct {
	const char *why, *object_id, *descr;
	const char *want[8]; /* "+": after a probe */
} matches[] = {
    {"UniFi's own", "1.3.6.1.4.1.41112.1.6", "U6-LR", {"unifi", "unifi+", "generic-ifmib"}},
    {"UniFi without product", "1.3.6.1.4.1.41112", "UK-Ultra 6", {"unifi+", "generic-ifmib"}},
    {"airMAX", "1.3.6.1.4.1.41112.1.4", "Linux", {"airmax", "unifi+", "generic-ifmib"}},
    {"old UniFi, or airMAX", "1.3.6.1.4.1.10002.1", "Linux 3.3.8",
	{"airmax+", "unifi+", "generic-ifmib"}},
    {"UniFi as net-snmp", "1.3.6.1.4.1.8072.3.2.10", "UAP-AC-Lite 4",
	{"unifi", "grandstream+", "openwrt+", "openwrt+", "openwrt+", "unifi+", "generic-ifmib"}},
    {"any Linux", "1.3.6.1.4.1.8072.3.2.10", "Linux ap 5.4",
	{"grandstream+", "openwrt+", "openwrt+", "openwrt+", "unifi+", "generic-ifmib"}},
    {"OpenWrt", "1.3.6.1.4.1.8072.3.2.10", "Linux OpenWrt 5.4",
	{"openwrt", "grandstream+", "openwrt+", "openwrt+", "openwrt+", "unifi+", "generic-ifmib"}},
    {"Aironet, or a switch", "1.3.6.1.4.1.9.1.516", "Cisco",
	{"cisco-ap+", "cisco-wlc+", "generic-ifmib"}},
    {"Instant", "1.3.6.1.4.1.14823.1.2.59", "ArubaOS", {"aruba-instant", "generic-ifmib"}},
    {"a Ruckus controller", "1.3.6.1.4.1.25053.3.1.5.2", "ZD", {"ruckus-zd", "generic-ifmib"}},
    {"RouterOS", "1.3.6.1.4.1.14988.1", "RouterOS", {"mikrotik", "generic-ifmib"}},
    {"FortiGate", "1.3.6.1.4.1.12356.101.1.644", "", {"fortigate+", "generic-ifmib"}},
    {"FortiAP", "1.3.6.1.4.1.12356.120.10.1", "", {"fortiap", "generic-ifmib"}},
    {"a number that only starts alike", "1.3.6.1.4.1.411123", "U", {"generic-ifmib"}},
    {"nothing known", NULL, "", {"generic-ifmib"}},
};

START_TEST(matched)
{
	struct profiles *p = ours();
	struct oid id;
	const struct profile_match *rule;

	if (matches[_i].object_id != NULL)
		ck_assert_int_eq(oid_parse(matches[_i].object_id, &id), 1);
	for (unsigned n = 0; n < 8; n++) {
		const struct profile *got = profiles_match(
		    p, matches[_i].object_id ? &id : NULL, matches[_i].descr, n, &rule);
		const char *want = matches[_i].want[n];

		if (want == NULL) {
			ck_assert_ptr_null(got);
			break;
		}
		ck_assert_msg(got != NULL, "%s: no %u", matches[_i].why, n);
		ck_assert_msg(strncmp(want, got->name, strlen(got->name)) == 0, "%s: %s",
		    matches[_i].why, got->name);
		ck_assert_msg((rule->probe.len > 0) == (strchr(want, '+') != NULL), "%s: probe",
		    matches[_i].why);
	}
	profiles_free(p);
}
END_TEST

/* What the two files say, as the code sees it. */
START_TEST(contents)
{
	struct profiles *p = ours();
	const struct profile *g = profiles_by_name(p, "generic-ifmib");
	const struct profile *u = profiles_by_name(p, "unifi");
	size_t n;

	profiles_all(p, &n);
	ck_assert_uint_ge(n, 2);
	ck_assert_ptr_nonnull(g);
	ck_assert_ptr_nonnull(u);
	ck_assert_ptr_null(profiles_by_name(p, "unif"));
	ck_assert_uint_eq(g->n_octets, 5);
	ck_assert_int_eq(g->octets[0].rows.where[0].value[0].number, 71);
	ck_assert_uint_eq(g->octets[3].pick, 1);
	ck_assert_uint_eq(g->octets[3].n_prefer, 3);
	ck_assert_uint_eq(u->octets[0].n_ways, 3);
	ck_assert_uint_eq(u->octets[0].also[2].way[0].n, 2);
	ck_assert_str_eq(u->table[u->octets[0].rows.via.table].name, "interfaces");
	for (unsigned i = 0; i < u->n_metrics; i++)
		if (u->metric[i].metric == METRIC_CLIENTS_6G) {
			ck_assert_int_eq(u->metric[i].rows.where[0].value[0].is_text, 1);
			ck_assert_str_eq(u->metric[i].rows.where[0].value[0].text, "6e");
		}
	profiles_free(p);
}
END_TEST

START_TEST(folders)
{
	struct profiles *p = NULL;
	struct diag d = {{0}};
	char dir[64], path[128];
	FILE *f;

	harness_dir(dir);
	ck_assert_int_eq(profiles_read(dir, &p, &d), KK_E_NOTFOUND);
	ck_assert_int_eq(profiles_read("/nowhere/at/all", &p, &d), KK_E_NOTFOUND);
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%d.yaml", dir, i);
		f = fopen(path, "we");
		ck_assert_ptr_nonnull(f);
		fputs(HEAD, f);
		fclose(f);
		ck_assert_int_eq(profiles_read(dir, &p, &d), i == 0 ? KK_OK : KK_E_EXISTS);
		if (i == 0)
			profiles_free(p);
	}
	ck_assert_ptr_nonnull(strstr(d.text, "1.yaml"));
	harness_remove(dir);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("profile");
	TCase *tc = tcase_create("files");

	tcase_add_loop_test(tc, refused, 0, ROWS(bad));
	tcase_add_loop_test(tc, matched, 0, ROWS(matches));
	tcase_add_test(tc, contents);
	tcase_add_test(tc, folders);
	suite_add_tcase(s, tc);
	return harness_run(s);
}

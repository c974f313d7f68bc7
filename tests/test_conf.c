/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <netinet/in.h>

#include "lib/conf.h"
#include "lib/conf_key.h"
#include "lib/log.h"
#include "tests/harness.h"

static const struct {
	const char *text;
	int rc;
	const char *message;
} bad[] = {
    {"snmp: {interval: 60", KK_E_SYNTAX, "f:2: not YAML: did not find expected ',' or '}'"},
    {"run_dir: b: c\n", KK_E_SYNTAX,
	"f:1: not YAML: mapping values are not allowed in this context"},
    {"# \n\xff\n", KK_E_SYNTAX, "f:2: not YAML: invalid leading UTF-8 octet"},
    {"run_dir: /r\n\tstate_dir: /s\n", KK_E_SYNTAX,
	"f:2: not YAML: found a tab character that violates indentation"},
    {"- a\n", KK_E_TYPE, "f:1: \"KEY: VALUE\" is expected, not a list"},
    {"\nhello\n", KK_E_TYPE, "f:2: \"KEY: VALUE\" is expected, not \"hello\""},
    {"timezone: UTC\n---\ntimezone: UTC\n", KK_E_SYNTAX, "f:2: a second document"},
    {"colour: red\n", KK_E_SYNTAX, "f:1: colour: unknown key"},
    {"snmp:\n  intervall: 60\n", KK_E_SYNTAX,
	"f:2: snmp.intervall: unknown key; is snmp.interval meant?"},
    {"interval: 60\n", KK_E_SYNTAX, "f:1: interval: unknown key; is snmp.interval meant?"},
    {"snmp:\n  timezone: UTC\n", KK_E_SYNTAX,
	"f:2: snmp.timezone: unknown key; is timezone meant?"},
    {"snmp.port: 161\n", KK_E_SYNTAX, "f:1: snmp.port: unknown key; is snmp.port meant?"},
    {"[a]: b\n", KK_E_SYNTAX, "f:1: a key is expected, not a list"},
    {"? {a: b}\n: c\n", KK_E_SYNTAX, "f:1: a key is expected, not keys of its own"},
    {"timezone: UTC\nrun_dir: /r\ntimezone: UTC\n", KK_E_SYNTAX,
	"f:3: timezone: stands in line 1 already"},
    {"snmp:\n  port: 1\n  port: 2\n", KK_E_SYNTAX, "f:3: snmp.port: stands in line 2 already"},
    {"snmp:\n  port: 1\nsnmp:\n  retries: 2\n", KK_E_SYNTAX, "f:3: snmp: stands in line 1 already"},
    {"snmp: fast\n", KK_E_TYPE, "f:1: snmp: keys below it are expected, not \"fast\""},
    {"snmp: [1]\n", KK_E_TYPE, "f:1: snmp: keys below it are expected, not a list"},
    {"snmp:\n  interval: fast\n", KK_E_TYPE,
	"f:2: snmp.interval: a whole number is expected, not \"fast\""},
    {"snmp:\n  interval: 60s\n", KK_E_TYPE,
	"f:2: snmp.interval: a whole number is expected, not \"60s\""},
    {"snmp:\n  interval: 60.5\n", KK_E_TYPE,
	"f:2: snmp.interval: a whole number is expected, not \"60.5\""},
    {"snmp:\n  interval: \"60\"\n", KK_E_TYPE,
	"f:2: snmp.interval: a whole number is expected, not a text in quotes"},
    {"snmp:\n  interval: 060\n", KK_E_TYPE,
	"f:2: snmp.interval: a whole number is expected, not \"060\""},
    {"snmp:\n  interval:\n", KK_E_TYPE,
	"f:2: snmp.interval: a whole number is expected, not an empty value"},
    {"snmp:\n  interval: {a: 1}\n", KK_E_TYPE,
	"f:2: snmp.interval: a whole number is expected, not keys of its own"},
    {"snmp:\n  interval: !!int 5\n", KK_E_TYPE, "f:2: snmp.interval: tags are not supported"},
    {"snmp:\n  retries: &a 1\n  port: *a\n", KK_E_TYPE,
	"f:3: snmp.port: a whole number is expected, not an alias"},
    {"snmp:\n  interval: 0\n", KK_E_RANGE, "f:2: snmp.interval: 0 is not in 1 .. 3600"},
    {"snmp:\n  interval: -5\n", KK_E_RANGE, "f:2: snmp.interval: -5 is not in 1 .. 3600"},
    {"snmp:\n  port: 65536\n", KK_E_RANGE, "f:2: snmp.port: 65536 is not in 1 .. 65535"},
    {"snmp:\n  retries: 99999999999999999999999\n", KK_E_RANGE,
	"f:2: snmp.retries: 99999999999999999999999 is not in 0 .. 10"},
    {"snmp:\n  version: 2\n", KK_E_RANGE, "f:2: snmp.version: \"2\": must be 2c, 1 or 3"},
    {"snmp:\n  community: \"\"\n", KK_E_RANGE, "f:2: snmp.community: \"\": must not be empty"},
    {"snmp:\n  community: \"a\\nb\"\n", KK_E_RANGE,
	"f:2: snmp.community: holds a control character"},
    {"snmp:\n  community: \"a\\0b\"\n", KK_E_RANGE,
	"f:2: snmp.community: holds a control character"},
    {"store:\n  archives: perhaps\n", KK_E_TYPE,
	"f:2: store.archives: yes or no is expected, not \"perhaps\""},
    {"store:\n  archives: 1\n", KK_E_TYPE, "f:2: store.archives: yes or no is expected, not \"1\""},
    {"store:\n  archives: \"yes\"\n", KK_E_TYPE,
	"f:2: store.archives: yes or no is expected, not a text in quotes"},
    {"store:\n  rrdcached: /run/x\n", KK_E_RANGE,
	"f:2: store.rrdcached: \"/run/x\": must be empty or unix:/PATH"},
    {"web:\n  listen: 8080\n", KK_E_RANGE,
	"f:2: web.listen: \"8080\": must be ADDRESS:PORT, as 127.0.0.1:8080 or [::1]:8080"},
    {"timezone: Asia/Soeul\n", KK_E_RANGE,
	"f:1: timezone: \"Asia/Soeul\": is not in the zone database (package tzdata)"},
    {"timezone: ~\n", KK_E_TYPE, "f:1: timezone: a text is expected, not an empty value"},
    {"timezone: [UTC]\n", KK_E_TYPE, "f:1: timezone: a text is expected, not a list"},
    {"language: fr\n", KK_E_RANGE, "f:1: language: \"fr\": must be ko or en"},
    {"log_level: loud\n", KK_E_RANGE,
	"f:1: log_level: \"loud\": must be error, warning, notice, info or debug"},
    {"state_dir: ''\n", KK_E_RANGE, "f:1: state_dir: \"\": must not be empty"},
    {"air:\n  ssids: a,,b\n", KK_E_RANGE,
	"f:2: air.ssids: \"a,,b\": must be names separated by commas, with \\xNN for an octet"},
    {"air:\n  legacy_ssids: 012345678901234567890123456789012\n", KK_E_RANGE,
	"f:2: air.legacy_ssids: \"012345678901234567890123456789012\": must hold no name of "
	"more than 32 octets"},
    {"alerts:\n  misses: 0\n", KK_E_RANGE, "f:2: alerts.misses: 0 is not in 1 .. 1000"},
};

START_TEST(refused)
{
	struct diag d = {""};
	struct conf c;
	int rc = conf_parse("f", bad[_i].text, strlen(bad[_i].text), &c, &d);

	ck_assert_str_eq(d.text, bad[_i].message);
	ck_assert_msg(rc == bad[_i].rc, "\"%s\": got %s", bad[_i].text, kk_strerror(rc));
}
END_TEST

static const char *const empties[] = {"", "\n", "# nothing\n", "---\n", "---\n...\n", "~\n",
    "\xef\xbb\xbf# a byte-order mark\n", "snmp:\nweb:\nstore: ~\n", "{}", "snmp: {}\n"};

START_TEST(nothing_gives_defaults)
{
	struct conf c, defaults;
	struct diag d = {""};
	int rc = conf_parse("", empties[_i], strlen(empties[_i]), &c, &d);

	ck_assert_msg(rc == KK_OK, "%s", d.text);
	conf_defaults(&defaults);
	ck_assert_mem_eq(&c, &defaults, sizeof(c));
	ck_assert_str_eq(c.state_dir, "/var/lib/kkachi");
	ck_assert_uint_eq(c.snmp.interval, 60);
	ck_assert_str_eq(c.timezone, "Asia/Seoul");
	ck_assert_int_eq(c.store.archives, 1);
}
END_TEST

static const char all[] = "state_dir: /s\n"
			  "run_dir: /r\n"
			  "timezone: UTC\n"
			  "language: en\n"
			  "log_level: debug\n"
			  "snmp:\n"
			  "  interval: 30\n"
			  "  timeout: 500\n"
			  "  retries: 0\n"
			  "  subnet_rate: 25\n"
			  "  port: 1161\n"
			  "  version: 1\n"
			  "  community: 'a\"b\\c 까치'\n"
			  "  profiles: /p\n"
			  "store:\n"
			  "  archives: No\n"
			  "  journal_days: 0\n"
			  "  rrdcached: unix:/run/rrdcached.sock\n"
			  "web: {listen: '[::1]:9090', page: /w}\n"
			  "alerts:\n"
			  "  misses: 5\n"
			  "air:\n"
			  "  ssids: 'A B,C'\n"
			  "  legacy_ssids: old\n"
			  "  flood: 7\n";

START_TEST(every_key)
{
	struct conf c;
	struct diag d = {""};

	ck_assert_msg(conf_parse("f", all, strlen(all), &c, &d) == KK_OK, "%s", d.text);
	ck_assert_str_eq(c.file, "f");
	ck_assert_str_eq(c.state_dir, "/s");
	ck_assert_str_eq(c.run_dir, "/r");
	ck_assert_str_eq(c.timezone, "UTC");
	ck_assert_str_eq(c.language, "en");
	ck_assert_str_eq(c.log_level, "debug");
	ck_assert_uint_eq(c.snmp.interval, 30);
	ck_assert_uint_eq(c.snmp.timeout, 500);
	ck_assert_uint_eq(c.snmp.retries, 0);
	ck_assert_uint_eq(c.snmp.subnet_rate, 25);
	ck_assert_uint_eq(c.snmp.port, 1161);
	ck_assert_str_eq(c.snmp.version, "1");
	ck_assert_str_eq(c.snmp.community, "a\"b\\c 까치");
	ck_assert_str_eq(c.snmp.profiles, "/p");
	ck_assert_int_eq(c.store.archives, 0);
	ck_assert_uint_eq(c.store.journal_days, 0);
	ck_assert_str_eq(c.store.rrdcached, "unix:/run/rrdcached.sock");
	ck_assert_str_eq(c.web.listen, "[::1]:9090");
	ck_assert_str_eq(c.web.page, "/w");
	ck_assert_uint_eq(c.alerts.misses, 5);
	ck_assert_str_eq(c.air.ssids, "A B,C");
	ck_assert_str_eq(c.air.legacy_ssids, "old");
	ck_assert_uint_eq(c.air.flood, 7);
}
END_TEST

/* What conf_print() shows reads back as the same, but for the secret. */
START_TEST(prints)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	struct conf c, again;
	struct diag d = {""};

	ck_assert_int_eq(conf_parse("f", all, strlen(all), &c, &d), KK_OK);
	snprintf(c.state_dir, sizeof(c.state_dir), "/a \"b\" \\ # ");
	conf_print(&c, f);
	fclose(f);
	ck_assert_ptr_null(strstr(text, "까치"));
	ck_assert_msg(conf_parse("f", text, len, &again, &d) == KK_OK, "%s\n%s", d.text, text);
	ck_assert_str_eq(again.snmp.community, "***");
	memcpy(again.snmp.community, c.snmp.community, sizeof(c.snmp.community));
	ck_assert_mem_eq(&c, &again, sizeof(c));
	free(text);
}
END_TEST

START_TEST(too_long)
{
	char text[600];
	struct conf c;
	struct diag d = {""};
	int n = snprintf(text, sizeof(text), "snmp:\n  profiles: /");

	memset(text + n, 'x', 254);
	ck_assert_int_eq(conf_parse("f", text, (size_t)n + 254, &c, &d), KK_OK);
	memset(text + n, 'x', 255);
	ck_assert_int_eq(conf_parse("f", text, (size_t)n + 255, &c, &d), KK_E_RANGE);
	ck_assert_str_eq(d.text, "f:2: snmp.profiles: longer than 255 octets");
	n = snprintf(text, sizeof(text), "run_dir: /");
	memset(text + n, 'x', 90);
	ck_assert_int_eq(conf_parse("f", text, (size_t)n + 90, &c, &d), KK_E_RANGE);
	ck_assert_ptr_nonnull(strstr(d.text, "sockets lie in it"));
	ck_assert_int_eq(conf_parse("f", "a\0b", 3, &c, &d), KK_E_SYNTAX);
}
END_TEST

START_TEST(reads_files)
{
	char dir[64], path[128];
	struct conf c;
	struct diag d = {""};
	FILE *f;

	harness_dir(dir);
	snprintf(path, sizeof(path), "%s/kkachi.yaml", dir);
	ck_assert_int_eq(conf_read(path, &c, &d), KK_E_NOTFOUND);
	ck_assert_ptr_nonnull(strstr(d.text, path));
	setenv("KKACHI_CONFIG", path, 1);
	ck_assert_int_eq(conf_read(NULL, &c, &d), KK_E_NOTFOUND);
	f = fopen(path, "w");
	fputs("snmp:\n  port: 99\n", f);
	fclose(f);
	ck_assert_int_eq(conf_read(NULL, &c, &d), KK_OK);
	ck_assert_uint_eq(c.snmp.port, 99);
	ck_assert_str_eq(c.file, path);
	f = fopen(path, "a");
	fputs("  prot: 99\n", f);
	fclose(f);
	ck_assert_int_eq(conf_read(path, &c, &d), KK_E_SYNTAX);
	ck_assert_ptr_nonnull(strstr(d.text, "kkachi.yaml:3: snmp.prot: unknown key"));
	ck_assert_int_ne(conf_read(dir, &c, &d), KK_OK);
	harness_remove(dir);
}
END_TEST

static const struct {
	const char *text;
	int family, port;
} addresses[] = {
    {"127.0.0.1:8080", AF_INET, 8080},
    {"0.0.0.0:0", AF_INET, 0},
    {"localhost:80", AF_INET, 80},
    {"[::1]:8080", AF_INET6, 8080},
    {"[::]:65535", AF_INET6, 65535},
    {"", 0, 0},
    {"127.0.0.1", 0, 0},
    {":8080", 0, 0},
    {"127.0.0.1:", 0, 0},
    {"127.0.0.1:65536", 0, 0},
    {"127.0.0.1:080800", 0, 0},
    {"127.0.0.1:-1", 0, 0},
    {"127.0.0.1:80x", 0, 0},
    {"::1:8080", 0, 0},
    {"[::1]", 0, 0},
    {"[::1:8080", 0, 0},
    {"[]:80", 0, 0},
    {"[:80", 0, 0},
    {"[127.0.0.1]:80", 0, 0},
    {"example.com:80", 0, 0},
    {"300.0.0.1:80", 0, 0},
};

START_TEST(listens)
{
	struct sockaddr_storage a;
	socklen_t len = 0;
	int rc = conf_address(addresses[_i].text, &a, &len);

	ck_assert_msg((rc == KK_OK) == (addresses[_i].family != 0), "%s", addresses[_i].text);
	if (rc != KK_OK)
		return;
	ck_assert_int_eq(a.ss_family, addresses[_i].family);
	if (a.ss_family == AF_INET) {
		ck_assert_uint_eq(len, sizeof(struct sockaddr_in));
		ck_assert_int_eq(ntohs(((struct sockaddr_in *)&a)->sin_port), addresses[_i].port);
	} else {
		ck_assert_uint_eq(len, sizeof(struct sockaddr_in6));
		ck_assert_int_eq(ntohs(((struct sockaddr_in6 *)&a)->sin6_port), addresses[_i].port);
	}
}
END_TEST

/* The example: every key with its default, so that it says the same as an empty file. */
START_TEST(example)
{
	const char *src = getenv("srcdir");
	char path[512], *text = NULL, line[512];
	const struct conf_key *k;
	struct conf c, defaults;
	struct diag d = {""};
	size_t n, len = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/etc/kkachi.yaml", src ? src : ".");
	ck_assert_msg(conf_read(path, &c, &d) == KK_OK, "%s", d.text);
	conf_defaults(&defaults);
	memcpy(defaults.file, c.file, sizeof(c.file));
	ck_assert_mem_eq(&c, &defaults, sizeof(c));
	f = fopen(path, "r");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_gt(getdelim(&text, &len, EOF, f), 0);
	fclose(f);
	k = conf_keys(&n);
	for (size_t i = 0; i < n; i++) {
		const char *dot = strchr(k[i].path, '.');

		snprintf(
		    line, sizeof(line), "\n%s%s: ", dot ? "  " : "", dot ? dot + 1 : k[i].path);
		ck_assert_msg(strstr(text, line) != NULL, "%s lacks %s", path, k[i].path);
	}
	free(text);
}
END_TEST

START_TEST(levels)
{
	ck_assert_int_eq(conf_log_level("error"), LOG_LV_ERROR);
	ck_assert_int_eq(conf_log_level("debug"), LOG_LV_DEBUG);
	ck_assert_int_eq(conf_log_level("loud"), -1);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("conf");
	TCase *tc = tcase_create("conf");

	tcase_add_loop_test(tc, refused, 0, ROWS(bad));
	tcase_add_loop_test(tc, nothing_gives_defaults, 0, ROWS(empties));
	tcase_add_test(tc, every_key);
	tcase_add_test(tc, prints);
	tcase_add_test(tc, too_long);
	tcase_add_test(tc, reads_files);
	tcase_add_loop_test(tc, listens, 0, ROWS(addresses));
	tcase_add_test(tc, example);
	tcase_add_test(tc, levels);
	suite_add_tcase(s, tc);
	return harness_run(s);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_named.c - whose RADIUS accounting and DHCP are, by what they call the access point. */
#include <pcap/dlt.h>

#include "probes/count.h"
#include "tests/decoding.h"
#include "tests/frames_hex.h"

#define T0  INT64_C(1627740000000000) /* a full minute */
#define TEN "00000000000000000000"
#define ASK                                                                                       \
	"010106003903f326" TEN TEN "daa119000042" TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN \
	    TEN TEN TEN TEN TEN TEN TEN TEN "0000"                                                \
	"63825363350101"

/* An address that is two things is the first that is looked for. */
#define MAP                              \
	"key,value,ap\n"                 \
	"bssid,02:11:22:33:44:50,air\n"  \
	"radio,02:11:22:33:44:50,no\n"   \
	"radio,02:11:22:33:44:60,base\n" \
	"mac,02:11:22:33:44:60,no\n"     \
	"mac,02:11:22:33:44:70,port\n"   \
	"tunnel,10.1.2.3,end\n"          \
	"tunnel,10.1.2.4,other end\n"    \
	"vlan,300,tag\n"

static struct pseudonyms *key;
static struct decoder *dec;

/* Who was told of something, and of how many sessions. */
struct told {
	char name[COUNT_NAME_MAX];
	int lines;
	int64_t sessions, clients;
	uint64_t messages, ended;
};

static void
on_ap(void *ctx, const struct interval *iv, const struct ap_line *line)
{
	struct told *told = ctx;

	(void)iv;
	if (line->figures->radius.messages == 0 &&
	    line->figures->exchange[EXCHANGE_DHCP].step[EXCHANGE_BEGUN] == 0)
		return;
	snprintf(told->name, sizeof(told->name), "%s", line->name);
	told->lines++;
	told->sessions = line->sessions;
	told->clients = line->clients;
	told->messages = line->figures->radius.messages;
	told->ended = line->figures->radius.ended;
}

static void
on_end(void *ctx, const struct interval *iv)
{
	(void)ctx;
	(void)iv;
}

/* What is told of UDP messages in one interval. */
static struct told
count_messages(const char *map_text, const char *const *hex, size_t n, unsigned port)
{
	struct told told = {.lines = 0};
	struct count_options o = {.interval_s = 60};
	struct count_sink sink = {.ctx = &told, .ap = on_ap, .end = on_end};
	struct map *map = NULL;
	struct diag d = {""};
	struct count *c;

	ck_assert_msg(
	    map_over("map", map_text, strlen(map_text), key, &map, &d) == KK_OK, "%s", d.text);
	ck_assert_ptr_nonnull(c = count_new(&o, map, &sink));
	for (size_t i = 0; i < n; i++) {
		size_t len;
		uint8_t *p = udp_frame(hex[i], port, port, &len);
		struct packet packet = {.time_us = T0 + (int64_t)i * 1000000, .len = (uint32_t)len};
		struct seen s;

		dec_frame(dec, DLT_EN10MB, 0, p, len, len, &s);
		s.detail = 1;
		count_packets(c,
		    &(struct count_batch){
			.packet = &packet, .seen = &s, .said = decoder_detail(dec)},
		    1);
		free(p);
	}
	count_finish(c, T0);
	count_free(c);
	map_free(map);
	return told;
}

/* ---- RADIUS ---- */

static void
add_attribute(char *out, size_t size, unsigned type, const char *text)
{
	size_t n = strlen(out), len = strlen(text);

	if (len == 0)
		return;
	n += (size_t)snprintf(out + n, size - n, "%02x%02zx", type, len + 2);
	for (size_t i = 0; i < len; i++)
		n += (size_t)snprintf(out + n, size - n, "%02x", (unsigned char)text[i]);
}

/* A message of session "1". */
static void
make_message(char *out, size_t size, const char *status, const char *called, const char *nas,
    const char *nas_ip)
{
	char attributes[512] = "";

	snprintf(attributes, sizeof(attributes), "2806000000%s2c0331", status);
	if (nas_ip[0] != '\0')
		snprintf(attributes + strlen(attributes), 16, "0406%s", nas_ip);
	add_attribute(attributes, sizeof(attributes), 30, called);
	add_attribute(attributes, sizeof(attributes), 32, nas);
	snprintf(out, size, "0407%04zx00000000000000000000000000000000%s",
	    strlen(attributes) / 2 + 20, attributes);
}

static const struct {
	const char *why, *called, *nas, *nas_ip, *want;
} accounts[] = {
    {"a BSSID", "02-11-22-33-44-50:City", "", "", "air"},
    {"a radio's base address", "0211.2233.4460:City", "", "", "base"},
    {"the device's own address", "02:11:22:33:44:70", "", "", "port"},
    {"a name", "tag:City", "", "", "tag"},
    {"an address that the map lacks", "02-11-22-33-44-99:City", "", "", "bssid:02:11:22:33:44:99"},
    {"one next to a radio's", "02-11-22-33-44-61", "", "", "bssid:02:11:22:33:44:61"},
    {"a name that the map lacks", "elsewhere", "", "", "unknown"},
    {"a part of a name", "ta", "", "", "unknown"},
    {"nothing", "", "", "", "unknown"},
    {"who accounts, by name", "", "tag", "", "tag"},
    {"by address", "", "021122334460", "", "base"},
    {"by its own address", "", "02-11-22-33-44-70", "", "port"},
    {"whom the map lacks", "", "controller", "", "unknown"},
    {"whose address the map lacks", "", "021122334499", "", "unknown"},
    {"the map has who accounts only", "02-11-22-33-44-99:City", "tag", "", "tag"},
    {"the map has both", "02-11-22-33-44-50:City", "tag", "", "air"},
    {"an end of a tunnel, the sender", "", "", "0a010203", "end"},
    {"not the sender", "", "", "0a010204", "unknown"},
    {"for an access point that the map lacks", "02-11-22-33-44-99:City", "", "0a010203",
	"bssid:02:11:22:33:44:99"},
    {"for one that has a name", "elsewhere", "", "0a010203", "unknown"},
    {"for one of the map", "tag", "", "0a010203", "tag"},
    {"by name and address", "", "tag", "0a010203", "tag"},
};

START_TEST(accounting)
{
	char hex[1024];
	const char *const message = hex;
	struct told told;

	make_message(
	    hex, sizeof(hex), "01", accounts[_i].called, accounts[_i].nas, accounts[_i].nas_ip);
	told = count_messages(MAP, &message, 1, 1813);
	ck_assert_msg(told.lines == 1 && strcmp(told.name, accounts[_i].want) == 0,
	    "%s: %d lines, the last of \"%s\"", accounts[_i].why, told.lines, told.name);
	ck_assert_msg(told.sessions == 1, "%s: sessions", accounts[_i].why);
}
END_TEST

/* An access point that is called by one name and by another is one: nobody moves. */
START_TEST(one_session)
{
	static const char *const called[] = {"02-11-22-33-44-50", "02-11-22-33-44-60", "ap:City"};
	char hex[3][1024];
	const char *const messages[] = {hex[0], hex[1], hex[2]};
	struct told told;

	for (int i = 0; i < 3; i++)
		make_message(hex[i], sizeof(hex[i]), i == 0 ? "01" : "03", called[i], "", "");
	told = count_messages("key,value,ap\n"
			      "bssid,02:11:22:33:44:50,ap\n"
			      "radio,02:11:22:33:44:60,ap\n",
	    messages, 3, 1813);
	ck_assert_int_eq(told.lines, 1);
	ck_assert_str_eq(told.name, "ap");
	ck_assert_uint_eq(told.messages, 3);
	ck_assert_int_eq(told.sessions, 1);
	ck_assert_uint_eq(told.ended, 0);
}
END_TEST

/* ---- DHCP ---- */

#define SWITCH "0006021122334499"
#define CITY   "3b43697479" /* ";City" */

static const struct {
	const char *why, *map;
	const char *circuit, *remote; /* hexadecimal */
	const char *want;
} relays[] = {
    {"a BSSID", MAP, "303231313232333334343530" CITY, "", "air"},
    {"a radio's base address", MAP, "303231313232333334343630" CITY, "", "base"},
    {"the device's own address", MAP, "", "021122334470", "port"},
    {"the same, with its type", MAP, "", "0006021122334470", "port"},
    {"a name", MAP, "746167" CITY, "", "tag"},
    {"a name, and an address that the map lacks", MAP, "746167", SWITCH, "tag"},
    {"an address that the map lacks", MAP, "", SWITCH, "bssid:02:11:22:33:44:99"},
    {"a switch's VLAN need not be the map's", MAP, "0004012c0207", "", "unknown"},
    {"a switch's port", MAP "port,02:11:22:33:44:99/2/7,port\n", "0004012c0207", SWITCH, "port"},
    {"another port", MAP "port,02:11:22:33:44:99/7/2,no\n", "0004012c0207", SWITCH,
	"bssid:02:11:22:33:44:99"},
    {"a port of another switch", MAP "port,02:11:22:33:44:98/2/7,no\n", "0004012c0207", SWITCH,
	"bssid:02:11:22:33:44:99"},
    {"a port rather than where it was seen",
	MAP "mac,da:a1:19:00:00:42,no\nport,02:11:22:33:44:99/2/7,port\n", "0004012c0207", SWITCH,
	"port"},
    {"a switch at an access point", MAP "mac,da:a1:19:00:00:42,seen\n", "0004012c0207", SWITCH,
	"seen"},
    {"an access point elsewhere", MAP "mac,da:a1:19:00:00:42,seen\n", "", "021122334470", "port"},
};

START_TEST(dhcp)
{
	char hex[1024];
	const char *const message = hex;
	size_t circuit = strlen(relays[_i].circuit) / 2, remote = strlen(relays[_i].remote) / 2;
	struct told told;

	snprintf(hex, sizeof(hex), ASK "52%02zx01%02zx%s02%02zx%sff", circuit + remote + 4, circuit,
	    relays[_i].circuit, remote, relays[_i].remote);
	told = count_messages(relays[_i].map, &message, 1, 67);
	ck_assert_msg(told.lines == 1 && strcmp(told.name, relays[_i].want) == 0,
	    "%s: %d lines, the last of \"%s\"", relays[_i].why, told.lines, told.name);
	/* Clients are not seen where an access point routes, nor at a port that a relay names. */
	ck_assert_msg(
	    strcmp(told.name, "port") != 0 || told.clients == -1, "%s: clients", relays[_i].why);
}
END_TEST

/* ---- what can be seen ---- */

struct quiet {
	int lines;
	unsigned exchanges[4]; /* of each interval */
};

static void
on_quiet(void *ctx, const struct interval *iv, const struct ap_line *line)
{
	struct quiet *q = ctx;

	(void)iv;
	ck_assert_int_lt(q->lines, 4);
	ck_assert_str_eq(line->name, "tag");
	q->exchanges[q->lines++] = line->exchanges;
}

/* Where a message of DHCP passed, none in later intervals is 0, and not unknown; of logins nobody
 * knows. */
START_TEST(was_seen_once)
{
	struct quiet q = {.lines = 0};
	struct count_options o = {.interval_s = 60};
	struct count_sink sink = {.ctx = &q, .ap = on_quiet, .end = on_end};
	struct map *map = NULL;
	struct diag d = {""};
	struct count *c;

	ck_assert_int_eq(map_over("map", MAP, strlen(MAP), key, &map, &d), KK_OK);
	ck_assert_ptr_nonnull(c = count_new(&o, map, &sink));
	for (int i = 0; i < 2; i++) { /* another packet, then the question */
		size_t len;
		uint8_t *p =
		    udp_frame(i == 0 ? "00" : ASK "ff", i == 0 ? 7 : 67, i == 0 ? 7 : 67, &len);
		struct packet packet = {
		    .time_us = T0 + i * INT64_C(60000000), .len = (uint32_t)len};
		struct seen s;

		dec_frame(dec, DLT_EN10MB, 0, p, len, len, &s);
		s.detail = i;
		s.vlans = 1;
		s.vlan[0] = 300;
		count_packets(c,
		    &(struct count_batch){
			.packet = &packet, .seen = &s, .said = decoder_detail(dec)},
		    1);
		free(p);
	}
	count_finish(c, T0 + 3 * INT64_C(60000000));
	ck_assert_int_eq(q.lines, 3);
	ck_assert_uint_eq(q.exchanges[0], 0);
	ck_assert_uint_eq(q.exchanges[1], 1U << EXCHANGE_DHCP);
	ck_assert_uint_eq(q.exchanges[2], 1U << EXCHANGE_DHCP);
	count_free(c);
	map_free(map);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("named");
	TCase *tc = tcase_create("named");

	tcase_add_loop_test(tc, accounting, 0, ROWS(accounts));
	tcase_add_test(tc, one_session);
	tcase_add_loop_test(tc, dhcp, 0, ROWS(relays));
	tcase_add_test(tc, was_seen_once);
	suite_add_tcase(s, tc);
	return decoding_run(s, &key, &dec);
}

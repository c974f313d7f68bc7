/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_traps.c - notifications: read, told apart, let in or not, and what follows. */
#include "collector/trap/traps.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#include "collector/snmp/net_udp.h"
#include "collector/snmp/notification.h"
#include "collector/trap/bucket.h"
#include "rrd/db/db.h"
#include "rrd/import/import.h"
#include "tests/harness.h"

/* As net-snmp's snmptrap and snmpinform sent them. */
#define LINK_DOWN_V1                                                               \
	"303c02010004067075626c6963a42f060a2b06010401bf0803020a4004c0000207020102" \
	"020100430212673011300f060a2b060102010202010103020103"
#define ENTERPRISE_V1                                                              \
	"304902010004067075626c6963a43c060d2b06010401f3670203010b01024004c0000207" \
	"0201060202041143021267301a3018060e2b06010401f3670203010b010134040600a0c9" \
	"000001"
#define COLD_START                                                                 \
	"304402010104067075626c6963a7370204087a56b20201000201003029300e06082b0601" \
	"0201010300430212673017060a2b06010603010104010006092b0601060301010501"
#define AP_DOWN                                                                    \
	"30750201010406736563726574a768020417ef9c06020100020100305a300e06082b0601" \
	"0201010300430212673019060a2b060106030101040100060b2b06010401ee6302060308" \
	"3016060c2b06010401ee630206021400040600a0c90000013015060d2b06010401ee6302" \
	"0201010300040441502d37"
#define LINK_UP_INFORM                                                             \
	"305502010104067075626c6963a6480204217337cb020100020100303a300e06082b0601" \
	"0201010300430212673017060a2b06010603010104010006092b0601060301010504300f" \
	"060a2b060102010202010103020103"
#define V3                                                                         \
	"30818302010330110204530bb978020300ffe3040100020103041b301904088000000001" \
	"02030402010102033e350a04016104000400304e041180001f88808c1827189359046b00" \
	"0000000400a73702046f10a8a90201000201003029300e06082b06010201010300430212" \
	"673017060a2b06010603010104010006092b0601060301010501"

/* Octets out of hexadecimal digits. */
static size_t
unhex(const char *text, uint8_t *out)
{
	size_t n = 0;
	unsigned v;

	for (; text[0] != '\0' && sscanf(text, "%2x", &v) == 1; text += 2)
		out[n++] = (uint8_t)v;
	return n;
}

static size_t
oid_of(const char *text, unsigned long *out)
{
	size_t n = 0;
	char *end;

	do
		out[n++] = strtoul(text, &end, 10);
	while (*end == '.' && (text = end + 1));
	return n;
}

/* ---- reading ---- */

static const struct {
	const char *why, *hex;
	size_t at;     /* this octet ... */
	uint8_t octet; /* ... is that; 0: as it is */
	int rc;
	uint8_t pdu;
	const char *oid, *community;
	size_t n;
} reads[] = {
    {"v1, generic", LINK_DOWN_V1, 0, 0, KK_OK, NOTIFICATION_TRAP1, "1.3.6.1.6.3.1.1.5.3", "public",
	1},
    {"v1, of an enterprise", ENTERPRISE_V1, 0, 0, KK_OK, NOTIFICATION_TRAP1,
	"1.3.6.1.4.1.14823.2.3.1.11.1.2.0.1041", "public", 1},
    {"v2c", COLD_START, 0, 0, KK_OK, NOTIFICATION_TRAP2, "1.3.6.1.6.3.1.1.5.1", "public", 2},
    {"v2c, with a MAC", AP_DOWN, 0, 0, KK_OK, NOTIFICATION_TRAP2, "1.3.6.1.4.1.14179.2.6.3.8",
	"secret", 4},
    {"an inform", LINK_UP_INFORM, 0, 0, KK_OK, NOTIFICATION_INFORM, "1.3.6.1.6.3.1.1.5.4", "public",
	3},
    {"v3", V3, 0, 0, KK_E_TYPE, 0, "", "", 0},
    {"generic 7", LINK_DOWN_V1, 37, 7, KK_E_SYNTAX, 0, "", "", 0},
    {"a trap of v1 in a message of v2c", LINK_DOWN_V1, 4, 1, KK_E_TYPE, 0, "", "", 0},
    {"a trap of v2 in a message of v1", COLD_START, 4, 0xff, KK_E_TYPE, 0, "", "", 0},
    {"a Response", COLD_START, 13, 0xa2, KK_E_TYPE, 0, "", "", 0},
    {"error-status 5", COLD_START, 23, 5, KK_E_SYNTAX, 0, "", "", 0},
    {"sysUpTime is another object", COLD_START, 40, 4, KK_E_SYNTAX, 0, "", "", 0},
    {"sysUpTime is a counter", COLD_START, 41, 0x41, KK_E_SYNTAX, 0, "", "", 0},
    {"snmpTrapOID is another object", COLD_START, 57, 2, KK_E_SYNTAX, 0, "", "", 0},
    {"longer than it is", COLD_START, 1, 0x7f, KK_E_SYNTAX, 0, "", "", 0},
};

START_TEST(is_read)
{
	static struct answer a;
	struct answer_reader *r;
	struct notification n;
	unsigned long oid[64];
	uint8_t raw[512], *copy;
	size_t len = unhex(reads[_i].hex, raw), oid_len = oid_of(reads[_i].oid, oid);

	if (reads[_i].octet != 0)
		raw[reads[_i].at] = reads[_i].octet == 0xff ? 0 : reads[_i].octet;
	copy = malloc(len);
	memcpy(copy, raw, len);
	ck_assert_int_eq(answer_reader_new(&r), KK_OK);
	ck_assert_msg(notification_read(r, copy, len, &a, &n) == reads[_i].rc, "%s", reads[_i].why);
	if (reads[_i].rc == KK_OK) {
		ck_assert_int_eq(n.pdu, reads[_i].pdu);
		ck_assert_uint_eq(n.uptime_cs, 4711);
		ck_assert_uint_eq(n.oid_len, oid_len);
		ck_assert_mem_eq(n.oid, oid, oid_len * sizeof(*oid));
		ck_assert_uint_eq(n.envelope.community_len, strlen(reads[_i].community));
		ck_assert_uint_eq(a.n, reads[_i].n);
	}
	answer_reader_free(r);
	free(copy);
}
END_TEST

static const struct {
	const char *oid;
	enum trap_kind kind;
} kinds[] = {
    {"1.3.6.1.6.3.1.1.5.1", TRAP_COLD_START},
    {"1.3.6.1.6.3.1.1.5.2", TRAP_WARM_START},
    {"1.3.6.1.6.3.1.1.5.3", TRAP_LINK_DOWN},
    {"1.3.6.1.6.3.1.1.5.4", TRAP_LINK_UP},
    {"1.3.6.1.6.3.1.1.5.5", TRAP_OTHER}, /* authenticationFailure: anybody can cause it */
    {"1.3.6.1.6.3.1.1.5", TRAP_OTHER},
    {"1.3.6.1.6.3.1.1.5.1.0", TRAP_OTHER},
    {"1.3.6.1.6.3.1.1.5.0.1", TRAP_COLD_START}, /* a 0 more, as RFC 3584 makes of v1's */
    {"1.3.6.1.4.1.14179.2.6.3.8", TRAP_AP_DOWN},
    {"1.3.6.1.4.1.9.9.513.0.4", TRAP_AP_UP},
    {"1.3.6.1.4.1.14823.2.3.1.11.1.2.1041", TRAP_AP_DOWN},
    {"1.3.6.1.4.1.14823.2.3.1.11.1.2.0.1041", TRAP_AP_DOWN},
    {"1.3.6.1.4.1.14823.2.3.1.11.1.2.1040", TRAP_AP_UP},
    {"1.3.6.1.4.1.14823.2.2.1.1.100.1031", TRAP_AP_DOWN},
    {"1.3.6.1.4.1.14823.2.2.1.1.100.1030", TRAP_AP_UP},
    {"1.3.6.1.4.1.25053.2.2.1.5", TRAP_AP_DOWN},
    {"1.3.6.1.4.1.25053.2.2.1.1", TRAP_AP_UP},
    {"1.3.6.1.4.1.12356.101.2.0.802", TRAP_AP_DOWN},
    {"1.3.6.1.4.1.12356.101.2.0.801", TRAP_AP_UP},
    {"1.3.6.1.4.1.2011.6.139.13.1.1.1", TRAP_AP_DOWN},
    {"1.3.6.1.4.1.2011.6.139.13.1.1.2", TRAP_AP_UP},
    {"1.3.6.1.4.1.2011.6.139.13.1.1.3", TRAP_OTHER},
    {"1", TRAP_OTHER},
};

START_TEST(told_apart)
{
	unsigned long oid[64];

	ck_assert_msg(
	    trap_kind_of(oid, oid_of(kinds[_i].oid, oid)) == kinds[_i].kind, "%s", kinds[_i].oid);
}
END_TEST

/* ---- how much ---- */

static const struct {
	const char *why;
	int64_t at_ms[6]; /* -1: no more */
	const char *taken;
} buckets[] = {
    {"three at once", {5, 5, 5, 5, 5, -1}, "11100"},
    {"from the start of time", {0, 0, 0, 0, -1}, "1110"},
    {"one comes in half a second", {0, 0, 0, 499, 500, 501}, "111010"},
    {"never more than it holds", {0, 1000000, 1000000, 1000000, 1000000, -1}, "11110"},
    {"a clock that goes back adds nothing", {1000, 1000, 1000, 0, 999, 1500}, "111001"},
};

START_TEST(so_many)
{
	struct bucket b = {0};

	for (int i = 0; i < 6 && buckets[_i].at_ms[i] >= 0; i++)
		ck_assert_msg(
		    bucket_take(&b, 3, 2, buckets[_i].at_ms[i]) == buckets[_i].taken[i] - '0',
		    "%s: %d", buckets[_i].why, i);
}
END_TEST

/* ---- what follows ---- */

static struct kk_clock clock_ = {1, 1000000, INT64_C(162774000000)};
static struct conf conf;
static char dir[64];
static struct db *db;
static struct inventory *inv;
static struct traps *traps;
static char nudged[64]; /* ids, a blank behind each */

static int
on_nudge(void *ctx, uint32_t num)
{
	const struct device *dev = inventory_by_num(inv, num);

	(void)ctx;
	ck_assert_ptr_nonnull(dev);
	ck_assert_uint_lt(strlen(nudged) + strlen(dev->id) + 2, sizeof(nudged));
	strcat(strcat(nudged, dev->id), " ");
	return 1;
}

static void
take_inventory(const char *csv)
{
	struct import_options o = {.now_s = 1627740000, .prune = 1};
	struct inventory *old = inv;
	struct import_report *r;
	struct diag d = {""};

	ck_assert_msg(import_text(db, "f", csv, strlen(csv), &o, &r, &d) == KK_OK, "%s", d.text);
	import_report_free(r);
	ck_assert_int_eq(inventory_read(db, &inv, &d), KK_OK);
	ck_assert_int_eq(traps_follow(traps, inv), KK_OK);
	inventory_free(old);
}

static void
setup(void)
{
	struct traps_env env = {.clock = &clock_, .conf = &conf, .nudge = on_nudge};
	struct diag d;

	conf_defaults(&conf);
	harness_dir(dir);
	inv = NULL;
	nudged[0] = '\0';
	ck_assert_int_eq(db_open(dir, DB_WRITE, &db, &d), KK_OK);
	ck_assert_int_eq(traps_new(&env, &traps), KK_OK);
	take_inventory("id,kind,host,community,mac\n"
		       "SW,switch,192.0.2.1,,\n"
		       "WLC,controller,192.0.2.2,secret,\n"
		       "AP,ap,192.0.2.3,,00:a0:c9:00:00:01\n"
		       "TWIN,ap,192.0.2.3,other,\n"
		       "V6,ap,2001:db8::1,,\n");
}

static void
teardown(void)
{
	traps_free(traps);
	inventory_free(inv);
	db_close(db);
	harness_remove(dir);
}

/* One datagram; what comes back is its Response. */
static int
send_from(const char *host, const char *hex, in_port_t port, uint8_t *back)
{
	struct datagram d = {.data = back};

	ck_assert_int_eq(net_udp_address(host, 162, &d.peer), KK_OK);
	d.peer.sin6_port = htons(port);
	d.len = (uint32_t)unhex(hex, back);
	nudged[0] = '\0';
	return traps_take(traps, NULL, &d);
}

static const struct {
	const char *why, *host, *hex, *nudged;
	int drop; /* enum trap_drop; -1: none */
} follows[] = {
    {"a link of a switch", "192.0.2.1", LINK_DOWN_V1, "SW ", -1},
    {"a cold start", "192.0.2.1", COLD_START, "SW ", -1},
    {"by IPv6", "2001:db8::1", COLD_START, "V6 ", -1},
    {"several devices at one address", "192.0.2.3", COLD_START, "AP TWIN ", -1},
    {"a controller speaks of an access point", "192.0.2.2", AP_DOWN, "WLC AP ", -1},
    {"the device's own community, not the usual one", "192.0.2.2", COLD_START, "",
	TRAP_DROP_WRONG_COMMUNITY},
    {"another community than the usual one", "192.0.2.1", AP_DOWN, "", TRAP_DROP_WRONG_COMMUNITY},
    {"a stranger", "192.0.2.9", COLD_START, "", TRAP_DROP_UNKNOWN_SOURCE},
    {"version 3", "192.0.2.1", V3, "", TRAP_DROP_MALFORMED},
    {"nothing", "192.0.2.1", "", "", TRAP_DROP_MALFORMED},
};

START_TEST(followed)
{
	const struct trap_stats *st = traps_stats(traps);
	uint8_t back[512];

	ck_assert_int_eq(send_from(follows[_i].host, follows[_i].hex, 40000, back), 0);
	ck_assert_msg(strcmp(nudged, follows[_i].nudged) == 0, "%s: %s", follows[_i].why, nudged);
	ck_assert_uint_eq(st->received, 1);
	for (int i = 0; i < TRAP_DROP_COUNT; i++)
		ck_assert_msg(st->drops[i] == (i == follows[_i].drop), "%s: %s", follows[_i].why,
		    trap_drop_name((unsigned)i));
}
END_TEST

START_TEST(community_of_notifications)
{
	uint8_t back[512];

	strcpy(conf.snmp.trap_community, "secret");
	send_from("192.0.2.1", AP_DOWN, 1, back);
	ck_assert_str_eq(nudged, "SW AP ");
	send_from("192.0.2.1", COLD_START, 1, back);
	ck_assert_str_eq(nudged, "");
}
END_TEST

/* One nudge in five seconds, whatever comes; the other devices have theirs. */
START_TEST(once_in_a_while)
{
	uint8_t back[512];

	send_from("192.0.2.1", LINK_DOWN_V1, 1, back);
	ck_assert_str_eq(nudged, "SW ");
	clock_advance(&clock_, TRAPS_NUDGE_MS - 1);
	send_from("192.0.2.1", COLD_START, 1, back);
	ck_assert_str_eq(nudged, "");
	send_from("2001:db8::1", COLD_START, 1, back);
	ck_assert_str_eq(nudged, "V6 ");
	clock_advance(&clock_, 1);
	send_from("192.0.2.1", COLD_START, 1, back);
	ck_assert_str_eq(nudged, "SW ");
	ck_assert_uint_eq(traps_stats(traps)->nudged, 3);
}
END_TEST

/* What a source may send is its own; an import does not give it more. */
START_TEST(flood)
{
	const struct trap_stats *st = traps_stats(traps);
	uint8_t back[512];

	for (int i = 0; i < 100; i++)
		send_from("192.0.2.1", COLD_START, 1, back);
	ck_assert_uint_eq(st->drops[TRAP_DROP_SOURCE_FLOOD], 100 - TRAPS_SOURCE_BURST);
	take_inventory("id,kind,host\nNEW,ap,192.0.2.0\nSW,switch,192.0.2.1\n");
	send_from("192.0.2.1", COLD_START, 1, back);
	ck_assert_uint_eq(st->drops[TRAP_DROP_SOURCE_FLOOD], 101 - TRAPS_SOURCE_BURST);
	send_from("192.0.2.0", COLD_START, 1, back);
	ck_assert_str_eq(nudged, "NEW ");
	send_from("192.0.2.3", COLD_START, 1, back);
	ck_assert_uint_eq(st->drops[TRAP_DROP_UNKNOWN_SOURCE], 1);
	clock_advance(&clock_, 1000 / TRAPS_SOURCE_RATE);
	send_from("192.0.2.1", COLD_START, 1, back);
	ck_assert_uint_eq(st->drops[TRAP_DROP_SOURCE_FLOOD], 101 - TRAPS_SOURCE_BURST);
	ck_assert_uint_eq(st->received, 104);
}
END_TEST

/* Strangers take nothing from those who are known; those have a limit together as well. */
START_TEST(flood_of_all)
{
	const struct trap_stats *st = traps_stats(traps);
	char csv[16000] = "id,host\n", host[32];
	uint8_t back[512];

	for (int i = 0; i < 250; i++)
		sprintf(csv + strlen(csv), "D%d,198.51.100.%d\n", i, i);
	take_inventory(csv);
	for (int i = 0; i < 5000; i++)
		send_from("192.0.2.9", COLD_START, 1, back);
	for (int i = 0; i < 250 * TRAPS_SOURCE_BURST; i++) {
		snprintf(host, sizeof(host), "198.51.100.%d", i % 250);
		send_from(host, COLD_START, 1, back);
	}
	ck_assert_uint_eq(st->drops[TRAP_DROP_UNKNOWN_SOURCE], 5000);
	ck_assert_uint_eq(st->drops[TRAP_DROP_FLOOD], 250 * TRAPS_SOURCE_BURST - TRAPS_ALL_BURST);
	ck_assert_uint_eq(st->drops[TRAP_DROP_SOURCE_FLOOD], 0);
	ck_assert_uint_eq(st->nudged, 250);
}
END_TEST

/* Its Response is the inform but for the PDU's tag; said twice, it is answered twice and taken
 * once. */
START_TEST(inform)
{
	const struct trap_stats *st = traps_stats(traps);
	uint8_t asked[512], back[512];
	size_t len = unhex(LINK_UP_INFORM, asked);

	ck_assert_int_eq(send_from("192.0.2.1", LINK_UP_INFORM, 40000, back), 1);
	ck_assert_str_eq(nudged, "SW ");
	ck_assert_uint_eq(back[13], 0xa2);
	back[13] = 0xa6;
	ck_assert_mem_eq(back, asked, len);
	clock_advance(&clock_, 10000);
	ck_assert_int_eq(send_from("192.0.2.1", LINK_UP_INFORM, 40000, back), 1);
	ck_assert_str_eq(nudged, "");
	ck_assert_uint_eq(st->drops[TRAP_DROP_REPEATED], 1);
	ck_assert_int_eq(send_from("192.0.2.1", LINK_UP_INFORM, 40001, back), 1);
	ck_assert_str_eq(nudged, "SW ");
	ck_assert_uint_eq(st->informs, 3);
	ck_assert_uint_eq(st->taken[TRAP_LINK_UP], 2);
	/* Nobody who is not known gets an answer. */
	ck_assert_int_eq(send_from("192.0.2.9", LINK_UP_INFORM, 40000, back), 0);
	ck_assert_int_eq(send_from("192.0.2.2", LINK_UP_INFORM, 40000, back), 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("traps");
	TCase *tc = tcase_create("pure"), *in = tcase_create("with an inventory");

	tcase_add_loop_test(tc, is_read, 0, ROWS(reads));
	tcase_add_loop_test(tc, told_apart, 0, ROWS(kinds));
	tcase_add_loop_test(tc, so_many, 0, ROWS(buckets));
	tcase_add_checked_fixture(in, setup, teardown);
	tcase_add_loop_test(in, followed, 0, ROWS(follows));
	tcase_add_test(in, community_of_notifications);
	tcase_add_test(in, once_in_a_while);
	tcase_add_test(in, flood);
	tcase_add_test(in, flood_of_all);
	tcase_add_test(in, inform);
	suite_add_tcase(s, tc);
	suite_add_tcase(s, in);
	return harness_run(s);
}

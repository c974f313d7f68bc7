/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_notice.c - traps and informs of SNMPv3: whose are taken, and what the others are told. The
 * senders' side is made here, of what computes and writes alone. */
#include "collector/snmp/usm_notice.h"

#include <stdio.h>
#include <stdlib.h>

#include "collector/snmp/net_udp.h"
#include "collector/snmp/usm_in.h"
#include "collector/trap/traps.h"
#include "rrd/db/db.h"
#include "rrd/db/usm_cache.h"
#include "rrd/import/import.h"
#include "tests/harness.h"

#define AUTH USM_FLAG_AUTH
#define PRIV (USM_FLAG_AUTH | USM_FLAG_PRIV)
#define TELL USM_FLAG_REPORTABLE

/* Request-id 0x087a56b2, sysUpTime.0 = 4711, snmpTrapOID.0 = coldStart. */
static const uint8_t cold_start[] = {0xa7, 0x37, 0x02, 0x04, 0x08, 0x7a, 0x56, 0xb2, 0x02, 0x01,
    0x00, 0x02, 0x01, 0x00, 0x30, 0x29, 0x30, 0x0e, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x02, 0x01, 0x01,
    0x03, 0x00, 0x43, 0x02, 0x12, 0x67, 0x30, 0x17, 0x06, 0x0a, 0x2b, 0x06, 0x01, 0x06, 0x03, 0x01,
    0x01, 0x04, 0x01, 0x00, 0x06, 0x09, 0x2b, 0x06, 0x01, 0x06, 0x03, 0x01, 0x01, 0x05, 0x01};

static const struct usm_identity people[] = {
    {"open", USM_AUTH_NONE, USM_PRIV_NONE, NULL, NULL},
    {"signed", USM_AUTH_SHA1, USM_PRIV_NONE, "signed-secret", NULL},
    {"sealed", USM_AUTH_SHA1, USM_PRIV_AES128, "sealed-secret", "sealed-privacy"},
    {"strong", USM_AUTH_SHA256, USM_PRIV_AES256, "strong-secret", "strong-privacy"},
};
enum who { OPEN, SIGNED, SEALED, STRONG, NOBODY };

static const char *const engines[] = {"", "\x80\x01\x02\x03\x04 agent",
    "\x80\x01\x02\x03\x04 other", "\x80\x01\x02\x03\x04 kkachi", "tiny"};
enum where { NO_ENGINE, AGENT, OTHER, OURS, TINY };

#define OUR_BOOTS 7

static struct kk_clock clock_;
static struct conf conf;
static char dir[64];
static struct db *db;
static struct inventory *inv;
static struct usm *usm;
static struct usm_users *users;
static struct usm_crypt *crypt_;
static struct traps *traps;
static unsigned nudged;

static int
on_nudge(void *ctx, uint32_t num)
{
	(void)ctx;
	(void)num;
	nudged++;
	return 1;
}

static void
setup(void)
{
	static const char csv[] = "id,kind,host\nA,ap,192.0.2.1\nB,ap,192.0.2.2\n";
	struct import_options o = {.now_s = 1627740000};
	struct import_report *r;
	struct diag d = {""};
	struct traps_env env = {.clock = &clock_, .conf = &conf, .nudge = on_nudge};

	clock_ = (struct kk_clock){1, 1000000, INT64_C(162774000000)};
	conf_defaults(&conf);
	harness_dir(dir);
	inv = NULL;
	nudged = 0;
	ck_assert_int_eq(db_open(dir, DB_WRITE, &db, &d), KK_OK);
	ck_assert_int_eq(usm_new(&usm), KK_OK);
	ck_assert_int_eq(usm_crypt_new(&crypt_), KK_OK);
	ck_assert_int_eq(usm_users_new(&users), KK_OK);
	for (int i = 0; i < ROWS(people); i++)
		ck_assert_int_eq(usm_users_add(users, &people[i], &d), KK_OK);
	usm_be_engine(usm, (const uint8_t *)engines[OURS], strlen(engines[OURS]), OUR_BOOTS,
	    clock_mono_ms(&clock_));
	env.usm = usm;
	ck_assert_int_eq(traps_new(&env, &traps), KK_OK);
	ck_assert_int_eq(import_text(db, "f", csv, strlen(csv), &o, &r, &d), KK_OK);
	import_report_free(r);
	ck_assert_int_eq(inventory_read(db, &inv, &d), KK_OK);
	ck_assert_int_eq(traps_follow(traps, inv), KK_OK);
}

static void
teardown(void)
{
	traps_free(traps);
	usm_users_free(users);
	usm_crypt_free(crypt_);
	usm_free(usm);
	inventory_free(inv);
	db_close(db);
	harness_remove(dir);
}

/* ---- a sender ---- */

struct saying {
	enum who who;
	unsigned flags;
	enum where engine;
	uint32_t boots, time;
	enum { RIGHT, WRONG_KEY, WRONG_PRIVACY, CUT, OWN_CONTEXT } how;
	uint8_t tag; /* of its PDU */
};

static void
keys_of(const struct usm_identity *id, enum where engine, struct usm_keys *k)
{
	uint8_t ku[USM_KEY_MAX];
	const uint8_t *e = (const uint8_t *)engines[engine];
	size_t len = strlen(engines[engine]);

	ck_assert_int_eq(
	    usm_secret_key(crypt_, id->auth, id->auth_secret, strlen(id->auth_secret), ku), KK_OK);
	ck_assert_int_eq(usm_localize(crypt_, id->auth, ku, e, len, k->auth), KK_OK);
	if (id->priv == USM_PRIV_NONE)
		return;
	ck_assert_int_eq(
	    usm_secret_key(crypt_, id->auth, id->priv_secret, strlen(id->priv_secret), ku), KK_OK);
	ck_assert_int_eq(usm_priv_key(crypt_, id->auth, id->priv, ku, e, len, k->priv), KK_OK);
}

/* Write it as its sender does. Returns the octets, at the end of `room`. */
static size_t
say(const struct saying *s, uint8_t *out)
{
	static const struct usm_identity nobody = {
	    "nobody", USM_AUTH_SHA1, USM_PRIV_NONE, "x", NULL};
	const struct usm_identity *id = s->who == NOBODY ? &nobody : &people[s->who];
	uint8_t room[sizeof(cold_start) + USM_AROUND], pdu[sizeof(cold_start)];
	struct usm_keys keys = {{0}, {0}};
	struct usm_seal seal = {.boots = s->boots, .time = s->time, .salt = "saltsal"};
	struct usm_draft d = {.msg_id = 4711,
	    .flags = (uint8_t)s->flags,
	    .engine = (const uint8_t *)engines[s->engine],
	    .engine_len = strlen(engines[s->engine]),
	    .user = (const uint8_t *)id->name,
	    .user_len = strlen(id->name),
	    .boots = s->boots,
	    .time = s->time,
	    .pdu = pdu,
	    .pdu_len = sizeof(pdu)};
	struct usm_written w;

	memcpy(pdu, cold_start, sizeof(pdu));
	pdu[0] = s->tag;
	/* Who is not known need not have a digest that fits. */
	if (s->flags & AUTH) {
		keys_of(id, s->engine, &keys);
		d.mac_len = usm_mac_len(id->auth != USM_AUTH_NONE ? id->auth : USM_AUTH_SHA1);
	}
	if (s->flags & USM_FLAG_PRIV)
		d.salt = seal.salt;
	keys.auth[0] ^= s->how == WRONG_KEY;
	keys.priv[0] ^= s->how == WRONG_PRIVACY;
	usm_write(&d, room, &w);
	w.scoped[4] ^= s->how == OWN_CONTEXT; /* the context's engine */
	if (s->flags & USM_FLAG_PRIV) {
		seal.priv = id->priv;
		seal.key = keys.priv;
		ck_assert_int_eq(usm_cipher(crypt_, &seal, 1, w.scoped, w.scoped_len), KK_OK);
	}
	if (s->flags & AUTH)
		ck_assert_int_eq(
		    usm_mac(crypt_, id->auth, keys.auth, w.octets, w.len, w.mac), KK_OK);
	memcpy(out, w.octets, w.len);
	return s->how == CUT ? w.len - 20 : w.len;
}

/* What comes back, checked and opened as the sender would. Returns the PDU's tag, 0: nothing came.
 */
static unsigned
hear(const struct saying *s, const char *host, uint8_t *room, struct usm_message *m,
    struct usm_scoped *in)
{
	struct datagram d = {.data = room};
	struct usm_keys keys;
	struct usm_seal seal = {0};

	d.len = (uint32_t)say(s, room);
	ck_assert_int_eq(net_udp_address(host, 40000, &d.peer), KK_OK);
	nudged = 0;
	if (!traps_take(traps, users, &d))
		return 0;
	ck_assert_int_eq(usm_read(room, d.len, m), KK_OK);
	ck_assert_int_eq(m->msg_id, 4711);
	ck_assert_uint_eq(m->flags & TELL, 0);
	ck_assert_uint_eq(m->engine_len, strlen(engines[OURS]));
	ck_assert_mem_eq(m->engine, engines[OURS], m->engine_len);
	ck_assert_uint_eq(m->boots, OUR_BOOTS);
	if (m->flags & AUTH) {
		uint8_t theirs[USM_MAC_MAX], ours[USM_MAC_MAX];

		keys_of(&people[s->who], OURS, &keys);
		ck_assert_uint_eq(m->mac_len, usm_mac_len(people[s->who].auth));
		memcpy(theirs, room + m->mac_at, m->mac_len);
		memset(room + m->mac_at, 0, m->mac_len);
		ck_assert_int_eq(
		    usm_mac(crypt_, people[s->who].auth, keys.auth, room, d.len, ours), KK_OK);
		ck_assert_mem_eq(theirs, ours, m->mac_len);
	}
	if (m->flags & USM_FLAG_PRIV) {
		seal = (struct usm_seal){people[s->who].priv, keys.priv, m->boots, m->time, {0}};
		memcpy(seal.salt, m->salt, USM_SALT);
		ck_assert_int_eq(
		    usm_cipher(crypt_, &seal, 0, room + m->scoped_at, m->scoped_len), KK_OK);
	}
	ck_assert_int_eq(usm_read_scoped(room + m->scoped_at, m->scoped_len, in), KK_OK);
	return in->tag;
}

/* ---- traps ---- */

#define NONE TRAP_DROP_COUNT

static const struct {
	const char *why;
	struct saying say;
	enum trap_drop drop; /* NONE: it is taken */
} traps_said[] = {
    {"open", {OPEN, 0, AGENT, 0, 0, RIGHT, USM_PDU_TRAP}, NONE},
    {"signed", {SIGNED, AUTH, AGENT, 3, 100, RIGHT, USM_PDU_TRAP}, NONE},
    {"sealed", {SEALED, PRIV, AGENT, 3, 100, RIGHT, USM_PDU_TRAP}, NONE},
    {"sealed, by what is strong", {STRONG, PRIV, AGENT, 3, 100, RIGHT, USM_PDU_TRAP}, NONE},
    {"by nobody", {NOBODY, 0, AGENT, 3, 100, RIGHT, USM_PDU_TRAP}, TRAP_DROP_UNKNOWN_USER},
    {"of an engine without a name", {SIGNED, AUTH, NO_ENGINE, 3, 100, RIGHT, USM_PDU_TRAP},
	TRAP_DROP_UNKNOWN_ENGINE},
    {"of one whose name is too short", {SIGNED, AUTH, TINY, 3, 100, RIGHT, USM_PDU_TRAP},
	TRAP_DROP_UNKNOWN_ENGINE},
    {"not signed, but should", {SIGNED, 0, AGENT, 3, 100, RIGHT, USM_PDU_TRAP},
	TRAP_DROP_WRONG_LEVEL},
    {"signed, but should be sealed", {SEALED, AUTH, AGENT, 3, 100, RIGHT, USM_PDU_TRAP},
	TRAP_DROP_WRONG_LEVEL},
    {"by another key", {SIGNED, AUTH, AGENT, 3, 100, WRONG_KEY, USM_PDU_TRAP},
	TRAP_DROP_WRONG_DIGEST},
    {"changed on its way", {SIGNED, AUTH, AGENT, 3, 100, CUT, USM_PDU_TRAP}, TRAP_DROP_MALFORMED},
    {"by another key for what is sealed",
	{SEALED, PRIV, AGENT, 3, 100, WRONG_PRIVACY, USM_PDU_TRAP}, TRAP_DROP_UNDECRYPTABLE},
    {"after its engine's last boot", {SIGNED, AUTH, AGENT, INT32_MAX, 100, RIGHT, USM_PDU_TRAP},
	TRAP_DROP_NOT_IN_WINDOW},
    {"a Response", {OPEN, 0, AGENT, 0, 0, RIGHT, USM_PDU_RESPONSE}, TRAP_DROP_MALFORMED},
    {"a signed request", {SIGNED, AUTH, AGENT, 3, 100, RIGHT, USM_PDU_GET}, TRAP_DROP_MALFORMED},
    {"an inform that wants no answer", {SIGNED, AUTH, OURS, OUR_BOOTS, 0, RIGHT, USM_PDU_INFORM},
	TRAP_DROP_MALFORMED},
};

static void
expect_drop(const char *why, enum trap_drop drop)
{
	const struct trap_stats *st = traps_stats(traps);

	for (int i = 0; i < TRAP_DROP_COUNT; i++)
		ck_assert_msg(st->drops[i] == (i == (int)drop), "%s: %s %d", why,
		    trap_drop_name((unsigned)i), (int)st->drops[i]);
}

START_TEST(a_trap)
{
	uint8_t room[TRAPS_ROOM];
	struct usm_message m;
	struct usm_scoped in;

	ck_assert_msg(
	    hear(&traps_said[_i].say, "192.0.2.1", room, &m, &in) == 0, "%s", traps_said[_i].why);
	expect_drop(traps_said[_i].why, traps_said[_i].drop);
	ck_assert_msg(nudged == (traps_said[_i].drop == NONE), "%s", traps_said[_i].why);
	ck_assert_uint_eq(traps_stats(traps)->reports, 0);
}
END_TEST

/* One sender over time: the newest authentic message is what its clock says. */
static const struct {
	const char *why;
	int64_t after_s; /* the one before */
	struct saying say;
	int taken;
} sequence[] = {
    {"the first", 0, {SIGNED, AUTH, AGENT, 3, 1000, RIGHT, USM_PDU_TRAP}, 1},
    {"said again", 6, {SIGNED, AUTH, AGENT, 3, 1000, RIGHT, USM_PDU_TRAP}, 1},
    {"late, but not too late", 144, {SIGNED, AUTH, AGENT, 3, 1000, RIGHT, USM_PDU_TRAP}, 1},
    {"too late", 1, {SIGNED, AUTH, AGENT, 3, 1000, RIGHT, USM_PDU_TRAP}, 0},
    {"a forged one from the future moves nothing", 1,
	{SIGNED, AUTH, AGENT, 9, 9, WRONG_KEY, USM_PDU_TRAP}, 0},
    {"in time", 10, {SIGNED, AUTH, AGENT, 3, 1162, RIGHT, USM_PDU_TRAP}, 1},
    {"it has started anew", 100, {SIGNED, AUTH, AGENT, 4, 5, RIGHT, USM_PDU_TRAP}, 1},
    {"of the time before", 10, {SIGNED, AUTH, AGENT, 3, 1372, RIGHT, USM_PDU_TRAP}, 0},
    {"another engine at this address", 10, {SIGNED, AUTH, OTHER, 1, 1, RIGHT, USM_PDU_TRAP}, 1},
    {"of that one, too late", 152, {SIGNED, AUTH, OTHER, 1, 1, RIGHT, USM_PDU_TRAP}, 0},
    {"another user", 10, {SEALED, PRIV, OTHER, 1, 160, RIGHT, USM_PDU_TRAP}, 1},
};

START_TEST(a_clock_of_traps)
{
	uint8_t room[TRAPS_ROOM];
	struct usm_message m;
	struct usm_scoped in;

	for (int i = 0; i < ROWS(sequence); i++) {
		uint64_t late = traps_stats(traps)->drops[TRAP_DROP_NOT_IN_WINDOW];
		uint64_t was = traps_stats(traps)->taken[TRAP_COLD_START];

		clock_advance(&clock_, sequence[i].after_s * 1000);
		ck_assert_uint_eq(hear(&sequence[i].say, "192.0.2.1", room, &m, &in), 0);
		ck_assert_msg(
		    traps_stats(traps)->taken[TRAP_COLD_START] - was == (uint64_t)sequence[i].taken,
		    "%s", sequence[i].why);
		if (!sequence[i].taken && sequence[i].say.how == RIGHT)
			ck_assert_msg(
			    traps_stats(traps)->drops[TRAP_DROP_NOT_IN_WINDOW] == late + 1, "%s",
			    sequence[i].why);
	}
	/* The other address has a clock of its own. */
	ck_assert_uint_eq(hear(&sequence[0].say, "192.0.2.2", room, &m, &in), 0);
	ck_assert_uint_eq(nudged, 1);
}
END_TEST

/* What an agent's answers say of its clock is worth more than its traps. */
START_TEST(a_clock_of_answers)
{
	struct saying s = {SIGNED, AUTH, AGENT, 3, 1000, RIGHT, USM_PDU_TRAP};
	uint8_t room[TRAPS_ROOM];
	struct usm_message m;
	struct usm_scoped in;
	struct sockaddr_in6 at;
	struct usm_peer *p;
	int64_t now_ms = clock_mono_ms(&clock_);

	ck_assert_int_eq(net_udp_address("192.0.2.1", 161, &at), KK_OK);
	ck_assert_int_eq(usm_peer_take(usm, &at, usm_users_find(users, "signed"), &p), KK_OK);
	ck_assert_int_eq(
	    usm_learn(p, (const uint8_t *)engines[AGENT], strlen(engines[AGENT]), 3, 2000, now_ms),
	    KK_OK);
	/* A discovery is nothing that a clock is held against: anybody can answer one. */
	hear(&s, "192.0.2.1", room, &m, &in);
	ck_assert_uint_eq(nudged, 1);
	ck_assert_int_eq(usm_timely(p, 3, 2000, now_ms), 1);
	clock_advance(&clock_, 6000);
	s.time = 1855;
	hear(&s, "192.0.2.1", room, &m, &in);
	ck_assert_uint_eq(traps_stats(traps)->drops[TRAP_DROP_NOT_IN_WINDOW], 1);
	s.time = 1856;
	hear(&s, "192.0.2.1", room, &m, &in);
	ck_assert_uint_eq(nudged, 1);
	/* Its boots fell, and its next answer has said so: its traps are taken again. */
	usm_adopt(p, 1, 10, clock_mono_ms(&clock_));
	clock_advance(&clock_, 6000);
	s.boots = 1;
	s.time = 12;
	hear(&s, "192.0.2.1", room, &m, &in);
	ck_assert_uint_eq(nudged, 1);
	/* At another address, another clock. */
	s.time = 3;
	hear(&s, "192.0.2.2", room, &m, &in);
	ck_assert_uint_eq(nudged, 1);
	usm_peer_give(p);
}
END_TEST

/* ---- informs ---- */

static const struct {
	const char *why;
	struct saying say;
	enum trap_drop drop;	/* NONE: it is taken, and acknowledged */
	enum usm_report report; /* USM_REPORT_OTHER: none */
	unsigned flags;		/* of what comes back */
} informs[] = {
    {"open", {OPEN, TELL, OURS, 0, 0, RIGHT, USM_PDU_INFORM}, NONE, 0, 0},
    {"signed", {SIGNED, TELL | AUTH, OURS, OUR_BOOTS, 10, RIGHT, USM_PDU_INFORM}, NONE, 0, AUTH},
    {"sealed", {SEALED, TELL | PRIV, OURS, OUR_BOOTS, 160, RIGHT, USM_PDU_INFORM}, NONE, 0, PRIV},
    {"strong", {STRONG, TELL | PRIV, OURS, OUR_BOOTS, 0, RIGHT, USM_PDU_INFORM}, NONE, 0, PRIV},
    {"in a context of the sender's",
	{STRONG, TELL | PRIV, OURS, OUR_BOOTS, 10, OWN_CONTEXT, USM_PDU_INFORM}, NONE, 0, PRIV},
    {"who are you?", {OPEN, TELL, NO_ENGINE, 0, 0, RIGHT, USM_PDU_GET}, TRAP_DROP_UNKNOWN_ENGINE,
	USM_REPORT_ENGINE, 0},
    {"for another", {SIGNED, TELL | AUTH, AGENT, OUR_BOOTS, 10, RIGHT, USM_PDU_INFORM},
	TRAP_DROP_UNKNOWN_ENGINE, USM_REPORT_ENGINE, 0},
    {"what time is it?", {SIGNED, TELL | AUTH, OURS, 0, 0, RIGHT, USM_PDU_INFORM},
	TRAP_DROP_NOT_IN_WINDOW, USM_REPORT_WINDOW, AUTH},
    {"to one who was sealed, the time is only signed",
	{SEALED, TELL | PRIV, OURS, OUR_BOOTS, 161, RIGHT, USM_PDU_INFORM}, TRAP_DROP_NOT_IN_WINDOW,
	USM_REPORT_WINDOW, AUTH},
    {"by nobody", {NOBODY, TELL, OURS, OUR_BOOTS, 10, RIGHT, USM_PDU_INFORM},
	TRAP_DROP_UNKNOWN_USER, USM_REPORT_USER, 0},
    {"of another level", {SEALED, TELL | AUTH, OURS, OUR_BOOTS, 10, RIGHT, USM_PDU_INFORM},
	TRAP_DROP_WRONG_LEVEL, USM_REPORT_LEVEL, 0},
    {"by another key", {SEALED, TELL | PRIV, OURS, OUR_BOOTS, 10, WRONG_KEY, USM_PDU_INFORM},
	TRAP_DROP_WRONG_DIGEST, USM_REPORT_DIGEST, 0},
    {"by another key for what is sealed",
	{SEALED, TELL | PRIV, OURS, OUR_BOOTS, 10, WRONG_PRIVACY, USM_PDU_INFORM},
	TRAP_DROP_UNDECRYPTABLE, USM_REPORT_DECRYPT, 0},
    {"a request: nothing can be asked here",
	{SIGNED, TELL | AUTH, OURS, OUR_BOOTS, 10, RIGHT, USM_PDU_GET}, TRAP_DROP_MALFORMED, 0, 0},
    {"a trap that wants an answer", {SIGNED, TELL | AUTH, OURS, OUR_BOOTS, 10, RIGHT, USM_PDU_TRAP},
	TRAP_DROP_MALFORMED, 0, 0},
};

START_TEST(an_inform)
{
	uint8_t room[TRAPS_ROOM];
	struct usm_message m;
	struct usm_scoped in;
	const char *why = informs[_i].why;
	unsigned tag;

	clock_advance(&clock_, 10000);
	tag = hear(&informs[_i].say, "192.0.2.1", room, &m, &in);
	expect_drop(why, informs[_i].drop);
	ck_assert_msg(nudged == (informs[_i].drop == NONE), "%s", why);
	if (informs[_i].drop == NONE) {
		ck_assert_msg(tag == USM_PDU_RESPONSE, "%s: %02x", why, tag);
		ck_assert_msg((in.engine[0] == (uint8_t)engines[OURS][0]) ==
				  (informs[_i].say.how != OWN_CONTEXT),
		    "%s", why);
		ck_assert_uint_eq(in.pdu_len, sizeof(cold_start));
		ck_assert_mem_eq(in.pdu + 1, cold_start + 1, sizeof(cold_start) - 1);
	} else if (informs[_i].report != USM_REPORT_OTHER) {
		ck_assert_msg(tag == USM_PDU_REPORT, "%s: %02x", why, tag);
		ck_assert_msg(
		    usm_read_report(in.pdu, in.pdu_len) == (int)informs[_i].report, "%s", why);
		ck_assert_uint_eq(in.pdu[in.pdu_len - 1], 1);
	} else {
		ck_assert_msg(tag == 0, "%s: %02x", why, tag);
		return;
	}
	ck_assert_msg(m.flags == informs[_i].flags, "%s: %02x", why, m.flags);
	ck_assert_uint_eq(m.time, 10);
	ck_assert_uint_eq(traps_stats(traps)->reports, informs[_i].drop != NONE);
}
END_TEST

/* Said again it is answered again, and taken once. */
START_TEST(an_inform_again)
{
	struct saying s = {SEALED, TELL | PRIV, OURS, OUR_BOOTS, 0, RIGHT, USM_PDU_INFORM};
	uint8_t room[TRAPS_ROOM];
	struct usm_message m;
	struct usm_scoped in;

	ck_assert_uint_eq(hear(&s, "192.0.2.1", room, &m, &in), USM_PDU_RESPONSE);
	ck_assert_uint_eq(hear(&s, "192.0.2.1", room, &m, &in), USM_PDU_RESPONSE);
	ck_assert_uint_eq(traps_stats(traps)->informs, 2);
	ck_assert_uint_eq(traps_stats(traps)->taken[TRAP_COLD_START], 1);
	ck_assert_uint_eq(traps_stats(traps)->drops[TRAP_DROP_REPEATED], 1);
	clock_advance(&clock_, 151000);
	ck_assert_uint_eq(hear(&s, "192.0.2.1", room, &m, &in), USM_PDU_REPORT);
	ck_assert_int_eq(usm_read_report(in.pdu, in.pdu_len), USM_REPORT_WINDOW);
}
END_TEST

/* Nobody who is not known, and nobody who floods, gets a Report. */
START_TEST(reports_are_few)
{
	struct saying s = {OPEN, TELL, NO_ENGINE, 0, 0, RIGHT, USM_PDU_GET};
	uint8_t room[TRAPS_ROOM];
	struct usm_message m;
	struct usm_scoped in;

	ck_assert_uint_eq(hear(&s, "192.0.2.9", room, &m, &in), 0);
	for (int i = 0; i < 100; i++)
		hear(&s, "192.0.2.1", room, &m, &in);
	ck_assert_uint_eq(traps_stats(traps)->reports, TRAPS_SOURCE_BURST);
}
END_TEST

/* Before it is an engine, nobody is told anything. */
START_TEST(no_engine)
{
	struct saying s = {OPEN, TELL, NO_ENGINE, 0, 0, RIGHT, USM_PDU_GET};
	uint8_t room[TRAPS_ROOM];
	struct usm_message m;
	struct usm_scoped in;

	usm_be_engine(usm, (const uint8_t *)"", 0, 0, 0);
	ck_assert_uint_eq(hear(&s, "192.0.2.1", room, &m, &in), 0);
	ck_assert_uint_eq(traps_stats(traps)->reports, 0);
}
END_TEST

/* ---- which engine it is ---- */

START_TEST(starts_are_counted)
{
	int64_t id = 42, first;
	uint32_t boots;
	struct diag d = {""};

	for (uint32_t i = 1; i <= 3; i++) {
		ck_assert_int_eq(usm_cache_start(db, &id, &boots, &d), KK_OK);
		ck_assert_int_eq(id, 42);
		ck_assert_uint_eq(boots, i);
		id = 43;
		db_close(db);
		ck_assert_int_eq(db_open(dir, DB_WRITE, &db, &d), KK_OK);
	}
	first = id;
	ck_assert_int_eq(
	    db_exec(db, "UPDATE counter SET value = 2147483646 WHERE name = 'snmp_boots'", &d),
	    KK_OK);
	ck_assert_int_eq(usm_cache_start(db, &id, &boots, &d), KK_OK);
	ck_assert_int_eq(id, first); /* a new one: it would start for the last time */
	ck_assert_uint_eq(boots, 1);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("notice");
	TCase *tc = tcase_create("v3");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, a_trap, 0, ROWS(traps_said));
	tcase_add_test(tc, a_clock_of_traps);
	tcase_add_test(tc, a_clock_of_answers);
	tcase_add_loop_test(tc, an_inform, 0, ROWS(informs));
	tcase_add_test(tc, an_inform_again);
	tcase_add_test(tc, reports_are_few);
	tcase_add_test(tc, no_engine);
	tcase_add_test(tc, starts_are_counted);
	suite_add_tcase(s, tc);
	return harness_run(s);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/trap/traps.h"

#include <stdlib.h>
#include <string.h>

#include "collector/snmp/notification.h"
#include "collector/snmp/usm_notice.h"
#include "collector/trap/sources.h"

struct traps {
	struct traps_env env;
	struct trap_stats stats;
	struct sources *sources;
	struct answer_reader *reader;
	struct bucket all;
	struct answer answer; /* here because it is large */
	uint8_t reply[TRAPS_ROOM + USM_AROUND];
};

int
traps_new(const struct traps_env *env, struct traps **out)
{
	struct traps *t = calloc(1, sizeof(*t));

	if (t == NULL || answer_reader_new(&t->reader) != KK_OK) {
		free(t);
		return KK_E_NOMEM;
	}
	t->env = *env;
	*out = t;
	return KK_OK;
}

void
traps_free(struct traps *t)
{
	if (t == NULL)
		return;
	sources_free(t->sources);
	answer_reader_free(t->reader);
	free(t);
}

int
traps_follow(struct traps *t, const struct inventory *inv)
{
	return sources_follow(inv, &t->sources);
}

/* Before anything is decoded: may it send, and so much? */
static int
may_send(struct traps *t, struct source *s, int64_t now_ms)
{
	int ok;

	if (s == NULL) {
		t->stats.drops[TRAP_DROP_UNKNOWN_SOURCE]++;
		return 0;
	}
	ok = bucket_take(&s->bucket, TRAPS_SOURCE_BURST, TRAPS_SOURCE_RATE, now_ms);
	if (!ok)
		t->stats.drops[TRAP_DROP_SOURCE_FLOOD]++;
	else if (!(ok = bucket_take(&t->all, TRAPS_ALL_BURST, TRAPS_ALL_RATE, now_ms)))
		t->stats.drops[TRAP_DROP_FLOOD]++;
	return ok;
}

static int
is_community(const char *wanted, const struct answer_envelope *env)
{
	return strlen(wanted) == env->community_len &&
	       memcmp(wanted, env->community, env->community_len) == 0;
}

/* The one for notifications, or the one that the device is polled with. */
static int
knows_community(
    const struct traps *t, const struct source *s, size_t n, const struct answer_envelope *env)
{
	const char *own = t->env.conf->snmp.trap_community;

	if (own[0] != '\0')
		return is_community(own, env);
	for (size_t i = 0; i < n; i++)
		if (is_community(
			s[i].community[0] != '\0' ? s[i].community : t->env.conf->snmp.community,
			env))
			return 1;
	return 0;
}

static void
nudge(struct traps *t, struct source *s, int64_t now_ms)
{
	if (s->asked_ms != INT64_MIN && now_ms - s->asked_ms < TRAPS_NUDGE_MS)
		return;
	s->asked_ms = now_ms;
	t->stats.nudged += t->env.nudge(t->env.ctx, s->device) != 0;
}

/* A controller names the access point that it speaks of by a MAC address, if at all. */
static void
nudge_named(struct traps *t, int64_t now_ms)
{
	for (size_t i = 0; i < t->answer.n; i++) {
		const struct varbind *vb = &t->answer.vb[i];
		struct source *ap;

		if (vb->type == VB_OCTETS && vb->len == 6 &&
		    (ap = sources_with_mac(t->sources, vb->octets)) != NULL)
			nudge(t, ap, now_ms);
	}
}

/* Whether this very inform was taken already: the sender has missed our Response. */
static int
is_repeated(struct source *s, const struct datagram *d, const struct notification *n)
{
	int again = s->inform == n->request_id && s->inform_port == d->peer.sin6_port;

	s->inform = n->request_id;
	s->inform_port = d->peer.sin6_port;
	return again;
}

static void
act(struct traps *t, struct source *s, size_t count, const struct notification *n, int64_t now_ms)
{
	enum trap_kind kind = trap_kind_of(n->oid, n->oid_len);

	t->stats.taken[kind]++;
	if (kind == TRAP_OTHER)
		return;
	for (size_t i = 0; i < count; i++)
		nudge(t, &s[i], now_ms);
	if (kind == TRAP_AP_DOWN || kind == TRAP_AP_UP)
		nudge_named(t, now_ms);
}

/* Whoever is let in: what it says is done. 1: it wants an answer. */
static int
obey(struct traps *t, struct source *s, size_t count, const struct datagram *d,
    const struct notification *n, int64_t now_ms)
{
	int inform = n->pdu == NOTIFICATION_INFORM;

	t->stats.informs += inform;
	if (inform && is_repeated(s, d, n))
		t->stats.drops[TRAP_DROP_REPEATED]++;
	else
		act(t, s, count, n, now_ms);
	return inform;
}

static int
drop(struct traps *t, enum trap_drop why)
{
	t->stats.drops[why]++;
	return 0;
}

static int
take_plain(struct traps *t, struct source *s, size_t count, struct datagram *d, int64_t now_ms)
{
	struct notification n;

	if (notification_read(t->reader, d->data, d->len, &t->answer, &n) != KK_OK)
		return drop(t, TRAP_DROP_MALFORMED);
	if (!knows_community(t, s, count, &n.envelope))
		return drop(t, TRAP_DROP_WRONG_COMMUNITY);
	if (!obey(t, s, count, d, &n, now_ms))
		return 0;
	notification_acknowledge(d->data, &n);
	return 1;
}

/* The reply takes the datagram's place. */
static int
reply(struct traps *t, const struct usm_noticed *n, struct datagram *d, int64_t now_ms)
{
	struct usm_written w;

	if (usm_notice_room(n) > sizeof(t->reply) ||
	    usm_notice_reply(t->env.usm, n, now_ms, t->reply, &w) != KK_OK || w.len > TRAPS_ROOM)
		return drop(t, TRAP_DROP_MALFORMED);
	memcpy(d->data, w.octets, w.len);
	d->len = (uint32_t)w.len;
	return 1;
}

static int
take_v3(struct traps *t, const struct usm_users *users, struct source *s, size_t count,
    struct datagram *d, int64_t now_ms)
{
	static const uint8_t why[USM_REPORTS] = {
	    [USM_REPORT_OTHER] = TRAP_DROP_MALFORMED,
	    [USM_REPORT_LEVEL] = TRAP_DROP_WRONG_LEVEL,
	    [USM_REPORT_WINDOW] = TRAP_DROP_NOT_IN_WINDOW,
	    [USM_REPORT_USER] = TRAP_DROP_UNKNOWN_USER,
	    [USM_REPORT_ENGINE] = TRAP_DROP_UNKNOWN_ENGINE,
	    [USM_REPORT_DIGEST] = TRAP_DROP_WRONG_DIGEST,
	    [USM_REPORT_DECRYPT] = TRAP_DROP_UNDECRYPTABLE,
	    [USM_REPORT_CONTEXT] = TRAP_DROP_MALFORMED,
	};
	struct usm_noticed in;
	struct notification n;

	switch (
	    usm_notice_open(t->env.usm, users, &d->peer.sin6_addr, d->data, d->len, now_ms, &in)) {
	case USM_NOTICE_DROPPED:
		return drop(t, why[in.why]);
	case USM_NOTICE_REPORT:
		drop(t, why[in.why]);
		t->stats.reports++;
		return reply(t, &in, d, now_ms);
	default:
		break;
	}
	if (notification_read_pdu(t->reader, in.scoped.pdu, in.scoped.pdu_len, &t->answer, &n) !=
	    KK_OK)
		return drop(t, TRAP_DROP_MALFORMED);
	return obey(t, s, count, d, &n, now_ms) && reply(t, &in, d, now_ms);
}

int
traps_take(struct traps *t, const struct usm_users *users, struct datagram *d)
{
	int64_t now_ms = clock_mono_ms(t->env.clock);
	size_t count;
	struct source *s = sources_at(t->sources, &d->peer.sin6_addr, &count);

	t->stats.received++;
	if (!may_send(t, s, now_ms))
		return 0;
	if (t->env.usm != NULL && usm_is_v3(d->data, d->len))
		return take_v3(t, users, s, count, d, now_ms);
	return take_plain(t, s, count, d, now_ms);
}

const struct trap_stats *
traps_stats(const struct traps *t)
{
	return &t->stats;
}

const char *
trap_drop_name(unsigned drop)
{
#define TRAP_AS_NAME(id, name) name,
	static const char *const names[] = {TRAP_DROPS(TRAP_AS_NAME)};

	return drop < TRAP_DROP_COUNT ? names[drop] : "?";
}

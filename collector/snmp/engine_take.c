/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine_take.c - what comes: whose answer it is, and why one is not taken. */
#include <string.h>

#include "collector/snmp/engine_in.h"
#include "collector/snmp/request.h"
#include "collector/snmp/usm_in.h"

#define PEER_OCTETS 384 /* a peer, and what its owner keeps around it */
#define NEAR_OCTETS 128

static enum engine_drop
why_unreadable(int rc)
{
	return rc == KK_E_FULL	 ? ENGINE_DROP_TOO_LONG
	       : rc == KK_E_TYPE ? ENGINE_DROP_WRONG_PDU
				 : ENGINE_DROP_MALFORMED;
}

/* Whether an answer is what its slot waits for; ENGINE_DROP_COUNT: it is. */
static enum engine_drop
why_wrong(const struct slot *s, unsigned send, const struct datagram *d, const struct answer *a,
    const struct answer_envelope *env)
{
	const struct request *r = s->request;
	int rc;

	if (d->lane != s->lane[send] || !same_agent(&d->peer, &s->peer->addr))
		return ENGINE_DROP_WRONG_PEER;
	if (env->version != r->version)
		return ENGINE_DROP_WRONG_PDU;
	if (env->community_len != r->community_len ||
	    memcmp(env->community, r->community, r->community_len) != 0)
		return ENGINE_DROP_WRONG_COMMUNITY;
	if ((rc = request_fits(r, a)) != KK_OK)
		return rc == KK_E_FULL ? ENGINE_DROP_TOO_LONG : ENGINE_DROP_WRONG_NAMES;
	return ENGINE_DROP_COUNT;
}

/* Whose fault it is: the agent's that sent it, if it is being asked; else, of an answer that comes
 * from elsewhere, that of the one that should have sent it. */
static void
drop_datagram(struct engine *e, const struct datagram *d, enum engine_drop drop, struct slot *meant)
{
	struct slot *s = agents_find(&e->agents, &d->peer);

	e->stats.drops[drop]++;
	if (s == NULL)
		s = meant;
	if (s != NULL)
		s->peer->drop = (uint8_t)(drop + 1);
}

static void
deliver(struct engine *e, struct slot *s, unsigned send, int64_t received_cs)
{
	struct answer *a = &e->answer;

	a->received_cs = received_cs;
	a->rtt_us = e->now_us - s->first_us - s->after_us[send];
	e->stats.answers++;
	e->stats.last_event_ms = e->now_us / 1000;
	engine_finish(e, s, KK_OK, a);
}

static void
take_community(struct engine *e, struct datagram *d, int64_t received_cs)
{
	struct answer *a = &e->answer;
	struct answer_envelope env;
	enum engine_drop drop;
	struct slot *s;
	unsigned send;
	int rc = answer_read(e->reader, d->data, d->len, a, &env);

	if (rc != KK_OK)
		drop_datagram(e, d, why_unreadable(rc), NULL);
	else if ((s = slots_find(&e->slots, a->request_id, &send)) == NULL)
		drop_datagram(e, d, ENGINE_DROP_UNKNOWN_ID, NULL);
	else if ((drop = why_wrong(s, send, d, a, &env)) != ENGINE_DROP_COUNT)
		drop_datagram(e, d, drop, s);
	else
		deliver(e, s, send, received_cs);
}

/* Something was learned of the agent: the request goes out anew, at once, and that is no try. */
static void
send_again(struct engine *e, struct slot *s)
{
	s->fresh = s->sends;
	if (s->state == SLOT_QUEUED || s->state == SLOT_CROWDED)
		return; /* it would be sent anyway */
	s->tries--;
	s->copying = 0;
	engine_unlist(e, s);
	engine_enqueue(e, s);
}

/* What was in the sealed message. Returns why not; ENGINE_DROP_COUNT: it was delivered. */
static enum engine_drop
take_opened(struct engine *e, struct slot *s, unsigned send, const struct usm_message *m,
    const struct usm_opened *in, int64_t received_cs)
{
	struct answer *a = &e->answer;
	int rc = answer_read_pdu(e->reader, in->pdu, in->pdu_len, a);

	if (rc != KK_OK)
		return why_unreadable(rc);
	if (a->request_id != m->msg_id)
		return ENGINE_DROP_OTHER_ID;
	if ((rc = request_fits(s->request, a)) != KK_OK)
		return rc == KK_E_FULL ? ENGINE_DROP_TOO_LONG : ENGINE_DROP_WRONG_NAMES;
	deliver(e, s, send, received_cs);
	return ENGINE_DROP_COUNT;
}

/* A message whose request was found by its id. */
static void
take_sealed(struct engine *e, struct slot *s, unsigned send, const struct usm_message *m,
    struct datagram *d, int64_t received_cs)
{
	struct usm_opened in;
	enum usm_outcome how = usm_open(s->peer->usm, m, d->data, d->len, s->probes >> send & 1,
	    send < s->fresh, &s->course, e->now_us / 1000, &in);

	if (how == USM_ANSWERED)
		in.drop = take_opened(e, s, send, m, &in, received_cs);
	if (in.drop != ENGINE_DROP_COUNT)
		drop_datagram(e, d, in.drop, s);
	if (how == USM_AGAIN)
		send_again(e, s);
	if (how == USM_DENIED) {
		e->stats.last_event_ms = e->now_us / 1000;
		engine_finish(e, s, KK_E_DENIED, NULL);
	}
}

static void
take_v3(struct engine *e, struct datagram *d, int64_t received_cs)
{
	struct usm_message m;
	struct slot *s;
	unsigned send;
	int rc = usm_read(d->data, d->len, &m);

	if (rc != KK_OK)
		drop_datagram(e, d, why_unreadable(rc), NULL);
	else if ((s = slots_find(&e->slots, m.msg_id, &send)) == NULL)
		drop_datagram(e, d, ENGINE_DROP_UNKNOWN_ID, NULL);
	else if (d->lane != s->lane[send] || !same_agent(&d->peer, &s->peer->addr))
		drop_datagram(e, d, ENGINE_DROP_WRONG_PEER, s);
	else if (s->request->version != 3)
		drop_datagram(e, d, ENGINE_DROP_WRONG_PDU, s);
	else
		take_sealed(e, s, send, &m, d, received_cs);
}

static void
take_datagram(struct engine *e, struct datagram *d, int64_t received_cs)
{
	if (usm_is_v3(d->data, d->len))
		take_v3(e, d, received_cs);
	else
		take_community(e, d, received_cs);
}

/* Some lines of the cache, from an object's beginning on. */
static void
bring(const void *p, size_t octets)
{
	for (size_t at = 0; at < octets; at += CACHE_LINE)
		__builtin_prefetch((const char *)p + at, 1);
}

/* A city's devices do not fit the cache: of a batch, all that will be looked at is asked for before
 * the first answer is read. Each loop finds what the one before it asked for. */
static void
foresee(const struct engine *e, int n)
{
	const struct slot *s[BATCH];

	for (int i = 0; i < n; i++)
		agents_foresee(&e->agents, &e->in[i].peer);
	for (int i = 0; i < n; i++)
		if ((s[i] = agents_likely(&e->agents, &e->in[i].peer)) != NULL)
			bring(s[i], sizeof(*s[i]));
	for (int i = 0; i < n; i++)
		if (s[i] != NULL)
			bring(s[i]->peer, PEER_OCTETS);
	for (int i = 0; i < n; i++)
		for (unsigned k = 0; s[i] != NULL && k < PEER_NEAR; k++)
			if (s[i]->peer->near[k] != NULL)
				bring(s[i]->peer->near[k], NEAR_OCTETS);
}

int
engine_receive(struct engine *e)
{
	int64_t cs;
	int n;

	for (unsigned i = 0; i < BATCH; i++)
		e->in[i].len = RECEIVE_ROOM;
	n = e->net.receive(e->net.ctx, e->in, BATCH);
	if (n <= 0)
		return 0;
	foresee(e, n);
	engine_look(e);
	cs = clock_utc_cs(e->clock);
	for (int i = 0; i < n; i++)
		take_datagram(e, &e->in[i], cs);
	return n == BATCH;
}

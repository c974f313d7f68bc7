/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/snmp/engine.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "collector/snmp/agents.h"
#include "collector/snmp/request.h"
#include "collector/snmp/slots.h"
#include "collector/snmp/subnets.h"
#include "collector/snmp/usm_in.h"

#define BATCH	     64
#define RECEIVE_ROOM 16384 /* octets; a longer answer is malformed */
#define SEND_ROOM    (BATCH * 1500)
/* Batches in one engine_run(): enough that answers are not timed out unread, not so many that the
 * caller's other descriptors starve. */
#define RECEIVE_TURNS 512
#define SEND_TURNS    128
/* Datagrams before the next lane's turn: with few lanes in use at a time, a receive finds many
 * answers in one socket rather than a few in each. */
#define LANE_RUN	  (16 * BATCH)
#define BLOCKED_MS	  1
#define AS_NAME(id, name) name,

struct engine {
	struct net net;
	const struct kk_clock *clock;
	int64_t timeout_us;
	unsigned tries; /* at the most, the first included */
	struct slots slots;
	struct agents agents;
	struct subnets subnets;
	struct slot_list queue; /* wait to be sent */
	/* Sent, by deadline: all in one of these wait equally long. */
	struct slot_list waiting, halfway, last;
	unsigned lane, lane_run; /* the lane in use, and how many it has had */
	int closing;
	int64_t now_us;
	struct answer_reader *reader;
	struct engine_stats stats;
	struct answer answer;
	struct datagram out[BATCH], in[BATCH];
	uint8_t *send_room, *receive_room;
};

_Static_assert(SEND_ROOM >= REQUEST_OCTETS_MAX + USM_AROUND, "every request fits a batch");

static void
look_at_clock(struct engine *e)
{
	struct timespec ts;

	if (e->clock != NULL && e->clock->simulated) {
		e->now_us = e->clock->mono_ms * 1000;
		return;
	}
	clock_gettime(CLOCK_MONOTONIC, &ts);
	e->now_us = (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

void
engine_set_timeout(struct engine *e, unsigned timeout_ms, unsigned retries)
{
	e->timeout_us = (int64_t)timeout_ms * 1000;
	e->tries = retries < SLOT_TRIES_MAX ? retries + 1 : SLOT_TRIES_MAX;
}

int
engine_set_subnet_rate(struct engine *e, unsigned rate)
{
	return subnets_set_rate(&e->subnets, rate);
}

int
engine_may_send(struct engine *e, const struct sockaddr_in6 *to)
{
	look_at_clock(e);
	return subnets_take(&e->subnets, to, e->now_us) == NULL;
}

const char *
engine_drop_name(unsigned drop)
{
	static const char *const name[] = {ENGINE_DROPS(AS_NAME)};

	return drop < ENGINE_DROP_COUNT ? name[drop] : "?";
}

int
engine_new(const struct net *net, const struct kk_clock *c, const struct engine_options *o,
    struct engine **out)
{
	size_t max = o->slots_max > 0 && o->slots_max < SLOTS_MAX ? o->slots_max : SLOTS_MAX;
	struct engine *e = calloc(1, sizeof(*e));
	int rc = KK_E_NOMEM;

	if (e == NULL)
		return rc;
	e->net = *net;
	e->clock = c;
	engine_set_timeout(e, o->timeout_ms, o->retries);
	e->send_room = malloc(SEND_ROOM);
	e->receive_room = malloc((size_t)BATCH * RECEIVE_ROOM);
	if (e->send_room == NULL || e->receive_room == NULL ||
	    (rc = slots_init(&e->slots, max)) != KK_OK || (rc = agents_init(&e->agents)) != KK_OK ||
	    (rc = subnets_set_rate(&e->subnets, o->subnet_rate)) != KK_OK ||
	    (rc = answer_reader_new(&e->reader)) != KK_OK) {
		engine_free(e);
		return rc;
	}
	for (unsigned i = 0; i < BATCH; i++)
		e->in[i].data = e->receive_room + (size_t)i * RECEIVE_ROOM;
	*out = e;
	return KK_OK;
}

static struct slot_list *
list_of(struct engine *e, const struct slot *s)
{
	switch (s->state) {
	case SLOT_HELD:
		return &agents_find(&e->agents, &s->peer->addr)->held;
	case SLOT_CROWDED:
		return &s->subnet->waiting;
	case SLOT_QUEUED:
		return &e->queue;
	case SLOT_HALFWAY:
		return &e->halfway;
	case SLOT_LAST:
		return &e->last;
	default:
		return &e->waiting;
	}
}

static void
move_to(struct engine *e, struct slot *s, enum slot_state state)
{
	slot_list_remove(list_of(e, s), s);
	s->state = (uint8_t)state;
	slot_list_add(list_of(e, s), s);
}

/* A slot of no list wants to be sent. */
static void
enqueue(struct engine *e, struct slot *s)
{
	struct subnet *at = subnets_take(&e->subnets, &s->peer->addr, e->now_us);

	if (at != NULL) {
		e->stats.crowded++;
		subnets_wait(&e->subnets, at, s);
		return;
	}
	s->state = SLOT_QUEUED;
	slot_list_add(&e->queue, s);
}

/* Who waits behind it speaks next. */
static void
let_go(struct engine *e, struct slot *s)
{
	struct slot *next = s->held.head;

	slot_list_remove(list_of(e, s), s);
	s->peer->slot = NULL;
	if (s->state != SLOT_HELD) {
		agents_remove(&e->agents, s);
		if (next != NULL) {
			slot_list_remove(&s->held, next);
			next->held = s->held;
			s->held = (struct slot_list){0};
			agents_add(&e->agents, next);
			enqueue(e, next);
		}
	}
	slots_give(&e->slots, s);
}

/* The slot is free before `done` runs, so that `done` may ask the same peer again. */
static void
finish(struct engine *e, struct slot *s, int rc, const struct answer *a)
{
	ask_done_cb done = s->done;
	void *ctx = s->ctx;

	let_go(e, s);
	done(ctx, rc, a);
}

void
engine_free(struct engine *e)
{
	if (e == NULL)
		return;
	e->closing = 1;
	for (size_t i = 0; i < e->slots.n; i++)
		if (slots_at(&e->slots, i)->state != SLOT_FREE)
			finish(e, slots_at(&e->slots, i), KK_E_CLOSED, NULL);
	slots_clear(&e->slots);
	agents_clear(&e->agents);
	subnets_clear(&e->subnets);
	answer_reader_free(e->reader);
	free(e->send_room);
	free(e->receive_room);
	free(e);
}

int
engine_ask(struct engine *e, struct peer *p, const struct request *r, ask_done_cb done, void *ctx)
{
	struct slot *s, *before;

	if (p->slot != NULL)
		return KK_E_BUSY;
	if (r->version == 3 && p->usm == NULL)
		return KK_E_UNSUPPORTED;
	if (e->closing || (s = slots_take(&e->slots)) == NULL)
		return KK_E_FULL;
	s->peer = p;
	s->request = r;
	s->done = done;
	s->ctx = ctx;
	s->single = p->single;
	p->slot = s; /* from here on the engine owns the slot */
	p->drop = 0;
	e->stats.requests++;
	if ((before = agents_find(&e->agents, &p->addr)) != NULL) {
		e->stats.held++;
		s->state = SLOT_HELD;
		slot_list_add(&before->held, s);
		return KK_OK;
	}
	agents_add(&e->agents, s);
	look_at_clock(e);
	enqueue(e, s);
	return KK_OK;
}

void
engine_cancel(struct engine *e, struct peer *p)
{
	struct slot *s = p->slot;

	if (s != NULL)
		let_go(e, s);
}

/* ---- sending ---- */

static unsigned
tries_of(const struct engine *e, const struct slot *s)
{
	return s->single ? 1 : e->tries;
}

/* The same octets for everybody but the id. */
static void
write_community(const struct request *r, uint32_t id, uint8_t *room, struct datagram *out)
{
	memcpy(room, r->octets, r->len);
	for (int i = 0; i < 4; i++)
		room[r->id_at + i] = (uint8_t)(id >> (24 - 8 * i));
	out->data = room;
	out->len = (uint32_t)r->len;
}

static int
write_sealed(struct engine *e, struct slot *s, uint32_t id, uint8_t *room, struct datagram *out)
{
	int rc = usm_seal(s->peer->usm, id, s->request, e->now_us / 1000, room, out);

	s->probes &= (uint16_t) ~(1U << s->sends);
	if (rc == 1)
		s->probes |= (uint16_t)(1U << s->sends);
	return rc < 0 ? rc : KK_OK;
}

/* Fill e->out from the head of the queue, which stays as it is until the network has taken them. */
static unsigned
fill_batch(struct engine *e)
{
	uint8_t *room = e->send_room;
	unsigned n = 0;

	for (struct slot *s = e->queue.head; s != NULL && n < BATCH; s = s->next) {
		const struct request *r = s->request;
		size_t need = r->len + (r->version == 3 ? USM_AROUND : 0);
		uint32_t id = slots_id(&e->slots, s, s->sends);

		if ((size_t)(e->send_room + SEND_ROOM - room) < need)
			break;
		e->out[n] = (struct datagram){.peer = s->peer->addr, .lane = (uint8_t)e->lane};
		if (r->version != 3)
			write_community(r, id, room, &e->out[n]);
		else if (write_sealed(e, s, id, room, &e->out[n]) != KK_OK)
			break;
		room += need;
		n++;
	}
	return n;
}

/* When the newest try is given up. */
static int64_t
try_over_us(const struct engine *e, const struct slot *s)
{
	return s->first_us + s->try_us + e->timeout_us;
}

/* The last try is said twice, half a timeout apart: a datagram or two that were lost are no dead
 * device. Who has no retries wants one datagram. */
static void
mark_sent(struct engine *e)
{
	struct slot *s = e->queue.head;

	if (s->sends == 0)
		s->first_us = e->now_us;
	s->after_us[s->sends] = (uint32_t)(e->now_us - s->first_us);
	s->lane[s->sends++] = (uint8_t)e->lane;
	e->stats.sent++;
	if (s->copying) {
		s->deadline_us = try_over_us(e, s);
		move_to(e, s, SLOT_LAST);
		return;
	}
	s->tries++;
	s->try_us = (uint32_t)(e->now_us - s->first_us);
	if (s->tries > 1 && s->tries >= tries_of(e, s)) {
		s->deadline_us = e->now_us + e->timeout_us / 2;
		move_to(e, s, SLOT_HALFWAY);
	} else {
		s->deadline_us = e->now_us + e->timeout_us;
		move_to(e, s, SLOT_WAITING);
	}
}

/* Returns how many requests left the queue; 0: the network takes no more for now. */
static int
send_batch(struct engine *e)
{
	unsigned n = fill_batch(e);
	/* No datagram: the first one could not be encrypted. */
	int taken = n > 0 ? e->net.send(e->net.ctx, e->out, n) : KK_E_UNSUPPORTED;

	look_at_clock(e);
	if (taken < 0) {
		e->stats.send_errors++;
		e->stats.last_event_ms = e->now_us / 1000;
		finish(e, e->queue.head, KK_E_REFUSED, NULL);
		return 1;
	}
	if (taken > 0 && e->stats.first_sent_ms == 0)
		e->stats.first_sent_ms = e->now_us / 1000;
	for (int i = 0; i < taken; i++)
		mark_sent(e);
	e->lane_run += (unsigned)taken;
	if (e->lane_run >= LANE_RUN) {
		e->lane = (e->lane + 1) % e->net.lanes;
		e->lane_run = 0;
	}
	return taken;
}

/* ---- receiving ---- */

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
	finish(e, s, KK_OK, a);
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
	slot_list_remove(list_of(e, s), s);
	enqueue(e, s);
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
		finish(e, s, KK_E_DENIED, NULL);
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

/* Returns 1 when there may be more. */
static int
receive_batch(struct engine *e)
{
	int64_t cs;
	int n;

	for (unsigned i = 0; i < BATCH; i++)
		e->in[i].len = RECEIVE_ROOM;
	n = e->net.receive(e->net.ctx, e->in, BATCH);
	if (n <= 0)
		return 0;
	look_at_clock(e);
	cs = clock_utc_cs(e->clock);
	for (int i = 0; i < n; i++)
		take_datagram(e, &e->in[i], cs);
	return n == BATCH;
}

/* ---- time ---- */

static void
end_silent(struct engine *e, struct slot *s)
{
	if (s->request->version == 3)
		usm_gave_up(s->peer->usm);
	e->stats.silent++;
	e->stats.last_event_ms = e->now_us / 1000;
	finish(e, s, KK_E_SILENT, NULL);
}

static void
expire(struct engine *e)
{
	struct slot *s;

	while ((s = e->waiting.head) != NULL && s->deadline_us <= e->now_us) {
		if (s->tries < tries_of(e, s)) {
			e->stats.retries++;
			slot_list_remove(&e->waiting, s);
			enqueue(e, s);
		} else {
			end_silent(e, s);
		}
	}
	while ((s = e->halfway.head) != NULL && s->deadline_us <= e->now_us) {
		if (try_over_us(e, s) <= e->now_us) {
			end_silent(e, s);
			continue;
		}
		s->copying = 1;
		slot_list_remove(&e->halfway, s);
		enqueue(e, s);
	}
	while ((s = e->last.head) != NULL && s->deadline_us <= e->now_us)
		end_silent(e, s);
}

/* Milliseconds until the first of those that wait is due; -1: nobody waits. */
static int
next_due_ms(const struct engine *e)
{
	const struct slot *const head[] = {e->waiting.head, e->halfway.head, e->last.head};
	int64_t at = INT64_MAX;

	for (size_t i = 0; i < sizeof(head) / sizeof(head[0]); i++)
		if (head[i] != NULL && head[i]->deadline_us < at)
			at = head[i]->deadline_us;
	if (subnets_due_us(&e->subnets) < at)
		at = subnets_due_us(&e->subnets);
	if (at == INT64_MAX)
		return -1;
	return at > e->now_us ? (int)((at - e->now_us + 999) / 1000) : 0;
}

int
engine_run(struct engine *e)
{
	int more = 1, taken = 1;

	for (int i = 0; i < RECEIVE_TURNS && more; i++)
		more = receive_batch(e);
	look_at_clock(e);
	if (!more)
		expire(e); /* an answer that has come, but is not read yet, is in time */
	subnets_release(&e->subnets, e->now_us, &e->queue);
	/* Receive between the batches: answers to the first ones come while the last ones go out,
	 * and must not fill the sockets. */
	for (int i = 0; i < SEND_TURNS && e->queue.head != NULL && taken > 0; i++) {
		taken = send_batch(e);
		more = receive_batch(e);
		if (more) /* two in for one out: answers must not pile up */
			more = receive_batch(e);
	}
	if (more || (e->queue.head != NULL && taken > 0))
		return 0;
	if (e->queue.head != NULL)
		return BLOCKED_MS;
	return next_due_ms(e);
}

size_t
engine_busy(const struct engine *e)
{
	return e->slots.in_use;
}

const struct engine_stats *
engine_stats(const struct engine *e)
{
	return &e->stats;
}

void
engine_stats_reset(struct engine *e)
{
	e->stats = (struct engine_stats){0};
}

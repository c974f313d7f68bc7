/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "collector/snmp/engine_in.h"
#include "collector/snmp/request.h"
#include "collector/snmp/usm_in.h"

#define SEND_ROOM (BATCH * 1500)
/* Batches in one engine_run(): enough that answers are not timed out unread, not so many that the
 * caller's other descriptors starve. */
#define RECEIVE_TURNS 512
#define SEND_TURNS    128
/* Datagrams before the next lane's turn: with few lanes in use at a time, a receive finds many
 * answers in one socket rather than a few in each. */
#define LANE_RUN	  (16 * BATCH)
#define BLOCKED_MS	  1
#define AS_NAME(id, name) name,

_Static_assert(SEND_ROOM >= REQUEST_OCTETS_MAX + USM_AROUND, "every request fits a batch");

void
engine_look(struct engine *e)
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
	engine_look(e);
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

void
engine_unlist(struct engine *e, struct slot *s)
{
	slot_list_remove(list_of(e, s), s);
}

static void
move_to(struct engine *e, struct slot *s, enum slot_state state)
{
	engine_unlist(e, s);
	s->state = (uint8_t)state;
	slot_list_add(list_of(e, s), s);
}

void
engine_enqueue(struct engine *e, struct slot *s)
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

	engine_unlist(e, s);
	s->peer->slot = NULL;
	if (s->state != SLOT_HELD) {
		agents_remove(&e->agents, s);
		if (next != NULL) {
			slot_list_remove(&s->held, next);
			next->held = s->held;
			s->held = (struct slot_list){0};
			agents_add(&e->agents, next);
			engine_enqueue(e, next);
		}
	}
	slots_give(&e->slots, s);
}

void
engine_finish(struct engine *e, struct slot *s, int rc, const struct answer *a)
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
			engine_finish(e, slots_at(&e->slots, i), KK_E_CLOSED, NULL);
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
	engine_look(e);
	engine_enqueue(e, s);
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

	engine_look(e);
	if (taken < 0) {
		e->stats.send_errors++;
		e->stats.last_event_ms = e->now_us / 1000;
		engine_finish(e, e->queue.head, KK_E_REFUSED, NULL);
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

/* ---- time ---- */

static void
end_silent(struct engine *e, struct slot *s)
{
	if (s->request->version == 3)
		usm_gave_up(s->peer->usm);
	e->stats.silent++;
	e->stats.last_event_ms = e->now_us / 1000;
	engine_finish(e, s, KK_E_SILENT, NULL);
}

static void
expire(struct engine *e)
{
	struct slot *s;

	while ((s = e->waiting.head) != NULL && s->deadline_us <= e->now_us) {
		if (s->tries < tries_of(e, s)) {
			e->stats.retries++;
			slot_list_remove(&e->waiting, s);
			engine_enqueue(e, s);
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
		engine_enqueue(e, s);
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
		more = engine_receive(e);
	engine_look(e);
	if (!more)
		expire(e); /* an answer that has come, but is not read yet, is in time */
	subnets_release(&e->subnets, e->now_us, &e->queue);
	/* Receive between the batches: answers to the first ones come while the last ones go out,
	 * and must not fill the sockets. */
	for (int i = 0; i < SEND_TURNS && e->queue.head != NULL && taken > 0; i++) {
		taken = send_batch(e);
		more = engine_receive(e);
		if (more) /* two in for one out: answers must not pile up */
			more = engine_receive(e);
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

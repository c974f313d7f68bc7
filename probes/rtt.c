/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/rtt.h"

#include <stdlib.h>

#include "probes/wide.h"

#define WAYS	   4	     /* places that a flow may have */
#define SILENT_US  120000000 /* a flow that was silent for so long begins anew */
#define GIVE_UP_US 10000000  /* a timestamp that has not come back is not awaited any more */
#define REORDER_US 3000	     /* what fills a hole sooner was overtaken, not sent again */

/* Times are the low 32 bits of microseconds: a flow is never silent for so long. */
enum half_state {
	HALF_SEQUENCE = 1 << 0, /* `next` is known */
	HALF_STAMP = 1 << 1,	/* `stamp` is known */
	HALF_AWAITED = 1 << 2,	/* and has not come back */
	HALF_HOLE = 1 << 3	/* something before `next` was not seen */
};

/* What one side sends. */
struct half {
	uint32_t next;	   /* behind the last octet that was seen */
	uint32_t stamp;	   /* newest timestamp that was taken note of */
	uint32_t stamp_us; /* when */
	uint32_t hole_us;  /* when the newest hole appeared */
};

enum handshake { SHAKE_NONE, SHAKE_ASKED, SHAKE_ANSWERED };

struct flow {
	uint64_t key; /* 0: an empty place */
	uint32_t heard_us;
	uint32_t shake_us;	/* when the newest step was seen */
	struct half half[2];	/* from the client, towards it */
	uint8_t state[2];	/* enum half_state */
	uint8_t shake;		/* enum handshake */
	uint8_t shake_from;	/* who asked: half */
	uint8_t shake_repeated; /* a step came twice: nobody knows which one is answered */
} __attribute__((aligned(64)));

struct rtt {
	struct flow *flow;
	size_t sets; /* a power of two */
};

struct rtt *
rtt_new(size_t capacity)
{
	struct rtt *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	for (r->sets = 1; r->sets * 2 * WAYS <= capacity; r->sets *= 2)
		;
	/* A flow is a line of the cache. */
	r->flow = wide_new(r->sets * WAYS * sizeof(*r->flow));
	if (r->flow == NULL) {
		free(r);
		return NULL;
	}
	return r;
}

void
rtt_free(struct rtt *r)
{
	if (r != NULL)
		free(r->flow);
	free(r);
}

void
rtt_add(struct rtt_sums *sum, const struct rtt_sums *s)
{
	delays_add(&sum->client, &s->client);
	delays_add(&sum->network, &s->network);
	sum->segments += s->segments;
	sum->retransmissions += s->retransmissions;
}

void
rtt_foresee(const struct rtt *r, const struct detail_tcp *t)
{
	/* Places are taken from the first one on, so most flows are there. */
	__builtin_prefetch(&r->flow[(t->flow & (r->sets - 1)) * WAYS], 1);
}

/* Its place; a new one in place of the flow that was not heard of for longest. */
static struct flow *
place(struct rtt *r, uint64_t key, uint32_t now_us)
{
	struct flow *set = &r->flow[(key & (r->sets - 1)) * WAYS], *oldest = set;

	for (unsigned i = 0; i < WAYS; i++) {
		if (set[i].key == key) {
			oldest = &set[i];
			break;
		}
		if (oldest->key != 0 &&
		    (set[i].key == 0 || now_us - set[i].heard_us > now_us - oldest->heard_us))
			oldest = &set[i];
	}
	if (oldest->key != key || now_us - oldest->heard_us > SILENT_US)
		*oldest = (struct flow){.key = key};
	oldest->heard_us = now_us;
	return oldest;
}

static void
measured(struct rtt_sums *sums, unsigned from, uint32_t us)
{
	delays_put(from == 0 ? &sums->client : &sums->network, us);
}

/* ---- handshakes ---- */

static void
take_syn(struct flow *f, const struct detail_tcp *t, unsigned from, uint32_t now_us)
{
	if (f->shake != SHAKE_NONE && f->shake_from == from && f->half[from].next == t->seq + 1) {
		f->shake_repeated = 1;
		return;
	}
	*f = (struct flow){.key = f->key,
	    .heard_us = now_us,
	    .shake = SHAKE_ASKED,
	    .shake_from = (uint8_t)from,
	    .shake_us = now_us};
	f->half[from].next = t->seq + 1;
	f->state[from] = HALF_SEQUENCE;
}

static void
take_syn_ack(struct flow *f, const struct detail_tcp *t, unsigned from, uint32_t now_us,
    struct rtt_sums *sums)
{
	if (f->shake == SHAKE_NONE || f->shake_from == from)
		return;
	if (f->shake == SHAKE_ANSWERED) {
		f->shake_repeated = 1;
		return;
	}
	if (!f->shake_repeated)
		measured(sums, from, now_us - f->shake_us);
	f->shake = SHAKE_ANSWERED;
	f->shake_us = now_us;
	f->shake_repeated = 0;
	f->half[from].next = t->seq + 1;
	f->state[from] = HALF_SEQUENCE;
}

/* The third step, or anything behind it. */
static void
end_handshake(struct flow *f, unsigned from, uint32_t now_us, struct rtt_sums *sums)
{
	if (f->shake == SHAKE_ANSWERED && f->shake_from == from) {
		if (!f->shake_repeated)
			measured(sums, from, now_us - f->shake_us);
		f->shake = SHAKE_NONE;
	}
}

/* ---- data ---- */

static void
take_sequence(struct half *h, uint8_t *state, const struct detail_tcp *t, uint32_t now_us,
    struct rtt_sums *sums)
{
	uint32_t end = t->seq + t->octets;
	int32_t ahead = (int32_t)(t->seq - h->next);

	if ((*state & HALF_SEQUENCE) && ahead == -1 && t->octets == 1)
		return; /* asks whether anybody is there */
	sums->segments++;
	if ((*state & HALF_SEQUENCE) && ahead < 0) {
		if ((*state & HALF_HOLE) == 0 || now_us - h->hole_us >= REORDER_US)
			sums->retransmissions++;
		if ((int32_t)(end - h->next) > 0)
			h->next = end;
		return;
	}
	if ((*state & HALF_SEQUENCE) && ahead > 0) {
		*state |= HALF_HOLE;
		h->hole_us = now_us;
	}
	*state |= HALF_SEQUENCE;
	h->next = end;
}

/* The other side's timestamp comes back. */
static void
take_echo(struct flow *f, const struct detail_tcp *t, unsigned from, uint32_t now_us,
    struct rtt_sums *sums)
{
	const struct half *other = &f->half[!from];
	int32_t passed = (int32_t)(t->echo - other->stamp);

	if ((f->state[!from] & HALF_AWAITED) == 0 || passed < 0)
		return;
	if (passed == 0)
		measured(sums, from, now_us - other->stamp_us);
	f->state[!from] &= (uint8_t)~HALF_AWAITED;
}

/* A segment with data is answered, one without need not be. */
static void
take_stamp(struct half *h, uint8_t *state, const struct detail_tcp *t, uint32_t now_us)
{
	if ((*state & HALF_AWAITED) && now_us - h->stamp_us < GIVE_UP_US)
		return;
	if ((*state & HALF_STAMP) && (int32_t)(t->stamp - h->stamp) <= 0)
		return; /* it was on its way before */
	h->stamp = t->stamp;
	h->stamp_us = now_us;
	*state |= HALF_STAMP | HALF_AWAITED;
}

static void
take_followed(struct flow *f, const struct detail_tcp *t, unsigned from, uint32_t now_us,
    struct rtt_sums *sums)
{
	if (t->has_stamp && (t->flags & TCP_ACK))
		take_echo(f, t, from, now_us, sums);
	if (t->octets == 0)
		return;
	take_sequence(&f->half[from], &f->state[from], t, now_us, sums);
	if (t->has_stamp)
		take_stamp(&f->half[from], &f->state[from], t, now_us);
}

void
rtt_take(struct rtt *r, const struct detail_tcp *t, enum seen_direction direction, int64_t time_us,
    struct rtt_sums *sums)
{
	unsigned from = direction == SEEN_DOWN;
	uint32_t now_us = (uint32_t)time_us;
	struct flow *f;

	if (direction == SEEN_NOWHERE)
		return;
	f = place(r, t->flow, now_us);
	if (t->flags & TCP_RST) {
		f->key = 0;
		return;
	}
	if ((t->flags & TCP_SYN) && (t->flags & TCP_ACK) == 0) {
		take_syn(f, t, from, now_us);
		return;
	}
	if (t->flags & TCP_SYN) {
		take_syn_ack(f, t, from, now_us, sums);
		return;
	}
	end_handshake(f, from, now_us, sums);
	if (t->is_followed)
		take_followed(f, t, from, now_us, sums);
}

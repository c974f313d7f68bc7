/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/echo/echo.h"

#include <stdlib.h>
#include <string.h>

#include "collector/echo/echo_wire.h"
#include "lib/err.h"

#define BATCH	   32
#define ROOM	   64 /* octets of a reply that are read; ours have 24 */
#define RUNS	   64 /* batches at the most between two looks at the rest of the world */
#define CROWDED_MS 20 /* until those are looked at again that may not be sent to yet */

/* The number of a request is its place in the table and, above it, how often that was used. */
#define PLACE_BITS 12
_Static_assert(1 << PLACE_BITS == ECHO_IN_FLIGHT_MAX, "a sequence number names every place");

struct question {
	struct question *next, *prev;
	struct list *in; /* NULL: in none */
	struct sockaddr_in6 to;
	struct echo_id id;
	echo_done_cb done;
	void *ctx;
	int64_t due_ms;
	uint8_t tries;
};

struct list {
	struct question *head, *tail;
};

struct echo {
	struct net net;
	const struct kk_clock *clock;
	struct echo_options options;
	struct echo_stats stats;
	struct list unused, waiting, going;
	struct list flying; /* the first is due first */
	int closing;
	uint8_t room[BATCH][ROOM];
	struct datagram batch[BATCH];
	struct question *sending[BATCH];
	struct question place[ECHO_IN_FLIGHT_MAX];
};

/* ---- lists ---- */

static void
leave(struct question *q)
{
	struct list *l = q->in;

	if (l == NULL)
		return;
	*(q->prev != NULL ? &q->prev->next : &l->head) = q->next;
	*(q->next != NULL ? &q->next->prev : &l->tail) = q->prev;
	q->in = NULL;
}

static void
join(struct list *l, struct question *q)
{
	leave(q);
	q->in = l;
	q->next = NULL;
	q->prev = l->tail;
	*(l->tail != NULL ? &l->tail->next : &l->head) = q;
	l->tail = q;
}

/* ---- making one ---- */

struct echo *
echo_new(const struct net *net, const struct kk_clock *c, const struct echo_options *o)
{
	struct echo *e = calloc(1, sizeof(*e));

	if (e == NULL)
		return NULL;
	e->net = *net;
	e->clock = c;
	e->options = *o;
	for (unsigned i = 0; i < ECHO_IN_FLIGHT_MAX; i++) {
		e->place[i].id.sequence = (uint16_t)i;
		join(&e->unused, &e->place[i]);
	}
	return e;
}

static void
tell(struct echo *e, struct question *q, int rc)
{
	join(&e->unused, q);
	q->done(q->ctx, rc);
}

void
echo_free(struct echo *e)
{
	if (e == NULL)
		return;
	e->closing = 1;
	for (unsigned i = 0; i < ECHO_IN_FLIGHT_MAX; i++)
		if (e->place[i].in != &e->unused)
			tell(e, &e->place[i], KK_E_CLOSED);
	free(e);
}

int
echo_may_ask(const struct sockaddr_in6 *to)
{
	const struct in6_addr *a = &to->sin6_addr;
	const uint8_t *v4 = &a->s6_addr[12];

	if (!IN6_IS_ADDR_V4MAPPED(a))
		return !IN6_IS_ADDR_LOOPBACK(a) && !IN6_IS_ADDR_MULTICAST(a) &&
		       !IN6_IS_ADDR_UNSPECIFIED(a);
	return v4[0] != 0 && v4[0] != 127 && v4[0] < 224; /* groups, and what is above them */
}

unsigned
echo_ask(struct echo *e, const struct sockaddr_in6 *to, echo_done_cb done, void *ctx)
{
	struct question *q = e->unused.head;

	if (e->closing || !echo_may_ask(to))
		return 0;
	if (q == NULL) {
		e->stats.full++;
		return 0;
	}
	q->to = *to;
	q->to.sin6_port = 0;
	q->done = done;
	q->ctx = ctx;
	q->tries = 0;
	q->id.sequence = (uint16_t)(q->id.sequence + ECHO_IN_FLIGHT_MAX);
	arc4random_buf(&q->id.nonce, sizeof(q->id.nonce));
	join(&e->waiting, q);
	e->stats.asked++;
	return (unsigned)(q - e->place) + 1;
}

void
echo_cancel(struct echo *e, unsigned ticket)
{
	if (e != NULL && ticket > 0 && ticket <= ECHO_IN_FLIGHT_MAX)
		join(&e->unused, &e->place[ticket - 1]);
}

/* ---- receiving ---- */

static void
take(struct echo *e, const struct datagram *d)
{
	struct echo_id id;
	struct question *q;

	if (!echo_read(d->data, d->len, !IN6_IS_ADDR_V4MAPPED(&d->peer.sin6_addr), &id)) {
		e->stats.malformed++;
		return;
	}
	q = &e->place[id.sequence % ECHO_IN_FLIGHT_MAX];
	if (q->in == &e->unused || q->tries == 0 || q->id.sequence != id.sequence)
		e->stats.late++;
	else if (memcmp(&q->to.sin6_addr, &d->peer.sin6_addr, sizeof(q->to.sin6_addr)) != 0)
		e->stats.wrong_peer++;
	else if (q->id.nonce != id.nonce)
		e->stats.wrong_nonce++;
	else {
		e->stats.answered++;
		tell(e, q, KK_OK);
	}
}

static int
receive_batch(struct echo *e)
{
	int got;

	for (int i = 0; i < BATCH; i++)
		e->batch[i] = (struct datagram){.data = e->room[i], .len = ROOM};
	got = e->net.receive(e->net.ctx, e->batch, BATCH);
	for (int i = 0; i < got; i++)
		take(e, &e->batch[i]);
	return got == BATCH;
}

/* ---- sending ---- */

static void
sent(struct echo *e, struct question *q, int64_t now)
{
	q->tries++;
	q->due_ms = now + e->options.timeout_ms;
	e->stats.sent++;
	join(&e->flying, q);
}

/* Whoever may be sent to now, a batch of them; the others go to the end of the line. `stop` is the
 * first of these: when it is its turn again, everybody had his. */
static unsigned
gather(struct echo *e, const struct question **stop)
{
	struct question *q;
	unsigned n = 0;

	for (int i = 0; i < ECHO_IN_FLIGHT_MAX && n < BATCH; i++) {
		if ((q = e->waiting.head) == NULL || q == *stop)
			break;
		if (e->options.may_send != NULL && !e->options.may_send(e->options.ctx, &q->to)) {
			if (*stop == NULL)
				*stop = q;
			join(&e->waiting, q);
			continue;
		}
		join(&e->going, q);
		echo_write(e->room[n], !IN6_IS_ADDR_V4MAPPED(&q->to.sin6_addr), &q->id);
		e->batch[n] =
		    (struct datagram){.peer = q->to, .data = e->room[n], .len = ECHO_OCTETS};
		e->sending[n++] = q;
	}
	return n;
}

/* Returns 0 when the network takes no more for now. */
static int
send_batch(struct echo *e, unsigned n, int64_t now)
{
	unsigned done = 0;

	while (done < n) {
		int taken = e->net.send(e->net.ctx, e->batch + done, n - done);

		if (taken == 0)
			break;
		if (taken < 0) { /* the first of them can never be sent */
			e->stats.send_errors++;
			if (e->sending[done]->in == &e->going)
				tell(e, e->sending[done], KK_E_REFUSED);
			done++;
			continue;
		}
		for (int i = 0; i < taken; i++, done++)
			if (e->sending[done]->in == &e->going) /* nobody has cancelled it */
				sent(e, e->sending[done], now);
	}
	while (e->going.head != NULL)
		join(&e->waiting, e->going.head);
	return done == n;
}

static void
expire(struct echo *e, int64_t now)
{
	struct question *q;

	while ((q = e->flying.head) != NULL && q->due_ms <= now) {
		if (q->tries < ECHO_TRIES) {
			join(&e->waiting, q);
		} else {
			e->stats.silent++;
			tell(e, q, KK_E_SILENT);
		}
	}
}

int
echo_run(struct echo *e)
{
	int64_t now = clock_mono_ms(e->clock);
	const struct question *stop = NULL;
	int more = 1;
	unsigned n;

	for (int i = 0; i < RUNS && more; i++)
		more = receive_batch(e);
	if (!more)
		expire(e, now); /* what has come, but is not read yet, is in time */
	for (int i = 0; i < RUNS && (n = gather(e, &stop)) > 0; i++)
		if (!send_batch(e, n, now))
			break;
	if (more)
		return 0;
	if (e->waiting.head != NULL)
		return CROWDED_MS;
	if (e->flying.head == NULL)
		return -1;
	return e->flying.head->due_ms > now ? (int)(e->flying.head->due_ms - now) : 0;
}

int
echo_busy(const struct echo *e)
{
	return e->waiting.head != NULL || e->flying.head != NULL;
}

void
echo_set_timeout(struct echo *e, unsigned timeout_ms)
{
	e->options.timeout_ms = timeout_ms;
}

const struct echo_stats *
echo_stats(const struct echo *e)
{
	return &e->stats;
}

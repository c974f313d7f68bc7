/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/sessions.h"

#include <stdlib.h>

#include "probes/book.h"

#define SECOND INT64_C(1000000)
#define KEEP_US                                                                           \
	(300 * SECOND) /* how long a closed session is known, for its messages sent again \
			*/
#define REQUEST 4

/* When something happened: as the device says, else when it was captured less its delay. */
struct moment {
	int64_t seen_us;
	uint32_t event_s;
	uint8_t has_event;
};

struct counter {
	uint64_t value;
	uint8_t known;
};

struct session {
	uint64_t nas;
	uint64_t ap;
	uint64_t client;
	struct counter up, down;
	struct moment first, last;
	uint32_t session_s;
	uint8_t has_time;
	uint8_t status;		/* of the last message */
	uint32_t before, after; /* others in the devices' bucket; open ones only */
};

struct sessions {
	struct book *book;
	struct session *session;
	uint32_t *devices; /* heads of lists of open sessions, by device */
	uint32_t buckets;
	int64_t timeout_us;
	struct sessions_stats stats;
};

struct out {
	session_sink *sink;
	void *arg;
};

struct sessions *
sessions_new(size_t capacity, int timeout_s)
{
	struct sessions *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	for (s->buckets = 1; s->buckets < capacity; s->buckets *= 2)
		;
	s->timeout_us = timeout_s * SECOND;
	s->book = book_new(capacity);
	s->session = calloc(capacity, sizeof(*s->session));
	s->devices = calloc(s->buckets, sizeof(*s->devices));
	if (s->book == NULL || s->session == NULL || s->devices == NULL) {
		sessions_free(s);
		return NULL;
	}
	for (uint32_t i = 0; i < s->buckets; i++)
		s->devices[i] = BOOK_NONE;
	return s;
}

void
sessions_free(struct sessions *s)
{
	if (s == NULL)
		return;
	book_free(s->book);
	free(s->session);
	free(s->devices);
	free(s);
}

const struct sessions_stats *
sessions_stats(const struct sessions *s)
{
	return &s->stats;
}

/* ---- lists by device ---- */

static uint32_t *
device(struct sessions *s, uint64_t nas)
{
	return &s->devices[nas & (s->buckets - 1)];
}

static void
link_device(struct sessions *s, uint32_t at)
{
	uint32_t *head = device(s, s->session[at].nas);

	s->session[at].before = BOOK_NONE;
	s->session[at].after = *head;
	if (*head != BOOK_NONE)
		s->session[*head].before = at;
	*head = at;
}

static void
unlink_device(struct sessions *s, uint32_t at)
{
	struct session *e = &s->session[at];

	if (e->before != BOOK_NONE)
		s->session[e->before].after = e->after;
	else
		*device(s, e->nas) = e->after;
	if (e->after != BOOK_NONE)
		s->session[e->after].before = e->before;
}

/* ---- one session ---- */

static void
say(const struct out *o, const struct session *e, struct session_delta d)
{
	d.ap = e->ap;
	d.client = e->client;
	o->sink(o->arg, &d);
}

static void
end(struct sessions *s, uint32_t at, int64_t now_us)
{
	unlink_device(s, at);
	book_close(s->book, at, now_us);
}

/* End a session by something else than its own stop: what it added since is unknown. */
static void
cut_off(struct sessions *s, uint32_t at, enum session_end why, int64_t now_us, const struct out *o)
{
	say(o, &s->session[at], (struct session_delta){.ended = (uint8_t)why});
	end(s, at, now_us);
}

static struct moment
moment(const struct detail_radius *r, int64_t now_us)
{
	return (struct moment){
	    .seen_us = now_us - (r->flags & RADIUS_HAS_DELAY ? r->delay_s * SECOND : 0),
	    .event_s = r->event_s,
	    .has_event = (r->flags & RADIUS_HAS_EVENT) != 0};
}

/* By the device's clock if both have it: a message that was sent again has it unchanged. */
static int
compare(const struct moment *a, const struct moment *b)
{
	if (a->has_event && b->has_event)
		return (a->event_s > b->event_s) - (a->event_s < b->event_s);
	return (a->seen_us > b->seen_us) - (a->seen_us < b->seen_us);
}

static int
is_less(const struct counter *c, uint64_t value, int has)
{
	return c->known && has && value < c->value;
}

static int
is_same(const struct counter *c, uint64_t value, int has)
{
	return !has || (c->known && value == c->value);
}

/* The counter's new value, and what was added. Without one the next message says it. */
static uint64_t
advance(struct counter *c, uint64_t value, int has, int restarted, uint8_t *known)
{
	uint64_t added = 0;

	*known = 0;
	if (!has)
		return 0;
	if (c->known && !restarted) {
		added = value - c->value;
		*known = 1;
	}
	c->value = value;
	c->known = 1;
	return added;
}

static struct session_delta
count(struct sessions *s, struct session *e, const struct detail_radius *r)
{
	int has_up = (r->flags & RADIUS_HAS_UP) != 0, has_down = (r->flags & RADIUS_HAS_DOWN) != 0;
	int younger = e->has_time && r->flags & RADIUS_HAS_TIME && r->session_s < e->session_s;
	/* If one went back, the other began anew too, whatever its value. */
	int restarted =
	    younger || is_less(&e->up, r->up, has_up) || is_less(&e->down, r->down, has_down);
	struct session_delta d = {0};

	s->stats.restarts += (unsigned)restarted;
	d.up = advance(&e->up, r->up, has_up, restarted, &d.up_known);
	d.down = advance(&e->down, r->down, has_down, restarted, &d.down_known);
	if (restarted && !has_up)
		e->up.known = 0;
	if (restarted && !has_down)
		e->down.known = 0;
	return d;
}

static void
note(struct session *e, const struct detail_radius *r, int64_t now_us)
{
	e->last = moment(r, now_us);
	e->status = (uint8_t)r->status;
	if (r->client != 0)
		e->client = r->client;
	if (r->flags & RADIUS_HAS_TIME) {
		e->session_s = r->session_s;
		e->has_time = 1;
	}
}

/* The session is at another access point than before: it ends there. */
static uint8_t
follow(struct sessions *s, struct session *e, uint64_t ap, const struct out *o)
{
	if (ap == 0 || ap == e->ap)
		return 0;
	if (e->ap == 0) {
		e->ap = ap;
		return 0;
	}
	say(o, e, (struct session_delta){.ended = SESSION_MOVED});
	s->stats.moved++;
	e->ap = ap;
	return 1;
}

/* Room for a session, filled with what this message says; BOOK_NONE: there is none. */
static uint32_t
admit(struct sessions *s, const struct detail_radius *r, uint64_t ap, int64_t now_us)
{
	uint32_t at = book_find(s->book, r->session);
	struct session *e;

	if (at != BOOK_NONE)
		book_touch(s->book, at, now_us);
	else if ((at = book_add(s->book, r->session, now_us)) == BOOK_NONE) {
		s->stats.full++;
		return BOOK_NONE;
	}
	e = &s->session[at];
	*e = (struct session){.nas = r->nas, .ap = ap, .first = moment(r, now_us)};
	note(e, r, now_us);
	link_device(s, at);
	return at;
}

/* There is no room for a session: what it carries is not known. */
static void
turn_away(const struct detail_radius *r, uint64_t ap, const struct out *o)
{
	o->sink(o->arg, &(struct session_delta){.ap = ap, .client = r->client});
}

/* ---- messages ---- */

static void
start_new(struct sessions *s, const struct detail_radius *r, uint64_t ap, int64_t now_us,
    const struct out *o)
{
	uint32_t at = admit(s, r, ap, now_us);

	if (at == BOOK_NONE) {
		turn_away(r, ap, o);
		return;
	}
	s->stats.started++;
	/* A session starts at 0, whether or not it is said. */
	s->session[at].up = (struct counter){r->flags & RADIUS_HAS_UP ? r->up : 0, 1};
	s->session[at].down = (struct counter){r->flags & RADIUS_HAS_DOWN ? r->down : 0, 1};
	say(o, &s->session[at],
	    (struct session_delta){.started = 1, .up_known = 1, .down_known = 1});
}

static void
take_start(struct sessions *s, const struct detail_radius *r, uint64_t ap, int64_t now_us,
    const struct out *o)
{
	uint32_t at = book_find(s->book, r->session);
	struct moment m = moment(r, now_us);
	const struct session *e;

	if (at != BOOK_NONE) {
		e = &s->session[at];
		/* Sent again, or overtaken. A second start right after the first is a new session
		 * only if the device's clock says so. */
		if (compare(&m, &e->last) <= 0 ||
		    (e->status == RADIUS_START && !(m.has_event && e->last.has_event))) {
			s->stats.duplicates++;
			return;
		}
		if (book_is_open(s->book, at)) {
			s->stats.replaced++;
			cut_off(s, at, SESSION_REPLACED, now_us, o);
		}
	}
	start_new(s, r, ap, now_us, o);
}

/* What is known of a session from its middle on: from here. */
static void
adopt(struct sessions *s, const struct detail_radius *r, uint64_t ap, int64_t now_us,
    const struct out *o)
{
	uint32_t at = admit(s, r, ap, now_us);
	struct session_delta d;

	if (at == BOOK_NONE) {
		turn_away(r, ap, o);
		return;
	}
	/* Nothing was known: what was added until now is not either. */
	d = count(s, &s->session[at], r);
	if (r->status == RADIUS_STOP)
		d.ended = SESSION_STOPPED;
	say(o, &s->session[at], d);
	if (r->status == RADIUS_STOP) {
		s->stats.orphans++;
		end(s, at, now_us);
	} else {
		s->stats.adopted++;
	}
}

enum order { ORDER_NEXT, ORDER_SAME, ORDER_LATE };

/* The session's own clock first: it cannot go back, and is the same in a message that was sent
 * again. If it went back while the device's clock went on, the session began anew. */
static enum order
order(const struct session *e, const struct detail_radius *r, int64_t now_us)
{
	struct moment m = moment(r, now_us);
	int both = e->has_time && (r->flags & RADIUS_HAS_TIME);
	int when = compare(&m, &e->last);

	if (e->status == r->status && (both ? r->session_s == e->session_s : when <= 0) &&
	    is_same(&e->up, r->up, r->flags & RADIUS_HAS_UP) &&
	    is_same(&e->down, r->down, r->flags & RADIUS_HAS_DOWN))
		return ORDER_SAME;
	if (both && r->session_s < e->session_s)
		return m.has_event && e->last.has_event && when > 0 ? ORDER_NEXT : ORDER_LATE;
	if ((!both || r->session_s == e->session_s) && when < 0)
		return ORDER_LATE;
	return ORDER_NEXT;
}

/* A message of a session that was closed: sent again or late, unless the session went on. */
static int
goes_on(const struct session *e, const struct detail_radius *r, int64_t now_us)
{
	return r->status == RADIUS_INTERIM && e->has_time && (r->flags & RADIUS_HAS_TIME) &&
	       r->session_s > e->session_s && order(e, r, now_us) == ORDER_NEXT;
}

static void
take_counts(struct sessions *s, const struct detail_radius *r, uint64_t ap, int64_t now_us,
    const struct out *o)
{
	uint32_t at = book_find(s->book, r->session);
	struct session *e = at != BOOK_NONE ? &s->session[at] : NULL;
	enum order when = e != NULL ? order(e, r, now_us) : ORDER_NEXT;
	struct session_delta d;
	int again;

	if (e == NULL) {
		adopt(s, r, ap, now_us, o);
		return;
	}
	again = !book_is_open(s->book, at);
	if (again && !goes_on(e, r, now_us)) {
		if (r->status == RADIUS_STOP && when != ORDER_LATE)
			s->stats.duplicates++;
		else
			s->stats.late++;
		return;
	}
	if (when != ORDER_NEXT) {
		s->stats.duplicates += when == ORDER_SAME;
		s->stats.late += when == ORDER_LATE;
		return;
	}
	book_touch(s->book, at, now_us);
	if (again)
		link_device(s, at);
	d = count(s, e, r);
	d.started = (uint8_t)(follow(s, e, ap, o) | again);
	note(e, r, now_us);
	if (r->status == RADIUS_STOP) {
		d.ended = SESSION_STOPPED;
		s->stats.ended++;
	}
	say(o, e, d);
	if (r->status == RADIUS_STOP)
		end(s, at, now_us);
}

/* The device came up or goes down: its sessions are over, but for those that started since. */
static void
take_device(struct sessions *s, const struct detail_radius *r, int64_t now_us, const struct out *o)
{
	struct moment m = moment(r, now_us);

	for (uint32_t at = *device(s, r->nas), next; at != BOOK_NONE; at = next) {
		const struct session *e = &s->session[at];

		next = e->after;
		if (e->nas != r->nas || compare(&e->first, &m) >= 0)
			continue;
		s->stats.by_device++;
		cut_off(s, at, SESSION_DEVICE, now_us, o);
	}
}

void
sessions_take(struct sessions *s, const struct detail_radius *r, uint64_t ap, int64_t now_us,
    session_sink *sink, void *arg)
{
	struct out o = {sink, arg};
	int has_session = (r->flags & RADIUS_HAS_SESSION) != 0;

	if (r->code != REQUEST)
		return;
	sessions_tick(s, now_us, sink, arg);
	if (r->status == RADIUS_START && has_session)
		take_start(s, r, ap, now_us, &o);
	else if ((r->status == RADIUS_INTERIM || r->status == RADIUS_STOP) && has_session)
		take_counts(s, r, ap, now_us, &o);
	else if ((r->status == RADIUS_ON || r->status == RADIUS_OFF) && r->flags & RADIUS_HAS_NAS)
		take_device(s, r, now_us, &o);
	else
		s->stats.unusable++;
}

void
sessions_tick(struct sessions *s, int64_t now_us, session_sink *sink, void *arg)
{
	struct out o = {sink, arg};
	uint32_t at;

	while ((at = book_idle(s->book, now_us - s->timeout_us)) != BOOK_NONE) {
		s->stats.timed_out++;
		cut_off(s, at, SESSION_TIMED_OUT, now_us, &o);
	}
	book_forget(s->book, now_us - KEEP_US);
}

void
sessions_each(const struct sessions *s, session_open *sink, void *arg)
{
	for (uint32_t i = 0; i < s->buckets; i++)
		for (uint32_t at = s->devices[i]; at != BOOK_NONE; at = s->session[at].after)
			sink(arg, s->session[at].ap);
}

void
sessions_turn(struct sessions *s)
{
	for (uint32_t i = 0; i < s->buckets; i++)
		for (uint32_t at = s->devices[i]; at != BOOK_NONE; at = s->session[at].after)
			s->session[at].client = 0;
}

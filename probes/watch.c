/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/watch.h"

#include <stdlib.h>
#include <string.h>

#include "probes/stations.h"

#define EXCHANGES	  16384	 /* open at once, of each kind: 5 MB in all */
#define SESSIONS	  131072 /* open at once: 20 MB */
#define SESSION_TIMEOUT_S 7200	 /* twice the longest interim interval that is usual */
#define STATIONS	  16384	 /* clients within ten seconds: 2 MB */
#define FLOWS		  65536	 /* of TCP: 4 MB */
#define RADIUS_REQUEST	  4

struct watch {
	struct exchange *exchange;
	struct sessions *sessions;
	struct stations *stations;
	struct rtt *rtt;
};

/* A packet on its way through. */
struct packet {
	const struct watch_sink *sink;
	uint64_t ap, named;
	int64_t now_us;
};

struct watch *
watch_new(void)
{
	struct watch *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return NULL;
	w->exchange = exchange_new(EXCHANGES);
	w->sessions = sessions_new(SESSIONS, SESSION_TIMEOUT_S);
	w->stations = stations_new(STATIONS);
	w->rtt = rtt_new(FLOWS);
	if (w->exchange == NULL || w->sessions == NULL || w->stations == NULL || w->rtt == NULL) {
		watch_free(w);
		return NULL;
	}
	return w;
}

void
watch_free(struct watch *w)
{
	if (w == NULL)
		return;
	exchange_free(w->exchange);
	sessions_free(w->sessions);
	stations_free(w->stations);
	rtt_free(w->rtt);
	free(w);
}

int
watch_turn(struct watch *w)
{
	struct exchange *exchange = exchange_new(EXCHANGES);
	struct stations *stations = stations_new(STATIONS);

	if (exchange == NULL || stations == NULL) {
		exchange_free(exchange);
		stations_free(stations);
		return 0;
	}
	exchange_free(w->exchange);
	stations_free(w->stations);
	w->exchange = exchange;
	w->stations = stations;
	sessions_turn(w->sessions);
	return 1;
}

static struct figures *
figures_of(const struct watch_sink *sink, uint64_t ap)
{
	return sink->figures(sink->ctx, ap);
}

static void
on_exchange(void *arg, const struct exchange_event *e)
{
	figures_exchange(figures_of(arg, e->ap), e);
}

static void
on_session(void *arg, const struct session_delta *delta)
{
	struct figures_radius *r = &figures_of(arg, delta->ap)->radius;

	r->started += delta->started;
	r->ended += delta->ended != SESSION_GOES_ON;
	r->octets_up += delta->up_known ? delta->up : 0;
	r->octets_down += delta->down_known ? delta->down : 0;
	r->unknown += !delta->up_known || !delta->down_known;
	r->stats.timed_out += delta->ended == SESSION_TIMED_OUT;
}

/* ---- management ---- */

static void
take_admission(struct watch *w, const struct seen *s, const struct packet *p)
{
	struct figures *f = figures_of(p->sink, p->ap);
	struct arrival a = {0};

	if ((s->flags & SEEN_HAS_STATUS) == 0)
		return;
	if (s->status != 0) {
		figures_code(&f->refusal, s->status, 0);
		return;
	}
	if (s->client != 0)
		a = stations_admit(w->stations, s->client, p->ap, p->now_us);
	f->generation[a.generation]++;
	f->reassociations += s->kind == SEEN_REASSOCIATION_RESPONSE;
	f->roams += a.from != 0 && !p->sink->is_same(p->sink->ctx, a.from, p->ap);
}

static uint16_t
action_code(const struct detail_management *m)
{
	return m->flags & MANAGEMENT_PROTECTED ? REASON_UNKNOWN
					       : (uint16_t)(m->category << 8 | m->action);
}

static void
take_management(struct watch *w, const struct seen *s, const struct detail_management *m,
    const struct packet *p)
{
	switch (s->kind) {
	case SEEN_ASSOCIATION_REQUEST:
	case SEEN_REASSOCIATION_REQUEST:
		if (s->client != 0)
			stations_ask(
			    w->stations, s->client, p->ap, p->named, m->generation, p->now_us);
		break;
	case SEEN_ASSOCIATION_RESPONSE:
	case SEEN_REASSOCIATION_RESPONSE:
		take_admission(w, s, p);
		break;
	case SEEN_DEAUTHENTICATION:
		figures_code(&figures_of(p->sink, p->ap)->deauthentication, m->reason,
		    s->direction == SEEN_UP);
		break;
	case SEEN_DISASSOCIATION:
		figures_code(&figures_of(p->sink, p->ap)->disassociation, m->reason,
		    s->direction == SEEN_UP);
		break;
	case SEEN_ACTION:
		figures_code(
		    &figures_of(p->sink, p->ap)->action, action_code(m), s->direction == SEEN_UP);
		break;
	default:
		break;
	}
	if ((s->kind == SEEN_DEAUTHENTICATION || s->kind == SEEN_DISASSOCIATION) && s->client != 0)
		stations_leave(w->stations, s->client, p->ap, p->now_us);
}

/* ---- packets ---- */

static void
take_radius(struct watch *w, const struct detail_radius *r, const struct packet *p)
{
	struct sessions_stats before;
	struct figures_radius *f;

	/* What timed out was of others. */
	sessions_tick(w->sessions, p->now_us, on_session, (void *)p->sink);
	if (r->code != RADIUS_REQUEST)
		return;
	before = *sessions_stats(w->sessions);
	sessions_take(w->sessions, r, p->named, p->now_us, on_session, (void *)p->sink);
	f = &figures_of(p->sink, p->named)->radius;
	f->messages++;
	figures_grow(&f->stats, sessions_stats(w->sessions), &before, sizeof(before));
}

static void
take_exchange(struct watch *w, const struct seen *s, const struct detail *d, uint64_t ap,
    const struct packet *p)
{
	struct exchange_stats before = *exchange_stats(w->exchange);
	const struct exchange_stats *now = exchange_stats(w->exchange);

	exchange_take(w->exchange, s, d, ap, p->now_us, on_exchange, (void *)p->sink);
	if (memcmp(now, &before, sizeof(before)) != 0)
		figures_grow(&figures_of(p->sink, p->ap)->exchanges, now, &before, sizeof(before));
}

void
watch_take(struct watch *w, const struct seen *s, const struct detail *d, uint64_t ap,
    uint64_t named, int64_t now_us, const struct watch_sink *sink)
{
	const struct packet p = {sink, ap, named, now_us};

	if (d->kind == DETAIL_RADIUS) {
		take_radius(w, &d->radius, &p);
		return;
	}
	if (d->kind == DETAIL_MANAGEMENT)
		take_management(w, s, &d->management, &p);
	else if (d->kind == DETAIL_DHCP && (named != 0 || d->dhcp.is_answer))
		ap = named; /* an answer is where the question was, unless it says */
	take_exchange(w, s, d, ap, &p);
}

void
watch_tcp(struct watch *w, const struct detail_tcp *t, enum seen_direction direction,
    int64_t now_us, struct rtt_sums *sums)
{
	rtt_take(w->rtt, t, direction, now_us, sums);
}

void
watch_foresee(const struct watch *w, const struct detail *d)
{
	if (d->kind == DETAIL_TCP)
		rtt_foresee(w->rtt, &d->tcp);
}

void
watch_tick(struct watch *w, int64_t now_us, const struct watch_sink *sink)
{
	exchange_tick(w->exchange, now_us, on_exchange, (void *)sink);
	sessions_tick(w->sessions, now_us, on_session, (void *)sink);
}

void
watch_sessions(const struct watch *w, session_open *each, void *arg)
{
	sessions_each(w->sessions, each, arg);
}

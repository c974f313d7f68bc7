/* SPDX-License-Identifier: GPL-3.0-or-later */
/* target_end.c - what a poll's answers say, and its end: the sample. */
#include "collector/target_in.h"

#include <stdlib.h>
#include <string.h>

#include "collector/meter/odometer.h"
#include "collector/snmp/usm.h"

#define SLACK_MAX_CS (600 * 100)
/* Since a restart of the collector: a boot time that is so far off is of another box, 1/100 s. */
#define ANOTHER_CS 6000
/* A device whose clock drifts by more than 1 in so much is broken. */
#define DRIFT 1000

_Static_assert(REASON_USM_SHARED - REASON_USM_USER == USM_SHARED - USM_NO_USER,
    "lib/sample.h has the troubles of usm.h in their order");

_Static_assert(REASON_TABLES - REASON_DROPPED == TROUBLE_LEARNING - TROUBLE_DROPPED,
    "lib/sample.h has the troubles of target_in.h in their order");

/* What is wrong with the agent, beside its values: as numbered in samples. */
static uint16_t
reason_of(const struct target *t)
{
	enum usm_trouble trouble = USM_FINE;

	if (t->peer.usm != NULL)
		trouble = usm_peer_trouble(t->peer.usm, clock_mono_ms(t->env->clock));
	if (trouble == USM_FINE)
		return (uint16_t)(t->trouble == TROUBLE_NONE
				      ? 0
				      : (REASON_DROPPED + t->trouble - TROUBLE_DROPPED)
					    << SAMPLE_REASON_AT);
	if (t->trace != NULL)
		ask_trace_tell(
		    t->trace, (enum text_id)(TEXT_WHY_USM_USER + (int)trouble - USM_NO_USER), NULL);
	return (uint16_t)((REASON_USM_USER + trouble - USM_NO_USER) << SAMPLE_REASON_AT);
}

static void
deliver(struct target *t, struct sample *s)
{
	poll_done_cb done = t->done;
	enum sample_reason echo = target_echo_end(t, (s->flags & SAMPLE_SILENT) != 0);

	if (!(s->flags & SAMPLE_SILENT))
		t->silent = 0;
	else if (t->silent < UINT16_MAX)
		t->silent++;
	lane_judge(t, (s->flags & SAMPLE_SILENT) != 0);
	s->device = t->num;
	s->source = SOURCE_SNMP;
	s->boot_cs = t->host_boot_cs != 0    ? t->host_boot_cs
		     : t->agent_boot_cs != 0 ? t->agent_boot_cs
					     : t->restored_boot_cs;
	if (t->meter.seen_cs != 0) {
		sample_set(s, METRIC_OCTETS_DOWN, (int64_t)t->meter.down);
		sample_set(s, METRIC_OCTETS_UP, (int64_t)t->meter.up);
	}
	if (t->first && !(s->flags & SAMPLE_SILENT)) {
		s->flags |= SAMPLE_FIRST;
		t->first = 0;
	}
	s->n_counters = t->meter.n;
	s->counters = t->meter.counter;
	s->flags |= echo != REASON_NONE ? (uint16_t)(echo << SAMPLE_REASON_AT) : reason_of(t);
	free(t->take);
	t->take = NULL;
	t->done = NULL;
	done(t->ctx, t, s); /* may poll again, or free it */
}

void
target_deliver_silent(struct target *t)
{
	struct sample s = {.flags = SAMPLE_SILENT, .time_cs = clock_utc_cs(t->env->clock)};

	deliver(t, &s);
}

/* It answered, but not with what was asked. */
void
target_deliver_empty(struct target *t)
{
	struct sample s = {
	    .flags = (uint16_t)(SAMPLE_PARTIAL | t->early), .time_cs = clock_utc_cs(t->env->clock)};

	t->heard_cs = s.time_cs;
	sample_set(&s, METRIC_UP, 1);
	sample_set(&s, METRIC_RTT, t->rtt_us);
	deliver(t, &s);
}

/* A poll that cannot go on, for whatever reason. */
void
target_give_up(struct target *t, int rc)
{
	if (rc == KK_E_CLOSED)
		t->done = NULL; /* the engine goes down: nothing was learned of the device */
	else if (t->rtt_us >= 0 || rc == KK_E_DENIED)
		target_deliver_empty(t); /* it has told why it does not answer: it is there */
	else if (!target_echo_await(t))
		target_deliver_silent(t);
}

/* ---- what the answers say ---- */

/* Boot times as this poll sees them; kept only when it is over. */
struct boots {
	int64_t agent_cs, host_cs, slack_cs;
	int restarted; /* the box, or the agent where nothing tells of the box */
	int any;       /* box or agent */
	int drifted;   /* known to be another, but not newer than the last answer */
};

/* Since a restart of the collector only one boot time is known: far from it is another box, which
 * ran already when it was put there. */
static int
is_another(const struct target *t, const struct take *k, const struct boots *b)
{
	int64_t boot = (k->has & TAKE_HOST_UPTIME) ? b->host_cs : b->agent_cs;
	int64_t off = boot - t->restored_boot_cs;

	return t->restored_boot_cs != 0 && boot != 0 && t->agent_boot_cs == 0 &&
	       t->host_boot_cs == 0 && (off > ANOTHER_CS || off < -ANOTHER_CS);
}

static void
follow_boots(const struct target *t, const struct take *k, int64_t when_cs, struct boots *b)
{
	int64_t restored = t->restored_boot_cs;
	int agent = KK_OK, host = KK_OK;

	b->slack_cs = SLACK_CS + t->rtt_us / 10000;
	if (t->heard_cs != 0 && when_cs > t->heard_cs)
		b->slack_cs += (when_cs - t->heard_cs) / DRIFT;
	if (b->slack_cs > SLACK_MAX_CS)
		b->slack_cs = SLACK_MAX_CS;
	b->agent_cs = t->agent_boot_cs;
	b->host_cs = t->host_boot_cs;
	if (k->has & TAKE_HOST_UPTIME) {
		if (b->host_cs == 0)
			b->host_cs = restored;
		host = boot_advance(&b->host_cs, k->host_uptime, when_cs, b->slack_cs, t->heard_cs);
	} else if (b->agent_cs == 0) {
		b->agent_cs = restored;
	}
	if (k->has & TAKE_UPTIME)
		agent = boot_advance(
		    &b->agent_cs, k->uptime, k->uptime_at_cs, b->slack_cs, t->heard_cs);
	b->restarted = (k->has & TAKE_HOST_UPTIME) ? host == KK_RESTART : agent == KK_RESTART;
	b->any = agent == KK_RESTART || host == KK_RESTART;
	b->drifted = !b->any && ((t->agent_boot_cs != 0 && b->agent_cs != t->agent_boot_cs) ||
				    (t->host_boot_cs != 0 && b->host_cs != t->host_boot_cs) ||
				    is_another(t, k, b));
}

/* Whether to look at the device's tables again before its counters are believed. */
static int
must_learn(const struct target *t, const struct take *k, const struct boots *b)
{
	if (t->relearned)
		return 0;
	if (b->any || (k->has & TAKE_TORN))
		return 1;
	if ((k->has & TAKE_CHANGED) && t->changed_known && k->changed != t->changed)
		return 1;
	return ((k->has & (TAKE_MISSING | TAKE_MOVED)) != 0 || b->drifted) &&
	       clock_mono_ms(t->env->clock) >= t->missing_at_ms;
}

/* When a counter started: with the device, or at its discontinuity, told as sysUpTime then. */
int64_t
target_started_at(int64_t boot_cs, int64_t agent_boot_cs, int64_t uptime, int64_t discontinuity)
{
	return discontinuity > 0 && discontinuity <= uptime ? agent_boot_cs + discontinuity
							    : boot_cs;
}

/* Readings as the meter wants them: when each counter started, and only whole pairs. */
static void
finish_readings(const struct target *t, struct take *k, const struct boots *b)
{
	int64_t base = b->host_cs != 0 ? b->host_cs : b->agent_cs;

	for (unsigned i = 0; i < t->layout->plan->n_counters; i++) {
		struct reading *r = &k->reading[i];

		/* While names do not fit, nobody can say whose octets these are. */
		r->present = r->present == 2 && !(k->has & TAKE_MOVED);
		r->boot_cs = target_started_at(base, b->agent_cs,
		    (k->has & TAKE_UPTIME) ? (int64_t)k->uptime : -1, r->boot_cs);
	}
}

static int
advance_meter(struct target *t, struct take *k, const struct boots *b, int64_t when_cs)
{
	struct meter_moment at = {
	    .when_cs = when_cs,
	    .slack_cs = b->slack_cs,
	    .agent_boot_cs = b->host_cs != 0 ? b->agent_cs : 0,
	    .replaced = t->replaced && !t->early, /* else its octets are counted already */
	};
	int flags;

	finish_readings(t, k, b);
	flags = meter_advance(&t->meter, k->reading, t->layout->plan->n_counters, &at);
	if (flags < 0)
		flags = SAMPLE_PARTIAL;
	flags |= t->early;
	if (t->replaced)
		flags |= SAMPLE_REPLACED;
	if (b->restarted)
		flags |= SAMPLE_RESTART;
	if (t->moved)
		flags |= SAMPLE_MOVED;
	if (t->lost || t->worse_since_ms != 0)
		flags |= SAMPLE_PARTIAL;
	return flags;
}

static void
remember(struct target *t, const struct take *k, const struct boots *b, int64_t when_cs)
{
	t->agent_boot_cs = b->agent_cs;
	t->host_boot_cs = (k->has & TAKE_HOST_UPTIME) ? b->host_cs : 0;
	t->restored_boot_cs = 0;
	t->heard_cs = when_cs;
	if (k->has & TAKE_CHANGED) {
		t->changed = k->changed;
		t->changed_known = 1;
	}
	t->replaced = 0;
	if (t->relearned && ((k->has & (TAKE_MISSING | TAKE_MOVED)) != 0 || b->drifted))
		t->missing_at_ms = clock_mono_ms(t->env->clock) + MISSING_EVERY_MS;
}

/* Whether an answer's octets are whose they were, although the device booted: all that is missing
 * is whether something else has changed. */
static int
is_certain(const struct target *t, const struct take *k, const struct boots *b)
{
	const struct plan *p = t->layout->plan;
	unsigned names = 0;

	for (unsigned i = 0; i < p->n_objects; i++)
		names += p->object[i].what == OBJECT_NAME;
	return b->any && names == p->n_counters &&
	       !(k->has & (TAKE_MOVED | TAKE_MISSING | TAKE_TORN));
}

/* Two answers within the clock's tick are of two moments. */
static int64_t
moment_of(const struct target *t, int64_t when_cs)
{
	int64_t seen = t->meter.seen_cs;

	return when_cs <= seen && seen - when_cs < 100 ? seen + 1 : when_cs;
}

/* All answers are there. */
void
target_conclude(struct target *t, struct take *k, int64_t received_cs)
{
	int64_t when_cs = moment_of(t, received_cs);
	struct sample s = {.time_cs = when_cs};
	struct boots b;

	follow_boots(t, k, when_cs, &b);
	if (must_learn(t, k, &b)) {
		/* It may boot once more while it is learned: count what is certain now. */
		if (is_certain(t, k, &b)) {
			t->early = (uint16_t)advance_meter(t, k, &b, when_cs);
			remember(t, k, &b, when_cs);
		}
		t->rebooted = (uint8_t)b.any;
		if (target_start_learn(t) == KK_OK)
			return;
	}
	s.flags = (uint16_t)advance_meter(t, k, &b, when_cs);
	remember(t, k, &b, when_cs);
	sample_set(&s, METRIC_UP, 1);
	sample_set(&s, METRIC_RTT, t->rtt_us);
	if (k->has & (TAKE_HOST_UPTIME | TAKE_UPTIME))
		sample_set(
		    &s, METRIC_UPTIME, (when_cs - (b.host_cs != 0 ? b.host_cs : b.agent_cs)) / 100);
	take_metrics(k, t->layout, &s);
	if ((k->has & TAKE_WRONG) && t->trouble == TROUBLE_NONE)
		t->trouble = TROUBLE_TYPES;
	if (t->relearned && (k->has & TAKE_MOVED))
		target_drop_names(t);
	deliver(t, &s);
}

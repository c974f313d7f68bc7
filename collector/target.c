/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/target_in.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/odometer.h"
#include "collector/snmp/usm.h"
#include "lib/text.h"

/* How much a boot time may be off, beside round trip and drift: agents round, and start late. */
#define SLACK_CS     200
#define SLACK_MAX_CS (600 * 100)
/* A device whose clock drifts by more than 1 in so much is broken. */
#define DRIFT 1000

/* Corrections of the request in one poll: tooBig, objects that the agent stumbles over. */
#define TRIES_MAX 40

/* After a reboot radios come up late: look again. */
#define LEARN_AFTER_BOOT_MS (5 * 60 * 1000)
/* What is missing is not looked for at every poll. */
#define MISSING_EVERY_MS (10 * 60 * 1000)
/* A device that is slow, or has many rows, is learned over so many of its moments. */
#define LEARN_INTERVALS 10
/* Rows that do not come back are given up for a worse choice. */
#define WORSE_AFTER_MS (INT64_C(24) * 3600 * 1000)

static int start_gets(struct target *t);
static int start_learn(struct target *t);

/* ---- making one ---- */

static int
read_host(const struct target_env *env, const struct device *dev, struct sockaddr_in6 *out,
    struct diag *d)
{
	unsigned port = dev->port > 0 ? dev->port : env->conf->snmp.port;
	struct in_addr v4;

	*out = (struct sockaddr_in6){.sin6_family = AF_INET6};
	if (port == 0 || port > 65535)
		return diag_set(d, KK_E_RANGE, "%s: port %u is none", dev->id, port);
	out->sin6_port = htons((uint16_t)port);
	if (inet_pton(AF_INET, dev->host, &v4) == 1) {
		out->sin6_addr.s6_addr[10] = out->sin6_addr.s6_addr[11] = 0xff;
		memcpy(&out->sin6_addr.s6_addr[12], &v4, sizeof(v4));
	} else if (inet_pton(AF_INET6, dev->host, &out->sin6_addr) != 1) {
		return diag_set(d, KK_E_RANGE, "%s: host \"%s\" is no address", dev->id, dev->host);
	}
	return KK_OK;
}

static int
read_version(const char *version)
{
	if (strcmp(version, "2c") == 0 || strcmp(version, "2") == 0 || strcmp(version, "v2c") == 0)
		return 2;
	if (strcmp(version, "3") == 0 || strcmp(version, "v3") == 0)
		return 3;
	return strcmp(version, "1") == 0 || strcmp(version, "v1") == 0 ? 1 : 0;
}

/* Who asks an SNMPv3 agent. */
static int
take_user(struct target *t, const struct device *dev, struct diag *d)
{
	const char *name = dev->user[0] != '\0' ? dev->user : t->env->conf->snmp.user;
	struct usm_user *user = usm_users_find(t->env->users, name);
	int rc;

	if (name[0] == '\0')
		return diag_set(d, KK_E_RANGE, "%s: SNMP version 3 needs a user", dev->id);
	if (t->env->usm == NULL || user == NULL)
		return diag_set(d, KK_E_NOTFOUND,
		    "%s: the SNMPv3 user \"%s\" is not in the users file", dev->id, name);
	if ((rc = usm_peer_take(t->env->usm, &t->peer.addr, user, &t->peer.usm)) != KK_OK)
		return diag_set(
		    d, rc, "%s: SNMPv3 user \"%s\": %s", dev->id, name, kk_strerror(rc));
	t->community = "";
	return KK_OK;
}

static int
read_profile(const struct target_env *env, const struct device *dev, const struct profile **out,
    struct diag *d)
{
	*out = NULL;
	if (dev->profile[0] == '\0')
		return KK_OK;
	*out = profiles_by_name(env->profiles, dev->profile);
	if (*out == NULL)
		return diag_set(
		    d, KK_E_NOTFOUND, "%s: there is no profile \"%s\"", dev->id, dev->profile);
	return KK_OK;
}

int
target_new(
    const struct target_env *env, const struct device *dev, struct target **out, struct diag *d)
{
	const char *version = dev->version[0] != '\0' ? dev->version : env->conf->snmp.version;
	size_t id_len = strlen(dev->id) + 1, own = strlen(dev->community);
	const struct profile *fixed;
	struct sockaddr_in6 addr;
	struct target *t;
	int rc;

	if ((rc = read_host(env, dev, &addr, d)) != KK_OK ||
	    (rc = read_profile(env, dev, &fixed, d)) != KK_OK)
		return rc;
	if (read_version(version) == 0)
		return diag_set(
		    d, KK_E_RANGE, "%s: SNMP version \"%s\" is not spoken", dev->id, version);
	if (own > 255)
		return diag_set(d, KK_E_RANGE, "%s: community of %zu octets", dev->id, own);
	if ((t = calloc(1, sizeof(*t) + id_len + own + 1)) == NULL)
		return diag_set(d, KK_E_NOMEM, "%s: %s", dev->id, kk_strerror(KK_E_NOMEM));
	memcpy(t->id, dev->id, id_len);
	memcpy(t->id + id_len, dev->community, own + 1);
	t->env = env;
	t->peer.addr = addr;
	t->num = dev->num;
	t->fixed = fixed;
	t->version = (uint8_t)read_version(version);
	t->community = own > 0 ? t->id + id_len : env->conf->snmp.community;
	t->entry = 0xff;
	t->spread = (uint32_t)text_hash(dev->id, id_len - 1);
	meter_init(&t->meter);
	if (t->version == 3 && (rc = take_user(t, dev, d)) != KK_OK) {
		free(t);
		return rc;
	}
	*out = t;
	return KK_OK;
}

void
target_free(struct target *t)
{
	if (t == NULL)
		return;
	learn_free(t->learn);
	tally_free(t->tally);
	engine_cancel(t->env->engine, &t->peer);
	lane_looked(t);
	usm_peer_give(t->peer.usm);
	layout_release(t->env->layouts, t->layout);
	meter_free(&t->meter);
	free(t->take);
	free(t->kept);
	free(t->key);
	free(t);
}

uint32_t
target_device(const struct target *t)
{
	return t->num;
}

const char *
target_id(const struct target *t)
{
	return t->id;
}

void
target_trace(struct target *t, const struct ask_trace *trace)
{
	t->trace = trace;
}

const struct profile *
target_profile(const struct target *t, int *fits)
{
	if (fits != NULL)
		*fits = t->fits;
	return t->profile;
}

const struct layout *
target_layout_used(const struct target *t)
{
	return t->layout;
}

static struct ask_peer
as_peer(struct target *t)
{
	return (struct ask_peer){
	    .engine = t->env->engine,
	    .peer = &t->peer,
	    .version = t->version,
	    .community = t->community,
	    .trace = t->trace,
	    .trouble = &t->learn_trouble,
	};
}

struct ask_peer
target_peer(struct target *t)
{
	struct ask_peer p = as_peer(t);

	p.trace = NULL;
	return p;
}

int
target_is_busy(const struct target *t)
{
	return t->done != NULL;
}

/* ---- changes of its layout ---- */

/* The same layout with a change. */
static int
change_layout(struct target *t, struct plan *p)
{
	struct layout *y = NULL;
	uint8_t *octets = NULL;
	size_t len;
	int rc = plan_encode(p, &octets, &len);

	if (rc == KK_OK)
		rc = layouts_take(
		    t->env->layouts, t->profile, t->version, t->community, octets, len, &y, NULL);
	free(octets);
	return rc == KK_OK ? target_use(t, y, t->key) : rc;
}

/* The names that were just learned are not those that are read: without them, its counters count
 * at least. */
static void
drop_names(struct target *t)
{
	struct plan *p;

	if (plan_decode(t->layout->octets, t->layout->len, &p) != KK_OK)
		return;
	for (unsigned i = p->n_objects; i-- > 0;)
		if (p->object[i].what == OBJECT_NAME)
			plan_drop(p, i);
	if (p->n_objects > 0)
		change_layout(t, p);
	plan_free(p);
}

/* ---- the end of a poll ---- */

_Static_assert(REASON_USM_SHARED - REASON_USM_USER == USM_SHARED - USM_NO_USER,
    "lib/sample.h has the troubles of usm.h in their order");

/* What is wrong with the agent, beside its values. */
static uint16_t
reason_of(const struct target *t)
{
	enum usm_trouble trouble = USM_FINE;

	if (t->peer.usm != NULL)
		trouble = usm_peer_trouble(t->peer.usm, clock_mono_ms(t->env->clock));
	if (trouble == USM_FINE)
		return 0;
	if (t->trace != NULL) {
		char text[128];

		snprintf(text, sizeof(text), "SNMPv3: %s.", usm_trouble_text(trouble));
		t->trace->say(t->trace->ctx, text);
	}
	return (uint16_t)((REASON_USM_USER + trouble - USM_NO_USER) << SAMPLE_REASON_AT);
}

static void
deliver(struct target *t, struct sample *s)
{
	poll_done_cb done = t->done;

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
	s->flags |= reason_of(t);
	free(t->take);
	t->take = NULL;
	t->done = NULL;
	done(t->ctx, t, s); /* may poll again, or free it */
}

static void
deliver_silent(struct target *t)
{
	struct sample s = {.flags = SAMPLE_SILENT, .time_cs = clock_utc_cs(t->env->clock)};

	deliver(t, &s);
}

/* It answered, but not with what was asked. */
static void
deliver_empty(struct target *t)
{
	struct sample s = {
	    .flags = (uint16_t)(SAMPLE_PARTIAL | t->early), .time_cs = clock_utc_cs(t->env->clock)};

	t->heard_cs = s.time_cs;
	sample_set(&s, METRIC_UP, 1);
	sample_set(&s, METRIC_RTT, t->rtt_us);
	deliver(t, &s);
}

/* A poll that cannot go on, for whatever reason. */
static void
give_up(struct target *t, int rc)
{
	if (rc == KK_E_CLOSED)
		t->done = NULL; /* the engine goes down: nothing was learned of the device */
	else if (t->rtt_us >= 0 || rc == KK_E_DENIED)
		deliver_empty(t); /* it has told why it does not answer: it is there */
	else
		deliver_silent(t);
}

/* ---- what the answers say ---- */

/* Boot times as this poll sees them; kept only when it is over. */
struct boots {
	int64_t agent_cs, host_cs, slack_cs;
	int restarted; /* the box, or the agent where nothing tells of the box */
	int any;       /* box or agent */
	int drifted;   /* known to be another, but not newer than the last answer */
};

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
				    (t->host_boot_cs != 0 && b->host_cs != t->host_boot_cs));
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
static int64_t
started_at(int64_t boot_cs, int64_t agent_boot_cs, int64_t uptime, int64_t discontinuity)
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
		r->boot_cs = started_at(base, b->agent_cs,
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
static void
conclude(struct target *t, struct take *k, int64_t received_cs)
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
		if (start_learn(t) == KK_OK)
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
		drop_names(t);
	deliver(t, &s);
}

/* ---- asking ---- */

/* tooBig: half as much at a time. Another error: without the object that it names. Both are
 * remembered with the layout. */
static int
correct_layout(struct target *t, const struct answer *a)
{
	const struct layout_get *g = &t->layout->get[t->get];
	unsigned at = a->error_index > 0 ? (unsigned)a->error_index - 1 : g->n;
	struct plan *p;
	int rc;

	t->trouble_arg = (uint8_t)a->error_status;
	if (t->tries++ == TRIES_MAX)
		return KK_E_REFUSED;
	if ((rc = plan_decode(t->layout->octets, t->layout->len, &p)) != KK_OK)
		return rc;
	if (a->error_status != 1 && at < g->n && p->n_objects > 1)
		plan_drop(p, g->object[at]);
	else if (g->n > 2)
		p->chunk = (uint8_t)((g->n < p->chunk ? g->n : p->chunk) / 2);
	else
		rc = KK_E_REFUSED;
	if (rc == KK_OK)
		rc = change_layout(t, p);
	plan_free(p);
	return rc;
}

static void
tally_ended(void *ctx, int rc)
{
	struct target *t = ctx;

	if (rc == KK_E_CLOSED) {
		give_up(t, rc);
		return;
	}
	tally_into(t->tally, t->take);
	tally_free(t->tally);
	t->tally = NULL;
	conclude(t, t->take, t->take->received_cs);
}

/* All values are there; what is to be counted is not yet. */
static void
count_rows(struct target *t, struct take *k, int64_t received_cs)
{
	struct ask_peer p = as_peer(t);

	k->received_cs = received_cs;
	if (k != t->take || !tally_needed(t->layout) ||
	    tally_start(&p, t->layout, tally_ended, t, &t->tally) != KK_OK)
		conclude(t, k, received_cs);
}

static void
on_get(void *ctx, int rc, const struct answer *a)
{
	struct take own, *k;
	struct target *t = ctx;

	if (rc == KK_E_SILENT && t->get > 0) { /* what has come counts; the rest is missing */
		t->trouble = TROUBLE_MIDWAY;
		t->relearned = 1;
		conclude(t, t->take, clock_utc_cs(t->env->clock));
		return;
	}
	if (rc != KK_OK) {
		give_up(t, rc);
		return;
	}
	if (t->rtt_us < 0)
		t->rtt_us = a->rtt_us;
	if (a->error_status != 0) {
		if ((rc = correct_layout(t, a)) != KK_OK)
			t->trouble = TROUBLE_REFUSES;
		else
			rc = start_gets(t);
		if (rc != KK_OK)
			give_up(t, rc);
		return;
	}
	k = t->take != NULL ? t->take : &own;
	if (t->get == 0)
		take_start(k, t->layout, t->key);
	take_answer(k, t->layout, t->get, a);
	if (t->trace != NULL)
		for (size_t i = 0; i < a->n; i++)
			t->trace->object(t->trace->ctx, &a->vb[i]);
	if (++t->get < t->layout->n_gets) {
		rc =
		    engine_ask(t->env->engine, &t->peer, t->layout->get[t->get].request, on_get, t);
		if (rc != KK_OK)
			give_up(t, rc);
		return;
	}
	count_rows(t, k, a->received_cs);
}

static int
start_gets(struct target *t)
{
	t->get = 0;
	if ((t->layout->n_gets > 1 || tally_needed(t->layout)) && t->take == NULL &&
	    (t->take = malloc(sizeof(*t->take))) == NULL)
		return KK_E_NOMEM;
	return engine_ask(t->env->engine, &t->peer, t->layout->get[0].request, on_get, t);
}

/* ---- learning ---- */

/* Which of the counters went elsewhere, and whether one is gone. */
static void
compare_rows(struct target *t, const struct plan *p, const uint32_t *key)
{
	const struct plan *old = t->layout != NULL ? t->layout->plan : NULL;

	for (unsigned i = 0; old != NULL && i < old->n_objects; i++) {
		const struct plan_object *o = &old->object[i];
		int found = 0;

		if (o->what != OBJECT_DOWN)
			continue;
		for (unsigned k = 0; k < p->n_objects && !found; k++) {
			if (p->object[k].what != OBJECT_DOWN ||
			    key[p->object[k].index] != t->key[o->index])
				continue;
			found = 1;
			if (p->object[k].len == o->len &&
			    plan_name(p, k)[o->len - 1] != plan_name(old, i)[o->len - 1])
				t->moved = 1;
		}
		if (!found)
			t->lost = 1;
	}
}

static void
take_entry(struct target *t, const struct learned *l)
{
	if (l->plan->n_counters > 0) {
		t->entry = l->plan->entry;
		t->worse_since_ms = 0;
	} else if (t->entry != 0xff && t->worse_since_ms == 0) {
		t->worse_since_ms = clock_mono_ms(t->env->clock);
	}
}

/* An odometer is 0 at the first good reply that carries its counter, and for a device that nobody
 * knew that was one of those that told which counters it has. */
static void
take_base(struct target *t, const struct learned *l)
{
	/* Older than the poll's own answer, which may come within the same 1/100 s. */
	struct meter_moment at = {.when_cs = clock_utc_cs(t->env->clock) - 1, .slack_cs = SLACK_CS};
	struct reading base[SAMPLE_COUNTERS_MAX];

	if (t->meter.seen_cs != 0 || l->plan->n_counters == 0)
		return;
	memcpy(base, l->base, l->plan->n_counters * sizeof(base[0]));
	/* It may boot before the poll's own answer. */
	for (unsigned i = 0; i < l->plan->n_counters; i++) {
		int64_t boot_cs = l->base_uptime >= 0 ? at.when_cs - l->base_uptime : 0;

		base[i].boot_cs = started_at(boot_cs, boot_cs, l->base_uptime, base[i].boot_cs);
	}
	t->first = meter_advance(&t->meter, base, l->plan->n_counters, &at) == SAMPLE_FIRST;
	t->heard_cs = at.when_cs;
}

static int
take_learned(struct target *t, const struct learned *l)
{
	struct layout *y = NULL;
	uint8_t *octets = NULL;
	size_t len;
	int rc;

	/* What the device could not answer at once, it cannot now. */
	if (t->layout != NULL && t->profile == l->profile)
		l->plan->chunk = t->layout->plan->chunk;
	rc = plan_encode(l->plan, &octets, &len);
	if (rc == KK_OK)
		rc = layouts_take(
		    t->env->layouts, l->profile, t->version, t->community, octets, len, &y, NULL);
	free(octets);
	if (rc != KK_OK)
		return rc;
	t->replaced = t->identity != 0 && l->identity != 0 && t->identity != l->identity;
	if (t->profile != l->profile || t->replaced)
		t->entry = 0xff;
	else
		compare_rows(t, l->plan, l->key);
	if (l->identity != 0)
		t->identity = l->identity;
	take_entry(t, l);
	t->fits = (uint8_t)l->fits;
	take_base(t, l);
	return target_use(t, y, l->key);
}

static void
plan_next_learn(struct target *t)
{
	int64_t now = clock_mono_ms(t->env->clock);

	t->learn_at_ms = now + LEARN_EVERY_MS + (int64_t)((uint64_t)t->spread * 3600000 >> 32);
	if (t->rebooted)
		t->learn_at_ms = now + LEARN_AFTER_BOOT_MS;
	else if (t->worse_since_ms != 0)
		t->learn_at_ms = now + MISSING_EVERY_MS;
}

static void
on_learned(void *ctx, int rc, const struct learned *l)
{
	struct target *t = ctx;
	struct learn *learn = t->learn;

	if (rc == KK_OK)
		rc = take_learned(t, l);
	t->learn = NULL;
	learn_free(learn);
	if (rc == KK_OK) {
		plan_next_learn(t);
		rc = start_gets(t);
	} else if (rc == KK_E_NOTFOUND) {
		t->trouble = TROUBLE_UNKNOWN;
		if (t->rtt_us < 0)
			t->rtt_us = 0; /* it answers, but has nothing that a profile knows */
	} else if (t->rtt_us >= 0) {
		t->trouble = TROUBLE_MIDWAY;
	}
	if (rc != KK_OK)
		give_up(t, rc);
}

static int
start_learn(struct target *t)
{
	struct ask_peer peer = as_peer(t);
	int64_t now = clock_mono_ms(t->env->clock);
	int give_in = t->worse_since_ms != 0 && now - t->worse_since_ms > WORSE_AFTER_MS;
	struct learn_known known = {
	    .fixed = t->fixed,
	    .profile = t->profile,
	    .entry = give_in ? 0xff : t->entry,
	    .identity = t->identity,
	};

	t->relearned = 1;
	t->learn_trouble = ASK_SOUND;
	return learn_start(&peer, t->env->profiles, layouts_gate(t->env->layouts), &known,
	    on_learned, t, &t->learn);
}

/* What a poll is, once the device is known to be worth it. */
static int
start_poll(struct target *t)
{
	if (t->layout == NULL || clock_mono_ms(t->env->clock) >= t->learn_at_ms)
		return start_learn(t);
	return start_gets(t);
}

static void
on_look(void *ctx, int rc, const struct answer *a)
{
	struct target *t = ctx;

	lane_looked(t);
	if (rc == KK_OK) {
		t->rtt_us = a->rtt_us;
		rc = start_poll(t);
	}
	if (rc != KK_OK)
		give_up(t, rc);
}

/* Nothing of the running poll runs any more. */
static void
stop_asking(struct target *t)
{
	learn_free(t->learn);
	tally_free(t->tally);
	engine_cancel(t->env->engine, &t->peer);
	lane_looked(t);
	t->learn = NULL;
	t->tally = NULL;
}

enum target_expired
target_expire(struct target *t)
{
	const struct conf *c = t->env->conf;
	int64_t now = clock_mono_ms(t->env->clock), age = now - t->begun_ms;

	if (t->done == NULL || age < (int64_t)c->snmp.timeout * (c->snmp.retries + 1) ||
	    (t->learn != NULL && age < (int64_t)c->snmp.interval * 1000 * LEARN_INTERVALS))
		return TARGET_GOES_ON;
	if (t->learn != NULL)
		t->learn_at_ms = now + MISSING_EVERY_MS;
	stop_asking(t);
	t->trouble = TROUBLE_SLOW;
	if (t->rtt_us < 0 && t->take == NULL) {
		t->done = NULL;
		return TARGET_NOT_ASKED;
	}
	t->relearned = 1;
	if (t->take != NULL && t->get > 0)
		conclude(t, t->take, clock_utc_cs(t->env->clock));
	else
		deliver_empty(t);
	return TARGET_ENDED;
}

int
target_poll(struct target *t, poll_done_cb done, void *ctx)
{
	int rc;

	if (t->done != NULL)
		return KK_E_BUSY;
	t->done = done;
	t->ctx = ctx;
	t->begun_ms = clock_mono_ms(t->env->clock);
	t->rtt_us = -1;
	t->trouble = TROUBLE_NONE;
	t->trouble_arg = 0;
	t->tries = 0;
	t->early = 0;
	t->relearned = t->moved = t->lost = t->rebooted = 0;
	rc = lane_is_slow(t) ? lane_look(t, on_look) : start_poll(t);
	if (rc != KK_OK)
		t->done = NULL;
	else
		t->woken = 0;
	return rc;
}

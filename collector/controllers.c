/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/controllers.h"

#include <stdlib.h>
#include <string.h>

#include "collector/aps/rollcall.h"
#include "collector/errands.h"
#include "lib/log.h"

#define RUNNING_MAX 64		     /* rollcalls at the same time */
#define PATIENCE_MS (10 * 60 * 1000) /* of one */

/* One controller: a device whose profile has `aps`. */
struct member {
	struct errand errand; /* first: it is handed back */
	uint32_t num;
	struct controllers *all;
	const struct ap_rules *rules; /* that the memory is of */
	struct rollcall *call;	      /* NULL: none runs */
	struct rollcall_memory memory;
	int seen; /* it has listed an access point */
	struct controllers_one last;
};

struct controllers {
	struct controllers_env env;
	struct member **member; /* by number */
	size_t n;
	struct errands errands;
	struct flock *flock;
	struct controllers_stats stats;
};

static int
by_num(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = (*(struct member *const *)b)->num;

	return (x > y) - (x < y);
}

static struct member *
find(const struct controllers *c, uint32_t num)
{
	struct member **m =
	    c->n > 0 ? bsearch(&num, c->member, c->n, sizeof(c->member[0]), by_num) : NULL;

	return m != NULL ? *m : NULL;
}

/* ---- one rollcall ---- */

static int
may_ask(void *ctx)
{
	return !target_is_busy(((struct member *)ctx)->errand.target);
}

static int64_t
every_ms(const struct controllers *c)
{
	return (int64_t)c->env.conf->snmp.interval * 1000;
}

static void
on_called(void *ctx, int rc, const struct roll *r)
{
	struct member *m = ctx;
	struct controllers *c = m->all;

	if (m->last.device == 0)
		m->last = (struct controllers_one){.device = m->num, .count.clients = -1};
	m->last.failed = rc != KK_OK;
	if (rc == KK_OK) {
		m->last.time_s = clock_utc_cs(c->env.clock) / 100;
		m->last.took_ms = clock_mono_ms(c->env.clock) - m->errand.started_ms;
		m->seen |= r->n > 0;
		/* Not even one, ever: it does not tell. */
		if (m->seen)
			flock_take(c->flock, m->num, every_ms(c), r, &m->last.count);
		c->stats.done++;
	} else {
		c->stats.failed++;
	}
	rollcall_free(m->call);
	m->call = NULL;
	errand_ended(&c->errands, &m->errand);
}

static int
begin(void *ctx, struct errand *e)
{
	struct controllers *c = ctx;
	struct member *m = (struct member *)e;
	const struct profile *p = target_profile(e->target, NULL);
	struct ask_peer peer = target_peer(e->target);
	struct rollcall_wish wish = {
	    .clock = c->env.clock, .salt = m->num, .ctx = m, .may_ask = may_ask};

	e->due_ms = clock_mono_ms(c->env.clock); /* at the next poll */
	if (p == NULL || (wish.rules = p->aps) == NULL)
		return 0;
	if (m->rules != p->aps) {
		m->rules = p->aps;
		rollcall_forget(&m->memory);
	}
	if (rollcall_start(&peer, &wish, &m->memory, on_called, &m->call) == KK_OK)
		return 1;
	c->stats.failed++;
	return 0;
}

static void
resume(void *ctx, struct errand *e)
{
	(void)ctx;
	rollcall_resume(((struct member *)e)->call);
}

static void
drop(void *ctx, struct errand *e)
{
	struct member *m = (struct member *)e;

	(void)ctx;
	rollcall_free(m->call);
	m->call = NULL;
}

/* ---- all of them ---- */

int
controllers_new(const struct controllers_env *env, struct controllers **out)
{
	struct controllers *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return KK_E_NOMEM;
	c->env = *env;
	c->errands = (struct errands){.clock = env->clock,
	    .ctx = c,
	    .calls = {begin, resume, drop},
	    .patience_ms = PATIENCE_MS,
	    .most = RUNNING_MAX};
	if (flock_new(env->clock, &env->calls, &c->flock) != KK_OK) {
		free(c);
		return KK_E_NOMEM;
	}
	*out = c;
	return KK_OK;
}

static void
member_free(struct controllers *c, struct member *m)
{
	errand_drop(&c->errands, &m->errand);
	free(m);
}

void
controllers_free(struct controllers *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->n; i++)
		member_free(c, c->member[i]);
	free(c->member);
	flock_free(c->flock);
	free(c);
}

struct flock *
controllers_flock(struct controllers *c)
{
	return c->flock;
}

/* Access points, switches and cameras speak for nobody else, whatever their profile. */
static int
may_control(const struct device *d)
{
	return d->kind == KIND_CONTROLLER && d->host[0] != '\0';
}

int
controllers_follow(struct controllers *c, const struct inventory *inv)
{
	size_t n_dev, n = 0, old = 0;
	const struct device *dev = inventory_all(inv, &n_dev);
	struct member **all = calloc(n_dev + 1, sizeof(struct member *));
	int rc = all != NULL ? flock_follow(c->flock, inv) : KK_E_NOMEM;

	if (rc != KK_OK) {
		free(all);
		return rc;
	}
	for (size_t i = 0; i < n_dev; i++) { /* both are ordered by number */
		struct member *m = NULL;

		if (!may_control(&dev[i]))
			continue;
		while (old < c->n && c->member[old]->num < dev[i].num)
			member_free(c, c->member[old++]);
		if (old < c->n && c->member[old]->num == dev[i].num)
			m = c->member[old++];
		else if ((m = calloc(1, sizeof(*m))) != NULL)
			*m = (struct member){.num = dev[i].num, .all = c};
		if (m != NULL)
			all[n++] = m;
	}
	while (old < c->n)
		member_free(c, c->member[old++]);
	free(c->member);
	c->member = all;
	c->n = c->stats.controllers = n;
	return KK_OK;
}

void
controllers_polled(struct controllers *c, struct target *t, const struct sample *sample)
{
	struct member *m = find(c, target_device(t));
	const struct profile *p = m != NULL ? target_profile(t, NULL) : NULL;

	if (m == NULL || (p != NULL && p->aps == NULL && !m->errand.running))
		return;
	if (errand_polled(&c->errands, &m->errand, t, !(sample->flags & SAMPLE_SILENT))) {
		log_line(
		    LOG_LV_WARNING, "%s: its list of access points took too long", target_id(t));
		m->last.failed = 1;
		c->stats.failed++;
	}
}

void
controllers_gone(struct controllers *c, const struct target *t)
{
	struct member *m = find(c, target_device(t));

	if (m != NULL && m->errand.target == t)
		errand_drop(&c->errands, &m->errand);
}

void
controllers_enrich(const struct controllers *c, struct sample *sample)
{
	const struct member *m = sample->source == SOURCE_SNMP ? find(c, sample->device) : NULL;

	if (m == NULL || m->last.device == 0 || (sample->flags & SAMPLE_SILENT))
		return;
	if (m->last.failed && SAMPLE_REASON(sample->flags) == REASON_NONE)
		sample->flags |= (uint16_t)((unsigned)REASON_LIST_CUT << SAMPLE_REASON_AT);
	if (m->last.count.clients >= 0 && !sample_has(sample, METRIC_CLIENTS))
		sample_set(sample, METRIC_CLIENTS, m->last.count.clients);
	if (m->last.count.listed > 0 && !sample_has(sample, METRIC_APS))
		sample_set(sample, METRIC_APS, (int64_t)m->last.count.up);
}

int
controllers_one(const struct controllers *c, uint32_t device, struct controllers_one *out)
{
	const struct member *m = find(c, device);

	if (m == NULL || m->last.device == 0)
		return KK_E_NOTFOUND;
	*out = m->last;
	return KK_OK;
}

void
controllers_stats(const struct controllers *c, struct controllers_stats *out)
{
	*out = c->stats;
	out->running = c->errands.running;
	for (size_t i = 0; i < c->n; i++) {
		const struct flock_count *n = &c->member[i]->last.count;

		out->listed += n->listed;
		out->up += n->up;
		out->missing += n->missing;
		out->strangers += n->strangers;
		out->elsewhere += n->elsewhere;
	}
}

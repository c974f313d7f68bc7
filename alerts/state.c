/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alerts/state.h"

#include <stdio.h>
#include <string.h>

#include "lib/words.h"

/* Lists that lack an access point: one may have been made while it moved. */
#define MISSING_AFTER 2

/* Beyond the intervals: the sweep's own time, timeouts included, and the commit. */
#define STALE_INTERVALS 3
#define STALE_GRACE_S	10

#define STATE_AS_NAME(id, name) name,
static const char *const names[STATE_COUNT] = {DEVICE_STATES(STATE_AS_NAME)};

const char *
state_name(enum device_state s)
{
	return names[s];
}

int
state_by_name(const char *name)
{
	for (int i = 0; i < STATE_COUNT; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

const char *
state_text(enum device_state s, enum language lang)
{
	return i18n(lang, (enum text_id)((int)TEXT_UP + (int)s));
}

struct state_rules
state_rules(const struct conf *c, int64_t now_cs, int64_t touched_cs)
{
	struct state_rules r = {c->alerts.misses, c->snmp.interval, now_cs, touched_cs};

	return r;
}

int64_t
state_stale_s(const struct state_rules *r)
{
	return (int64_t)r->interval_s * STALE_INTERVALS + STALE_GRACE_S;
}

int
state_collector_silent(const struct state_rules *r)
{
	return r->touched_cs == 0 || r->now_cs - r->touched_cs > state_stale_s(r) * 100;
}

static void
unknown(struct verdict *v, enum why why, int64_t since_cs)
{
	v->state = STATE_UNKNOWN;
	v->why = (uint8_t)why;
	v->evidence = EVIDENCE_NONE;
	v->since_s = since_cs / 100;
}

static void
degraded(struct verdict *v, enum why why)
{
	v->state = STATE_DEGRADED;
	v->why = (uint8_t)why;
}

static enum why
why_of(unsigned reason)
{
	return (enum why)((unsigned)WHY_REASON + reason - 1);
}

static void
silent(const struct state_rules *r, const struct device *dev, const struct live_entry *e,
    int64_t other_cs, struct verdict *v)
{
	unsigned reason = SAMPLE_REASON(e->flags);

	v->why = (uint8_t)(reason == REASON_SAID_DOWN || reason == REASON_NO_ECHO ||
				   reason == REASON_DROPPED
			       ? why_of(reason)
			       : WHY_MISSES);
	if (reason == REASON_GONE && e->misses >= MISSING_AFTER) {
		v->state = STATE_MISSING;
		v->why = WHY_GONE;
		v->evidence = EVIDENCE_NONE;
		v->since_s = e->silent_cs / 100;
		return;
	}
	if (e->misses < r->misses) {
		v->state = STATE_UP;
		v->evidence = EVIDENCE_DOUBT;
		v->since_s = e->up_since_cs / 100;
		return;
	}
	v->since_s = e->silent_cs / 100;
	if (reason == REASON_AGENT_SILENT) {
		degraded(v, why_of(reason));
		v->evidence = EVIDENCE_ALIVE;
	} else if (dev->mobile) { /* out of the city's sight, as every evening */
		v->state = STATE_AWAY;
		v->why = WHY_MOBILE;
		v->evidence = EVIDENCE_NONE;
	} else if (other_cs > e->silent_cs && r->now_cs - other_cs <= state_stale_s(r) * 100) {
		v->state = STATE_DEGRADED;
		v->why = WHY_OTHER_SOURCE;
		v->evidence = EVIDENCE_ALIVE;
	} else {
		v->state = STATE_DOWN;
		v->evidence = EVIDENCE_DEAD;
		v->cause = dev->num;
	}
}

void
state_judge(const struct state_rules *r, const struct device *dev, const struct live_entry *e,
    int64_t other_cs, struct verdict *v)
{
	unsigned reason = SAMPLE_REASON(e->flags);

	memset(v, 0, sizeof(*v));
	v->misses = e->misses;
	if (e->device == 0 && dev->host[0] == '\0' && dev->controller[0] == '\0')
		unknown(v, WHY_NO_HOST, 0);
	else if (state_collector_silent(r))
		unknown(v, WHY_COLLECTOR_SILENT, r->touched_cs);
	else if (e->device == 0)
		unknown(v, WHY_NOT_ASKED, 0);
	else if (r->now_cs - e->asked_cs > state_stale_s(r) * 100)
		unknown(v, WHY_NOT_LATELY, e->asked_cs);
	else if (e->time_cs == 0)
		unknown(v,
		    reason == REASON_AGENT_SILENT || reason == REASON_DROPPED ? why_of(reason)
									      : WHY_NEVER,
		    e->silent_cs);
	else if (e->misses > 0)
		silent(r, dev, e, other_cs, v);
	else {
		v->evidence = EVIDENCE_ALIVE;
		v->since_s = e->up_since_cs / 100;
		v->state = STATE_UP;
		if (reason != REASON_NONE && reason < REASON_COUNT)
			degraded(v, why_of(reason));
		else if (e->flags & SAMPLE_PARTIAL)
			degraded(v, WHY_PARTIAL);
	}
}

const char *
state_reason(const struct verdict *v, const char *cause, enum language lang, char *out, size_t room)
{
	char misses[16];
	const char *words[] = {misses, cause ? cause : "?"};
	enum text_id id = TEXT_WHY_NOTHING;

	if (v->why < WHY_COUNT)
		id = (enum text_id)((int)TEXT_WHY_NOTHING + v->why);
	if ((v->why == WHY_MISSES || v->why == WHY_NO_ECHO) && v->misses == 1)
		id = TEXT_WHY_ONE_MISS;
	snprintf(misses, sizeof(misses), "%u", v->misses);
	return words_fill(out, room, i18n(lang, id), words, sizeof(words) / sizeof(words[0]));
}

const char *
state_trouble(const struct live_entry *e, enum language lang, char *out, size_t room)
{
	struct verdict v = {.misses = e->misses};
	unsigned reason = SAMPLE_REASON(e->flags);

	if (e->device == 0 || reason == REASON_NONE || reason >= REASON_COUNT)
		return NULL;
	v.why = (uint8_t)why_of(reason);
	return state_reason(&v, NULL, lang, out, room);
}

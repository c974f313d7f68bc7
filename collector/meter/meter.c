/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/meter/meter.h"

#include <stdlib.h>
#include <string.h>

#include "collector/meter/odometer.h"

/* Octets that pass before the agent starts to count its uptime belong to the boot. */
#define BOOT_LEAD_CS 30000

/* An absent counter is forgotten after so long: it will not come back. */
#define FORGET_CS (INT64_C(14) * 24 * 3600 * 100)

void
meter_init(struct meter *m)
{
	*m = (struct meter){0};
}

void
meter_free(struct meter *m)
{
	free(m->counter);
	free(m->doubt);
	meter_init(m);
}

static int
grow(struct meter *m, unsigned room)
{
	struct counter *counter;
	struct doubt *doubt;

	if (room <= m->room)
		return KK_OK;
	if ((counter = realloc(m->counter, room * sizeof(*counter))) == NULL)
		return KK_E_NOMEM;
	m->counter = counter;
	if ((doubt = realloc(m->doubt, room * sizeof(*doubt))) == NULL)
		return KK_E_NOMEM;
	m->doubt = doubt;
	m->room = (uint16_t)room;
	return KK_OK;
}

int
meter_restore(struct meter *m, const struct sample *s)
{
	unsigned n = s->n_counters < SAMPLE_COUNTERS_MAX ? s->n_counters : SAMPLE_COUNTERS_MAX;

	if (grow(m, n) != KK_OK)
		return KK_E_NOMEM;
	if (sample_has(s, METRIC_OCTETS_DOWN))
		m->down = (uint64_t)s->value[METRIC_OCTETS_DOWN];
	if (sample_has(s, METRIC_OCTETS_UP))
		m->up = (uint64_t)s->value[METRIC_OCTETS_UP];
	m->n = (uint16_t)n;
	m->seen_cs = 0;
	for (unsigned i = 0; i < n; i++) {
		m->counter[i] = s->counters[i];
		m->doubt[i] = (struct doubt){0};
		if (m->seen_cs < m->counter[i].when_cs)
			m->seen_cs = m->counter[i].when_cs;
	}
	return KK_OK;
}

/* The octets that can have passed through one counter in a time, at the most. */
static uint64_t
most(const struct reading *r, int64_t span_cs)
{
	uint32_t mbps = r->mbps > r->mbps_max ? r->mbps : r->mbps_max;

	return link_octets(mbps > 0 ? mbps : METER_MBPS_UNKNOWN, span_cs);
}

static int64_t
span_since(const struct reading *r, int64_t last_cs, const struct meter_moment *at)
{
	int64_t span = at->when_cs - last_cs;
	int64_t age = at->when_cs - r->boot_cs + BOOT_LEAD_CS;

	return age < span ? age : span;
}

/* Whether a 32-bit counter may have wrapped more than once. */
static int
is_unsure(const struct reading *r, int64_t span_cs)
{
	uint64_t mbps = r->mbps > 0 ? r->mbps : r->mbps_max > 0 ? r->mbps_max : METER_MBPS_UNKNOWN;

	return r->width == 32 &&
	       mbps * 1250 > (UINT64_C(1) << 32) / (uint64_t)(span_cs > 0 ? span_cs : 1);
}

/* Both directions, or neither. `add_down` and `add_up` receive what passed. */
static int
advance_pair(const struct counter *c, const struct reading *r, int64_t boot_cs, int64_t when_cs,
    uint64_t max, uint64_t *add_down, uint64_t *add_up)
{
	struct odometer down = {.last = c->down, .boot_cs = c->boot_cs, .when_cs = c->when_cs};
	struct odometer up = {.last = c->up, .boot_cs = c->boot_cs, .when_cs = c->when_cs};
	int rc = odometer_advance(&down, r->down, r->width, boot_cs, when_cs, max);

	if (rc < 0)
		return rc;
	if ((rc = odometer_advance(&up, r->up, r->width, boot_cs, when_cs, max)) < 0)
		return rc;
	*add_down = down.total;
	*add_up = up.total;
	return rc;
}

static void
set_counter(struct counter *c, const struct reading *r, const struct meter_moment *at)
{
	*c = (struct counter){
	    .key = r->key,
	    .width = r->width,
	    .down = r->down,
	    .up = r->up,
	    .boot_cs = r->boot_cs,
	    .when_cs = at->when_cs,
	};
}

/* Whether it started from 0 after it was read last. The same start is told a little differently
 * each time: a start just before the last reading is no second one. */
static int
started_since(int64_t boot_cs, int64_t known_cs, int64_t last_cs, int64_t slack_cs)
{
	return boot_cs > known_cs + slack_cs && boot_cs > last_cs - slack_cs;
}

/* What passed since the counter's last reading, by whatever explains it; KK_OK, KK_RESTART or
 * KK_REBASED. */
static int
explain(const struct counter *c, const struct doubt *doubt, const struct reading *r,
    const struct meter_moment *at, uint64_t *down, uint64_t *up)
{
	struct counter from = *c;
	uint64_t max = most(r, at->when_cs - c->when_cs);
	int rc;

	if (started_since(r->boot_cs, c->boot_cs, c->when_cs, at->slack_cs) &&
	    advance_pair(c, r, r->boot_cs, at->when_cs, most(r, span_since(r, c->when_cs, at)),
		down, up) >= 0)
		return KK_RESTART;
	if (r->width != c->width) { /* another counter: nothing can be said of the time between */
		*down = *up = 0;
		return KK_REBASED;
	}
	if (doubt->when_cs != 0 && doubt->when_cs < at->when_cs) {
		from.down = doubt->down;
		from.up = doubt->up;
		from.when_cs = doubt->when_cs;
		if (advance_pair(&from, r, c->boot_cs, at->when_cs,
			most(r, at->when_cs - doubt->when_cs), down, up) >= 0)
			return KK_REBASED;
	}
	/* Also after a restart of the agent alone: more passed than fits the time since then, but
	 * it goes on from the last reading. */
	if ((rc = advance_pair(c, r, c->boot_cs, at->when_cs, max, down, up)) >= 0)
		return rc;
	if (started_since(at->agent_boot_cs, c->boot_cs, c->when_cs, at->slack_cs) &&
	    r->down <= max && r->up <= max) {
		*down = r->down;
		*up = r->up;
		return KK_RESTART;
	}
	return KK_E_RANGE;
}

static int
add(struct meter *m, uint64_t down, uint64_t up)
{
	uint64_t d, u;

	/* Signed 64 bits hold the odometer in a sample. */
	if (__builtin_add_overflow(m->down, down, &d) || d > INT64_MAX ||
	    __builtin_add_overflow(m->up, up, &u) || u > INT64_MAX)
		return KK_E_RANGE;
	m->down = d;
	m->up = u;
	return KK_OK;
}

/* A counter that is known. Returns flags. */
static int
move_counter(struct meter *m, unsigned i, const struct reading *r, const struct meter_moment *at)
{
	struct counter *c = &m->counter[i];
	int64_t boot_cs = r->boot_cs != 0 ? r->boot_cs : c->boot_cs;
	int64_t span = at->when_cs - c->when_cs;
	uint64_t down = 0, up = 0;
	int flags = 0, rc = explain(c, &m->doubt[i], r, at, &down, &up);

	if (rc < 0 || add(m, down, up) != KK_OK) {
		m->doubt[i] = (struct doubt){.when_cs = at->when_cs, .down = r->down, .up = r->up};
		return SAMPLE_PARTIAL;
	}
	if (rc == KK_REBASED)
		flags = SAMPLE_REBASED;
	else if (rc == KK_RESTART)
		flags = SAMPLE_RESTART;
	if (is_unsure(r, rc == KK_RESTART ? span_since(r, c->when_cs, at) : span))
		flags |= SAMPLE_UNSURE;
	set_counter(c, r, at);
	c->boot_cs = boot_cs;
	m->doubt[i].when_cs = 0;
	return flags;
}

/* Room for one more: of a full set, the counter that was absent longest goes. */
static int
take_place(struct meter *m, int64_t when_cs, unsigned *place)
{
	unsigned oldest = 0;

	if (m->n < SAMPLE_COUNTERS_MAX) {
		unsigned room = m->n + 1u;

		if (m->n == m->room && grow(m, room < 4 ? 4 : room) != KK_OK)
			return KK_E_NOMEM;
		*place = m->n++;
		return KK_OK;
	}
	for (unsigned i = 1; i < m->n; i++)
		if (m->counter[i].when_cs < m->counter[oldest].when_cs)
			oldest = i;
	if (m->counter[oldest].when_cs == when_cs)
		return KK_E_FULL;
	*place = oldest;
	return KK_OK;
}

/* A counter that is not in the set. `seen_cs`: last reply before this one, 0: there is none. */
static int
new_counter(
    struct meter *m, int64_t seen_cs, const struct reading *r, const struct meter_moment *at)
{
	unsigned place;
	int rc = take_place(m, at->when_cs, &place), flags = 0;

	if (rc == KK_E_NOMEM)
		return rc;
	if (rc == KK_E_FULL)
		return SAMPLE_PARTIAL;
	set_counter(&m->counter[place], r, at);
	m->doubt[place] = (struct doubt){0};
	if (seen_cs == 0 || !started_since(r->boot_cs, 0, seen_cs, at->slack_cs))
		return seen_cs == 0 ? 0 : at->replaced ? SAMPLE_REBASED : 0;
	if (r->down > most(r, span_since(r, seen_cs, at)) ||
	    r->up > most(r, span_since(r, seen_cs, at)) || add(m, r->down, r->up) != KK_OK)
		return SAMPLE_REBASED;
	if (at->replaced)
		flags = SAMPLE_RESTART;
	if (is_unsure(r, span_since(r, seen_cs, at)))
		flags |= SAMPLE_UNSURE;
	return flags;
}

static void
remove_counter(struct meter *m, unsigned i)
{
	m->n--;
	memmove(&m->counter[i], &m->counter[i + 1], (m->n - i) * sizeof(*m->counter));
	memmove(&m->doubt[i], &m->doubt[i + 1], (m->n - i) * sizeof(*m->doubt));
}

static int
find(const struct meter *m, uint32_t key, unsigned hint)
{
	if (hint < m->n && m->counter[hint].key == key)
		return (int)hint;
	for (unsigned i = 0; i < m->n; i++)
		if (m->counter[i].key == key)
			return (int)i;
	return -1;
}

static int
any_present(const struct reading *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (r[i].present)
			return 1;
	return 0;
}

int
meter_advance(struct meter *m, const struct reading *r, size_t n, const struct meter_moment *at)
{
	int64_t seen_cs = m->seen_cs;
	int flags = 0, rc;

	if (!any_present(r, n))
		return n > 0 ? SAMPLE_PARTIAL : 0;
	if (at->when_cs <= seen_cs)
		return KK_E_ORDER;
	if (seen_cs == 0)
		flags |= SAMPLE_FIRST;
	if (at->replaced && seen_cs != 0) {
		m->n = 0;
		flags |= SAMPLE_REPLACED;
	}
	m->seen_cs = at->when_cs;
	for (size_t i = 0; i < n; i++) {
		int place = find(m, r[i].key, (unsigned)i);

		if (!r[i].present)
			rc = SAMPLE_PARTIAL;
		else if (place < 0)
			rc = new_counter(m, seen_cs, &r[i], at);
		else if (m->counter[place].when_cs < at->when_cs)
			rc = move_counter(m, (unsigned)place, &r[i], at);
		else
			rc = 0; /* the same key twice in one reply */
		if (rc < 0)
			return rc;
		flags |= rc;
	}
	for (unsigned i = m->n; i-- > 0;)
		if (m->counter[i].when_cs < at->when_cs - FORGET_CS)
			remove_counter(m, i);
	return flags;
}

void
meter_clock_step(struct meter *m, int64_t cs)
{
	if (m->seen_cs != 0)
		m->seen_cs += cs;
	for (unsigned i = 0; i < m->n; i++) {
		m->counter[i].when_cs += cs;
		if (m->counter[i].boot_cs != 0)
			m->counter[i].boot_cs += cs;
		if (m->doubt[i].when_cs != 0)
			m->doubt[i].when_cs += cs;
	}
}

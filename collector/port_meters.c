/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/port_meters.h"

#include <stdlib.h>
#include <string.h>

#include "collector/learn.h"
#include "collector/meter/odometer.h"

#define SLACK_CS 300  /* a survey takes its time */
#define DRIFT	 1000 /* a device whose clock drifts by more than 1 in so much is broken */

void
port_meters_free(struct port_meters *m)
{
	for (size_t i = 0; i < m->n; i++)
		for (int k = 0; k < PORT_PAIRS; k++)
			meter_free(&m->meter[i].pair[k]);
	free(m->meter);
	*m = (struct port_meters){0};
}

static size_t
place(const struct port_meters *m, uint32_t key)
{
	size_t low = 0, high = m->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (m->meter[mid].key < key)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* The meter of a name, made if there is none. */
static struct port_meter *
meter_of(struct port_meters *m, uint32_t key)
{
	size_t at = place(m, key);

	if (at < m->n && m->meter[at].key == key)
		return &m->meter[at];
	if (m->n == m->room) {
		size_t room = m->room > 0 ? m->room * 2 : 32;
		struct port_meter *more = realloc(m->meter, room * sizeof(*more));

		if (more == NULL)
			return NULL;
		m->meter = more;
		m->room = room;
	}
	memmove(&m->meter[at + 1], &m->meter[at], (m->n - at) * sizeof(*m->meter));
	m->n++;
	m->meter[at].key = key;
	for (int k = 0; k < PORT_PAIRS; k++)
		meter_init(&m->meter[at].pair[k]);
	return &m->meter[at];
}

int
port_meters_restore(struct port_meters *m, const struct port_row *r)
{
	uint32_t key = learn_key(r->name, strlen(r->name));
	struct port_meter *p = meter_of(m, key);

	if (p == NULL)
		return KK_E_NOMEM;
	for (int k = 0; k < PORT_PAIRS; k++) {
		const struct port_counter *c = &r->pair[k];
		struct counter last = {.key = key,
		    .width = c->width,
		    .down = c->raw_in,
		    .up = c->raw_out,
		    .boot_cs = c->boot_cs,
		    .when_cs = c->when_cs};
		struct sample s = {.n_counters = 1, .counters = &last};

		if (c->in < 0 || c->out < 0 || c->when_cs <= 0 || p->pair[k].seen_cs != 0)
			continue;
		sample_set(&s, METRIC_OCTETS_DOWN, c->in);
		sample_set(&s, METRIC_OCTETS_UP, c->out);
		if (meter_restore(&p->pair[k], &s) != KK_OK)
			return KK_E_NOMEM;
		if (m->boot_cs < c->boot_cs)
			m->boot_cs = c->boot_cs;
		if (m->heard_cs < c->when_cs)
			m->heard_cs = c->when_cs;
	}
	return KK_OK;
}

/* One pair of a port as meter.h wants it; .present 0: the port has none. */
static struct reading
reading_of(const struct port *p, enum port_pair pair)
{
	struct reading r = {.width = 32, .mbps = p->mbps};

	if (pair == PAIR_OCTETS && (p->known & PORT_HAS_IN) && (p->known & PORT_HAS_OUT)) {
		r.width = 64;
		r.down = p->in;
		r.up = p->out;
		r.present = 1;
	} else if (pair == PAIR_OCTETS) {
		r.down = p->in32;
		r.up = p->out32;
		r.present = (p->known & PORT_HAS_IN32) && (p->known & PORT_HAS_OUT32);
	} else if (pair == PAIR_ERRORS) {
		r.down = p->errors_in;
		r.up = p->errors_out;
		r.present = (p->known & PORT_HAS_ERRORS_IN) && (p->known & PORT_HAS_ERRORS_OUT);
	} else {
		r.down = p->discards_in;
		r.up = p->discards_out;
		r.present = (p->known & PORT_HAS_DISCARDS_IN) && (p->known & PORT_HAS_DISCARDS_OUT);
	}
	return r;
}

static void
tell(const struct meter *m, struct port_counter *out)
{
	*out = (struct port_counter){.in = PORT_UNKNOWN, .out = PORT_UNKNOWN};
	if (m->seen_cs == 0 || m->n == 0)
		return;
	*out = (struct port_counter){
	    .in = (int64_t)m->down,
	    .out = (int64_t)m->up,
	    .raw_in = m->counter[0].down,
	    .raw_out = m->counter[0].up,
	    .width = m->counter[0].width,
	    .boot_cs = m->counter[0].boot_cs,
	    .when_cs = m->counter[0].when_cs,
	};
}

int
port_meters_advance(struct port_meters *m, const struct facts *f, int64_t when_cs,
    struct port_counter (*out)[PORT_PAIRS])
{
	struct meter_moment at = {.when_cs = when_cs, .slack_cs = SLACK_CS};

	if (m->heard_cs != 0 && when_cs > m->heard_cs)
		at.slack_cs += (when_cs - m->heard_cs) / DRIFT;
	if (f->has_uptime)
		(void)boot_advance(&m->boot_cs, f->uptime, when_cs, at.slack_cs, m->heard_cs);
	for (size_t i = 0; i < f->ports.n; i++) {
		const struct port *p = &f->ports.port[i];
		struct port_meter *pm = meter_of(m, learn_key(p->name, strlen(p->name)));

		if (pm == NULL)
			return KK_E_NOMEM;
		for (int k = 0; k < PORT_PAIRS; k++) {
			struct reading r = reading_of(p, (enum port_pair)k);

			r.key = pm->key;
			r.boot_cs = m->boot_cs;
			if (p->discontinuity > 0 && f->has_uptime && p->discontinuity <= f->uptime)
				r.boot_cs += p->discontinuity;
			if (r.present && meter_advance(&pm->pair[k], &r, 1, &at) == KK_E_NOMEM)
				return KK_E_NOMEM;
			tell(&pm->pair[k], &out[i][k]);
		}
	}
	m->heard_cs = when_cs;
	return KK_OK;
}

void
port_meters_step(struct port_meters *m, int64_t cs)
{
	for (size_t i = 0; i < m->n; i++)
		for (int k = 0; k < PORT_PAIRS; k++)
			meter_clock_step(&m->meter[i].pair[k], cs);
	if (m->boot_cs != 0)
		m->boot_cs += cs;
	if (m->heard_cs != 0)
		m->heard_cs += cs;
}

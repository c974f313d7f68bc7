/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/survey.h"

#include <stdlib.h>
#include <string.h>

#define UPTIME INTERFACE_COUNT /* column behind those of `interfaces` */

/* The tables in the order in which they are read. */
enum step { STEP_INTERFACES, STEP_OPTICAL, STEP_POE, STEP_LLDP, STEP_FDB, STEP_END };

struct survey {
	struct ask_peer peer;
	struct peer own;
	struct survey_wish wish;
	struct survey_memory *memory;
	survey_done_cb done;
	enum step step;
	unsigned way; /* of STEP_OPTICAL and STEP_FDB */
	int poe_heard, lldp_heard, has_lldp, has_bridge;
	struct scan *scan;
	struct facts facts;
	struct oid uptime, lldp[LLDP_COLUMNS];
};

static void go_on(struct survey *s);

void
survey_free(struct survey *s)
{
	if (s == NULL)
		return;
	scan_free(s->scan);
	facts_forget(&s->facts);
	free(s);
}

/* ---- values ---- */

static int
on_value(void *ctx, unsigned c, const unsigned long *inst, size_t len, const struct varbind *vb)
{
	struct survey *s = ctx;
	struct facts *f = &s->facts;

	switch (s->step) {
	case STEP_INTERFACES:
		if (c < UPTIME)
			return gather_interface(f, (enum interface_column)c, inst, len, vb);
		if (vb->type == VB_TIMETICKS) {
			f->uptime = (uint32_t)vb->number;
			f->has_uptime = 1;
		}
		return KK_OK;
	case STEP_OPTICAL:
		return gather_optical(f, (enum optical_column)c, inst, len, vb);
	case STEP_POE:
		gather_poe(f, (enum poe_column)c, s->wish.rules->poe_port, inst, len, vb);
		return KK_OK;
	case STEP_LLDP:
		s->lldp_heard = 1;
		return gather_lldp(f, (enum lldp_column)c, inst, len, vb);
	default:
		if (c == 0)
			return gather_bridge_port(f, inst, len, vb);
		s->has_bridge = 1;
		return gather_bridged(f, inst, len, vb, s->wish.known, s->wish.ctx);
	}
}

static int
on_may_ask(void *ctx)
{
	struct survey *s = ctx;

	return s->wish.may_ask(s->wish.ctx);
}

/* ---- what is asked ---- */

static unsigned
list_interfaces(struct survey *s, const struct oid **c)
{
	for (unsigned i = 0; i < INTERFACE_COUNT; i++)
		c[i] = &s->wish.rules->interface[i];
	c[UPTIME] = &s->uptime;
	return UPTIME + 1;
}

static unsigned
list_optical(struct survey *s, const struct oid **c)
{
	const struct port_rules *r = s->wish.rules;

	if (s->way >= r->n_optical)
		return 0;
	for (unsigned i = 0; i < OPTICAL_COUNT; i++)
		c[i] = &r->optical[s->way].column[i];
	return OPTICAL_COUNT;
}

static unsigned
list_poe(struct survey *s, const struct oid **c)
{
	for (unsigned i = 0; i < POE_COUNT; i++)
		c[i] = &s->wish.rules->poe[i];
	return POE_COUNT;
}

static unsigned
list_lldp(struct survey *s, const struct oid **c)
{
	if (!s->wish.neighbours || s->wish.rules->lldp_remote.len == 0)
		return 0;
	for (unsigned i = 0; i < LLDP_COLUMNS; i++)
		c[i] = &s->lldp[i];
	return LLDP_COLUMNS;
}

static unsigned
list_fdb(struct survey *s, const struct oid **c)
{
	const struct port_rules *r = s->wish.rules;

	if (!s->wish.neighbours || s->way >= r->n_fdb)
		return 0;
	c[0] = &r->bridge_ports;
	c[1] = &r->fdb[s->way];
	return 2;
}

/* Columns below the two groups of LLDP-MIB (IEEE 802.1AB-2005, 11.4). */
static void
name_lldp(struct survey *s)
{
	static const struct {
		uint8_t remote, n, sub[3];
	} below[LLDP_COLUMNS] = {
	    [LLDP_CHASSIS_TYPE] = {0, 1, {1}},
	    [LLDP_CHASSIS] = {0, 1, {2}},
	    [LLDP_NAME] = {0, 1, {3}},
	    [LLDP_PORT_TYPE] = {0, 3, {7, 1, 2}},
	    [LLDP_PORT_ID] = {0, 3, {7, 1, 3}},
	    [LLDP_PORT_DESCR] = {0, 3, {7, 1, 4}},
	    [LLDP_FAR_CHASSIS_TYPE] = {1, 3, {1, 1, 4}},
	    [LLDP_FAR_CHASSIS] = {1, 3, {1, 1, 5}},
	    [LLDP_FAR_PORT_TYPE] = {1, 3, {1, 1, 6}},
	    [LLDP_FAR_PORT] = {1, 3, {1, 1, 7}},
	    [LLDP_FAR_DESCR] = {1, 3, {1, 1, 8}},
	    [LLDP_FAR_NAME] = {1, 3, {1, 1, 9}},
	    [LLDP_FAR_DOES] = {1, 3, {1, 1, 12}},
	    [LLDP_ADDRESS] = {1, 3, {2, 1, 3}},
	};
	const struct port_rules *r = s->wish.rules;

	for (unsigned i = 0; i < LLDP_COLUMNS; i++) {
		struct oid *o = &s->lldp[i];

		*o = below[i].remote ? r->lldp_remote : r->lldp_local;
		for (unsigned k = 0; k < below[i].n && o->len > 0 && o->len < OID_SHORT; k++)
			o->sub[o->len++] = below[i].sub[k];
	}
}

/* ---- step by step ---- */

/* The first way of a step: the one that is known to work, else the first. */
static void
enter(struct survey *s, enum step step)
{
	uint8_t known = step == STEP_OPTICAL ? s->memory->optical
			: step == STEP_FDB   ? s->memory->fdb
					     : 0;

	s->step = step;
	s->way = known != SURVEY_UNKNOWN ? known : 0;
	/* All the makers' tables are tried together with the neighbours only. */
	if (step == STEP_OPTICAL && known == SURVEY_UNKNOWN && !s->wish.neighbours)
		s->way = OPTICAL_RULES;
}

/* A table is over; 1: there is another way to find it. */
static int
conclude_optical(struct survey *s)
{
	int known = s->memory->optical != SURVEY_UNKNOWN;

	if (gather_light(&s->facts, &s->wish.rules->optical[s->way]) > 0) {
		s->memory->optical = (uint8_t)s->way;
		return 0;
	}
	s->memory->optical = SURVEY_UNKNOWN;
	if (known)
		return 0; /* it may be dark today; the next survey looks at all of them */
	return ++s->way < s->wish.rules->n_optical;
}

static int
conclude_fdb(struct survey *s)
{
	if (s->has_bridge) {
		s->memory->fdb = (uint8_t)s->way;
		return 0;
	}
	s->memory->fdb = SURVEY_UNKNOWN;
	return ++s->way < s->wish.rules->n_fdb;
}

static void
conclude(struct survey *s)
{
	if (s->step == STEP_INTERFACES)
		gather_named(&s->facts);
	if ((s->step == STEP_OPTICAL && conclude_optical(s)) ||
	    (s->step == STEP_FDB && conclude_fdb(s)))
		return;
	if (s->step == STEP_LLDP)
		s->has_lldp = s->lldp_heard;
	enter(s, (enum step)(s->step + 1));
}

static void
finish(struct survey *s, int rc)
{
	struct survey_result r = {&s->facts, s->has_lldp, s->has_bridge};

	s->done(s->wish.ctx, rc, rc == KK_OK ? &r : NULL); /* may free it */
}

static void
on_scanned(void *ctx, int rc)
{
	struct survey *s = ctx;

	scan_free(s->scan);
	s->scan = NULL;
	if (rc == KK_OK) {
		conclude(s);
		go_on(s);
	} else if (s->step == STEP_INTERFACES || rc == KK_E_CLOSED || rc == KK_E_NOMEM) {
		finish(s, rc);
	} else { /* what was read whole counts */
		if (s->step == STEP_FDB)
			s->has_bridge = 0;
		finish(s, KK_OK);
	}
}

static int
scan_step(struct survey *s)
{
	static unsigned (*const list[])(struct survey * s, const struct oid **c) = {
	    list_interfaces, list_optical, list_poe, list_lldp, list_fdb};
	struct scan_calls calls = {s, on_value, on_may_ask, on_scanned};
	const struct oid *columns[SCAN_COLUMNS];
	unsigned n = list[s->step](s, columns);

	return n == 0 ? KK_END
		      : scan_start(&s->peer, columns, n, &s->memory->bulk, &calls, &s->scan);
}

/* The next table that there is something of to ask. */
static void
go_on(struct survey *s)
{
	while (s->step != STEP_END) {
		int rc = scan_step(s);

		if (rc == KK_OK)
			return;
		if (rc != KK_END) {
			finish(s, s->step == STEP_INTERFACES ? rc : KK_OK);
			return;
		}
		enter(s, (enum step)(s->step + 1));
	}
	finish(s, KK_OK);
}

int
survey_start(const struct ask_peer *p, const struct survey_wish *wish, struct survey_memory *memory,
    survey_done_cb done, struct survey **out)
{
	static const struct oid uptime = {8, {1, 3, 6, 1, 2, 1, 1, 3}};
	struct survey *s = calloc(1, sizeof(*s));
	int rc;

	if (s == NULL)
		return KK_E_NOMEM;
	s->own = *p->peer;
	s->own.slot = NULL;
	s->peer = *p;
	s->peer.peer = &s->own;
	s->wish = *wish;
	s->memory = memory;
	s->done = done;
	s->uptime = uptime;
	name_lldp(s);
	if ((rc = scan_step(s)) != KK_OK) {
		survey_free(s);
		return rc == KK_END ? KK_E_NOTFOUND : rc;
	}
	*out = s;
	return KK_OK;
}

void
survey_resume(struct survey *s)
{
	if (s->scan != NULL)
		scan_resume(s->scan);
}

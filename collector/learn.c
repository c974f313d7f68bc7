/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/learn.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "collector/learn_plan.h"
#include "collector/learn_tell.h"
#include "collector/plate.h"
#include "collector/table/numbered.h"

#define DESCR_MAX 255

struct learn {
	struct ask_peer peer;
	const struct profiles *profiles;
	struct learn_gate *gate;
	struct gate_place place; /* at the gate */
	struct learn_known known;
	learn_done_cb done;
	void *ctx;
	/* Who it is. */
	struct oid object_id;
	char descr[DESCR_MAX + 1];
	unsigned nth;			  /* candidate of profiles_match() */
	const struct profile_match *rule; /* of the candidate */
	int probed, fits, bulk;
	const struct profile *profile;
	/* What it has. */
	struct ask *ask;
	struct walk *walk;
	unsigned table;
	struct rows rows;
	struct choice *choice;
	uint64_t identity;
	struct plate *plate; /* NULL: not asked for now */
	struct nameplate nameplate;
};

static const unsigned long sys_descr[] = {1, 3, 6, 1, 2, 1, 1, 1, 0};
static const unsigned long sys_object_id[] = {1, 3, 6, 1, 2, 1, 1, 2, 0};
static const unsigned long sys_uptime[] = {1, 3, 6, 1, 2, 1, 1, 3, 0};

static void next_candidate(struct learn *l);
static void walk_tables(struct learn *l);
static void choose(struct learn *l);

static void
let_in(struct gate_place *place)
{
	walk_tables((struct learn *)((char *)place - offsetof(struct learn, place)));
}

void
learn_free(struct learn *l)
{
	if (l == NULL)
		return;
	gate_give_up(l->gate, &l->place);
	plate_free(l->plate);
	ask_free(l->ask);
	walk_free(l->walk);
	rows_forget(&l->rows);
	if (l->choice != NULL) {
		free(l->choice->type);
		free(l->choice->number);
	}
	free(l->choice);
	gate_leave(l->gate, &l->place);
	free(l);
}

static void
finish(struct learn *l, int rc, const struct learned *out)
{
	l->done(l->ctx, rc, out); /* may free it */
}

/* ---- who it is ---- */

static void
got_identity(void *ctx, unsigned i, const struct varbind *vb)
{
	struct learn *l = ctx;
	size_t len = vb->len;

	if (i == 0 && vb->type == VB_OCTETS && vb->octets != NULL) {
		if (len > DESCR_MAX)
			len = DESCR_MAX;
		memcpy(l->descr, vb->octets, len);
		l->descr[len] = '\0';
	}
	if (i == 1 && vb->type == VB_OID && vb->oid != NULL) {
		l->object_id.len = len < OID_SHORT ? len : OID_SHORT;
		memcpy(l->object_id.sub, vb->oid, l->object_id.len * sizeof(vb->oid[0]));
	}
}

/* What is written on it; it may be silent about that. */
static void
plate_ended(void *ctx, int rc)
{
	struct learn *l = ctx;

	plate_free(l->plate);
	l->plate = NULL;
	if (rc != KK_OK)
		finish(l, rc, NULL);
	else
		gate_enter(l->gate, &l->place);
}

static void
take_profile(struct learn *l, const struct profile *p, int fits)
{
	int rc;

	tell_profile(l->peer.trace, p);
	l->profile = p;
	l->fits = fits;
	l->bulk = p->bulk;
	l->table = 0;
	rows_init(&l->rows, p);
	l->rows.own = l->object_id;
	rc = plate_start(&l->peer, p, &l->nameplate, plate_ended, l, &l->plate);
	if (rc == KK_END)
		gate_enter(l->gate, &l->place);
	else if (rc != KK_OK)
		finish(l, rc, NULL);
}

static void
identified(void *ctx, int rc)
{
	struct learn *l = ctx;

	if (rc != KK_OK) {
		finish(l, rc, NULL);
		return;
	}
	tell_identity(l->peer.trace, &l->object_id, l->descr);
	next_candidate(l);
}

static void
got_probe(void *ctx, unsigned i, const struct varbind *vb)
{
	struct learn *l = ctx;

	if (i == 0 && oid_below(vb->name, vb->name_len, &l->rule->probe))
		l->probed = 1;
}

static void
take_candidate(struct learn *l, const struct profile *p)
{
	const struct profile *fixed = l->known.fixed;
	const struct ask_trace *t = l->peer.trace;

	if (fixed != NULL && p != fixed) {
		tell_match(t, TEXT_TELL_PASSED_OVER, p, l->rule);
		next_candidate(l);
		return;
	}
	tell_match(t, fixed != NULL ? TEXT_TELL_FITS_NAMED : TEXT_TELL_FITS, p, l->rule);
	if (fixed == NULL)
		tell_less_close(t, l->profiles, &l->object_id, l->descr, l->nth, p);
	take_profile(l, p, 1);
}

/* The next best profile, if any; l->rule tells why. */
static const struct profile *
candidate(struct learn *l)
{
	return profiles_match(
	    l->profiles, l->object_id.len > 0 ? &l->object_id : NULL, l->descr, l->nth++, &l->rule);
}

static void
probe_ended(void *ctx, int rc)
{
	struct learn *l = ctx;
	const struct profile *p;

	if (rc != KK_OK && rc != KK_E_SILENT) {
		finish(l, rc, NULL);
		return;
	}
	l->nth--;
	p = candidate(l);
	if (l->probed && p != NULL) {
		take_candidate(l, p);
		return;
	}
	if (p != NULL)
		tell_not_there(l->peer.trace, p, l->rule);
	next_candidate(l);
}

static void
no_candidate(struct learn *l)
{
	const struct profile *fixed = l->known.fixed;

	if (fixed == NULL) {
		ask_trace_tell(l->peer.trace, TEXT_TELL_NO_PROFILE, NULL);
		finish(l, KK_E_NOTFOUND, NULL);
		return;
	}
	ask_trace_tell(l->peer.trace, TEXT_TELL_NAMED, fixed->name, NULL);
	take_profile(l, fixed, 0);
}

static void
next_candidate(struct learn *l)
{
	const struct profile *p = candidate(l), *fixed = l->known.fixed;
	int rc;

	if (p == NULL) {
		no_candidate(l);
		return;
	}
	if (l->rule->probe.len == 0 || (fixed != NULL && p != fixed)) {
		take_candidate(l, p);
		return;
	}
	ask_clear(l->ask);
	l->probed = 0;
	if (ask_add(l->ask, l->rule->probe.sub, l->rule->probe.len, 0) < 0)
		rc = KK_E_NOMEM;
	else
		rc = ask_next(l->ask, got_probe, probe_ended, l);
	if (rc != KK_OK)
		finish(l, rc, NULL);
}

/* ---- what it has ---- */

static int
has_rows(const struct learn *l)
{
	for (unsigned i = 0; i < l->profile->n_tables; i++)
		if (l->rows.table[i].n > 0)
			return 1;
	return 0;
}

static void
table_ended(void *ctx, int rc)
{
	struct learn *l = ctx;
	const struct rows_table *t = &l->rows.table[l->table];

	walk_free(l->walk);
	l->walk = NULL;
	if (rc != KK_OK && rc != KK_E_SILENT && rc != KK_E_REFUSED) {
		finish(l, rc, NULL);
		return;
	}
	tell_table(l->peer.trace, l->profile, l->table, t, rc);
	l->table++;
	walk_tables(l);
}

static int
is_walked(const struct profile_table *t)
{
	for (unsigned i = 0; i < t->n; i++)
		if (t->column[i].walked & WALKED_LEARN)
			return 1;
	return 0;
}

static void
got_numbered(void *ctx, unsigned i, const struct varbind *vb)
{
	(void)i;
	numbered_take(&((struct learn *)ctx)->rows, vb);
}

static void
numbered_ended(void *ctx, int rc)
{
	struct learn *l = ctx;

	if (rc != KK_OK)
		finish(l, rc, NULL);
	else
		choose(l);
}

static int
ask_numbered(struct learn *l)
{
	char last[12];

	ask_trace_tell(l->peer.trace, TEXT_TELL_NUMBERED, ask_number(last, NUMBERED_ROWS), NULL);
	ask_clear(l->ask);
	if (numbered_add(&l->rows, l->ask) != KK_OK)
		return KK_E_NOMEM;
	return ask_get(l->ask, got_numbered, numbered_ended, l);
}

static void
walk_tables(struct learn *l)
{
	int rc;

	while (l->table < l->profile->n_tables && !is_walked(&l->profile->table[l->table]))
		l->table++;
	if (l->table < l->profile->n_tables)
		rc = walk_start(
		    &l->peer, &l->rows, l->table, WALKED_LEARN, &l->bulk, table_ended, l, &l->walk);
	else if (!has_rows(l) && l->profile->n_tables > 0)
		rc = ask_numbered(l);
	else {
		choose(l);
		return;
	}
	if (rc == KK_END)
		choose(l);
	else if (rc != KK_OK)
		finish(l, rc, NULL);
}

/* ---- what is taken of it ---- */

static void
got_type(void *ctx, unsigned i, const struct varbind *vb)
{
	struct learn *l = ctx;

	if (i < l->choice->n_type) {
		l->choice->type[i] = vb->type;
		l->choice->number[i] = vb->number;
	}
}

static void
say_plate(struct learn *l)
{
	for (unsigned f = 0; f < NAMEPLATE_COUNT; f++)
		if (l->nameplate.text[f][0] != '\0')
			ask_trace_tell(l->peer.trace, TEXT_TELL_PLATE,
			    nameplate_field_name((enum nameplate_field)f), l->nameplate.text[f],
			    NULL);
}

static void
deliver(struct learn *l, struct plan *p)
{
	struct learned out = {
	    .profile = l->profile,
	    .fits = l->fits,
	    .identity = l->identity,
	    .model = l->object_id.len > 0 ? learn_key(l->object_id.sub,
						l->object_id.len * sizeof(l->object_id.sub[0]))
					  : 0,
	    .plan = p,
	    .key = l->choice->key,
	    .base = l->choice->base,
	    .base_uptime = choice_uptime(l->choice),
	    .rows = &l->rows,
	    .nameplate = &l->nameplate,
	};

	say_plate(l);
	if (p->n_counters == 0)
		ask_trace_tell(l->peer.trace, TEXT_TELL_NO_OCTETS, NULL);
	else
		tell_rule(l->peer.trace, TEXT_TELL_OCTETS, l->profile, p->entry, p->n_counters);
	tell_absent(l->peer.trace, l->profile, p);
	finish(l, KK_OK, &out);
}

/* A worse entry than the known one is only taken from other hardware. */
static int
may_go_on(const struct learn *l)
{
	unsigned next = l->choice->entry + 1;
	int same = l->known.profile == l->profile && l->known.entry != 0xff &&
		   (l->known.identity == l->identity || l->known.identity == 0);

	return next < l->profile->n_octets && !(same && next > l->known.entry);
}

static void
types_ended(void *ctx, int rc)
{
	struct learn *l = ctx;
	struct plan *p = NULL;

	if (rc == KK_OK)
		rc = plan_new(&p);
	if (rc == KK_OK)
		rc = choice_plan(l->choice, p);
	if (rc == KK_OK && p->n_counters == 0 && l->choice->entry < l->profile->n_octets)
		tell_rule(l->peer.trace, TEXT_TELL_RULE_EMPTY, l->profile, l->choice->entry, 0);
	if (rc == KK_OK && p->n_counters == 0 && may_go_on(l)) {
		plan_free(p);
		l->choice->entry++;
		choose(l);
		return;
	}
	if (rc == KK_OK && p->n_objects == 0)
		rc = KK_E_NOTFOUND;
	if (rc == KK_OK)
		deliver(l, p);
	else
		finish(l, rc, NULL);
	plan_free(p);
}

static int
new_choice(struct learn *l)
{
	if (l->choice != NULL)
		return KK_OK;
	if ((l->choice = calloc(1, sizeof(*l->choice))) == NULL)
		return KK_E_NOMEM;
	l->choice->profile = l->profile;
	l->choice->rows = &l->rows;
	l->identity = choice_identity(&l->rows, &l->nameplate);
	return KK_OK;
}

static void
choose(struct learn *l)
{
	int rc = new_choice(l);
	struct choice *c = l->choice;

	if (rc == KK_OK) {
		ask_clear(l->ask);
		rc = choice_ask(c, l->ask);
	}
	if (rc == KK_OK) {
		free(c->type);
		free(c->number);
		c->n_type = (unsigned)ask_count(l->ask);
		c->type = calloc(c->n_type + 1, 1);
		c->number = calloc(c->n_type + 1, sizeof(*c->number));
		if (c->type == NULL || c->number == NULL)
			rc = KK_E_NOMEM;
	}
	if (rc == KK_OK)
		rc = ask_get(l->ask, got_type, types_ended, l);
	if (rc == KK_END)
		types_ended(l, KK_OK);
	else if (rc != KK_OK)
		finish(l, rc, NULL);
}

int
learn_start(const struct ask_peer *p, const struct profiles *profiles, struct learn_gate *gate,
    const struct learn_known *known, learn_done_cb done, void *ctx, struct learn **out)
{
	struct learn *l = calloc(1, sizeof(*l));
	int rc = KK_E_NOMEM;

	if (l == NULL)
		return rc;
	l->peer = *p;
	l->profiles = profiles;
	l->gate = gate;
	l->place.enter = let_in;
	l->known = *known;
	l->done = done;
	l->ctx = ctx;
	if (ask_new(p, &l->ask) != KK_OK || ask_add(l->ask, sys_descr, 9, 0) < 0 ||
	    ask_add(l->ask, sys_object_id, 9, 1) < 0 || ask_add(l->ask, sys_uptime, 9, 2) < 0 ||
	    (rc = ask_get(l->ask, got_identity, identified, l)) != KK_OK) {
		learn_free(l);
		return rc;
	}
	*out = l;
	return KK_OK;
}

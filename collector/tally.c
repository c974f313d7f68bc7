/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/tally.h"

#include <stdlib.h>
#include <string.h>

struct tally {
	struct ask_peer peer; /* without a trace: nobody is told of stations */
	const struct ask_trace *trace;
	const struct layout *layout;
	ask_end_cb end;
	void *ctx;
	struct ask *ask;
	struct walk *walk;
	struct rows rows;
	int bulk;
	unsigned table;
	uint8_t failed[PROFILE_TABLES];
};

static const unsigned long sys_object_id[] = {1, 3, 6, 1, 2, 1, 1, 2, 0};

static int next_table(struct tally *t);

int
tally_needed(const struct layout *y)
{
	for (unsigned i = 0; i < y->plan->n_values; i++)
		if (y->plan->value[i].gather == GATHER_COUNT)
			return 1;
	return 0;
}

void
tally_free(struct tally *t)
{
	if (t == NULL)
		return;
	ask_free(t->ask);
	walk_free(t->walk);
	rows_forget(&t->rows);
	free(t);
}

static int
is_tallied(const struct profile_table *t, int *own)
{
	int any = 0;

	for (unsigned i = 0; i < t->n; i++)
		if (t->column[i].walked & WALKED_TALLY) {
			any = 1;
			*own |= t->column[i].own;
		}
	return any;
}

static void
table_ended(void *ctx, int rc)
{
	struct tally *t = ctx;
	char n[12];

	walk_free(t->walk);
	t->walk = NULL;
	ask_trace_tell(t->trace, rc != KK_OK ? TEXT_TELL_COUNTED_SILENT : TEXT_TELL_COUNTED,
	    t->rows.profile->table[t->table].name, ask_number(n, t->rows.table[t->table].n), NULL);
	t->failed[t->table] = rc != KK_OK;
	t->table++;
	rc = rc == KK_OK || rc == KK_E_SILENT || rc == KK_E_REFUSED ? next_table(t) : rc;
	if (rc != KK_OK)
		t->end(t->ctx, rc == KK_END ? KK_OK : rc); /* may free it */
}

/* KK_END: there is none left. */
static int
next_table(struct tally *t)
{
	const struct profile *p = t->rows.profile;
	int own = 0;

	for (; t->table < p->n_tables; t->table++) {
		int rc;

		if (!is_tallied(&p->table[t->table], &own))
			continue;
		rc = walk_start(
		    &t->peer, &t->rows, t->table, WALKED_TALLY, &t->bulk, table_ended, t, &t->walk);
		if (rc != KK_END)
			return rc;
		t->failed[t->table] = 1; /* it stands below an unknown sysObjectID */
	}
	return KK_END;
}

static void
got_object_id(void *ctx, unsigned i, const struct varbind *vb)
{
	struct tally *t = ctx;

	(void)i;
	if (vb->type != VB_OID || vb->oid == NULL || vb->len > OID_SHORT)
		return;
	t->rows.own.len = vb->len;
	memcpy(t->rows.own.sub, vb->oid, vb->len * sizeof(vb->oid[0]));
}

static void
identified(void *ctx, int rc)
{
	struct tally *t = ctx;

	if (rc == KK_OK)
		rc = next_table(t);
	if (rc != KK_OK)
		t->end(t->ctx, rc == KK_END ? KK_OK : rc);
}

static int
start(struct tally *t)
{
	int own = 0, rc;

	for (unsigned i = 0; i < t->rows.profile->n_tables; i++)
		is_tallied(&t->rows.profile->table[i], &own);
	if (!own)
		return next_table(t);
	if ((rc = ask_new(&t->peer, &t->ask)) != KK_OK)
		return rc;
	if (ask_add(t->ask, sys_object_id, 9, 0) < 0)
		return KK_E_NOMEM;
	return ask_get(t->ask, got_object_id, identified, t);
}

int
tally_start(
    const struct ask_peer *p, const struct layout *y, ask_end_cb end, void *ctx, struct tally **out)
{
	struct tally *t = calloc(1, sizeof(*t));
	int rc;

	if (t == NULL)
		return KK_E_NOMEM;
	t->peer = *p;
	t->peer.trace = NULL;
	t->trace = p->trace;
	t->layout = y;
	t->end = end;
	t->ctx = ctx;
	t->bulk = y->profile->bulk;
	rows_init(&t->rows, y->profile);
	*out = t;
	if ((rc = start(t)) != KK_OK) {
		tally_free(t);
		*out = NULL;
	}
	return rc;
}

/* The rule of a counted value: the first one for its metric. */
static const struct metric_rule *
rule_of(const struct profile *p, uint8_t metric)
{
	for (unsigned i = 0; i < p->n_metrics; i++)
		if (p->metric[i].metric == metric && p->metric[i].gather == GATHER_COUNT)
			return &p->metric[i];
	return NULL;
}

static int
is_whole(const struct tally *t, uint8_t table)
{
	return table == COLUMN_NONE || (!t->failed[table] && !t->rows.table[table].cut);
}

void
tally_into(const struct tally *t, struct take *k)
{
	const struct plan *p = t->layout->plan;

	for (unsigned i = 0; i < p->n_values; i++) {
		const struct metric_rule *m = rule_of(t->layout->profile, p->value[i].metric);

		if (p->value[i].gather != GATHER_COUNT || m == NULL ||
		    !is_whole(t, m->rows.table) || !is_whole(t, m->rows.via.table))
			continue;
		k->value[i].any = 1;
		for (unsigned row = 0; row < t->rows.table[m->rows.table].n; row++)
			k->value[i].sum += rows_cell(&t->rows, m->column, row)->type != 0 &&
					   rows_selected(&t->rows, &m->rows, row);
	}
}

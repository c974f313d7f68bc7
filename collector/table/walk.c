/* SPDX-License-Identifier: GPL-3.0-or-later */
/* walk.c - several columns of a table at once, each at its own pace. */
#include <stdlib.h>
#include <string.h>

#include "collector/table/ask.h"

#define VARBINDS 40 /* of one GETBULK's answer */
/* Longer names end a column: thousands of devices may be learned at once. */
#define NAME_MAX_SUBS 64

struct lane {
	uint8_t column; /* index in the table */
	uint8_t ended;
	size_t len; /* where it stands: the last name, or the column's own */
	unsigned long at[NAME_MAX_SUBS];
};

struct walk {
	struct ask_peer peer;
	struct rows *rows;
	unsigned table;
	int *bulk;
	ask_end_cb end;
	void *ctx;
	struct request *request;
	unsigned requests;
	unsigned n_asked;
	uint8_t asked[PROFILE_COLUMNS]; /* lanes */
	unsigned n;
	struct lane lane[];
};

static int walk_more(struct walk *w);

void
walk_free(struct walk *w)
{
	if (w == NULL)
		return;
	if (w->request != NULL)
		engine_cancel(w->peer.engine, w->peer.peer);
	request_free(w->request);
	free(w);
}

/* One value of a lane. Returns KK_OK, or KK_END: the column is over. */
static int
take_value(struct walk *w, struct lane *l, const struct varbind *vb)
{
	struct column_ref ref = {(uint8_t)w->table, l->column};
	struct oid own, *column = &own;
	int rc;

	if (!rows_column(w->rows, ref, column))
		return KK_END;
	if (vb->type == VB_END_OF_VIEW || vb->type == VB_NO_OBJECT || vb->type == VB_NO_INSTANCE ||
	    vb->name_len > NAME_MAX_SUBS)
		return KK_END;
	if (oid_compare(vb->name, vb->name_len, l->at, l->len) <= 0) {
		ask_trouble(&w->peer, ASK_CIRCLES);
		ask_trace_tell(w->peer.trace, TEXT_TELL_WALK_CIRCLES,
		    w->rows->profile->table[w->table].name,
		    w->rows->profile->table[w->table].column[l->column].name, NULL);
		return KK_END;
	}
	if (!oid_below(vb->name, vb->name_len, column))
		return KK_END;
	if (w->peer.trace != NULL)
		w->peer.trace->object(w->peer.trace->ctx, vb);
	l->len = vb->name_len;
	memcpy(l->at, vb->name, vb->name_len * sizeof(l->at[0]));
	rc = rows_put(w->rows, ref, vb->name + column->len, vb->name_len - column->len, vb);
	if (rc == KK_E_FULL) {
		ask_trouble(&w->peer, ASK_ROWS);
		return KK_END;
	}
	return rc;
}

/* Back to one value at a time; 0: that is what it does already. */
static int
without_bulk(struct walk *w)
{
	if (!*w->bulk || w->peer.version == 1)
		return 0;
	*w->bulk = 0;
	ask_trace_tell(w->peer.trace, TEXT_TELL_NO_BULK, NULL);
	return 1;
}

static void
take_error(struct walk *w, const struct answer *an)
{
	unsigned index = an->error_index > 0 ? (unsigned)an->error_index - 1 : w->n_asked;

	if (without_bulk(w))
		return;
	/* v1's end of everything, or an object that the agent stumbles over. */
	if (index < w->n_asked)
		w->lane[w->asked[index]].ended = 1;
	else
		for (unsigned i = 0; i < w->n_asked; i++)
			w->lane[w->asked[i]].ended = 1;
}

static int
take_answer(struct walk *w, const struct answer *an)
{
	if (an->error_status != 0) {
		take_error(w, an);
		return KK_OK;
	}
	if (an->n == 0)
		return without_bulk(w) ? KK_OK : KK_E_REFUSED;
	/* An answer may be cut anywhere: each lane goes on from where it is. */
	for (size_t i = 0; i < an->n; i++) {
		struct lane *l = &w->lane[w->asked[i % w->n_asked]];
		int rc;

		if (l->ended)
			continue;
		rc = take_value(w, l, &an->vb[i]);
		if (rc < 0)
			return rc;
		if (rc == KK_END)
			l->ended = 1;
	}
	return KK_OK;
}

static void
on_answer(void *ctx, int rc, const struct answer *an)
{
	struct walk *w = ctx;

	request_free(w->request);
	w->request = NULL;
	if (rc == KK_OK)
		rc = take_answer(w, an);
	else if (rc == KK_E_SILENT && without_bulk(w))
		rc = KK_OK; /* it may drop what it does not know, or answers too long for the way */
	if (rc == KK_OK)
		rc = walk_more(w);
	if (rc != KK_OK)
		w->end(w->ctx, rc == KK_END ? KK_OK : rc); /* may free it */
}

/* KK_END: every column is over. */
static int
walk_more(struct walk *w)
{
	struct request_oid oids[PROFILE_COLUMNS];
	int bulk = *w->bulk && w->peer.version != 1;
	int rc;

	w->n_asked = 0;
	for (unsigned i = 0; i < w->n; i++) {
		if (w->lane[i].ended)
			continue;
		oids[w->n_asked] = (struct request_oid){w->lane[i].at, w->lane[i].len};
		w->asked[w->n_asked++] = (uint8_t)i;
	}
	if (w->n_asked == 0)
		return KK_END;
	if (w->requests++ == ASK_REQUESTS_MAX) {
		ask_trouble(&w->peer, ASK_ENDLESS);
		ask_trace_tell(w->peer.trace, TEXT_TELL_TABLES_TOO_MANY, NULL);
		w->rows->table[w->table].cut = 1;
		return KK_END;
	}
	rc = request_new(bulk ? REQUEST_GETBULK : REQUEST_GETNEXT, w->peer.version,
	    w->peer.community, oids, w->n_asked, bulk ? VARBINDS / w->n_asked : 0, &w->request,
	    NULL);
	if (rc != KK_OK)
		return rc;
	rc = engine_ask(w->peer.engine, w->peer.peer, w->request, on_answer, w);
	if (rc != KK_OK) {
		request_free(w->request);
		w->request = NULL;
	}
	return rc;
}

int
walk_start(const struct ask_peer *p, struct rows *rows, unsigned table, enum walked_by who,
    int *bulk, ask_end_cb end, void *ctx, struct walk **out)
{
	const struct profile_table *t = &rows->profile->table[table];
	struct walk *w = calloc(1, sizeof(*w) + t->n * sizeof(struct lane));
	int rc;

	if (w == NULL)
		return KK_E_NOMEM;
	w->peer = *p;
	w->rows = rows;
	w->table = table;
	w->bulk = bulk;
	w->end = end;
	w->ctx = ctx;
	for (unsigned i = 0; i < t->n; i++) {
		struct column_ref ref = {(uint8_t)table, (uint8_t)i};
		struct lane *l = &w->lane[w->n];
		struct oid column;

		if (!(t->column[i].walked & who) || !rows_column(rows, ref, &column))
			continue;
		l->column = (uint8_t)i;
		l->len = column.len;
		memcpy(l->at, column.sub, l->len * sizeof(l->at[0]));
		w->n++;
	}
	if ((rc = walk_more(w)) != KK_OK) {
		walk_free(w);
		return rc;
	}
	*out = w;
	return KK_OK;
}

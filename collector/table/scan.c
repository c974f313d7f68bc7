/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/table/scan.h"

#include <stdlib.h>
#include <string.h>

#define REQUESTS_MAX  40000 /* a device that lies cannot keep us for ever */
#define NAME_MAX_SUBS 64
#define BULK_LEAST    4 /* an agent that cannot do as many does GETNEXT */
#define MORE_AFTER    100

struct lane {
	const struct oid *column;
	unsigned number; /* of the caller */
	int ended;
	size_t len; /* where it stands: the last name, or the column's own */
	unsigned long at[NAME_MAX_SUBS];
};

struct scan {
	struct ask_peer peer;
	struct scan_calls calls;
	struct scan_memory *memory;
	struct request *request;
	int waits;
	unsigned requests;
	unsigned n_asked;
	uint8_t asked[SCAN_COLUMNS]; /* lanes */
	unsigned n;
	struct lane lane[];
};

void
scan_free(struct scan *s)
{
	if (s == NULL)
		return;
	if (s->request != NULL)
		engine_cancel(s->peer.engine, s->peer.peer);
	request_free(s->request);
	free(s);
}

void
scan_forget(struct scan_memory *m)
{
	*m = (struct scan_memory){.bulk = SCAN_BULK};
}

/* ---- what comes ---- */

/* One value of a lane. KK_END: the column is over. */
static int
take_value(struct scan *s, struct lane *l, const struct varbind *vb)
{
	if (vb->type >= VB_NO_OBJECT || vb->name_len > NAME_MAX_SUBS ||
	    !oid_below(vb->name, vb->name_len, l->column))
		return KK_END;
	if (oid_compare(vb->name, vb->name_len, l->at, l->len) <= 0) {
		ask_trace_tell(s->peer.trace, TEXT_TELL_COLUMN_CIRCLES, NULL);
		return KK_END;
	}
	if (s->peer.trace != NULL)
		s->peer.trace->object(s->peer.trace->ctx, vb);
	l->len = vb->name_len;
	memcpy(l->at, vb->name, vb->name_len * sizeof(l->at[0]));
	return s->calls.value(
	    s->calls.ctx, l->number, vb->name + l->column->len, vb->name_len - l->column->len, vb);
}

/* Half as much at a time. 0: it cannot be less. */
static int
ask_less(struct scan *s)
{
	struct scan_memory *m = s->memory;

	if (m->bulk == 0 || s->peer.version == 1)
		return 0;
	m->bulk = m->bulk / 2 >= BULK_LEAST ? m->bulk / 2 : 0;
	m->scans = 0;
	return 1;
}

static void
take_error(struct scan *s, const struct answer *an)
{
	unsigned index = an->error_index > 0 ? (unsigned)an->error_index - 1 : s->n_asked;

	if ((an->error_status == 1 || index >= s->n_asked) && ask_less(s))
		return;
	/* v1's end of everything, or an object that the agent stumbles over. */
	if (index < s->n_asked)
		s->lane[s->asked[index]].ended = 1;
	else
		for (unsigned i = 0; i < s->n_asked; i++)
			s->lane[s->asked[i]].ended = 1;
}

static int
take_answer(struct scan *s, const struct answer *an)
{
	if (an->error_status != 0) {
		take_error(s, an);
		return KK_OK;
	}
	if (an->n == 0)
		return ask_less(s) ? KK_OK : KK_E_REFUSED;
	/* An answer may be cut anywhere: each lane goes on from where it is. */
	for (size_t i = 0; i < an->n; i++) {
		struct lane *l = &s->lane[s->asked[i % s->n_asked]];
		int rc;

		if (l->ended)
			continue;
		rc = take_value(s, l, &an->vb[i]);
		if (rc < 0)
			return rc;
		if (rc == KK_END)
			l->ended = 1;
	}
	return KK_OK;
}

/* ---- asking ---- */

static int scan_more(struct scan *s);

/* What was too much once, on a bad day or for another firmware, need not be for ever. */
static void
note_whole(struct scan_memory *m)
{
	if (m->bulk >= SCAN_BULK || ++m->scans < MORE_AFTER)
		return;
	m->bulk = m->bulk == 0 ? BULK_LEAST : m->bulk * 2 < SCAN_BULK ? m->bulk * 2 : SCAN_BULK;
	m->scans = 0;
}

static void
end(struct scan *s, int rc)
{
	if (rc == KK_END)
		note_whole(s->memory);
	s->calls.end(s->calls.ctx, rc == KK_END ? KK_OK : rc); /* may free it */
}

static void
on_answer(void *ctx, int rc, const struct answer *an)
{
	struct scan *s = ctx;

	request_free(s->request);
	s->request = NULL;
	if (rc == KK_OK)
		rc = take_answer(s, an);
	else if (rc == KK_E_SILENT && ask_less(s))
		rc = KK_OK; /* answers may be too long for the way */
	if (rc == KK_OK)
		rc = scan_more(s);
	if (rc != KK_OK)
		end(s, rc);
}

/* KK_END: every column is over. */
static int
scan_more(struct scan *s)
{
	struct request_oid oids[SCAN_COLUMNS];
	unsigned bulk = s->peer.version == 1 ? 0 : s->memory->bulk;
	unsigned most = bulk == 0 || bulk > SCAN_COLUMNS ? SCAN_COLUMNS : bulk;
	int rc;

	s->n_asked = 0;
	for (unsigned i = 0; i < s->n && s->n_asked < most; i++) {
		if (s->lane[i].ended)
			continue;
		oids[s->n_asked] = (struct request_oid){s->lane[i].at, s->lane[i].len};
		s->asked[s->n_asked++] = (uint8_t)i;
	}
	if (s->n_asked == 0)
		return KK_END;
	if (!s->calls.may_ask(s->calls.ctx)) {
		s->waits = 1;
		return KK_OK;
	}
	if (s->requests++ == REQUESTS_MAX) {
		ask_trace_tell(s->peer.trace, TEXT_TELL_TABLES_TOO_MANY, NULL);
		return KK_E_FULL;
	}
	rc = request_new(bulk > 0 ? REQUEST_GETBULK : REQUEST_GETNEXT, s->peer.version,
	    s->peer.community, oids, s->n_asked, bulk > 0 ? (int)(bulk / s->n_asked) : 0,
	    &s->request, NULL);
	if (rc != KK_OK)
		return rc;
	rc = engine_ask(s->peer.engine, s->peer.peer, s->request, on_answer, s);
	if (rc != KK_OK) {
		request_free(s->request);
		s->request = NULL;
	}
	return rc;
}

void
scan_resume(struct scan *s)
{
	int rc;

	if (!s->waits)
		return;
	s->waits = 0;
	if ((rc = scan_more(s)) != KK_OK)
		end(s, rc);
}

int
scan_start(const struct ask_peer *p, const struct oid *const *columns, unsigned n,
    struct scan_memory *memory, const struct scan_calls *calls, struct scan **out)
{
	struct scan *s = calloc(1, sizeof(*s) + n * sizeof(struct lane));
	int rc;

	if (s == NULL)
		return KK_E_NOMEM;
	s->peer = *p;
	s->calls = *calls;
	s->memory = memory;
	for (unsigned i = 0; i < n && i < SCAN_COLUMNS; i++) {
		struct lane *l = &s->lane[s->n];

		if (columns[i]->len == 0)
			continue;
		l->column = columns[i];
		l->number = i;
		l->len = columns[i]->len;
		memcpy(l->at, columns[i]->sub, l->len * sizeof(l->at[0]));
		s->n++;
	}
	*out = s; /* before: `end` may be called while it waits for nothing */
	if ((rc = scan_more(s)) != KK_OK) {
		*out = NULL;
		scan_free(s);
	}
	return rc;
}

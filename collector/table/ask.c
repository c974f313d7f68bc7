/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/table/ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/words.h"

#define CHUNK 24

struct name {
	uint32_t at;
	uint16_t group;
	uint8_t len;
	uint8_t done; /* answered, or known to be absent */
};

struct ask {
	struct ask_peer peer;
	struct name *name;
	size_t n, room;
	unsigned long *sub;
	size_t n_sub, sub_room;
	struct request *request;
	unsigned asked[CHUNK];
	unsigned n_asked, chunk, requests;
	int answered; /* it has given an answer: silence now is loss */
	enum request_kind kind;
	ask_got_cb got;
	ask_end_cb end;
	void *ctx;
};

static int ask_more(struct ask *a);

void
ask_trace_words(const struct ask_trace *t, enum text_id id, const char *const *words)
{
	char text[600];
	size_t n = 0;

	if (t == NULL)
		return;
	while (n < 10 && words[n] != NULL)
		n++;
	t->say(t->ctx, words_fill(text, sizeof(text), i18n(t->lang, id), words, n));
}

const char *
ask_number(char out[12], unsigned v)
{
	snprintf(out, 12, "%u", v);
	return out;
}

void
ask_trouble(const struct ask_peer *p, enum ask_trouble trouble)
{
	if (p->trouble != NULL)
		*p->trouble = (uint8_t)trouble;
}

int
ask_new(const struct ask_peer *p, struct ask **out)
{
	struct ask *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return KK_E_NOMEM;
	a->peer = *p;
	*out = a;
	return KK_OK;
}

void
ask_free(struct ask *a)
{
	if (a == NULL)
		return;
	if (a->request != NULL)
		engine_cancel(a->peer.engine, a->peer.peer);
	request_free(a->request);
	free(a->name);
	free(a->sub);
	free(a);
}

void
ask_clear(struct ask *a)
{
	a->n = a->n_sub = 0;
}

int
ask_add(struct ask *a, const unsigned long *name, size_t len, unsigned group)
{
	if (a->n == a->room) {
		size_t room = a->room > 0 ? a->room * 2 : 32;
		struct name *grown = realloc(a->name, room * sizeof(*grown));

		if (grown == NULL)
			return KK_E_NOMEM;
		a->name = grown;
		a->room = room;
	}
	if (a->n_sub + len > a->sub_room) {
		size_t room = a->sub_room * 2 + 16 * 16 + len;
		unsigned long *grown = realloc(a->sub, room * sizeof(*grown));

		if (grown == NULL)
			return KK_E_NOMEM;
		a->sub = grown;
		a->sub_room = room;
	}
	a->name[a->n] =
	    (struct name){.at = (uint32_t)a->n_sub, .group = (uint16_t)group, .len = (uint8_t)len};
	memcpy(a->sub + a->n_sub, name, len * sizeof(*name));
	a->n_sub += len;
	return (int)a->n++;
}

static void
finish(struct ask *a, int rc)
{
	a->end(a->ctx, rc); /* may free it */
}

static void
absent(struct ask *a, unsigned i)
{
	a->name[i].done = 1;
	if (a->peer.version != 1)
		return;
	for (size_t k = 0; k < a->n; k++)
		if (a->name[k].group == a->name[i].group)
			a->name[k].done = 1;
}

/* What an error says: something is absent, or less at a time. */
static void
take_error(struct ask *a, const struct answer *an)
{
	unsigned index = an->error_index > 0 ? (unsigned)an->error_index - 1 : CHUNK;

	if (an->error_status != 1 && index < a->n_asked)
		absent(a, a->asked[index]);
	else if (a->chunk > 1 && a->n_asked > 1)
		a->chunk = a->n_asked / 2;
	else
		absent(a, a->asked[0]);
}

static void
take_values(struct ask *a, const struct answer *an)
{
	for (unsigned i = 0; i < a->n_asked && i < an->n; i++) {
		const struct varbind *vb = &an->vb[i];

		a->name[a->asked[i]].done = 1;
		if (a->peer.trace != NULL)
			a->peer.trace->object(a->peer.trace->ctx, vb);
		if (vb->type != VB_NO_OBJECT && vb->type != VB_NO_INSTANCE &&
		    vb->type != VB_END_OF_VIEW && vb->type != VB_NULL)
			a->got(a->ctx, a->asked[i], vb);
	}
}

static void
on_answer(void *ctx, int rc, const struct answer *an)
{
	struct ask *a = ctx;

	request_free(a->request);
	a->request = NULL;
	if (rc == KK_E_SILENT && a->answered) {
		a->answered = 0; /* once more, or all that was learned is for nothing */
		if ((rc = ask_more(a)) != KK_OK)
			finish(a, rc);
		return;
	}
	if (rc != KK_OK) {
		finish(a, rc);
		return;
	}
	a->answered = 1;
	if (an->error_status != 0)
		take_error(a, an);
	else
		take_values(a, an);
	if ((rc = ask_more(a)) != KK_OK)
		finish(a, rc == KK_END ? KK_OK : rc);
}

/* KK_END: nothing is left to ask. */
static int
ask_more(struct ask *a)
{
	struct request_oid oids[CHUNK];
	unsigned most = a->chunk;
	int rc;

	a->n_asked = 0;
	for (unsigned i = 0; i < a->n && a->n_asked < most; i++) {
		if (a->name[i].done)
			continue;
		oids[a->n_asked] = (struct request_oid){a->sub + a->name[i].at, a->name[i].len};
		a->asked[a->n_asked++] = i;
	}
	if (a->n_asked == 0)
		return KK_END;
	if (a->requests++ == ASK_REQUESTS_MAX) {
		ask_trouble(&a->peer, ASK_ENDLESS);
		ask_trace_tell(a->peer.trace, TEXT_TELL_TOO_MANY, NULL);
		return KK_END;
	}
	rc = request_new(
	    a->kind, a->peer.version, a->peer.community, oids, a->n_asked, 0, &a->request, NULL);
	if (rc != KK_OK)
		return rc;
	rc = engine_ask(a->peer.engine, a->peer.peer, a->request, on_answer, a);
	if (rc != KK_OK) {
		request_free(a->request);
		a->request = NULL;
	}
	return rc;
}

static int
start(struct ask *a, enum request_kind kind, ask_got_cb got, ask_end_cb end, void *ctx)
{
	a->kind = kind;
	a->chunk = CHUNK;
	a->requests = 0;
	a->got = got;
	a->end = end;
	a->ctx = ctx;
	return ask_more(a);
}

size_t
ask_count(const struct ask *a)
{
	return a->n;
}

int
ask_get(struct ask *a, ask_got_cb got, ask_end_cb end, void *ctx)
{
	return start(a, REQUEST_GET, got, end, ctx);
}

int
ask_next(struct ask *a, ask_got_cb got, ask_end_cb end, void *ctx)
{
	return start(a, REQUEST_GETNEXT, got, end, ctx);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/exchange.h"

#include <stdlib.h>

#include "probes/book.h"

#define SECOND	INT64_C(1000000)
#define KEEP_US (2 * SECOND) /* how long a closed one is known, for its packets seen again */

#define EXCHANGE_AS_NAME(id, name, seconds) name,
#define EXCHANGE_AS_US(id, name, seconds)   (seconds) * SECOND,

static const char *const names[] = {EXCHANGE_KINDS(EXCHANGE_AS_NAME)};
static const int64_t timeouts_us[] = {EXCHANGE_KINDS(EXCHANGE_AS_US)};

struct open {
	uint64_t client;
	uint64_t ap;
	int64_t begun_us;
	uint32_t mark; /* that its packets have in common; 0: nothing */
	uint8_t began; /* its beginning was seen */
};

struct exchange {
	struct book *book[EXCHANGE_KIND_COUNT];
	struct open *open[EXCHANGE_KIND_COUNT];
	struct exchange_stats stats;
};

/* A packet on its way through. */
struct packet {
	uint64_t client, ap;
	int64_t now_us;
	exchange_sink *sink;
	void *arg;
};

struct exchange *
exchange_new(size_t capacity)
{
	struct exchange *x = calloc(1, sizeof(*x));

	if (x == NULL)
		return NULL;
	for (int i = 0; i < EXCHANGE_KIND_COUNT; i++) {
		x->book[i] = book_new(capacity);
		x->open[i] = calloc(capacity, sizeof(*x->open[i]));
		if (x->book[i] == NULL || x->open[i] == NULL) {
			exchange_free(x);
			return NULL;
		}
	}
	return x;
}

void
exchange_free(struct exchange *x)
{
	if (x == NULL)
		return;
	for (int i = 0; i < EXCHANGE_KIND_COUNT; i++) {
		book_free(x->book[i]);
		free(x->open[i]);
	}
	free(x);
}

const struct exchange_stats *
exchange_stats(const struct exchange *x)
{
	return &x->stats;
}

const char *
exchange_name(unsigned kind)
{
	return kind < EXCHANGE_KIND_COUNT ? names[kind] : "";
}

static void
say(const struct packet *p, enum exchange_kind kind, enum exchange_step step, const struct open *e,
    uint16_t status)
{
	p->sink(p->arg, &(struct exchange_event){.kind = (uint8_t)kind,
			    .step = (uint8_t)step,
			    .status = status,
			    .ap = e->ap,
			    .client = e->client,
			    .took_us = !e->began		 ? -1
				       : p->now_us > e->begun_us ? p->now_us - e->begun_us
								 : 0});
}

/* A new entry in place of none, or of one that is closed. */
static struct open *
admit(struct exchange *x, enum exchange_kind kind, const struct packet *p, uint32_t *at)
{
	struct book *b = x->book[kind];

	if (*at != BOOK_NONE)
		book_touch(b, *at, p->now_us);
	else if ((*at = book_add(b, p->client, p->now_us)) == BOOK_NONE) {
		x->stats.full++;
		return NULL;
	}
	x->open[kind][*at] = (struct open){.client = p->client, .ap = p->ap, .begun_us = p->now_us};
	return &x->open[kind][*at];
}

/* A packet of the middle: it goes on, if it is open. */
static void
go_on(struct exchange *x, enum exchange_kind kind, const struct packet *p)
{
	uint32_t at = book_find(x->book[kind], p->client);

	if (at == BOOK_NONE || !book_is_open(x->book[kind], at))
		return;
	book_touch(x->book[kind], at, p->now_us);
	if (p->ap != 0)
		x->open[kind][at].ap = p->ap;
}

/* The first packet. What is open goes on; of what was closed just now it may be seen again. */
static void
begin(struct exchange *x, enum exchange_kind kind, uint32_t mark, const struct packet *p)
{
	uint32_t at = book_find(x->book[kind], p->client);
	struct open *e;

	if (at != BOOK_NONE && book_is_open(x->book[kind], at)) {
		x->stats.repeated++;
		x->open[kind][at].mark = mark;
		go_on(x, kind, p);
		return;
	}
	if (at != BOOK_NONE && mark != 0 && x->open[kind][at].mark == mark) {
		x->stats.repeated++;
		return;
	}
	e = admit(x, kind, p, &at);
	if (e == NULL)
		return;
	e->mark = mark;
	e->began = 1;
	say(p, kind, EXCHANGE_BEGUN, e, 0);
}

/* The last packet; what was not seen to begin ends too, and took nobody knows how long. */
static void
end(struct exchange *x, enum exchange_kind kind, enum exchange_step step, uint16_t status,
    const struct packet *p)
{
	uint32_t at = book_find(x->book[kind], p->client);

	if (at != BOOK_NONE && !book_is_open(x->book[kind], at)) {
		x->stats.repeated++;
		return;
	}
	if (at == BOOK_NONE && admit(x, kind, p, &at) == NULL)
		return;
	go_on(x, kind, p); /* its access point */
	say(p, kind, step, &x->open[kind][at], status);
	book_close(x->book[kind], at, p->now_us);
}

/* ---- kinds ---- */

enum dhcp { DHCP_PASS, DHCP_ASK, DHCP_GO_ON, DHCP_YES, DHCP_NO };

static enum dhcp
dhcp_step(const struct detail_dhcp *m)
{
	static const uint8_t v4[] = {[1] = DHCP_ASK,
	    [2] = DHCP_GO_ON,
	    [3] = DHCP_ASK,
	    [5] = DHCP_YES,
	    [6] = DHCP_NO,
	    [8] = DHCP_ASK};
	static const uint8_t v6[] = {[1] = DHCP_ASK,
	    [2] = DHCP_GO_ON,
	    [3] = DHCP_ASK,
	    [4] = DHCP_ASK,
	    [5] = DHCP_ASK,
	    [6] = DHCP_ASK,
	    [7] = DHCP_YES,
	    [8] = DHCP_ASK,
	    [9] = DHCP_ASK,
	    [11] = DHCP_ASK};
	enum dhcp step = DHCP_PASS;

	if (m->version == 4 && m->type < sizeof(v4))
		step = v4[m->type];
	else if (m->version == 6 && m->type < sizeof(v6))
		step = v6[m->type];
	/* A client cannot answer, nor a server ask. */
	return (step == DHCP_ASK) == !m->is_answer ? step : DHCP_PASS;
}

/* Answers are to the last question: each has its number. */
static void
take_dhcp(struct exchange *x, const struct detail_dhcp *m, struct packet *p)
{
	enum dhcp step = dhcp_step(m);
	uint32_t at, mark = m->xid != 0 ? m->xid : 1;

	p->client = m->client;
	if (step == DHCP_PASS)
		return;
	if (p->client == 0) {
		x->stats.nobodys++;
		return;
	}
	if (step == DHCP_ASK) {
		begin(x, EXCHANGE_DHCP, mark, p);
		return;
	}
	at = book_find(x->book[EXCHANGE_DHCP], p->client);
	if (at == BOOK_NONE || x->open[EXCHANGE_DHCP][at].mark != mark)
		x->stats.unasked++;
	else if (step == DHCP_GO_ON)
		go_on(x, EXCHANGE_DHCP, p);
	else
		end(x, EXCHANGE_DHCP, step == DHCP_YES ? EXCHANGE_DONE : EXCHANGE_FAILED, 0, p);
}

static int
is_from_ap(unsigned message)
{
	return message == EAPOL_REQUEST || message == EAPOL_SUCCESS || message == EAPOL_FAILURE ||
	       message == EAPOL_M1 || message == EAPOL_M3 || message == EAPOL_GROUP_1;
}

static void
take_eapol(struct exchange *x, const struct seen *s, const struct detail_eapol *e, struct packet *p)
{
	/* On the wire the message says who of the two is the client. */
	if (p->client == 0 && (s->flags & SEEN_AIR) == 0)
		p->client = is_from_ap(e->message) ? s->to : s->from;
	if (p->client == 0) {
		x->stats.nobodys++;
		return;
	}
	switch (e->message) {
	case EAPOL_START:
		begin(x, EXCHANGE_EAP, 0, p);
		break;
	case EAPOL_REQUEST:
		if (e->method == 1) /* identity */
			begin(x, EXCHANGE_EAP, 0, p);
		else
			go_on(x, EXCHANGE_EAP, p);
		break;
	case EAPOL_RESPONSE:
		go_on(x, EXCHANGE_EAP, p);
		break;
	case EAPOL_SUCCESS:
		end(x, EXCHANGE_EAP, EXCHANGE_DONE, 0, p);
		break;
	case EAPOL_FAILURE:
		end(x, EXCHANGE_EAP, EXCHANGE_FAILED, 0, p);
		break;
	case EAPOL_M1:
		begin(x, EXCHANGE_HANDSHAKE, 0, p);
		break;
	case EAPOL_M2:
	case EAPOL_M3:
		go_on(x, EXCHANGE_HANDSHAKE, p);
		break;
	case EAPOL_M4:
		end(x, EXCHANGE_HANDSHAKE, EXCHANGE_DONE, 0, p);
		break;
	default:
		break;
	}
}

#define ALGORITHM_SHARED 1
#define ALGORITHM_SAE	 3

/* Refused; SAE's requests for a token, and for another method, are none. */
static int
is_refused(const struct detail_management *m, uint16_t status)
{
	if (status == 0)
		return 0;
	return m->algorithm != ALGORITHM_SAE || (status != 76 && status != 126 && status != 127);
}

static void
take_authentication(struct exchange *x, const struct seen *s, const struct detail_management *m,
    const struct packet *p)
{
	unsigned last = m->algorithm == ALGORITHM_SHARED ? 4 : 2;

	if (m->flags & MANAGEMENT_PROTECTED || (s->flags & SEEN_HAS_STATUS) == 0)
		return;
	if (s->direction == SEEN_UP && m->step == 1)
		/* Sent again, a frame has the same sequence. */
		begin(x, EXCHANGE_AUTHENTICATION, UINT32_C(0x10000) | s->sequence, p);
	else if (s->direction == SEEN_UP)
		go_on(x, EXCHANGE_AUTHENTICATION, p);
	else if (is_refused(m, s->status))
		end(x, EXCHANGE_AUTHENTICATION, EXCHANGE_FAILED, s->status, p);
	else if (m->step == last && s->status == 0)
		end(x, EXCHANGE_AUTHENTICATION, EXCHANGE_DONE, 0, p);
}

/* The client leaves, or is sent away: what is open has failed. */
static void
take_farewell(struct exchange *x, const struct packet *p)
{
	static const uint8_t kinds[] = {EXCHANGE_HANDSHAKE, EXCHANGE_EAP};

	for (size_t i = 0; i < sizeof(kinds); i++) {
		uint32_t at = book_find(x->book[kinds[i]], p->client);

		if (at != BOOK_NONE && book_is_open(x->book[kinds[i]], at))
			end(x, kinds[i], EXCHANGE_FAILED, 0, p);
	}
}

static void
take_management(struct exchange *x, const struct seen *s, const struct detail_management *m,
    const struct packet *p)
{
	if (p->client == 0)
		return;
	if (s->kind == SEEN_AUTHENTICATION)
		take_authentication(x, s, m, p);
	else if (s->kind == SEEN_DEAUTHENTICATION || s->kind == SEEN_DISASSOCIATION)
		take_farewell(x, p);
}

void
exchange_take(struct exchange *x, const struct seen *s, const struct detail *d, uint64_t ap,
    int64_t now_us, exchange_sink *sink, void *arg)
{
	struct packet p = {
	    .client = s->client, .ap = ap, .now_us = now_us, .sink = sink, .arg = arg};

	exchange_tick(x, now_us, sink, arg);
	switch (d->kind) {
	case DETAIL_DHCP:
		take_dhcp(x, &d->dhcp, &p);
		break;
	case DETAIL_EAPOL:
		take_eapol(x, s, &d->eapol, &p);
		break;
	case DETAIL_MANAGEMENT:
		take_management(x, s, &d->management, &p);
		break;
	default:
		break;
	}
}

void
exchange_tick(struct exchange *x, int64_t now_us, exchange_sink *sink, void *arg)
{
	struct packet p = {.now_us = now_us, .sink = sink, .arg = arg};

	for (int i = 0; i < EXCHANGE_KIND_COUNT; i++) {
		uint32_t at;

		while ((at = book_idle(x->book[i], now_us - timeouts_us[i])) != BOOK_NONE) {
			say(&p, i, EXCHANGE_GIVEN_UP, &x->open[i][at], 0);
			book_close(x->book[i], at, now_us);
		}
		book_forget(x->book[i], now_us - KEEP_US);
	}
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fake_net.h"

#include <stdlib.h>
#include <string.h>

#include "lib/wire.h"

void
fake_net_init(struct fake_net *f)
{
	*f = (struct fake_net){
	    .clock = {.simulated = 1, .mono_ms = 1000000, .utc_cs = 8640000}, .take = -1};
}

void
fake_net_clear(struct fake_net *f)
{
	free(f->sent);
	free(f->inbox);
}

static struct fake_datagram *
append(struct fake_datagram **list, size_t *n, size_t *room)
{
	if (*n == *room) {
		*room = *room > 0 ? *room * 2 : 64;
		*list = realloc(*list, *room * sizeof(**list));
		if (*list == NULL)
			abort();
	}
	memset(&(*list)[*n], 0, sizeof(**list));
	return &(*list)[(*n)++];
}

static int
fake_send(void *ctx, const struct datagram *d, unsigned n)
{
	struct fake_net *f = ctx;
	unsigned i;

	if (f->refuse)
		return KK_E_REFUSED;
	for (i = 0; i < n && f->take != 0; i++) {
		struct fake_datagram *s = append(&f->sent, &f->n_sent, &f->sent_room);

		if (d[i].len > sizeof(s->octets))
			abort();
		s->peer = d[i].peer;
		s->lane = d[i].lane;
		s->len = d[i].len;
		s->at_ms = f->clock.mono_ms;
		memcpy(s->octets, d[i].data, d[i].len);
		if (f->take > 0)
			f->take--;
	}
	return (int)i;
}

static int
fake_receive(void *ctx, struct datagram *d, unsigned n)
{
	struct fake_net *f = ctx;
	unsigned i;

	for (i = 0; i < n && f->inbox_at < f->n_inbox; i++) {
		const struct fake_datagram *s = &f->inbox[f->inbox_at++];

		d[i].peer = s->peer;
		d[i].lane = s->lane;
		d[i].len = s->len;
		memcpy(d[i].data, s->octets, s->len);
	}
	return (int)i;
}

struct net
fake_net_net(struct fake_net *f)
{
	return (struct net){
	    .ctx = f, .send = fake_send, .receive = fake_receive, .lanes = FAKE_LANES, .fd = -1};
}

/* Steps over tag and length; returns the tag. */
static uint8_t
header(struct wire *w, size_t *len)
{
	uint8_t tag = wire_u8(w);

	*len = wire_u8(w);
	if (*len == 0x81)
		*len = wire_u8(w);
	else if (*len == 0x82)
		*len = wire_be16(w);
	return tag;
}

/* Where the PDU's tag stands, and behind its header the request-id. */
static size_t
find_pdu(const struct fake_datagram *d, size_t *id_at)
{
	struct wire w = wire_over(d->octets, d->len);
	size_t len, pdu;

	header(&w, &len);
	header(&w, &len);
	wire_take(&w, len);
	header(&w, &len);
	wire_take(&w, len);
	pdu = (size_t)(w.at - d->octets);
	header(&w, &len);
	header(&w, &len);
	*id_at = len == 4 ? (size_t)(w.at - d->octets) : 0;
	return w.failed ? 0 : pdu;
}

size_t
fake_id_at(const struct fake_datagram *d)
{
	size_t at;

	return find_pdu(d, &at) > 0 ? at : 0;
}

uint32_t
fake_id(const struct fake_datagram *d)
{
	size_t at = fake_id_at(d);
	struct wire w = wire_over(d->octets + at, 4);

	return at > 0 ? wire_be32(&w) : 0;
}

struct fake_datagram *
fake_inbox(struct fake_net *f)
{
	if (f->inbox_at == f->n_inbox)
		f->inbox_at = f->n_inbox = 0;
	return append(&f->inbox, &f->n_inbox, &f->inbox_room);
}

struct fake_datagram *
fake_answer(struct fake_net *f, size_t i)
{
	struct fake_datagram *a = fake_inbox(f);
	size_t at, pdu;

	*a = f->sent[i];
	pdu = find_pdu(a, &at);
	a->octets[pdu] = 0xa2;
	if (f->sent[i].octets[pdu] == 0xa5) {
		/* A bulk request has max-repetitions where an answer has the error's index. */
		a->octets[at + 4 + 2] = 0;
		a->octets[at + 4 + 3 + 2] = 0;
	}
	return a;
}

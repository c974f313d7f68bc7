/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/dec/dec.h"

#include <stdlib.h>
#include <string.h>

#include "probes/dec/decoder.h"
#include "probes/dec/fragments.h"

#define DEC_AS_FUNCTION(id, function) function,
#define DEC_AS_NAME(id, name)	      name,

static enum dec_next (*const step[DEC_STEPS])(struct dec *) = {DEC_LAYERS(DEC_AS_FUNCTION)};

static const char *const stops[] = {DEC_STOPS(DEC_AS_NAME)};

/* Numbers that only this process knows, of the key that only it has. */
static void
make_secrets(struct decoder *dec, const struct pseudonyms *key)
{
	uint8_t which = 0;

	for (size_t i = 0; i < DEC_SECRETS; i++, which++)
		dec->memory.secret[i] = pseudonym_octets(key, &which, 1);
	for (size_t i = 0; i < TCP_SECRETS; i++, which++)
		dec->flows.secret[i] = pseudonym_octets(key, &which, 1);
}

void
decoder_follow(struct decoder *dec, unsigned one_in)
{
	dec->flows.below = 65536 / one_in;
}

static void
take_key(struct decoder *dec, const struct pseudonyms *key)
{
	dec->now = key;
	dec->salt = pseudonym_octets(key, (const uint8_t *)"ways", 4);
}

struct decoder *
decoder_new(const struct pseudonyms *key)
{
	struct decoder *dec = calloc(1, sizeof(*dec));

	if (dec == NULL)
		return NULL;
	dec->key = key;
	take_key(dec, key);
	dec->d = (struct dec){.detail = &dec->detail,
	    .memory = &dec->memory,
	    .home = key,
	    .lately = &dec->lately,
	    .aired = &dec->aired,
	    .flows = &dec->flows};
	make_secrets(dec, key);
	decoder_follow(dec, DEC_FOLLOW);
	dec->memory.fragments = fragments_new();
	if (dec->memory.fragments == NULL) {
		free(dec);
		return NULL;
	}
	return dec;
}

void
decoder_octets_only(struct decoder *dec)
{
	_Static_assert(DEC_STEPS <= 64, "a bit for each layer");
	dec->left_out = UINT64_C(1) << DEC_WLAN_MANAGEMENT | UINT64_C(1) << DEC_EAPOL |
			UINT64_C(1) << DEC_DHCP | UINT64_C(1) << DEC_DHCP6 |
			UINT64_C(1) << DEC_RADIUS | UINT64_C(1) << DEC_LLDP;
	dec->d.flows = NULL;
}

void
decoder_free(struct decoder *dec)
{
	if (dec != NULL)
		fragments_free(dec->memory.fragments);
	free(dec);
}

void
decoder_turns(struct decoder *dec, const struct pseudonym_turns *turns)
{
	dec->turns = turns;
}

void
decoder_new_key(struct decoder *dec, const struct pseudonyms *key)
{
	take_key(dec, key);
	explicit_bzero(&dec->lately, sizeof(dec->lately));
}

void
decoder_l2tp_cookie(struct decoder *dec, unsigned octets)
{
	dec->memory.l2tp_cookie = octets;
}

/* Whose frame it is on the wire. */
static void
take_addresses(struct dec *d)
{
	const uint8_t *to = d->eth, *from = d->eth + 6;
	struct seen *out = d->out;

	out->from = pseudonym_again(d->key, d->lately, from, &out->from_mark);
	if ((to[0] & 1) == 0)
		out->to = pseudonym_again(d->key, d->lately, to, &out->to_mark);
	if (from[0] == 0 && dec_is_router(from))
		out->flags |= SEEN_FROM_ROUTER;
	if (to[0] == 0 && dec_is_router(to))
		out->flags |= SEEN_TO_ROUTER;
}

static enum dec_next
run(const struct decoder *dec, struct dec *d, enum dec_next next)
{
	while (next < DEC_STEPS)
		next = dec->left_out >> next & 1 ? dec_end(d) : step[next](d);
	return next;
}

/* Before a packet: what is left of the last one goes. */
static void
begin(struct dec *d)
{
	size_t from = offsetof(struct dec, eth), to = offsetof(struct dec, parts);

	memset((char *)d + from, 0, to - from);
	d->detail->kind = DETAIL_NONE;
}

void
dec_frame(struct decoder *dec, int linktype, int64_t time_us, const uint8_t *p, size_t caplen,
    size_t len, struct seen *out)
{
	enum dec_next next = dec_first(linktype);
	struct dec *d = &dec->d;

	decoder_turn(dec, time_us);
	begin(d);
	d->key = dec->now;
	d->out = out;
	d->time_us = time_us;
	d->w = wire_over(p, caplen);
	d->uncaptured = len > caplen ? len - caplen : 0;
	seen_blank(out);
	next = run(dec, d, next);
	while (d->pieces > 0)
		next = run(dec, d, dec_settle(d, next));
	if (d->eth != NULL)
		take_addresses(d);
	if (out->kind == SEEN_FRAME || out->tunnels > 0)
		dec_identify(d);
	out->next = (uint16_t)next;
}

const struct detail *
decoder_detail(const struct decoder *dec)
{
	return &dec->detail;
}

int
dec_knows(int linktype)
{
	return dec_first(linktype) < DEC_STEPS;
}

const char *
dec_stop_name(unsigned next)
{
	return next > DEC_DONE && next < DEC_NEXT_COUNT ? stops[next - DEC_DONE - 1] : "";
}

int
dec_trim(struct dec *d, size_t n)
{
	if (dec_left(d) < n)
		return 0;
	if (d->uncaptured >= n) {
		d->uncaptured -= n;
		return 1;
	}
	d->w.end -= n - d->uncaptured;
	d->uncaptured = 0;
	return 1;
}

size_t
dec_rest(struct dec *d)
{
	d->lacking |= d->open;
	return dec_left(d);
}

enum dec_next
dec_unit(struct dec *d, enum dec_next next)
{
	return next == DEC_DONE || d->in_amsdu ? dec_end(d) : next;
}

enum dec_next
dec_count(struct dec *d, size_t octets)
{
	dec_add(d, octets);
	return dec_end(d);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* front_check.h - what a front says is what decoding says: of the whole frame, of the octets that
 * are kept of it, and of the segment in it. For a test and for a fuzzer. */
#ifndef KK_TESTS_FRONT_CHECK_H
#define KK_TESTS_FRONT_CHECK_H

#include <pcap/dlt.h>
#include <string.h>

#include "probes/dec/dec.h"
#include "probes/dec/detail.h"
#include "probes/dec/front.h"

#define FRONT_FLAGS (SEEN_UNIQUE | SEEN_ALIKE | SEEN_IP | SEEN_FROM_PRIVATE | SEEN_TO_PRIVATE)

/* Decoders of one key, so that they follow the same flows; each sees every frame once. */
struct front_check {
	struct decoder *front, *whole, *kept;
};

struct front_frame {
	int linktype;
	int64_t time_us;
	const uint8_t *p;
	size_t caplen, len;
};

/* What two decoders said of a frame, each of two struct seen: what lies between its members is
 * blank too, seen_blank(). */
static inline int
front_check_same(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct seen)) == 0;
}

/* What two decoders told of a frame at length. */
static inline int
front_check_details(const struct detail *a, const struct detail *b)
{
	if (a->kind != b->kind || a->kind != DETAIL_TCP)
		return a->kind == b->kind;
	return a->tcp.flow == b->tcp.flow && a->tcp.seq == b->tcp.seq &&
	       a->tcp.octets == b->tcp.octets && a->tcp.stamp == b->tcp.stamp &&
	       a->tcp.echo == b->tcp.echo && a->tcp.flags == b->tcp.flags &&
	       a->tcp.has_stamp == b->tcp.has_stamp && a->tcp.is_followed == b->tcp.is_followed;
}

/* Why a front is not right, of a frame that has one; NULL: it is. */
static inline const char *
front_check_plain(
    struct front_check *c, const struct front_frame *x, const struct front *f, const struct seen *s)
{
	size_t keep = (size_t)(f->ip - x->p) + FRONT_KEEP;
	struct detail said = {.kind = DETAIL_NONE};
	struct seen kept;
	int tells = 0;

	dec_frame(c->kept, x->linktype, x->time_us, x->p, keep < x->caplen ? keep : x->caplen,
	    x->len, &kept);
	if (!front_check_same(s, &kept))
		return "what is kept of it says something else";
	if (!front_check_details(decoder_detail(c->whole), decoder_detail(c->kept)))
		return "what is kept of it says something else at length";
	if (f->tells)
		tells = dec_front_segment(c->front, f, x->p + x->caplen, &said);
	if (tells < 0) {
		dec_frame(c->front, x->linktype, x->time_us, x->p, x->caplen, x->len, &kept);
		return front_check_same(s, &kept) ? NULL : "decoded at last, it differs";
	}
	if (s->next != DEC_DONE || s->packets != 1 || s->dhcp != 0 || s->radius != 0)
		return "it is no single packet of a client";
	if (s->octets != f->octets || s->identity != f->identity ||
	    (s->flags & FRONT_FLAGS) != (f->flags | dec_front_addresses(f)))
		return "octets, identity or flags";
	return front_check_details(decoder_detail(c->whole), &said) ? NULL : "its segment";
}

/* Look at a frame in every way. `f` receives its front; `s` what decoding says. NULL, or what is
 * not right. */
static inline const char *
front_check(struct front_check *c, const struct front_frame *x, struct front *f, struct seen *s)
{
	int plain = dec_front(c->front, x->linktype, x->time_us, x->p, x->caplen, x->len, f);

	dec_frame(c->whole, x->linktype, x->time_us, x->p, x->caplen, x->len, s);
	if (plain != (f->way != 0))
		return "it has a way, or none";
	if (plain)
		return front_check_plain(c, x, f, s);
	dec_frame(c->kept, x->linktype, x->time_us, x->p, x->caplen, x->len, s);
	dec_frame(c->front, x->linktype, x->time_us, x->p, x->caplen, x->len, s);
	return NULL;
}

#endif

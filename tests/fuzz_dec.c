/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PARSES: probes/dec/ */
/* fuzz_dec.c - packets from anywhere. The first octet chooses the link type, the second says how
 * many octets the snap length left out; the rest is the packet. If the first one's highest bit is
 * set they are several packets, each after two octets that say how long it is. */
#include <pcap/dlt.h>
#include <stdlib.h>
#include <string.h>

#include "probes/dec/dec.h"
#include "probes/dec/detail.h"
#include "probes/dec/front.h"

#define SEVERAL	  0x80
#define IN_PIECES 65536 /* octets that packets may have which came before */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const int linktypes[] = {DLT_EN10MB, DLT_IEEE802_11_RADIO, DLT_IEEE802_11, DLT_PRISM_HEADER,
    DLT_PPI, DLT_LINUX_SLL, 276, DLT_NULL, DLT_RAW, 12345};

#define OF_FRONT (SEEN_UNIQUE | SEEN_ALIKE | SEEN_IP | SEEN_FROM_PRIVATE | SEEN_TO_PRIVATE)

/* Whoever reads the front alone must not miss what decoding finds. */
static void
compare(const struct decoder *dec, const struct front *f, const struct seen *s)
{
	if (s->next != DEC_DONE || s->packets != 1 || s->octets != f->octets ||
	    s->identity != f->identity ||
	    (s->flags & OF_FRONT) != (f->flags | dec_front_addresses(f)) || s->dhcp != 0 ||
	    s->radius != 0 || decoder_detail(dec)->kind != DETAIL_NONE)
		abort();
}

/* One packet, in an exact-size copy. */
static void
decode(struct decoder *dec, int linktype, int64_t time_us, const uint8_t *p, size_t n, size_t len)
{
	uint8_t *copy = malloc(n > 0 ? n : 1);
	struct front f;
	struct seen s;
	int plain;

	if (copy == NULL)
		abort();
	if (n > 0)
		memcpy(copy, p, n);
	plain = dec_front(dec, linktype, time_us, copy, n, len, &f);
	dec_frame(dec, linktype, time_us, copy, n, len, &s);
	if (plain)
		compare(dec, &f, &s);
	free(copy);
	/* What it says can never be more than what there was, but for what came in pieces. */
	if (s.octets > len + (s.tunnels > 0 ? IN_PIECES : 0) || s.next >= DEC_NEXT_COUNT ||
	    s.next < DEC_DONE || s.kind >= SEEN_KIND_COUNT || s.vlans > DEC_VLANS_MAX ||
	    s.bssid >> 48 != 0 || s.radio >> 48 != 0 || s.tunnels > DEC_TUNNELS_MAX ||
	    (s.packets == 0 && s.octets > 0 && (s.sequence & 15) == 0) ||
	    s.packets > len + (s.tunnels > 0 ? IN_PIECES : 0))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pseudonyms *key;
	static struct decoder *dec;
	static int64_t time_us;
	int linktype;

	if (dec == NULL &&
	    (pseudonyms_new(&key, NULL) != KK_OK || (dec = decoder_new(key)) == NULL))
		abort();
	if (size < 2)
		return 0;
	decoder_follow(dec, data[1] & 1 ? 65536 : 1); /* hardly a flow, or every one */
	time_us += 10000000;			      /* pieces of the input before are forgotten */
	linktype =
	    linktypes[(data[0] & ~SEVERAL) % (int)(sizeof(linktypes) / sizeof(linktypes[0]))];
	if ((data[0] & SEVERAL) == 0) {
		decode(dec, linktype, time_us, data + 2, size - 2, size - 2 + data[1]);
		return 0;
	}
	for (size_t at = 2; at + 2 <= size;) {
		size_t n = (size_t)data[at] << 8 | data[at + 1];

		at += 2;
		n = n < size - at ? n : size - at;
		decode(dec, linktype, time_us, data + at, n, n + data[1]);
		at += n;
	}
	return 0;
}

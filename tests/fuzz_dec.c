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
#include "tests/front_check.h"

#define SEVERAL	  0x80
#define IN_PIECES 65536 /* octets that packets may have which came before */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const int linktypes[] = {DLT_EN10MB, DLT_IEEE802_11_RADIO, DLT_IEEE802_11, DLT_PRISM_HEADER,
    DLT_PPI, DLT_LINUX_SLL, 276, DLT_NULL, DLT_RAW, 12345};

/* One packet, in an exact-size copy. */
static void
decode(struct front_check *c, int linktype, int64_t time_us, const uint8_t *p, size_t n, size_t len)
{
	uint8_t *copy = malloc(n > 0 ? n : 1);
	const struct front_frame x = {linktype, time_us, copy, n, len};
	struct front f;
	struct seen s;

	if (copy == NULL)
		abort();
	if (n > 0)
		memcpy(copy, p, n);
	/* Whoever reads the front alone must not miss what decoding finds. */
	if (front_check(c, &x, &f, &s) != NULL)
		abort();
	free(copy);
	/* What it says can never be more than what there was, but for what came in pieces. */
	if (s.octets > len + (s.tunnels > 0 ? IN_PIECES : 0) || s.next >= DEC_NEXT_COUNT ||
	    s.next < DEC_DONE || s.kind >= SEEN_KIND_COUNT || s.vlans > DEC_VLANS_MAX ||
	    s.bssid >> 48 != 0 || s.radio >> 48 != 0 || s.tunnels > DEC_TUNNELS_MAX ||
	    (s.packets == 0 && s.octets > 0 && (s.sequence & 15) == 0) ||
	    s.packets > len + (s.tunnels > 0 ? IN_PIECES : 0))
		abort();
}

static void
follow(struct front_check *c, unsigned one_in)
{
	decoder_follow(c->front, one_in);
	decoder_follow(c->whole, one_in);
	decoder_follow(c->kept, one_in);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pseudonyms *key;
	static struct front_check c;
	static int64_t time_us;
	int linktype;

	if (c.front == NULL &&
	    (pseudonyms_new(&key, NULL) != KK_OK || (c.front = decoder_new(key)) == NULL ||
		(c.whole = decoder_new(key)) == NULL || (c.kept = decoder_new(key)) == NULL))
		abort();
	if (size < 2)
		return 0;
	follow(&c, data[1] & 1 ? 65536 : 1); /* hardly a flow, or every one */
	time_us += 10000000;		     /* pieces of the input before are forgotten */
	linktype =
	    linktypes[(data[0] & ~SEVERAL) % (int)(sizeof(linktypes) / sizeof(linktypes[0]))];
	if ((data[0] & SEVERAL) == 0) {
		decode(&c, linktype, time_us, data + 2, size - 2, size - 2 + data[1]);
		return 0;
	}
	for (size_t at = 2; at + 2 <= size;) {
		size_t n = (size_t)data[at] << 8 | data[at + 1];

		at += 2;
		n = n < size - at ? n : size - at;
		decode(&c, linktype, time_us, data + at, n, n + data[1]);
		at += n;
	}
	return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_dec.c - packets from anywhere. The first octet chooses the link type, the second says how
 * many octets the snap length left out; the rest is the packet. */
#include <pcap/dlt.h>
#include <stdlib.h>

#include "probes/dec/dec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const int linktypes[] = {DLT_EN10MB, DLT_IEEE802_11_RADIO, DLT_IEEE802_11, DLT_PRISM_HEADER,
    DLT_PPI, DLT_LINUX_SLL, 276, DLT_NULL, DLT_RAW, 12345};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pseudonyms *key;
	static struct decoder *dec;
	struct seen s;
	size_t len;

	if (dec == NULL &&
	    (pseudonyms_new(&key, NULL) != KK_OK || (dec = decoder_new(key)) == NULL))
		abort();
	if (size < 2)
		return 0;
	len = size - 2 + data[1];
	dec_frame(dec, linktypes[data[0] % (sizeof(linktypes) / sizeof(linktypes[0]))], 0, data + 2,
	    size - 2, len, &s);
	/* What it says can never be more than what there was, but for what came in pieces. */
	if (s.octets > len + (s.tunnels > 0 ? 65536 : 0) || s.next >= DEC_NEXT_COUNT ||
	    s.next < DEC_DONE || s.kind >= SEEN_KIND_COUNT || s.vlans > DEC_VLANS_MAX ||
	    s.bssid >> 48 != 0 || (s.packets == 0 && s.octets > 0 && (s.sequence & 15) == 0) ||
	    s.packets > len)
		abort();
	return 0;
}

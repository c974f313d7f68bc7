/* SPDX-License-Identifier: GPL-3.0-or-later */
/* decoder.h - what a decoder is, for dec.c and front.c. Nobody else includes it. */
#ifndef KK_PROBES_DEC_DECODER_H
#define KK_PROBES_DEC_DECODER_H

#include "probes/dec/detail.h"
#include "probes/dec/radio.h"
#include "probes/dec/step.h"

struct decoder {
	const struct pseudonyms *key, *now;  /* of the start; of the packets that come */
	const struct pseudonym_turns *turns; /* NULL: one key for all */
	struct dec d;
	struct pseudonym_cache lately;
	uint64_t salt;	      /* of ways, under the key of the packets that come */
	uint64_t left_out;    /* a bit for each layer */
	struct detail detail; /* of the last packet */
	struct radio aired;   /* how the last frame was sent */
	struct dec_memory memory;
	struct tcp_flows flows;
};

/** What was hashed lately was so under another key. @param dec Decoder. @param key The one of now.
 */
void decoder_new_key(struct decoder *dec, const struct pseudonyms *key);

/** Take the key of a packet's time. @param dec Decoder. @param time_us When it was captured. */
static inline void
decoder_turn(struct decoder *dec, int64_t time_us)
{
	const struct pseudonyms *now;

	if (dec->turns != NULL && (now = pseudonym_turns_at(dec->turns, time_us)) != dec->now)
		decoder_new_key(dec, now);
}

#endif

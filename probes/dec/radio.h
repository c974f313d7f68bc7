/* SPDX-License-Identifier: GPL-3.0-or-later */
/* radio.h - how a frame was sent, as its radiotap header says, and how long that took. Used in this
 * folder only. */
#ifndef KK_PROBES_DEC_RADIO_H
#define KK_PROBES_DEC_RADIO_H

#include "lib/wire.h"

enum radio_form { RADIO_UNKNOWN, RADIO_LEGACY, RADIO_HT, RADIO_VHT, RADIO_HE };

/* How one frame was sent. */
struct radio {
	uint8_t form;		/* enum radio_form */
	uint8_t rate;		/* legacy: 500 kbit/s */
	uint8_t short_preamble; /* 802.11b */
	uint8_t mcs, streams;	/* else */
	uint16_t subcarriers;	/* that carry data */
	uint16_t symbol_ns;	/* with its guard interval */
	uint8_t aggregated;	/* part of an A-MPDU */
	uint32_t ampdu;		/* which */
};

/** What the fields behind a radiotap header's flags say. @param w Cursor behind the flags; by
 * value. @param start The header's first octet, for alignment. @param present The first word of its
 * bitmap. @param flags Its flags. @return How; of RADIO_UNKNOWN if they do not say. */
struct radio radio_read(struct wire w, const uint8_t *start, uint32_t present, uint8_t flags);

/**
 * How long a frame occupied the air: preamble and symbols, without the space before it and its
 * acknowledgement.
 *
 * @param r          How.
 * @param octets     Of the frame, checksum included.
 * @param continues  1: the frame before was of the same A-MPDU, and had the preamble.
 * @return           Microseconds; 0: unknown.
 */
uint32_t radio_airtime_us(const struct radio *r, size_t octets, int continues);

#endif

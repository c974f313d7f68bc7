/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sample_wire.h - samples as octets: the same form in the journal, the spool and on the samples
 * socket. */
#ifndef KK_LIB_SAMPLE_WIRE_H
#define KK_LIB_SAMPLE_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "lib/sample.h"

/* No encoded sample is longer. */
#define SAMPLE_WIRE_MAX (64 + 11 * METRIC_COUNT + SAMPLE_COUNTERS_MAX * 46)

/**
 * Append one sample. LEB128 integers, times and counters relative to the sample's own, so that an
 * access point with two virtual APs takes about 60 octets.
 *
 * @param s     Sample with at most SAMPLE_COUNTERS_MAX counters.
 * @param out   Buffer.
 * @param room  Octets free in it.
 * @return      Octets written, or KK_E_FULL, or KK_E_RANGE if the sample is not valid.
 */
int sample_encode(const struct sample *s, uint8_t *out, size_t room);

/**
 * Read one sample; hostile input is refused, never read past.
 *
 * @param in        Octets.
 * @param len       How many.
 * @param s         Receives the sample; its counters point to `counters`.
 * @param counters  Room for the counters; they live there.
 * @return          Octets used, or KK_E_TRUNCATED, or KK_E_SYNTAX.
 */
int sample_decode(
    const uint8_t *in, size_t len, struct sample *s, struct counter counters[SAMPLE_COUNTERS_MAX]);

#endif

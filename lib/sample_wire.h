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
#define SAMPLE_WIRE_MAX (64 + 10 * METRIC_COUNT + SAMPLE_COUNTERS_MAX * 46)

/* First octet of every sample; another one is KK_E_VERSION. */
#define SAMPLE_WIRE_VERSION 1

/* Times are less than this away from the epoch, 1/100 s (some 11,000 years): sums cannot overflow.
 */
#define SAMPLE_TIME_MAX (INT64_C(1) << 45)

/*
 * Version 1. u8 and u32 are fixed (little endian), leb is unsigned LEB128, zz is zigzag LEB128:
 *
 *   u8  version
 *   u8  source in the low 4 bits; bit 4: the boot time follows
 *   leb device      leb flags      zz time_cs      [zz time_cs - boot_cs]
 *   leb known       zz value, for every set bit from the lowest up
 *   leb n_counters, and for each counter:
 *     u32 key
 *     u8  bit 0: 64 bits wide; bit 1: boot_cs is not the sample's; bit 2: when_cs is not time_cs
 *     leb down      leb up      [zz time_cs - boot_cs]      [zz time_cs - when_cs]
 *
 * An access point with three virtual APs and ten metrics takes some 90 octets. A metric is added at
 * the end of metric.def: an older reader, which does not know the bit, refuses the sample, so
 * readers are updated first.
 */

/**
 * Append one sample.
 *
 * @param s     Sample with at most SAMPLE_COUNTERS_MAX counters.
 * @param out   Buffer.
 * @param room  Octets free in it; SAMPLE_WIRE_MAX is enough for any.
 * @return      Octets written, or KK_E_FULL (nothing of use was written), or KK_E_RANGE if the
 * sample is not valid: no device, unknown source, metric, width or time.
 */
int sample_encode(const struct sample *s, uint8_t *out, size_t room);

/**
 * Read one sample; hostile input is refused, never read past. A value that cannot be a measurement
 * (metric.def's bounds) becomes unknown.
 *
 * @param in        Octets.
 * @param len       How many.
 * @param s         Receives the sample; its counters point to `counters`. Undefined on error.
 * @param counters  Room for the counters; they live there.
 * @return          Octets used, or KK_E_TRUNCATED, KK_E_SYNTAX or KK_E_VERSION.
 */
int sample_decode(
    const uint8_t *in, size_t len, struct sample *s, struct counter counters[SAMPLE_COUNTERS_MAX]);

#endif

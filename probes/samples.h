/* SPDX-License-Identifier: GPL-3.0-or-later */
/* samples.h - what is told of an access point's interval, as samples for kkachid: increments. */
#ifndef KK_PROBES_SAMPLES_H
#define KK_PROBES_SAMPLES_H

#include <stddef.h>

#include "lib/frame_code.h"
#include "lib/sample.h"
#include "probes/count.h"

#define SAMPLES_MAX 2

/* The samples of a line. They point into it. */
struct samples {
	size_t n;
	int64_t from_cs; /* start of their interval, UTC, 1/100 s; their time is its end */
	struct sample sample[SAMPLES_MAX];
	struct counter counter[FRAME_CODE_KINDS * (FIGURES_CODES + 1)]; /* frame_code_key() */
};

/** When an interval ends for a sample: it is a hundredth of a second long at least. @param iv
 * Interval. @return UTC, 1/100 s. */
int64_t samples_end_cs(const struct interval *iv);

/**
 * The samples of a line: of source `probe` if its packets were seen since the start, and some
 * could be looked into if its tunnel is encrypted; of source `radius` if accounting named it since.
 * What is not known is not in them.
 *
 * @param iv    Interval.
 * @param line  Counts.
 * @param out   Receives samples.
 */
void samples_of(const struct interval *iv, const struct ap_line *line, struct samples *out);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figure.h - percentages and octets as people read them, from exact integers. Pure. */
#ifndef KK_USAGE_FIGURE_H
#define KK_USAGE_FIGURE_H

#include <stdint.h>

/* A percentage, rounded half away from 0 to one decimal from exact sums. */
struct figure {
	int known;
	int64_t tenths; /* 83 is 8.3 % */
};

/**
 * 100 × (now − before) / before / periods, rounded to tenths.
 *
 * @param now      Octets.
 * @param before   Octets; 0 gives an unknown figure.
 * @param periods  1 and up; 0 gives an unknown figure.
 * @return         The figure; clamped to ±10¹⁷ tenths.
 */
struct figure figure_growth(uint64_t now, uint64_t before, unsigned periods);

/** 100 × part / whole, rounded to tenths. @param part Any. @param whole 0 gives an unknown figure.
 * @return The figure. */
struct figure figure_share(uint64_t part, uint64_t whole);

/** A figure as text: "8.3", "-14.3"; "" if unknown. @param f Figure. @param out Buffer. @return
 * `out`. */
const char *figure_text(struct figure f, char out[32]);

/** Octets as a person reads them: "48.0 TB" (10¹² octets), smaller sums in GB, MB, kB, B. Rounded
 * from the integer. @param octets Octets. @param out Buffer. @return `out`. */
const char *figure_octets(uint64_t octets, char out[32]);

#endif

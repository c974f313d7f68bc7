/* SPDX-License-Identifier: GPL-3.0-or-later */
/* median.h - the middle one of some values. */
#ifndef KK_USAGE_MEDIAN_H
#define KK_USAGE_MEDIAN_H

#include <stddef.h>
#include <stdint.h>

/** The middle value, or the mean of the two in the middle. @param v Values, none is NAN; put in
 * order. @param n Count, at least 1. @return Median. */
double median_of(double *v, size_t n);

/** The same of whole numbers, rounded down. @param v Values; put in order. @param n Count, at least
 * 1. @return Median. */
uint64_t median_u64(uint64_t *v, size_t n);

#endif

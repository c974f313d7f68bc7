/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wide.h - memory for tables that each packet touches somewhere else: in large pages, if the kernel
 * has some. After a sleep the processor has forgotten where pages are, and to learn it anew took
 * longer than to count.
 */
#ifndef KK_PROBES_WIDE_H
#define KK_PROBES_WIDE_H

#include <stddef.h>

/** Take memory. @param octets How many; from 512 KB on whole large pages of 2 MB. @return Zeroed,
 * and at a line of the cache; free() frees it. NULL: there is none. */
void *wide_new(size_t octets);

#endif

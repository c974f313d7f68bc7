/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/wide.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define LINE  64
#define LARGE (2 << 20)

void *
wide_new(size_t octets)
{
	size_t unit = octets >= LARGE / 4 ? LARGE : LINE;
	size_t n = (octets + unit - 1) / unit * unit;
	void *p = n >= octets ? aligned_alloc(unit, n) : NULL;

	if (p == NULL)
		return NULL;
	if (unit == LARGE)
		(void)madvise(p, n, MADV_HUGEPAGE); /* or in small ones */
	return memset(p, 0, octets);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* region.h - memory that is given back in one call: one region per HTTP request or import. */
#ifndef KK_LIB_REGION_H
#define KK_LIB_REGION_H

#include <stddef.h>

struct region;

/** @return A new region, or NULL when memory is out; region_free() frees it. */
struct region *region_new(void);

/** Zeroed, aligned memory that lives as long as the region. @param r Region. @param size Octets.
 * @return NULL: out of memory. */
void *region_alloc(struct region *r, size_t size);

/** A copy of a text. @param r Region. @param text NUL-terminated. @return NULL: out of memory. */
char *region_strdup(struct region *r, const char *text);

/** Give everything back. @param r Region, NULL is allowed. */
void region_free(struct region *r);

#endif

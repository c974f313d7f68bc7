/* SPDX-License-Identifier: GPL-3.0-or-later */
/* land.h - how large districts are. */
#ifndef KK_USAGE_LAND_H
#define KK_USAGE_LAND_H

#include <stdint.h>

#include "lib/err.h"

struct land;

/**
 * Areas of districts.
 *
 * @param path  CSV with the columns "district" and "km2" ("23.91"); "": the 25 districts of Seoul.
 * @param out   Receives them; land_free() frees.
 * @param d     "FILE:LINE: ...".
 * @retval KK_OK
 * @retval KK_E_SYNTAX  A column is missing, or a number is none.
 * @retval KK_E_NOMEM
 * @return      And what csv_open() returns.
 */
int land_read(const char *path, struct land **out, struct diag *d);

/** @param l Areas, NULL is allowed. */
void land_free(struct land *l);

/** The area of a district. @param l Areas. @param district Name. @return 1/100 km², 0: unknown. */
uint64_t land_of(const struct land *l, const char *district);

/** All districts together. @param l Areas. @return 1/100 km². */
uint64_t land_whole(const struct land *l);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* numbered.h - rows of an agent that answers GETs, but no walk: they may have small numbers. */
#ifndef KK_COLLECTOR_NUMBERED_H
#define KK_COLLECTOR_NUMBERED_H

#include "collector/table/ask.h"
#include "collector/table/rows.h"

/* Rows 1 to this one are tried. */
#define NUMBERED_ROWS 16

/**
 * Add these rows of every column that learning walks.
 *
 * @param r  Rows of a profile.
 * @param a  Receives the names.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int numbered_add(const struct rows *r, struct ask *a);

/** Put a value where it belongs. @param r Rows. @param vb Answer to one of these names. */
void numbered_take(struct rows *r, const struct varbind *vb);

#endif

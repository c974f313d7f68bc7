/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recording.h - a device as it was recorded (.snmprec: OID|TYPE|VALUE a line), to be answered
 * again. */
#ifndef KK_SIM_RECORDING_H
#define KK_SIM_RECORDING_H

#include "lib/err.h"
#include "tests/sim/agent.h"

struct recording;

/**
 * Read a recording; lines need not be sorted. Types: 2, 4, 5, 6, 64, 65, 66, 67, 70; "4x": the
 * value is hex.
 *
 * @param path  File.
 * @param out   Receives it; recording_free() frees it.
 * @param d     "FILE:LINE: why".
 * @retval KK_OK
 * @retval KK_E_NOTFOUND
 * @retval KK_E_SYNTAX
 */
int recording_read(const char *path, struct recording **out, struct diag *d);

/** @param r Recording, NULL is allowed. */
void recording_free(struct recording *r);

/** The same as an agent's values. @param r Recording. @return View over it. */
struct agent_view recording_view(struct recording *r);

/** How many values it holds. @param r Recording. @return Count. */
size_t recording_size(const struct recording *r);

#endif

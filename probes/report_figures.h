/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_figures.h - what report.c puts into a line beside octets, packets and frames. Nobody else
 * includes it. */
#ifndef KK_PROBES_REPORT_FIGURES_H
#define KK_PROBES_REPORT_FIGURES_H

#include "probes/figures.h"
#include "probes/json_out.h"

/** Put figures into the object that is open. @param j Writer. @param f Sums; NULL: unknown. @param
 * air 0: what is heard on the air only is unknown. @param opaque 1: what would be in packets, and
 * is 0, is unknown. @param sessions Accounting sessions that are open; -1: unknown.
 */
void report_figures(
    struct json_out *j, const struct figures *f, int air, int opaque, int64_t sessions);

#endif

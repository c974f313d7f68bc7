/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_figures.h - what report.c puts into a line beside octets, packets and frames. Nobody else
 * includes it. */
#ifndef KK_PROBES_REPORT_FIGURES_H
#define KK_PROBES_REPORT_FIGURES_H

#include "probes/figures.h"
#include "probes/json_out.h"

/* What could be seen, so that 0 is 0 and not unknown. */
struct figures_scope {
	unsigned exchanges; /* kinds, a bit for each */
	int air;	    /* 0: what is heard on the air only is unknown */
	int opaque;	    /* packets are encrypted: of what is in them none is unknown */
	int64_t sessions;   /* accounting sessions that are open; -1: unknown */
};

/** Put figures into the object that is open. @param j Writer. @param f Sums; NULL: unknown. @param
 * scope What could be seen. */
void report_figures(struct json_out *j, const struct figures *f, const struct figures_scope *scope);

#endif

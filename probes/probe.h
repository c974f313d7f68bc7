/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe.h - capture, decoding, counting, printing and sending joined: kkachi-probe but for main().
 */
#ifndef KK_PROBES_PROBE_H
#define KK_PROBES_PROBE_H

#include <stdio.h>

#include "lib/err.h"
#include "probes/options.h"

/**
 * Run until the file has ended, or a signal (SIGINT, SIGTERM) stops it.
 *
 * @param o    Options.
 * @param out  Where lines are printed.
 * @param d    Why not.
 * @retval KK_OK
 * @retval KK_E_SYNTAX   The map is wrong: usage.
 * @retval KK_E_SILENT   Not all samples were taken by kkachid in time.
 * @retval KK_E_IO       And its kin.
 */
int probe_run(const struct options *o, FILE *out, struct diag *d);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* collector.h - commands to the collector that runs, and its answers: kkachid's control socket. */
#ifndef KK_LIB_COLLECTOR_H
#define KK_LIB_COLLECTOR_H

#include "lib/conf.h"
#include "lib/err.h"

/**
 * Ask kkachid through its control socket.
 *
 * @param c            Configuration; run_dir counts.
 * @param verb         Command.
 * @param argument     NULL: none.
 * @param patience_ms  How long the answer may take.
 * @param json         Receives the answer, malloc'd; NULL on failure.
 * @param d            Why not.
 * @retval KK_OK
 * @retval KK_E_CLOSED   No collector runs here, or the argument cannot be said.
 * @retval KK_E_REFUSED  The collector says no.
 * @retval KK_E_SILENT   It did not answer in time.
 */
int collector_ask(const struct conf *c, const char *verb, const char *argument, int patience_ms,
    char **json, struct diag *d);

#endif

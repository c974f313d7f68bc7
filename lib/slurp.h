/* SPDX-License-Identifier: GPL-3.0-or-later */
/* slurp.h - a whole file in memory. */
#ifndef KK_LIB_SLURP_H
#define KK_LIB_SLURP_H

#include <stddef.h>

#include "lib/err.h"

/**
 * Read a file, or standard input to its end.
 *
 * @param path  File; "-": standard input.
 * @param most  Octets that it may have.
 * @param out   Receives malloc'd octets, without a NUL behind them; NULL on errors.
 * @param len   Receives their count, at most `most`.
 * @param d     Receives an error that names the file.
 * @retval KK_OK
 * @retval KK_E_RANGE  It is longer.
 * @retval KK_E_NOMEM
 * @return      Or kk_from_errno() of what the system said.
 */
int slurp(const char *path, size_t most, char **out, size_t *len, struct diag *d);

#endif

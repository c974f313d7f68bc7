/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rrderr.h - librrd says what went wrong in words only: they become return codes here, once. */
#ifndef KK_RRD_ARCHIVE_RRDERR_H
#define KK_RRD_ARCHIVE_RRDERR_H

#include "lib/err.h"

/**
 * Take this thread's librrd error and clear it.
 *
 * @param path  The file, for the text.
 * @param d     Receives "PATH: what librrd says".
 * @return      KK_E_BUSY (its lock is taken: try again), KK_E_NOTFOUND, KK_E_DENIED, KK_E_FULL,
 *              KK_E_CORRUPT (damaged or foreign), KK_E_ORDER, KK_E_NOMEM, KK_E_REFUSED (no
 *              rrdcached), else KK_E_IO.
 */
int rrderr_take(const char *path, struct diag *d);

/** Wait before another try at a locked file: 1, 2, 4 ... 64 ms. @param attempt From 0. @return 1:
 * try again; 0: that was enough. */
int rrderr_wait(unsigned attempt);

#endif

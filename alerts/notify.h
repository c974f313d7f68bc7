/* SPDX-License-Identifier: GPL-3.0-or-later */
/* notify.h - the channels that tell people; one file each (notify_*.c). */
#ifndef KK_ALERTS_NOTIFY_H
#define KK_ALERTS_NOTIFY_H

#include <stddef.h>

#include "alerts/notice.h"

/**
 * Tell on standard output, one line each, for cron to mail. The lines are flushed before it
 * returns: only then may the channel's cursor move.
 *
 * @param n     Notices that the channel has not heard.
 * @param rows  How many.
 * @param lang  Language.
 * @retval KK_OK
 * @retval KK_E_IO  They did not arrive (full disk, closed pipe); errno says why.
 */
int notify_stdout(const struct notice *n, size_t rows, enum language lang);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* privileges.h - what parses hostile octets may do nothing else. */
#ifndef KK_PROBES_PRIVILEGES_H
#define KK_PROBES_PRIVILEGES_H

#include "lib/err.h"

/**
 * Give up everything for good: become `user` if this is root, drop all capabilities, forbid new
 * ones, forbid core dumps and debuggers.
 *
 * @param user      Whom to become.
 * @param required  1: fail if there is no such user; 0: stay root then, and say so.
 * @param d         Why not.
 * @retval KK_OK
 * @retval KK_E_NOTFOUND  There is no such user.
 * @retval KK_E_DENIED    Privileges are left.
 */
int privileges_drop(const char *user, int required, struct diag *d);

#endif

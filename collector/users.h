/* SPDX-License-Identifier: GPL-3.0-or-later */
/* users.h - the file of SNMPv3 users and their secrets, kkachi-users in kkachi.yaml(5). */
#ifndef KK_COLLECTOR_USERS_H
#define KK_COLLECTOR_USERS_H

#include "collector/snmp/usm.h"
#include "lib/err.h"

/**
 * Read the users. A file must be a regular one that nobody but its owner may read or write;
 * systemd's credential is exempt, as systemd sees to it.
 *
 * @param path  File; "": the credential snmp-users of $CREDENTIALS_DIRECTORY, and nobody if there
 * is none.
 * @param out   Receives the set, which may be empty; usm_users_free() frees it.
 * @param d     "FILE:LINE: user "NAME": ..."; never a secret.
 * @retval KK_OK
 * @retval KK_E_NOTFOUND  A named file is absent.
 * @retval KK_E_DENIED    Others may read it, or we may not.
 * @retval KK_E_SYNTAX
 * @retval KK_E_TYPE
 * @retval KK_E_RANGE
 */
int users_read(const char *path, struct usm_users **out, struct diag *d);

/** Read users from memory, for tests and fuzzing. @param name For messages. @param text YAML.
 * @param len Octets. @param out Receives the set. @param d As users_read(). @retval KK_OK And the
 * errors of users_read(). */
int users_parse(
    const char *name, const char *text, size_t len, struct usm_users **out, struct diag *d);

#endif

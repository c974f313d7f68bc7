/* SPDX-License-Identifier: GPL-3.0-or-later */
/* day_clients.h - how many different clients an access point had on the newest day that probes
 * counted, for `kkachi show`. */
#ifndef KK_CLI_DAY_CLIENTS_H
#define KK_CLI_DAY_CLIENTS_H

#include "cli/cli.h"
#include "rrd/db/db.h"

/** As JSON. @param c Run. @param db Database. @param device Inventory number. @param out Receives
 * an object; NULL: no probe counted there yesterday or today. @return 0: told of. */
int day_clients_json(const struct cli *c, struct db *db, uint32_t device, json_t **out);

/** For a person: "124 (+/- 5 %), 2026-08-01, whole day". @param c Run. @param db Database. @param
 * device Inventory number. @param out Buffer. @param room Octets in it. @return `out`; "": no probe
 * counted there yesterday or today. */
const char *day_clients_text(
    const struct cli *c, struct db *db, uint32_t device, char *out, size_t room);

#endif

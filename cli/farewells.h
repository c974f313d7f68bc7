/* SPDX-License-Identifier: GPL-3.0-or-later */
/* farewells.h - why an access point's clients were sent away or refused this week, as probes heard
 * it, for `kkachi show`. */
#ifndef KK_CLI_FAREWELLS_H
#define KK_CLI_FAREWELLS_H

#include "cli/cli.h"
#include "rrd/db/db.h"

/** As JSON. @param c Run. @param db Database. @param device Inventory number. @return Array of
 * objects, empty if no probe heard any; NULL: told of. */
json_t *farewells_json(const struct cli *c, struct db *db, uint32_t device);

/** As a table behind an empty line; nothing if no probe heard any. @param c Run. @param db
 * Database. @param device Inventory number. @return CLI_DONE or CLI_FAILED. */
int farewells_print(const struct cli *c, struct db *db, uint32_t device);

#endif

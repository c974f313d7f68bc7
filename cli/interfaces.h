/* SPDX-License-Identifier: GPL-3.0-or-later */
/* interfaces.h - the interfaces of a switch as they were last read, for `kkachi show`. */
#ifndef KK_CLI_INTERFACES_H
#define KK_CLI_INTERFACES_H

#include "cli/cli.h"
#include "rrd/db/db.h"

/** As JSON. @param c Run. @param db Database. @param device Inventory number. @return A list, empty
 * for a device that was never surveyed; NULL: told of. */
json_t *interfaces_json(const struct cli *c, struct db *db, uint32_t device);

/** For a person: a table behind an empty line; nothing if there are none. @param c Run. @param db
 * Database. @param device Inventory number. @return Exit code. */
int interfaces_print(const struct cli *c, struct db *db, uint32_t device);

#endif

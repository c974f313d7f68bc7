/* SPDX-License-Identifier: GPL-3.0-or-later */
/* city.h - what several commands look at: the inventory, the live table, and what they mean. */
#ifndef KK_CLI_CITY_H
#define KK_CLI_CITY_H

#include "alerts/picture.h"
#include "cli/cli.h"
#include "rrd/db/db.h"
#include "rrd/db/inventory.h"

struct city {
	struct db *db;
	struct inventory *inventory;
	struct live *live; /* NULL: no collector has run */
	struct picture *picture;
};

/** Open the database. @param c Run. @param mode Mode. @param out Receives it; db_close() frees it.
 * @return 1, or 0: told of. */
int city_db(const struct cli *c, enum db_mode mode, struct db **out);

/** Open the database for reading and read the inventory. @param c Run. @param out Receives both;
 * city_close() frees them. @return 1, or 0: told of. */
int city_open(const struct cli *c, struct city *out);

/** Judge all devices as of now. @param c Run. @param city Opened. @return 1, or 0: told of. */
int city_judge(const struct cli *c, struct city *city);

/** @param city City, zeroed is allowed. */
void city_close(struct city *city);

/** Find a device; if there is none, tell so and which ids are near. @param c Run. @param city
 * Opened. @param id Id. @return NULL: told of. */
const struct device *city_device(const struct cli *c, const struct city *city, const char *id);

#endif

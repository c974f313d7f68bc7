/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nameplates.h - what devices are and were: of one device, changes of all, and how many there are
 * of each version. */
#ifndef KK_CLI_NAMEPLATES_H
#define KK_CLI_NAMEPLATES_H

#include "cli/city.h"
#include "rrd/db/identity.h"

/* One device's states, the oldest first. */
struct nameplates {
	struct identity *state;
	size_t n, room;
	int rc;
};

/** Read what a device was and is. @param c Run. @param db Connection. @param device Number. @param
 * out Receives it; nameplates_free() frees it. @return 1, or 0: told of. */
int nameplates_read(const struct cli *c, struct db *db, uint32_t device, struct nameplates *out);

/** @param p States; zeroed is allowed. */
void nameplates_free(struct nameplates *p);

/** The newest swap of hardware that nobody has confirmed. @param p States. @return Index of the
 * state that began with it, 0: none (the first state is never one). */
size_t nameplates_open_swap(const struct nameplates *p);

/** All states. @param p States. @return New reference: a list, the oldest first. */
json_t *nameplates_json(const struct nameplates *p);

/** Print the states as a table below an empty line, if there are several. @param c Run. @param p
 * States. @return Exit code. */
int nameplates_print(const struct cli *c, const struct nameplates *p);

/** Print the changes of all devices, the newest first: `kkachi devices --changes`. @param c Run;
 * configured. @param since_s UTC seconds: no older ones. @return Exit code. */
int nameplates_changes(const struct cli *c, int64_t since_s);

/** Print how many devices there are by a field, and by model: `kkachi devices --by`. @param c Run;
 * configured. @param field NAMEPLATE_MODEL or NAMEPLATE_FIRMWARE. @return Exit code. */
int nameplates_versions(const struct cli *c, enum nameplate_field field);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nameplate_json.h - what a device is and was, as `kkachi show` and the API give it. */
#ifndef KK_ALERTS_NAMEPLATE_JSON_H
#define KK_ALERTS_NAMEPLATE_JSON_H

#include <jansson.h>

#include "rrd/db/identity.h"

/** Put a nameplate's fields into an object; what is unknown is null. @param o Object. @param n
 * Nameplate. */
void nameplate_json_put(json_t *o, const struct nameplate *n);

/** One state. @param is State. @return New reference, NULL: out of memory. */
json_t *identity_json(const struct identity *is);

/** All states of a device. @param db Connection. @param device Number. @param d Why not. @return
 * New reference: a list, the oldest first; NULL: see `d`. */
json_t *identities_json(struct db *db, uint32_t device, struct diag *d);

#endif

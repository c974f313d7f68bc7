/* SPDX-License-Identifier: GPL-3.0-or-later */
/* notice.h - an incident as a person hears of it: one line, in Korean or English. */
#ifndef KK_ALERTS_NOTICE_H
#define KK_ALERTS_NOTICE_H

#include <jansson.h>

#include "alerts/picture.h"
#include "rrd/db/incident.h"

#define NOTICE_TEXT 1024

/* What is told. A plain value; texts are borrowed from the inventory and the incident. */
struct notice {
	struct incident incident; /* num 0: not kept (a dry run) */
	const struct device *dev; /* NULL: the collector, or a device no longer in the inventory */
	int clients_known;
	uint64_t clients; /* of the affected access points, when last seen */
};

/** Put an incident together with its device and outage. @param i Incident. @param inv Inventory.
 * @param p Picture of now. @return The notice. */
struct notice notice_make(
    const struct incident *i, const struct inventory *inv, const struct picture *p);

/**
 * One line without its end: what, id, name, district, since when, how many access points and
 * clients; at its end also how long it lasted.
 *
 * @param n     Notice.
 * @param lang  Language.
 * @param out   Receives the text.
 * @return      `out`.
 */
const char *notice_text(const struct notice *n, enum language lang, char out[NOTICE_TEXT]);

/** As DESIGN.md has it for `kkachi alert --json`, and more keys. @param n Notice. @return New
 * reference. */
json_t *notice_json(const struct notice *n);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * decide.h - what has to be told: the outages of now against the incidents that are open. Pure.
 *
 * An incident begins when an outage is sure, and ends when its device answers (or what is below it,
 * if it is not asked itself), or is no longer in the inventory. What cannot be seen decides
 * nothing: a silent or restarted collector neither begins nor ends a device's incident.
 */
#ifndef KK_ALERTS_DECIDE_H
#define KK_ALERTS_DECIDE_H

#include "alerts/picture.h"
#include "rrd/db/incident.h"

enum decision_what { DECISION_BEGIN, DECISION_GROW, DECISION_END };

/* One change of the incidents. */
struct decision {
	enum decision_what what;
	const struct outage *outage;	 /* BEGIN, GROW */
	const struct incident *incident; /* GROW, END */
	int64_t ended_s;		 /* END */
};

struct decisions {
	struct decision *rows;
	size_t n;
};

/**
 * Compare.
 *
 * @param p      Picture of now.
 * @param inv    Inventory.
 * @param known  Incidents; only open ones count.
 * @param now_s  UTC seconds.
 * @param out    Receives the changes; free out->rows. They point into `p` and `known`.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int decide(const struct picture *p, const struct inventory *inv, const struct incidents *known,
    int64_t now_s, struct decisions *out);

#endif

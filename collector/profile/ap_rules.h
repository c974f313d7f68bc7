/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ap_rules.h - what a profile says of the access points that a controller speaks for: the section
 * `aps` of kkachi-profile(5). */
#ifndef KK_COLLECTOR_PROFILE_AP_RULES_H
#define KK_COLLECTOR_PROFILE_AP_RULES_H

#include "collector/profile/profile.h"

/* What may be told of an access point beside its values, and the keys. Read seldom. */
#define AP_FACTS(X)         \
	X(SERIAL, "serial") \
	X(MODEL, "model")   \
	X(FIRMWARE, "firmware")
#define AP_FACT_AS_ENUM(id, key) AP_FACT_##id,
enum ap_fact { AP_FACTS(AP_FACT_AS_ENUM) AP_FACT_COUNT };

struct ap_rules {
	/* `tables`, `octets` and `metrics` of one access point; it matches no device. */
	struct profile *rows;
	uint8_t list;		     /* the table that has a row for each of them */
	uint8_t key[PROFILE_TABLES]; /* the column of each table that says whose a row is */
	struct selection listed;     /* rows of the list that count at all */
	struct selection up;	     /* those of them that are connected; no condition: all */
	unsigned n_mac, n_name;
	struct column_ref mac[PROFILE_WAYS], name[PROFILE_WAYS]; /* who it is: all are tried */
	struct column_ref uptime; /* since when its counters run; .table COLUMN_NONE: unknown */
	int64_t uptime_cs;	  /* 1/100 s in one unit of it */
	struct column_ref fact[AP_FACT_COUNT]; /* .table COLUMN_NONE: not told */
};

/** @param r Rules, NULL is allowed. */
void ap_rules_free(struct ap_rules *r);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* port_rules.h - what a profile says of a switch's interfaces, optics, power and neighbours: the
 * sections `interfaces`, `optical`, `poe`, `lldp` and `bridge` of kkachi-profile(5). */
#ifndef KK_COLLECTOR_PROFILE_PORT_RULES_H
#define KK_COLLECTOR_PROFILE_PORT_RULES_H

#include <regex.h>

#include "collector/profile/oid.h"
#include "lib/err.h"

/* Columns of `interfaces`, all numbered by ifIndex, and their keys. */
#define INTERFACE_COLUMNS(X)            \
	X(NAME, "name")                 \
	X(DESCR, "descr")               \
	X(ALIAS, "alias")               \
	X(TYPE, "type")                 \
	X(MAC, "mac")                   \
	X(MBPS, "mbps")                 \
	X(ADMIN, "admin")               \
	X(OPER, "oper")                 \
	X(IN, "in")                     \
	X(OUT, "out")                   \
	X(IN32, "in32")                 \
	X(OUT32, "out32")               \
	X(IN_ERRORS, "in_errors")       \
	X(OUT_ERRORS, "out_errors")     \
	X(IN_DISCARDS, "in_discards")   \
	X(OUT_DISCARDS, "out_discards") \
	X(DISCONTINUITY, "discontinuity")

/* Columns of one entry of `optical`, numbered by what its `by` says. */
#define OPTICAL_COLUMNS(X)                                                                         \
	X(RX, "rx")		  /* received power */                                             \
	X(TYPE, "type")		  /* EntitySensorDataType: 6 watts, 14 dBm; others are left out */ \
	X(SCALE, "scale")	  /* EntitySensorDataScale */                                      \
	X(PRECISION, "precision") /* decimal places */                                             \
	X(STATUS, "status")	  /* must be 1 */                                                  \
	X(LABEL, "label")   /* text that `where` holds for; `by: name`: the interface's name */    \
	X(PARENT, "parent") /* entPhysicalContainedIn */                                           \
	X(ALIAS, "alias")   /* entAliasMappingIdentifier */

/* Columns of `poe`. */
#define POE_COLUMNS(X)                                                            \
	X(STATUS, "status")   /* pethPsePortDetectionStatus, by group and port */ \
	X(PORT_MW, "port_mw") /* what a port draws, mW */                         \
	X(SUPPLY, "supply_w") /* what the supply can give, W, by group */         \
	X(USED, "used_w")     /* what is drawn, W, by group */

#define RULE_AS_INTERFACE(id, name) INTERFACE_##id,
#define RULE_AS_OPTICAL(id, name)   OPTICAL_##id,
#define RULE_AS_POE(id, name)	    POE_##id,
enum interface_column { INTERFACE_COLUMNS(RULE_AS_INTERFACE) INTERFACE_COUNT };
enum optical_column { OPTICAL_COLUMNS(RULE_AS_OPTICAL) OPTICAL_COUNT };
enum poe_column { POE_COLUMNS(RULE_AS_POE) POE_COUNT };

/* What an optical row is numbered by. */
enum optical_by {
	OPTICAL_BY_INTERFACE, /* the last sub-identifier is an ifIndex */
	OPTICAL_BY_PHYSICAL,  /* entPhysicalIndex: `alias` and `parent` lead to the interface */
	OPTICAL_BY_NAME	      /* anything: `label` is the interface's name */
};

struct optical_rule {
	struct oid column[OPTICAL_COUNT]; /* .len 0: not asked */
	enum optical_by by;
	int has_where;
	regex_t where; /* on the label */
	int64_t times; /* value × times = 1/1000 dBm; 0: by type, scale and precision */
	unsigned n_absent;
	int64_t absent[4]; /* values that mean: there is no optic */
};

#define OPTICAL_RULES 8
#define FDB_RULES     2

/* How PoE's numbers of ports are those of interfaces. */
enum poe_port {
	POE_BY_INDEX, /* the same number as ifIndex */
	POE_BY_NUMBER /* the last number in the interface's name, of the first group */
};

struct port_rules {
	struct oid interface[INTERFACE_COUNT]; /* .len 0: not asked */
	unsigned n_optical;
	struct optical_rule optical[OPTICAL_RULES]; /* the first that finds rows counts */
	struct oid poe[POE_COUNT];
	enum poe_port poe_port;
	struct oid lldp_local, lldp_remote; /* lldpLocalSystemData, lldpRemoteSystemsData */
	struct oid bridge_ports;	    /* dot1dBasePortIfIndex */
	unsigned n_fdb;
	struct oid
	    fdb[FDB_RULES]; /* a column by (VLAN and) MAC; the first that finds rows counts */
};

/** @param r Rules, NULL is allowed. */
void port_rules_free(struct port_rules *r);

#endif

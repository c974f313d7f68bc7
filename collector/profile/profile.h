/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile.h - what to ask a device, as data: the files of kkachi-profile(5). */
#ifndef KK_COLLECTOR_PROFILE_PROFILE_H
#define KK_COLLECTOR_PROFILE_PROFILE_H

#include <regex.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/profile/oid.h"
#include "lib/err.h"
#include "lib/metric.h"
#include "lib/nameplate.h"

#define PROFILE_NAME	32
#define PROFILE_MATCHES 16
#define PROFILE_TABLES	6
#define PROFILE_COLUMNS 24 /* of one table */
#define PROFILE_ENTRIES 6  /* under `octets` */
#define PROFILE_WAYS	4  /* alternatives of a value */
#define PROFILE_VALUES	8  /* values that one condition allows */
#define PROFILE_WHERE	4  /* conditions of one selection */
#define PROFILE_METRICS 32
#define PROFILE_TERMS	4 /* columns that are added up */

/* A column, as a rule names it: of the rule's own table, or of the one that is joined to it. */
struct column_ref {
	uint8_t table;	/* index in profile.table */
	uint8_t column; /* index in table.column */
};

#define COLUMN_NONE 0xff

/* One condition on a row. */
struct condition {
	struct column_ref column; /* of the selection's table, or of the one that is joined to it */
	unsigned n;
	struct {
		int is_text;	      /* else a number */
		int64_t number, high; /* from .. to, both included */
		char text[24];
	} value[PROFILE_VALUES]; /* any of them */
	int has_pattern;
	regex_t pattern;      /* or this, on text */
	struct column_ref in; /* or a value of this column, in any row; .table COLUMN_NONE: none */
};

/* The row of another table that belongs to a row. */
struct join {
	uint8_t table;		/* COLUMN_NONE: none */
	struct column_ref here; /* equal to ... */
	unsigned n_there;
	struct column_ref there[PROFILE_WAYS]; /* ... one of these */
};

/* Which rows of a table. */
struct selection {
	uint8_t table;
	struct join via;
	unsigned n_where;
	struct condition where[PROFILE_WHERE]; /* all of them */
};

/* A value that adds up one or more columns of a row; `PROFILE_WAYS` of them are tried in order. */
struct terms {
	unsigned n;
	struct column_ref column[PROFILE_TERMS];
};

/* `octets`: rows whose counters are the account. The first entry that finds rows counts, alone. */
struct octets_rule {
	struct selection rows;
	unsigned n_key;
	struct column_ref key[PROFILE_WAYS]; /* identity: the first that is not empty */
	unsigned n_ways;
	struct {
		struct column_ref down, up;
		struct column_ref key; /* .table COLUMN_NONE: the entry's */
	} way[PROFILE_WAYS];
	struct column_ref discontinuity, mbps; /* .table COLUMN_NONE: none */
	uint32_t mbps_max;
	unsigned pick; /* so many rows at the most; 0: all */
	struct column_ref prefer_column;
	unsigned n_prefer;
	regex_t prefer[PROFILE_VALUES]; /* rows that match the first come first, and so on */
	unsigned n_also;
	struct {
		enum metric metric;
		unsigned n_ways;
		struct terms way[PROFILE_WAYS];
	} also[4];
};

/* How the values of several rows become one. GATHER_COUNT: by how many rows there are, which only
 * walking the table at every poll can tell. */
enum gather { GATHER_SUM, GATHER_MAX, GATHER_COUNT, GATHERS };

/* `metrics`: one value out of a table's rows, or a scalar. Of several rules for one metric the
 * first that the device can serve counts. */
struct metric_rule {
	enum metric metric;
	enum gather gather;
	struct oid scalar; /* .len 0: rows */
	struct selection rows;
	struct column_ref column;
	struct column_ref beside; /* GATHER_COUNT: a column that has rows, or nobody can say that an
				     empty table means 0 */
	int64_t times, plus;	  /* value × times + plus */
	int64_t low, high;	  /* outside: no measurement; low > high: no bounds */
};

/* What a column is that stands in its rows' instances. */
enum index_form {
	INDEX_NONE,   /* nothing: it is an object */
	INDEX_NUMBER, /* one sub-identifier */
	INDEX_TEXT,   /* a length and so many octets */
	INDEX_REST,   /* all octets up to the end */
	INDEX_MAC     /* six octets */
};

/* Who walks a column: learning, because a rule decides by it; every poll, because a `count` does.
 */
enum walked_by { WALKED_LEARN = 1, WALKED_TALLY = 2 };

struct profile_column {
	char name[24];
	struct oid oid;	 /* .len 0: none (an index) */
	uint8_t own;	 /* `oid` stands below the device's own sysObjectID */
	uint8_t index;	 /* enum index_form */
	int8_t at;	 /* which sub-identifier of the instance, 1 and up; -1: the last one, ... */
	uint8_t walked;	 /* who has to read it: enum walked_by */
	uint32_t mask;	 /* of its numbers, for conditions; 0: as they are */
	char prefix[24]; /* only instances that are a text with this in front; the row is what
			    follows */
};

struct profile_table {
	char name[24];
	unsigned rows_max;
	unsigned n;
	struct profile_column column[PROFILE_COLUMNS];
};

struct profile_match {
	struct oid object_id; /* prefix of sysObjectID */
	int has_descr;
	regex_t descr;	  /* on sysDescr */
	char *descr_text; /* as it is written */
	struct oid probe; /* .len 0: none; else a GETNEXT must find something below it */
};

/* Where a text of the nameplate stands: an object, or in a column the first row with a text, or the
 * row of the chassis, as ENTITY-MIB tells it. */
enum plate_from { PLATE_SCALAR, PLATE_FIRST, PLATE_CHASSIS };
struct plate_rule {
	struct oid object;
	enum plate_from from;
	int has_part;
	regex_t part; /* of the text what the first parenthesis matches */
};

struct port_rules; /* port_rules.h */
struct ap_rules;   /* ap_rules.h */

struct profile {
	char name[PROFILE_NAME];
	char about[128];
	int verified;	  /* tested with a recording of a real device */
	char tested[200]; /* with what */
	char counted[8];  /* which view of the stations: "ssid", "radio", "total"; "": not said */
	char file[256];
	uint64_t
	    hash; /* of the file's octets: what was learned by another edition is learned anew */
	int bulk; /* 0: its agents do GETBULK badly */
	unsigned varbinds; /* optional values are left out beyond so many */
	unsigned n_match;
	struct profile_match match[PROFILE_MATCHES];
	struct oid uptime, host_uptime, changed; /* .len 0: none */
	struct column_ref identity;		 /* hardware addresses; .table COLUMN_NONE: none */
	unsigned n_plate[NAMEPLATE_COUNT];	 /* NAMEPLATE_MAC has none: identity tells it */
	struct plate_rule plate[NAMEPLATE_COUNT][PROFILE_WAYS];
	unsigned n_tables;
	struct profile_table table[PROFILE_TABLES];
	unsigned n_octets;
	struct octets_rule octets[PROFILE_ENTRIES];
	unsigned n_metrics;
	struct metric_rule metric[PROFILE_METRICS];
	struct port_rules *ports; /* NULL: it says nothing of ports */
	struct ap_rules *aps;	  /* NULL: it speaks for nobody else */
};

struct profiles;

/**
 * Read all `*.yaml` of a folder.
 * @param dir Folder; "" or NULL: $KKACHI_PROFILES, else the installed one.
 * @param out Receives the profiles; profiles_free() frees them.
 * @param d "FILE:LINE: what is wrong".
 * @retval KK_OK
 * @retval KK_E_NOTFOUND No folder, or no profile in it.
 * @retval KK_E_SYNTAX And the other errors of profile_parse().
 * @retval KK_E_EXISTS Two files of one name.
 */
int profiles_read(const char *dir, struct profiles **out, struct diag *d);

/** @param p Profiles, NULL is allowed. */
void profiles_free(struct profiles *p);

/** Find by name. @param p Profiles. @param name As in the inventory. @return NULL: none. */
const struct profile *profiles_by_name(const struct profiles *p, const char *name);

/**
 * Which profiles fit a device, the best first: the longest prefix of sysObjectID, then those that
 * ask for more.
 *
 * @param p          Profiles.
 * @param object_id  sysObjectID; NULL: unknown.
 * @param descr      sysDescr, NUL-terminated; "": unknown.
 * @param nth        0: the best; 1 and up: the next ones.
 * @param rule       Receives the rule by which it fits, if a GETNEXT finds something below its
 * probe.
 * @return           NULL: no more.
 */
const struct profile *profiles_match(const struct profiles *p, const struct oid *object_id,
    const char *descr, unsigned nth, const struct profile_match **rule);

/** All of them. @param p Profiles. @param n Receives the count. @return Borrowed array. */
struct profile *const *profiles_all(const struct profiles *p, size_t *n);

/**
 * Read one profile from memory.
 * @param name File name for messages.
 * @param text YAML.
 * @param len Octets.
 * @param out Receives the profile; profile_free() frees it.
 * @param d "FILE:LINE: what is wrong".
 * @retval KK_OK
 * @retval KK_E_SYNTAX Not YAML, an unknown key, a key twice, a key missing, a bad pattern.
 * @retval KK_E_TYPE A list where a text belongs, and the like.
 * @retval KK_E_RANGE A number or a count out of range.
 * @retval KK_E_NOTFOUND A column, table or metric that is not there.
 * @retval KK_E_NOMEM
 */
int profile_parse(
    const char *name, const char *text, size_t len, struct profile **out, struct diag *d);

/** @param p Profile, NULL is allowed. */
void profile_free(struct profile *p);

#endif

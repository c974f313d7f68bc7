/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * layout.h - what was learned of a device: which objects its values are, and the encoded requests
 * for them. Shared by all devices that are asked the same.
 *
 * A plan is the editable form, its octets are what is kept (the database's table `layout`) and
 * what makes two layouts equal; a layout is a plan with its requests. An answer is decoded by
 * position alone: the engine has checked the names.
 */
#ifndef KK_COLLECTOR_LAYOUT_H
#define KK_COLLECTOR_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

#include "collector/profile/profile.h"
#include "collector/snmp/engine.h"
#include "lib/sample.h"

#define PLAN_OBJECTS_MAX 512
#define PLAN_VALUES_MAX	 (METRIC_COUNT + 4)
#define PLAN_FEEDS_MAX	 6
#define PLAN_CHUNK_MAX	 60 /* varbinds of one GET */

/* What an object's value is. */
enum object_what {
	OBJECT_UPTIME,	      /* sysUpTime: stands first in every GET */
	OBJECT_HOST_UPTIME,   /* hrSystemUptime */
	OBJECT_CHANGED,	      /* ifTableLastChange */
	OBJECT_DOWN,	      /* of counter[index] */
	OBJECT_UP,	      /* likewise */
	OBJECT_DISCONTINUITY, /* likewise */
	OBJECT_NAME,	      /* likewise: tells that it is still the same interface */
	OBJECT_METRIC,	      /* a term of value[feed[0 .. n_feeds)] */
	OBJECT_WHATS
};

struct plan_object {
	uint8_t what; /* enum object_what */
	uint8_t index;
	uint8_t n_feeds;
	uint8_t feed[PLAN_FEEDS_MAX];
	uint8_t len; /* sub-identifiers of its name, 2 .. OID_MAX */
	uint32_t at; /* they start at plan.sub[at] */
};

struct plan_counter {
	uint32_t mbps, mbps_max; /* as struct reading's */
};

/* One metric, gathered from one or more objects: all of them, or it is unknown. */
struct plan_value {
	uint8_t metric;
	uint8_t gather; /* enum gather */
	uint8_t terms;	/* how many objects feed it; GATHER_COUNT: none, its rule is walked */
	int64_t times, plus, low, high;
};

struct plan {
	uint8_t entry; /* which of the profile's `octets` found its rows; 0xff: none did */
	uint8_t chunk; /* varbinds of one GET, 1 .. PLAN_CHUNK_MAX */
	unsigned n_counters, n_values, n_objects;
	struct plan_counter counter[SAMPLE_COUNTERS_MAX];
	struct plan_value value[PLAN_VALUES_MAX];
	struct plan_object *object; /* PLAN_OBJECTS_MAX, or as many as there are */
	unsigned long *sub;
	size_t n_sub, sub_room;
};

/**
 * An empty plan.
 * @param out Receives it; plan_free() frees it.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int plan_new(struct plan **out);

/** @param p Plan, NULL is allowed. */
void plan_free(struct plan *p);

/**
 * Add an object; one that is there already, as a metric's term, gets another feed.
 * @param p Plan.
 * @param what What it is.
 * @param index Counter or value.
 * @param name Sub-identifiers; copied.
 * @param len Count.
 * @retval KK_OK
 * @retval KK_E_FULL
 * @retval KK_E_NOMEM
 */
int plan_add(
    struct plan *p, enum object_what what, unsigned index, const unsigned long *name, size_t len);

/** Leave an object out. @param p Plan. @param i Index. */
void plan_drop(struct plan *p, unsigned i);

/** Name of an object. @param p Plan. @param i Index. @return Borrowed sub-identifiers,
 * .object[i].len of them. */
const unsigned long *plan_name(const struct plan *p, unsigned i);

/**
 * The plan as octets.
 * @param p Plan.
 * @param out Receives malloc'd octets.
 * @param len Receives their count.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int plan_encode(const struct plan *p, uint8_t **out, size_t *len);

/**
 * Octets as a plan; hostile ones are refused.
 * @param in Octets.
 * @param len Count.
 * @param out Receives the plan; plan_free() frees it.
 * @retval KK_OK
 * @retval KK_E_VERSION
 * @retval KK_E_SYNTAX
 * @retval KK_E_NOMEM
 */
int plan_decode(const uint8_t *in, size_t len, struct plan **out);

/* One GET of a layout. */
struct layout_get {
	struct request *request;
	unsigned n;
	uint16_t *object; /* which object each varbind is */
};

struct layout {
	const struct profile *profile;
	struct plan *plan;
	unsigned n_gets;
	struct layout_get *get;
	uint8_t *octets; /* the plan's */
	size_t len;
	/* The pool's. */
	struct layout *next;
	uint64_t hash;
	unsigned refs;
	int version;
	char community[256];
};

struct layouts;
struct learn_gate;

/** What limits how many devices are learned at the same time. @param l Pool. @return Borrowed. */
struct learn_gate *layouts_gate(struct layouts *l);

/**
 * An empty pool.
 * @param out Receives it; layouts_free() frees it.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int layouts_new(struct layouts **out);

/** Frees; no layout may be in use any more. @param l Pool, NULL is allowed. */
void layouts_free(struct layouts *l);

/** How many different layouts there are. @param l Pool. @return Count. */
size_t layouts_count(const struct layouts *l);

/**
 * The layout of a plan; the same one for equal plans.
 * @param l Pool.
 * @param profile Whose.
 * @param version SNMP: 1 .. 3.
 * @param community 1 .. 255 octets; version 3: "".
 * @param octets plan_encode(), also from a file.
 * @param len Count.
 * @param out Receives the layout; layout_release() gives it back.
 * @param d Why not.
 * @retval KK_OK
 * @retval KK_E_SYNTAX And the other errors of plan_decode() and request_new().
 */
int layouts_take(struct layouts *l, const struct profile *profile, int version,
    const char *community, const uint8_t *octets, size_t len, struct layout **out, struct diag *d);

/** Give a layout back. @param l Pool. @param y Layout, NULL is allowed. */
void layout_release(struct layouts *l, struct layout *y);

#endif

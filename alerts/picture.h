/* SPDX-License-Identifier: GPL-3.0-or-later */
/* picture.h - the city at one moment: every device judged, and the outages behind what is silent.
 */
#ifndef KK_ALERTS_PICTURE_H
#define KK_ALERTS_PICTURE_H

#include <stddef.h>
#include <stdint.h>

#include "alerts/state.h"
#include "lib/conf.h"
#include "rrd/db/incident.h"
#include "rrd/db/inventory.h"
#include "rrd/live.h"

/* One device with its newest sample and what that means. */
struct standing {
	const struct device *dev; /* borrowed from the inventory */
	struct live_entry live;	  /* of its account's source; of another one if that has none yet */
	int64_t other_cs;	  /* newest answer of any other source, UTC 1/100 s; 0: none */
	struct verdict verdict;
};

/* Kinds of outages: what failed. */
#define OUTAGE_KINDS(X)                                                                 \
	X(AP, "ap_down")                                                                \
	X(UPLINK, "uplink_down") /* switch or node */                                   \
	X(CONTROLLER, "controller_down")                                                \
	X(DEVICE, "device_down")		/* gateway, camera */                   \
	X(COLLECTOR_SILENT, "collector_silent") /* nothing can be said of any device */ \
	X(COLLECTOR_CUT, "collector_cut_off")	/* nobody answers: its own network failed */
#define OUTAGE_AS_ENUM(id, name) OUTAGE_##id,
enum outage_kind { OUTAGE_KINDS(OUTAGE_AS_ENUM) OUTAGE_KIND_COUNT };

/* The cause of the last two kinds, where others have a device's id. */
#define OUTAGE_COLLECTOR "kkachid"

struct outage {
	enum outage_kind kind;
	const struct device *dev; /* what failed; NULL: the collector */
	int64_t since_s;	  /* UTC seconds, 0: unknown */
	uint32_t affected;   /* access points that are down or unreachable by it, itself included */
	uint32_t suppressed; /* devices whose own alert it replaces */
	uint64_t clients;    /* clients they had when last seen; valid if clients_known */
	uint32_t clients_known; /* access points that said how many */
	int pending;		/* 1: not to be told yet */
};

struct picture {
	struct standing *rows; /* as inventory_all() orders them */
	size_t n;
	struct outage *outages; /* most access points first */
	size_t n_outages;
	int collector_silent;
	int64_t touched_cs; /* when the collector last wrote; 0: never */
};

/**
 * Judge all devices and find the outages. Pure: needs no live table, so that tests make the rows.
 *
 * @param r     Rules.
 * @param rows  malloc'd; all but the verdicts filled, ordered by number; receives the verdicts.
 * @param n     How many.
 * @param out   Receives the picture, which owns `rows`; picture_free() frees both.
 * @retval KK_OK
 * @retval KK_E_NOMEM  `rows` stays the caller's.
 */
int picture_judge(
    const struct state_rules *r, struct standing *rows, size_t n, struct picture **out);

/**
 * Read the live table and judge.
 *
 * @param c       Configuration.
 * @param inv     Inventory; borrowed as long as the picture lives.
 * @param live    Live table; NULL: there is none, the collector has never run.
 * @param now_cs  UTC, 1/100 s.
 * @param out     Receives the picture; picture_free() frees it.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int picture_make(const struct conf *c, const struct inventory *inv, struct live *live,
    int64_t now_cs, struct picture **out);

/** @param p Picture, NULL is allowed. */
void picture_free(struct picture *p);

/**
 * Take over since when devices are in their state, where the newest alert run knows longer: the
 * live table does not outlive a reboot, and one missed poll starts its "up since" anew.
 *
 * @param p     Picture.
 * @param kept  kept_states_read(): ordered by device.
 * @param n     How many.
 */
void picture_since(struct picture *p, const struct kept_state *kept, size_t n);

/** A device's row. @param p Picture. @param num Inventory number. @return NULL: not in it. */
const struct standing *picture_row(const struct picture *p, uint32_t num);

/** The id of the device behind a verdict. @param p Picture. @param v Verdict. @return NULL: none.
 */
const char *picture_cause(const struct picture *p, const struct verdict *v);

/** @param k Kind. @return "ap_down", ... */
const char *outage_kind_name(enum outage_kind k);

#endif

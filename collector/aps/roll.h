/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * roll.h - a controller's tables as a list of access points: who they are, whether they are
 * connected, their counters and metrics. Rows of all tables are joined by what they say, never by
 * their position, in one pass over each. Pure.
 */
#ifndef KK_COLLECTOR_APS_ROLL_H
#define KK_COLLECTOR_APS_ROLL_H

#include "collector/meter/meter.h"
#include "collector/profile/ap_rules.h"
#include "collector/table/rows.h"

#define ROLL_NO_ENTRY 0xff

/* One access point as its controller tells of it. */
struct roll_ap {
	unsigned row;	   /* of the list */
	int up;		   /* connected */
	int64_t when_cs;   /* when its newest row was read */
	int64_t uptime_cs; /* 1/100 s; -1: unknown */
	size_t first;	   /* its counters: roll.reading[first .. first + n) */
	unsigned n;
	uint64_t known; /* as struct sample's */
	int64_t value[METRIC_COUNT];
};

struct roll {
	const struct rows *rows; /* borrowed */
	const struct ap_rules *rules;
	struct roll_ap *ap;
	size_t n;
	struct reading *reading; /* .boot_cs is 0 */
	size_t n_readings;
	unsigned entry; /* of `octets`, that found rows; ROLL_NO_ENTRY: none did */
	unsigned ways;	/* of that entry: how many had to be looked at; 0: none was there */
	size_t twice;	/* rows of the list that name an access point once more: left out */
	size_t strays;	/* rows of other tables that belong to nobody on the list */
};

/**
 * Make the list.
 * @param rules  Borrowed until roll_forget().
 * @param rows   Its tables, read whole; borrowed likewise.
 * @param entry  Of `octets`: a worse one than this does not count; ROLL_NO_ENTRY: any.
 * @param salt   Makes counters of this controller others than another's.
 * @param out    Receives the list; roll_forget() frees what it holds.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int roll_make(const struct ap_rules *rules, const struct rows *rows, unsigned entry, uint32_t salt,
    struct roll *out);

/** @param r List; empty afterwards. */
void roll_forget(struct roll *r);

/**
 * Which columns have to be read for such a list.
 * @param rules  Rules.
 * @param entry  As the last list found it; ROLL_NO_ENTRY: all.
 * @param ways   Likewise.
 * @param facts  1: serial, model and firmware as well.
 * @param mask   Receives a bit per column, per table.
 */
void roll_needs(const struct ap_rules *rules, unsigned entry, unsigned ways, int facts,
    uint32_t mask[PROFILE_TABLES]);

/** A hardware address that the list gives. @param r List. @param a Which access point. @param i
 * 0 and up. @param mac Receives it. @return 1, or 0: it is none; -1: there are no more. */
int roll_mac(const struct roll *r, const struct roll_ap *a, unsigned i, uint8_t mac[6]);

/** A name that the list gives. @param r List. @param a Which access point. @param i 0 and up.
 * @param out Receives it, terminated. @return 1, or 0: it is empty; -1: there are no more. */
int roll_name(const struct roll *r, const struct roll_ap *a, unsigned i, char out[256]);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger_devices.h - the access points that ever were, and to what each belonged on which day. */
#ifndef KK_RRD_LEDGER_DEVICES_H
#define KK_RRD_LEDGER_DEVICES_H

#include <stddef.h>
#include <stdint.h>

#include "lib/zone.h"
#include "rrd/db/db.h"
#include "rrd/ledger_usage.h"

/* From `since` on, until the next one of the same device. */
struct ledger_belonging {
	kk_day since; /* 0: always */
	unsigned account;
	uint32_t key; /* index into `keys`; LEDGER_NO_KEY: the query leaves it out */
};

#define LEDGER_NO_KEY UINT32_MAX

/* The year out of "2019", "2019-05-01", "2019년"; what does not begin with one is unknown. */
#define USAGE_INSTALLED_SQL \
	"CASE WHEN installed GLOB '[12][0-9][0-9][0-9]*' THEN substr(installed, 1, 4) ELSE '' END"

struct ledger_device {
	uint32_t num;
	const char *id;
	int is_ap;
	int64_t added_s, retired_s; /* UTC; INT64_MAX: in service */
	size_t first, n;	    /* its belongings, in order of days */
};

struct ledger_devices;

/**
 * Read all devices, retired ones too.
 *
 * @param db   Connection.
 * @param q    What a key is, and which belongings count; its texts are not kept.
 * @param out  Receives them; ledger_devices_free() frees them.
 * @param d    Why not.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 * @retval KK_E_DB
 */
int ledger_devices_read(
    struct db *db, const struct usage_query *q, struct ledger_devices **out, struct diag *d);

/** @param ds Devices, NULL is allowed. */
void ledger_devices_free(struct ledger_devices *ds);

/** All of them, ordered by number. @param ds Devices. @param n Receives the count. @return Array.
 */
const struct ledger_device *ledger_devices_all(const struct ledger_devices *ds, size_t *n);

/** Find by number, for those that ask in about the order of numbers. @param ds Devices. @param at
 * Where the last one was found; 0 at first. @param num Number. @return NULL: none. */
const struct ledger_device *ledger_devices_by_num(
    const struct ledger_devices *ds, size_t *at, uint32_t num);

/** Find by id. @param ds Devices. @param id Id. @return NULL: none. */
const struct ledger_device *ledger_devices_by_id(const struct ledger_devices *ds, const char *id);

/** A device's belonging number `i`. @param ds Devices. @param dev One of them. @param i 0 ..
 * dev->n - 1. @return Borrowed. */
const struct ledger_belonging *ledger_devices_belonging(
    const struct ledger_devices *ds, const struct ledger_device *dev, size_t i);

/** Where a device belonged on a day. @param ds Devices. @param dev One of them. @param day Day.
 * @return Borrowed; never NULL: a device without any has key "" and account snmp. */
const struct ledger_belonging *ledger_devices_on(
    const struct ledger_devices *ds, const struct ledger_device *dev, kk_day day);

/** The index of a key, added if no device has it. @param ds Devices. @param key Text, copied.
 * @param out Receives it. @retval KK_OK Done. @retval KK_E_NOMEM */
int ledger_devices_key(struct ledger_devices *ds, const char *key, uint32_t *out);

/** How many belongings all devices have together. @param ds Devices. @return Count. */
size_t ledger_devices_belongings(const struct ledger_devices *ds);

/** The keys. @param ds Devices. @param n Receives the count. @return Array of texts. */
const char *const *ledger_devices_keys(const struct ledger_devices *ds, size_t *n);

#endif

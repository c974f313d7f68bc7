/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roster.h - what the archives need of the inventory, copied: names of files, and the areas that a
 * device's octets are summed in. Immutable. */
#ifndef KK_RRD_ARCHIVE_ROSTER_H
#define KK_RRD_ARCHIVE_ROSTER_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "rrd/db/inventory.h"

#define ROSTER_AREAS 3 /* city, district, site */
#define ROSTER_NONE  UINT32_MAX
#define ROSTER_KEY   288 /* octets of a file's key, with NUL */

struct roster_entry {
	uint32_t num;
	uint8_t account;	     /* enum sample_source whose octets the areas sum */
	uint32_t area[ROSTER_AREAS]; /* index of roster_area(), or ROSTER_NONE */
	const char *stem;	     /* "<kind>/<xx>/<key>" */
};

struct roster;

/**
 * Copy what is needed. Only access points belong to areas, and a site of one access point is none:
 * the sum would be a second file of the same numbers.
 *
 * @param all  Devices.
 * @param n    Their count.
 * @param out  Receives the roster; roster_free() frees it.
 * @retval KK_OK Done.
 * @retval KK_E_NOMEM
 */
int roster_make(const struct device *all, size_t n, struct roster **out);

/** @param r Roster, NULL is allowed. */
void roster_free(struct roster *r);

/** A device. @param r Roster. @param num Its number. @return NULL: not in service. */
const struct roster_entry *roster_find(const struct roster *r, uint32_t num);

/** All devices. @param r Roster. @param n Receives their count. @return Array ordered by number. */
const struct roster_entry *roster_all(const struct roster *r, size_t *n);

/**
 * Whose file it is.
 *
 * @param r       Roster.
 * @param key     archive_key() of a device.
 * @param source  Receives enum sample_source.
 * @return        NULL: no device in service has this file.
 */
const struct roster_entry *roster_by_key(const struct roster *r, const char *key, unsigned *source);

/** How many areas there are. @param r Roster. @return Count. */
size_t roster_areas(const struct roster *r);

/** An area's file. @param r Roster. @param i Index. @return "area/<kind>/<xx>/<key>". */
const char *roster_area(const struct roster *r, size_t i);

#endif

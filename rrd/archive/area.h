/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * area.h - sums per city, district and site: one point a minute of the members' octets and clients.
 *
 * An area's odometers are the sum of what its members' odometers moved while they were members.
 * Late octets are added when they come, so that nothing falls and nothing is counted twice. The
 * time is that of the samples, so that a replay draws what the day would have drawn.
 */
#ifndef KK_RRD_ARCHIVE_AREA_H
#define KK_RRD_ARCHIVE_AREA_H

#include <stddef.h>
#include <stdint.h>

#include "lib/sample.h"
#include "rrd/archive/roster.h"

struct areas;

/* A minute's point of one area. Plain value. */
struct area_point {
	const char *key; /* roster_area(); borrowed during the call */
	int64_t time_cs; /* the end of the minute */
	uint64_t known;	 /* bits of SCHEMA_MAIN */
	int64_t value[METRIC_COUNT];
};

typedef void (*area_point_cb)(void *ctx, const struct area_point *p);

/** @param heartbeat_s A member is fresh, and an interval observed, up to this long. @param each
 * Receives the points. @param ctx For `each`. @return NULL: out of memory; areas_free() frees. */
struct areas *areas_new(unsigned heartbeat_s, area_point_cb each, void *ctx);

/** @param a Areas, NULL is allowed. */
void areas_free(struct areas *a);

/** Who belongs where from now on. @param a Areas. @param r Roster; borrowed until the next call.
 * @retval KK_OK Done. @retval KK_E_NOMEM Nothing changed. */
int areas_roster(struct areas *a, const struct roster *r);

/**
 * Take a sample of a device in the roster; a minute that has ended gives its points first.
 *
 * @param a  Areas.
 * @param e  The device.
 * @param s  Sample; silent ones, other sources than the account's and old ones change nothing.
 */
void areas_take(struct areas *a, const struct roster_entry *e, const struct sample *s);

/** All that must outlive a restart, as octets. @param a Areas. @param len Receives their count.
 * @return malloc'd, NULL: out of memory. */
uint8_t *areas_save(const struct areas *a, size_t *len);

/** Restore. @param a New areas, before anything else. @param p Octets of areas_save(). @param len
 * Count. @retval KK_OK Done. @retval KK_E_CORRUPT Damaged. @retval KK_E_NOMEM */
int areas_load(struct areas *a, const uint8_t *p, size_t len);

#endif

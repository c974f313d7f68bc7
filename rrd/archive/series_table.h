/* SPDX-License-Identifier: GPL-3.0-or-later */
/* series_table.h - the round-robin files that the archives know: found by id, visited by turn. */
#ifndef KK_RRD_ARCHIVE_SERIES_TABLE_H
#define KK_RRD_ARCHIVE_SERIES_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "rrd/archive/rows.h"
#include "rrd/archive/rrdfile.h"

#define TURN_S	  600 /* every file is visited once in so many seconds */
#define TABLE_END UINT32_MAX

/* One file. */
struct file_series {
	uint64_t id;
	char *area; /* an area's key, owned; NULL: a device's file, whose id says which */
	struct rows rows;
	struct rrdfile known;
	uint32_t mark;	   /* while rows wait: batch of the oldest */
	uint32_t next;	   /* of the same turn */
	int64_t failed_ms; /* monotonic time since which visits fail; 0: they do not */
};

/* Zeroed it is empty. An index stays valid; a pointer only until the next table_add(). */
struct series_table {
	struct file_series *at;
	uint32_t n, room;
	uint32_t *hash; /* open addressing; index + 1, 0: free */
	uint32_t hash_room;
	uint32_t turn[TURN_S]; /* first of each second, index + 1 */
};

/** The id of a device's file. @param num Device. @param source Source. @param extra 1: the second
 * file. @return Id. */
uint64_t table_id(uint32_t num, unsigned source, int extra);

/** The id of an area's file. @param key archive_area_key(). @return Id. */
uint64_t table_area_id(const char *key);

/** @param t Table. @param id Id. @return Index, TABLE_END: not there. */
uint32_t table_find(const struct series_table *t, uint64_t id);

/** Find or add. @param t Table. @param id Id. @param area NULL, or an area's key; copied. @return
 * Index, TABLE_END: out of memory. */
uint32_t table_get(struct series_table *t, uint64_t id, const char *area);

/** First of a second's turn. @param t Table. @param second 0 .. TURN_S - 1. @return Index,
 * TABLE_END: none. The following are in `next`. */
uint32_t table_turn(const struct series_table *t, unsigned second);

/** Free what it owns. @param t Table. */
void table_free(struct series_table *t);

#endif

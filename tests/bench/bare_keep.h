/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bare_keep.h - the yardstick for what is kept: a synced write, and rows upserted by bare SQLite.
 */
#ifndef KK_BENCH_BARE_KEEP_H
#define KK_BENCH_BARE_KEEP_H

#include <stddef.h>
#include <stdint.h>

struct bare;

/* One device's rows of a sweep. */
struct bare_row {
	int day;
	uint32_t device;
	int64_t time_cs, octets_down, octets_up, more_down, more_up;
	const uint8_t *blob; /* its sample, encoded */
	int len;
};

/** A file and a database of the ledger's two tables. @param dir Folder. @return NULL: told on
 * stderr; bare_close() frees it. */
struct bare *bare_open(const char *dir);

/** @param b Bare, NULL is allowed. */
void bare_close(struct bare *b);

/** One write() and fdatasync(). @param b Bare. @param len Octets. @return 1 or 0. */
int bare_write(struct bare *b, size_t len);

/** All rows in one transaction: odometer, day, cursor. @param b Bare. @param rows Rows. @param n
 * Count. @return 1 or 0. */
int bare_upsert(struct bare *b, const struct bare_row *rows, size_t n);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* archive.h - the round-robin files: several samples a visit, visits spread over the minutes. Runs
 * in one thread. */
#ifndef KK_RRD_ARCHIVE_ARCHIVE_H
#define KK_RRD_ARCHIVE_ARCHIVE_H

#include <stdint.h>

#include "lib/conf.h"
#include "lib/sink.h"
#include "rrd/archive/roster.h"
#include "rrd/db/inventory.h"

struct archive; /* 1.1 kB of memory per device at an interval of 60 s, 1.7 kB with a second file */

/**
 * Open the archives of $statedir/rrd, through librrd or, if `c->store.rrdcached` is set, through
 * rrdcached.
 *
 * @param c    Configuration; borrowed.
 * @param out  Receives the archives; archive_close() writes what waits and frees them.
 * @param d    Why not.
 * @retval KK_OK
 */
int archive_open(const struct conf *c, struct archive **out, struct diag *d);

/** @param a Archives, NULL is allowed. */
void archive_close(struct archive *a);

/** Tell which devices there are (names of files, areas). Same thread as the sink. @param a
 * Archives. @param inv Snapshot; borrowed until the next call or archive_close(). @retval KK_OK
 * Done.
 * @retval KK_E_NOMEM */
int archive_inventory(struct archive *a, const struct inventory *inv);

/** The same with a roster made elsewhere, so that the owner of a snapshot need not wait for this
 * thread. @param a Archives. @param r roster_make(); owned by the archives from now on. @retval
 * KK_OK Done. @retval KK_E_NOMEM The roster was freed, the old one stays. */
int archive_roster(struct archive *a, struct roster *r);

/* What the archives have done. A plain value. */
struct archive_stats {
	uint64_t samples; /* taken from the journal */
	uint64_t visits;  /* files written */
	uint64_t failed;  /* visits in vain */
	uint64_t dropped; /* points of files that cannot be written, dropped after an hour */
	uint64_t waiting; /* files with points that wait */
	int ok;		  /* 0: the newest visits failed */
};

/** Copy the counts out. Same thread as the sink. @param a Archives. @param out Receives them. */
void archive_stats(const struct archive *a, struct archive_stats *out);

/** Its sink: collects; writing happens in archive_work(). @param a Archives. @return Borrowed. */
const struct sink *archive_sink(struct archive *a);

/**
 * Do a slice of the writing that is due: visit files whose turn it is, create what is missing,
 * write the areas.
 *
 * @param a       Archives.
 * @param now_s   UTC seconds.
 * @param budget  At most this many files in this call.
 * @return        Files visited; 0: nothing was due.
 */
unsigned archive_work(struct archive *a, int64_t now_s, unsigned budget);

/** Write everything that waits, whatever its turn (end of --once, shutdown). @param a Archives.
 * @param now_s UTC seconds. @retval KK_OK Done. @return The first error, logged with the file's
 * name. */
int archive_flush_all(struct archive *a, int64_t now_s);

/** A reader's wish: bring one file up to date now. @param a Archives. @param key File key,
 * "<kind>/<xx>/<key>" below rrd/, without ".rrd". @retval KK_OK Also if nothing waited. @retval
 * KK_E_NOTFOUND No such archive is known. @return Or the file's error. */
int archive_flush(struct archive *a, const char *key);

/** The path of a device's archive below rrd/, without ".rrd". @param d Device. @param source
 * Source. @param extra 1: the second file. @param out Buffer. @param room Octets in it. @return
 * `out`. */
const char *archive_key(const struct device *d, unsigned source, int extra, char *out, size_t room);

/** The path of an area's archive. @param kind "city", "district", "site". @param name Its name; ""
 * for the city. @param out Buffer. @param room Octets. @return `out`. */
const char *archive_area_key(const char *kind, const char *name, char *out, size_t room);

#endif

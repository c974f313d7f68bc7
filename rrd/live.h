/* SPDX-License-Identifier: GPL-3.0-or-later */
/* live.h - $rundir/live: the newest sample of every device, memory-mapped. One writer, any number
 * of readers. */
#ifndef KK_RRD_LIVE_H
#define KK_RRD_LIVE_H

#include <stdint.h>

#include "lib/err.h"
#include "lib/sample.h"
#include "lib/sink.h"

/* What the table knows of one (device, source). A plain value, copied out under a sequence lock. */
struct live_entry {
	uint32_t device; /* 0: nothing known */
	uint8_t source;
	uint16_t flags;	     /* of the newest answered sample */
	uint32_t misses;     /* polls in vain since the newest answer */
	int64_t asked_cs;    /* newest sample, answered or silent */
	int64_t time_cs;     /* newest answered sample; 0: never answered */
	int64_t silent_cs;   /* first silent sample since the newest answer; 0: none */
	int64_t up_since_cs; /* first answer after the last silence */
	int64_t boot_cs;
	uint64_t known;
	int64_t value[METRIC_COUNT]; /* of the newest answered sample */
	/* The answered sample before, for rates. */
	int64_t prev_cs;
	uint64_t prev_down, prev_up;
};

struct live;

/**
 * Open as the writer: makes the file, or takes over one that fits.
 *
 * @param run_dir  Folder; made if absent.
 * @param fresh    Receives 1 if the table is new or did not fit, so that it must be rebuilt.
 * @param out      Receives the table; live_close() frees it.
 * @param d        Why not.
 * @retval KK_OK
 */
int live_open_writer(const char *run_dir, int *fresh, struct live **out, struct diag *d);

/** Open as a reader. @param run_dir Folder. @param out Table. @param d Why not. @retval KK_OK Done.
 * @retval KK_E_NOTFOUND No collector has run. @retval KK_E_VERSION */
int live_open_reader(const char *run_dir, struct live **out, struct diag *d);

/** @param l Table, NULL is allowed. */
void live_close(struct live *l);

/** Take samples, in any order: an older one than the table knows is left out. @param l Writer's
 * table. @param s Samples. @param n Count. @param d Why not. @retval KK_OK Done. @retval KK_E_FULL
 */
int live_take(struct live *l, const struct sample *s, size_t n, struct diag *d);

/**
 * Copy one entry out, consistent. Takes no lock; waits a millisecond or two if the writer stands
 * inside this very entry.
 *
 * @param l       Table.
 * @param device  Number.
 * @param source  enum sample_source.
 * @param out     Receives it; zeroed if nothing is known.
 * @retval KK_OK Done.
 * @retval KK_E_NOTFOUND
 */
int live_get(struct live *l, uint32_t device, unsigned source, struct live_entry *out);

/** When the writer last wrote, UTC 1/100 s, for "data age". @param l Table. @return 0: never. */
int64_t live_touched_cs(const struct live *l);

/** Octets per second towards and from clients between the last two answers. @param e Entry. @param
 * down Receives it. @param up Receives it. @return 1 if known. */
int live_rate(const struct live_entry *e, double *down, double *up);

#endif

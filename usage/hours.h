/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hours.h - what the hours of an archive say: the busiest one, the 95th percentile, the busy hour,
 * the week.
 *
 * All of it is from hourly means of round-robin files, which are rates: fit for peaks, never for
 * sums (those are the ledger's). An hour is known if half of it was observed.
 */
#ifndef KK_USAGE_HOURS_H
#define KK_USAGE_HOURS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/conf.h"

#define HOURS_MOST 100000 /* eleven years */

/* Means of whole hours; NAN: unknown. */
struct hours {
	int64_t from_s; /* UTC, of the first hour */
	size_t n;
	double *octets_s; /* both directions */
	double *clients;  /* behind octets_s */
};

/**
 * Read the hours of an archive.
 *
 * @param c       Configuration.
 * @param key     archive_key() or archive_area_key().
 * @param from_s  UTC seconds; whole hours.
 * @param to_s    UTC seconds.
 * @param out     Receives them; hours_free() frees. Zeroed on errors.
 * @param d       Why not.
 * @retval KK_OK  Also without a single known hour: no archive is no error.
 * @retval KK_E_NOMEM
 * @retval KK_E_RANGE
 * @return        And what fetch_series() returns.
 */
int hours_fetch(const struct conf *c, const char *key, int64_t from_s, int64_t to_s,
    struct hours *out, struct diag *d);

/** @param h Hours, zeroed is allowed. */
void hours_free(struct hours *h);

/* What stands out. Rates in bit/s. */
struct hours_figures {
	size_t known;	/* hours with traffic known; 0: nothing below is */
	int64_t peak_s; /* start of the busiest hour, UTC */
	uint64_t peak_bits;
	uint64_t p95_bits;  /* the smallest rate that 95 % of the known hours do not pass (nearest
			       rank) */
	unsigned busy_hour; /* hour of the day, local, with the highest mean */
	uint64_t busy_bits; /* that mean */
	int clients_known;
	uint64_t busy_clients; /* mean of clients in that hour of the day */
};

/**
 * Judge.
 *
 * @param h    Hours.
 * @param out  Receives the figures.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int hours_judge(const struct hours *h, struct hours_figures *out);

/* A week: mean bit/s of each hour of each day, Monday first. */
struct hours_week {
	uint64_t bits[7][24];
	unsigned n[7][24]; /* known hours behind it; 0: unknown */
};

/** Average by hour of the week. @param h Hours. @param out Receives the week. */
void hours_week(const struct hours *h, struct hours_week *out);

/** Day of the week. @param day YYYYMMDD. @return 0 Monday .. 6 Sunday. */
unsigned hours_weekday(int32_t day);

#endif

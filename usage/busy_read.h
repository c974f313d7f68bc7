/* SPDX-License-Identifier: GPL-3.0-or-later */
/* busy_read.h - hours of a span of time from the archives, as numbers that can be added. */
#ifndef KK_USAGE_BUSY_READ_H
#define KK_USAGE_BUSY_READ_H

#include "lib/conf.h"
#include "usage/busy_hour.h"

/* What is read. */
enum busy_series { BUSY_DOWN, BUSY_UP, BUSY_CLIENTS, BUSY_SERIES };

/* Hours of [from_s, to_s), which are whole hours of UTC. */
struct busy_span {
	int64_t from_s, to_s;
	size_t hours;
	uint8_t *slots; /* busy_slots() */
};

/* The hours of one archive, or of several together; NAN is unknown. */
struct busy_hours {
	double *at[BUSY_SERIES];
};

/**
 * @param from_s  UTC seconds; brought forward to a whole hour.
 * @param to_s    UTC seconds, later; brought back to a whole hour.
 * @param out     Receives the span; busy_span_free() frees what it owns.
 * @retval KK_OK
 * @retval KK_E_RANGE  Not an hour lies between.
 * @retval KK_E_NOMEM
 */
int busy_span_make(int64_t from_s, int64_t to_s, struct busy_span *out);

/** @param s Span; zeroed is allowed. */
void busy_span_free(struct busy_span *s);

/** Memory for a span, all unknown. @param s Span. @param out Receives it; busy_hours_free() frees
 * what it owns. @retval KK_OK Done. @retval KK_E_NOMEM */
int busy_hours_make(const struct busy_span *s, struct busy_hours *out);

/** @param h Hours; zeroed is allowed. */
void busy_hours_free(struct busy_hours *h);

/** All unknown again. @param s Span. @param h Hours. */
void busy_hours_clear(const struct busy_span *s, struct busy_hours *h);

/**
 * Add an archive: what is known of it is added to what is known already.
 *
 * @param c    Configuration.
 * @param key  archive_key() or archive_area_key().
 * @param s    Span.
 * @param h    Hours of that span.
 * @param d    Why not.
 * @retval KK_OK
 * @retval KK_E_NOTFOUND  There is no such archive: nothing is added.
 * @return  And the other errors of fetch_series().
 */
int busy_hours_add(const struct conf *c, const char *key, const struct busy_span *s,
    struct busy_hours *h, struct diag *d);

/** The busy hour of one series over a part of the span. @param s Span. @param h Hours. @param which
 * Series. @param from_s UTC seconds: from this hour on. @param to_s UTC seconds: before this.
 * @return Busy hour. */
struct busy_hour busy_hours_find(const struct busy_span *s, const struct busy_hours *h,
    enum busy_series which, int64_t from_s, int64_t to_s);

/** Both directions together. @param s Span. @param h Hours; BUSY_DOWN becomes the sum of both. */
void busy_hours_both(const struct busy_span *s, struct busy_hours *h);

/** Add hours to others, what is known to what is known. @param s Span of both. @param to Receives
 * the sums. @param from Hours. */
void busy_hours_merge(
    const struct busy_span *s, struct busy_hours *to, const struct busy_hours *from);

#endif

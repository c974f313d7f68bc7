/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cross.h - whether what an access point says of a day fits what a probe saw of it: one that is up
 * and of no use is found by nobody else. Pure. */
#ifndef KK_USAGE_CROSS_H
#define KK_USAGE_CROSS_H

#include "lib/i18n.h"
#include "rrd/cross_days.h"

/* What is found, the gravest first: id, word for scripts. The texts are TEXT_CROSS_<id>. */
#define CROSS_KINDS(X)                                                                        \
	X(NO_TRAFFIC, "no_traffic") /* up, but no client's octet passes, and some would */    \
	X(NO_ADDRESS, "no_address") /* clients ask for an address and get none */             \
	X(NO_LOGIN, "no_login")	    /* more clients fail to log in than succeed */            \
	X(PROBE_LESS, "probe_less") /* the probe misses much of what it says */               \
	X(PROBE_LOST, "probe_lost") /* the probe at work there saw it of late, now no more */ \
	X(PROBE_MORE, "probe_more") /* the probe sees more than it says */                    \
	X(NOT_SAID, "not_said")	    /* only the probe knows of it */                          \
	X(NOT_SEEN, "not_seen")	    /* no probe is there */                                   \
	X(TOO_SHORT, "too_short")   /* one of the two watched less than half of the day */    \
	X(FITS, "fits")
#define CROSS_AS_ENUM(id, word) CROSS_##id,
enum cross_kind { CROSS_KINDS(CROSS_AS_ENUM) CROSS_KIND_COUNT };

/**
 * Judge a day.
 *
 * @param c       Access point's day.
 * @param past_s  Seconds of the day that are over, 1 .. 90000.
 * @return        What is found.
 */
enum cross_kind cross_judge(const struct cross_day *c, uint32_t past_s);

/** Whether somebody should look at it. @param kind What was found. @return 1 or 0. */
int cross_is_trouble(enum cross_kind kind);

/** Whether enough was known to say how it is. @param kind What was found. @return 1 or 0. */
int cross_is_judged(enum cross_kind kind);

/** @param kind What was found. @return Static word for scripts. */
const char *cross_word(enum cross_kind kind);

/** @param kind What was found. @return Its text for people. */
enum text_id cross_text(enum cross_kind kind);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reconcile.h - a month of an access point in the ledger, against the same in its round-robin file:
 * the account against the picture. */
#ifndef KK_USAGE_RECONCILE_H
#define KK_USAGE_RECONCILE_H

#include "lib/conf.h"
#include "rrd/ledger_aps.h"
#include "usage/sheet.h"

/* Why the two differ, what is told first; the texts are TEXT_RECONCILE_<id>. */
#define RECONCILE_CAUSES(X)                                                                \
	X(FITS, "fits")                                                                    \
	X(IMPORTED, "imported")	    /* days that were measured elsewhere */                \
	X(NO_ARCHIVE, "no_archive") /* there is no file */                                 \
	X(YOUNG, "young_archive")   /* it begins within the month, the ledger before it */ \
	X(LUMP, "lump")		    /* octets came in a lump, over what is a gap in it */  \
	X(RESTART, "restart")	    /* a reboot: its minutes are unknown in it */          \
	X(GAP, "gap")		    /* hours of it are unknown */                          \
	X(UNEXPLAINED, "unexplained")
#define RECONCILE_AS_ENUM(id, word) RECONCILE_##id,
enum reconcile_cause { RECONCILE_CAUSES(RECONCILE_AS_ENUM) RECONCILE_CAUSE_COUNT };

/* What the round-robin file says of the month. */
struct reconcile_archive {
	int there;
	uint64_t octets; /* both directions, of the hours that are known */
	uint64_t hours,
	    unknown;	/* of the month, as far as time has come; of them, without a value */
	uint64_t first; /* unknown ones before the first one that is known */
};

/**
 * Why they differ; FITS up to 1 in 1000.
 *
 * @param ap  What the ledger says, over the month.
 * @param a   What the file says.
 * @return    The first cause that applies.
 */
enum reconcile_cause reconcile_judge(const struct ledger_ap *ap, const struct reconcile_archive *a);

/** @param cause Cause. @return Static word for scripts. */
const char *reconcile_word(enum reconcile_cause cause);

/**
 * Compare all access points of a month.
 *
 * @param c      Configuration; archives are read as they were written last.
 * @param db     Connection.
 * @param month  YYYYMM.
 * @param now_s  UTC seconds: a running month is compared until the last whole hour.
 * @param out    Receives a sheet with a row per difference, and totals; sheet_free() frees it.
 * @param d      Why not.
 * @retval KK_OK
 * @retval KK_E_RANGE  The month has not begun.
 * @retval KK_E_NOMEM
 * @return  And the errors of the database, or of an archive that is damaged.
 */
int reconcile_month(const struct conf *c, struct db *db, kk_day month, int64_t now_s,
    struct sheet **out, struct diag *d);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * period_import.h - lists of usage per access point over a time: the city's open data (CP949 or
 * UTF-8; a total in GB) into usage_period. A period is kept as a period.
 */
#ifndef KK_RRD_PERIOD_IMPORT_H
#define KK_RRD_PERIOD_IMPORT_H

#include <stdint.h>

#include "lib/zone.h"
#include "rrd/db/db.h"

struct period_wish {
	kk_day first, last; /* YYYYMMDD, both of them within */
	int replace;	    /* 1: the same period with other octets is replaced */
	int64_t now_s;	    /* UTC */
	/* Called for each id that the inventory lacks, once all is written; NULL: nobody asks. */
	void (*unlisted)(void *ctx, const char *id, uint64_t octets);
	void *ctx;
};

struct period_done {
	uint64_t rows, octets;			 /* of the file */
	uint64_t unlisted_rows, unlisted_octets; /* of these, what the inventory lacks: kept too */
};

/**
 * GB (10⁹ octets) as a decimal number, to the octet: digits behind the ninth are rounded half up.
 * No double is used.
 *
 * @param text  "10244.1184965", with blanks around it.
 * @param out   Receives octets, at most 2⁶².
 * @retval KK_OK
 * @retval KK_E_SYNTAX
 */
int period_parse_gb(const char *text, uint64_t *out);

/**
 * Import a list, all or nothing, in one transaction.
 *
 * @param db    Writing connection.
 * @param path  CSV file: 관리번호 (or 버스명), AP별 이용량(GB), and 자치구 where it has it.
 * @param w     Which time, and how.
 * @param out   Receives what was read; filled on KK_OK.
 * @param d     The first error, with file and line.
 * @retval KK_OK        The same file again changes nothing.
 * @retval KK_E_EXISTS  Another period, or days, of an access point lie in this time.
 * @retval KK_E_RANGE   No such time, or it is not over.
 * @retval KK_E_SYNTAX
 */
int period_import(struct db *db, const char *path, const struct period_wish *w,
    struct period_done *out, struct diag *d);

#endif

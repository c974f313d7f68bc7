/* SPDX-License-Identifier: GPL-3.0-or-later */
/* import.h - a CSV or JSON file into the inventory: merge by id, one transaction, every doubt
 * reported. */
#ifndef KK_RRD_IMPORT_H
#define KK_RRD_IMPORT_H

#include <stddef.h>
#include <stdint.h>

#include "rrd/db.h"

struct import_note {
	unsigned line;	    /* of the file, from 1 */
	const char *id;	    /* "" if it has none */
	const char *field;  /* "" if it is the row */
	const char *reason; /* a sentence, English */
};

struct import_report {
	uint64_t rows;				     /* records read */
	uint64_t added, changed, unchanged, removed; /* distinct ids; removed = retired by prune */
	struct import_note *warnings;
	size_t n_warnings;
	struct import_note *errors; /* any: nothing was written */
	size_t n_errors;
};

struct import_options {
	int dry_run;
	int prune;
	int64_t now_s; /* UTC; the day from which a changed belonging counts */
};

/**
 * Import an inventory file (the header names the columns) or the city's open-data set (CSV, JSON).
 *
 * @param db    Writing connection.
 * @param path  File; "-" is standard input.
 * @param o     Options.
 * @param out   Receives the report; import_report_free() frees it. Filled as far as read, on error
 * too.
 * @param d     Why not.
 * @retval KK_OK
 * @retval KK_E_SYNTAX  The file has errors (out->errors): nothing was written.
 * @retval KK_E_DB      And other failures of db.h and csv.h.
 */
int import_file(struct db *db, const char *path, const struct import_options *o,
    struct import_report **out, struct diag *d);

/** @param r Report, NULL is allowed. */
void import_report_free(struct import_report *r);

#endif
